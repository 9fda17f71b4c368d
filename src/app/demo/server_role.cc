#include <memory>
#include <unistd.h>

#include "app/demo/attestor.h"
#include "app/demo/control.h"
#include "app/demo/issuer.h"
#include "app/demo/names.h"
#include "app/demo/roles.h"
#include "app/tool_text.h"
#include "platform/http1/server.h"
#include "platform/runtime/blocking_pool.h"
#include "platform/runtime/file.h"
#include "platform/runtime/loops.h"
#include "platform/runtime/sharded.h"
#include "protocol/codec/uri.h"
#include "protocol/crypto/digest.h"
#include "protocol/http/problem.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kMaxExeBytes = 512 * 1024 * 1024;

http1::Response ProblemResponse(const Error& error) {
  const int status = InfoOf(error.code).http_status;
  return {.status = status,
          .headers = {{"Content-Type", std::string(http::kProblemContentType)}},
          .body = http::ProblemJson(error, status)};
}

// What one request needs; used by one thread of the pool only.
class IdentityService {
 public:
  IdentityService(Issuer issuer, AttestorConfig attestor, telemetry::Logger& logger)
      : issuer_(std::move(issuer)), attestor_(std::move(attestor)), logger_(logger) {}

  http1::Response Answer(const http1::RequestContext& context) {
    Result<Json> answer = Decide(context);
    if (answer.has_value()) {
      return {.headers = {{"Content-Type", "application/json"}}, .body = DumpJson(*answer)};
    }
    logger_.LogError("no identity issued", answer.error());
    return ProblemResponse(answer.error());
  }

  Json AttestedSoFar() {
    return attested_.With(0, [](const Json& list) { return Json{{"attested", list}}; });
  }

 private:
  Result<Json> Decide(const http1::RequestContext& context) {
    const http::Request& request = context.request;
    if (request.method != "POST" ||
        codec::WithoutQueryAndFragment(request.target) != kIdentityPath) {
      return Refuse(Errc::kHttpNotFound, "no such resource");
    }
    if (!context.channel.unix_peer.has_value()) {
      return Refuse(Errc::kPeerUnidentified, "not a Unix socket");
    }
    SIGNET_TRY_ASSIGN(const Attested attested, Attest(attestor_, *context.channel.unix_peer));
    SIGNET_TRY_ASSIGN(Json answer, issuer_.Issue(AsText(request.body), attested.id));
    logger_.Info("identity issued", {{"subject", attested.id.text()},
                                     {"pid", attested.process.pid},
                                     {"uid", attested.process.uid},
                                     {"exe", attested.process.exe_path}});
    attested_.With(0, [&](Json& list) { list.push_back(AttestedJson(attested)); });
    return answer;
  }

  Issuer issuer_;
  AttestorConfig attestor_;
  telemetry::Logger& logger_;
  runtime::Sharded<Json> attested_{1, Json::array()};
};

Result<AttestorConfig> ReadAttestorConfig(const RoleOptions& options) {
  AttestorConfig config;
  config.uid = ::geteuid();
  SIGNET_TRY_ASSIGN(const Bytes own, runtime::ReadFile("/proc/self/exe", kMaxExeBytes));
  config.exe_sha256 = crypto::Sha256(own);
  for (const std::string& text : options.entries) {
    SIGNET_TRY_ASSIGN(Entry entry, ParseEntry(text));
    config.entries.push_back(std::move(entry));
  }
  return config;
}

}  // namespace

Result<void> RunServerRole(const RoleOptions& options, Context& context,
                           telemetry::Logger& logger) {
  SIGNET_TRY_ASSIGN(Issuer issuer, Issuer::Make(context.clock(), context.random()));
  const Json ready = {{"ready", true},  {"trust_domain", kTrustDomain}, {"kid", issuer.wit_kid()},
                      {"alg", "ES256"}, {"bundle", issuer.Bundle()},    {"ca", issuer.CaPem()}};
  SIGNET_TRY_ASSIGN(AttestorConfig attestor, ReadAttestorConfig(options));
  SIGNET_TRY_ASSIGN(const std::unique_ptr<runtime::Loops> loops, runtime::Loops::Start(1));
  IdentityService service(std::move(issuer), std::move(attestor), logger);
  // One thread: the issuer is not thread-safe, and hashing an executable would hold up a loop.
  runtime::BlockingPool pool(1, 64);
  http1::ServerConfig config;
  config.listen.where = net::UnixListenConfig{.path = options.socket, .mode = 0600};
  config.max_body_bytes = kMaxIdentityRequestBytes;
  config.on_error = [&logger](const Error& error) { logger.LogError("connection", error); };
  SIGNET_TRY_ASSIGN(
      const std::unique_ptr<http1::Server> server,
      http1::Server::StartAsync(
          *loops, std::move(config),
          [&](const http1::RequestContext& request, http1::Responder responder) {
            // A full queue destroys the task and with it the responder, which answers 500.
            (void)pool.Submit([&service, &request, to = std::move(responder)]() mutable {
              to.Send(service.Answer(request));
            });
          }));
  ServeControl(ready, [&](const Json&) { return service.AttestedSoFar(); });
  server->Stop(std::chrono::milliseconds{0});
  pool.Stop();
  return {};
}

}  // namespace signet::app::demo
