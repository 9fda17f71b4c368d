#include <memory>

#include "app/call/answer.h"
#include "app/call/prove.h"
#include "app/call/url.h"
#include "app/demo/control.h"
#include "app/demo/identity_client.h"
#include "app/demo/key_proof.h"
#include "app/demo/names.h"
#include "app/demo/roles.h"
#include "platform/http1/client.h"
#include "platform/net/tls_peer.h"

namespace signet::app::demo {
namespace {

class Workload {
 public:
  Workload(Identity own, std::string socket, Context& context)
      : own_(std::move(own)), socket_(std::move(socket)), context_(context) {}

  Json Answer(const Json& command) {
    const std::string name = TextOf(command, "cmd");
    Result<Json> answer = name == "call"        ? Call(command)
                          : name == "proof"     ? MakeProof(command)
                          : name == "key_proof" ? MakeToken(command)
                                                : Refuse(Errc::kUsageUnknownOp, "control");
    return answer.has_value() ? *std::move(answer) : ErrorAnswer(answer.error());
  }

 private:
  // One connection, `count` calls, a fresh proof for each.
  Result<Json> Call(const Json& command) {
    SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(TextOf(command, "url"), false));
    SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, net::TlsContext::MakeClient({}));
    SIGNET_TRY_ASSIGN(
        http1::Connection connection,
        http1::Connection::Open(net::TlsTarget{
            .host = url.host,
            .port = url.port,
            .tls = std::move(tls),
            .verifier = net::ExpectIdentifier(own_.anchors, TextOf(command, "expect"),
                                              net::PeerPurpose::kServer, context_.clock()),
            .server_name = {}}));
    Json out = {{"calls", Json::array()}};
    const std::int64_t count = std::max<std::int64_t>(1, NumberOf(command, "count"));
    for (std::int64_t i = 0; i < count; ++i) {
      SIGNET_TRY_ASSIGN(const http1::ClientRequest request, MakeRequest(url));
      SIGNET_TRY_ASSIGN(const http1::ClientResponse response, connection.Call(request));
      const auto problem = ProblemOf(response);
      out["calls"].push_back({{"status", response.status},
                              {"code", problem.has_value() ? problem->code : std::string()},
                              {"rule", problem.has_value() ? problem->rule : std::string()}});
      out["captured"] = Captured(request);
    }
    return out;
  }

  Result<http1::ClientRequest> MakeRequest(const CallUrl& url) {
    SIGNET_TRY_ASSIGN(
        ProvenFields proven,
        ProveRequest(own_.wit_key,
                     {.wit = own_.wit, .audience = url.audience, .now = context_.Now()},
                     context_.random()));
    http1::ClientRequest request{.method = "POST",
                                 .target = url.target,
                                 .headers = std::move(proven.fields),
                                 .body = R"({"item":"seal","count":1})",
                                 .host = url.authority};
    request.headers.push_back({"Content-Type", "application/json"});
    return request;
  }

  // What somebody on the path would have seen, had there been no TLS.
  static Json Captured(const http1::ClientRequest& request) {
    Json headers = Json::array();
    for (const http1::Header& header : request.headers) {
      headers.push_back({header.name, header.value});
    }
    return {{"method", request.method},
            {"target", request.target},
            {"headers", std::move(headers)},
            {"body", request.body}};
  }

  // A genuine proof of this workload for an audience, and with a lifetime, of the parent's choice.
  Result<Json> MakeProof(const Json& command) {
    std::string wit = own_.wit;
    if (command.contains("other_wit")) {
      SIGNET_TRY_ASSIGN(Identity other, RequestIdentity(socket_, context_.clock(),
                                                        context_.random(), &own_.wit_key));
      wit = std::move(other.wit);
    }
    SIGNET_TRY_ASSIGN(const ProvenFields proven,
                      ProveRequest(own_.wit_key,
                                   {.wit = wit,
                                    .audience = TextOf(command, "aud"),
                                    .now = context_.Now(),
                                    .ttl = seconds{NumberOf(command, "ttl_s")}},
                                   context_.random()));
    return Json{{"wit", own_.wit}, {"wpt", proven.wpt}};
  }

  // Another token that the same key has signed.
  Result<Json> MakeToken(const Json& command) {
    SIGNET_TRY_ASSIGN(const std::string token, MakeKeyProof(own_.wit_key, TextOf(command, "aud"),
                                                            context_.Now(), context_.random()));
    return Json{{"token", token}};
  }

  Identity own_;
  std::string socket_;
  Context& context_;
};

}  // namespace

Result<void> RunWorkloadRole(const RoleOptions& options, Context& context) {
  SIGNET_TRY_ASSIGN(Identity own,
                    RequestIdentity(options.socket, context.clock(), context.random()));
  const Json ready = {{"ready", true}, {"id", own.id.text()}};
  Workload workload(std::move(own), options.socket, context);
  ServeControl(ready, [&](const Json& command) { return workload.Answer(command); });
  return {};
}

}  // namespace signet::app::demo
