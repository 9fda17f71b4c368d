#include <memory>

#include "app/attack/run.h"
#include "app/attack/transport.h"
#include "app/call/answer.h"
#include "app/call/prove.h"
#include "app/call/url.h"
#include "app/demo/control.h"
#include "app/demo/holder_control.h"
#include "app/demo/identity_client.h"
#include "app/demo/ledger_client.h"
#include "app/demo/roles.h"
#include "platform/http1/client.h"
#include "service/proxy/tls_verifier.h"

namespace signet::app::demo {
namespace {

class Workload {
 public:
  Workload(Identity own, Context& context) : own_(std::move(own)), context_(context) {}

  Json Answer(const Json& command) {
    const std::string name = TextOf(command, "cmd");
    if (name == "sign") return AnswerSign(command, own_.wit_key);
    Result<Json> answer = name == "call"   ? Call(command)
                          : name == "send" ? Send(command)
                                           : Refuse(Errc::kUsageUnknownOp, "control");
    return answer.has_value() ? *std::move(answer) : ErrorAnswer(answer.error());
  }

 private:
  // One connection, `count` calls, a fresh proof for each.
  Result<Json> Call(const Json& command) {
    SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(TextOf(command, "url"), false));
    SIGNET_TRY_ASSIGN(identity::WorkloadId expected,
                      identity::WorkloadId::Parse(TextOf(command, "expect")));
    SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, net::TlsContext::MakeClient({}));
    SIGNET_TRY_ASSIGN(http1::Connection connection, http1::Connection::Open(net::TlsTarget{
                                                        .host = url.host,
                                                        .port = url.port,
                                                        .tls = std::move(tls),
                                                        .verifier = Expecting(std::move(expected)),
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
      // What somebody on the path would have seen, had there been no TLS.
      out["captured"] = MessageJson(request);
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

  net::PeerVerifier Expecting(identity::WorkloadId server) const {
    return proxy::MakeTlsVerifier(
        proof::ExpectedIdentifier{std::move(server)}, [trust = own_.trust] { return trust; }, {},
        context_.clock());
  }

  // The attacker's hand: whatever message, over whatever connection.
  Result<Json> Send(const Json& command) {
    SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(TextOf(command, "url"), false));
    const std::string expected = TextOf(command, "expect");
    SIGNET_TRY_ASSIGN(identity::WorkloadId server, identity::WorkloadId::Parse(expected));
    SIGNET_TRY_ASSIGN(identity::WorkloadId another,
                      identity::WorkloadId::Parse(expected + "-another"));
    const attack::Connector connector({.host = url.host,
                                       .port = url.port,
                                       .expected = Expecting(std::move(server)),
                                       .another_server = Expecting(std::move(another)),
                                       .certificate = &own_.tls,
                                       .caller_id = TextOf(command, "claim")},
                                      context_.clock(), context_.random());
    const Result<http1::ClientResponse> response =
        connector.Send(MessageOf(command.value("message", Json::object())),
                       static_cast<attack::Via>(NumberOf(command, "via")));
    const attack::Refused got = attack::RefusedOf(response);
    if (!response.has_value()) {
      return Json{{"failed", {{"code", got.code}, {"rule", got.rule}}}};
    }
    return Json{{"status", got.status}, {"code", got.code}, {"rule", got.rule}};
  }

  Identity own_;
  Context& context_;
};

}  // namespace

Result<void> RunWorkloadRole(const RoleOptions& options, Context& context) {
  SIGNET_TRY_ASSIGN(Identity own,
                    RequestIdentity(options.socket, context.clock(), context.random()));
  const Json ready = {{"ready", true}, {"id", own.id.text()}, {"wit", own.wit}};
  Workload workload(std::move(own), context);
  ServeControl(ready, [&](const Json& command) { return workload.Answer(command); });
  return {};
}

}  // namespace signet::app::demo
