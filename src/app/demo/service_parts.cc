#include "app/demo/service_parts.h"

#include <utility>

#include <fmt/format.h>

#include "app/demo/names.h"
#include "platform/net/tls_context.h"
#include "platform/runtime/process.h"
#include "service/proxy/tls_verifier.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kLoops = 2;
constexpr std::size_t kReplayCapacity = 10'000;
// Decisions kept for the parent; it asks after each few calls.
constexpr std::size_t kMaxDecisions = 1'000;

Json NameOrNull(const std::optional<identity::WorkloadId>& id) {
  return id.has_value() ? Json(id->text()) : Json(nullptr);
}

Json DecisionJson(const verify::Decision& decision, std::chrono::nanoseconds elapsed,
                  WallTime now) {
  Json out = {{"verdict", verify::NameOf(decision.verdict)},
              {"code", decision.error.has_value() ? Json(decision.error->name()) : Json(nullptr)},
              {"rule", decision.error.has_value() ? Json(decision.error->rule()) : Json(nullptr)},
              {"subject", NameOrNull(decision.subject)},
              {"transport", NameOrNull(decision.transport)},
              {"ns", elapsed.count()},
              {"checks", ChecksJson(decision.checks)}};
  if (decision.first_seen.has_value()) out["first_seen_s"] = (now - *decision.first_seen).count();
  return out;
}

Result<verify::Policy> MakePolicy(const ServiceConfig& config, std::uint16_t port) {
  verify::Policy policy;
  SIGNET_TRY(policy.audiences.Add(fmt::format("https://127.0.0.1:{}", port)));
  SIGNET_TRY_ASSIGN(identity::WorkloadId caller, identity::WorkloadId::Parse(config.caller));
  policy.callers.Add(std::move(caller));
  policy.accept = config.accept;
  return policy;
}

Result<std::unique_ptr<proxy::ReplayStore>> OpenReplayStore(const ServiceConfig& config) {
  SIGNET_TRY_ASSIGN(std::string boot_id, runtime::ReadBootId());
  return proxy::ReplayStore::Open({.capacity = kReplayCapacity,
                                   .journal_path = config.journal,
                                   .boot_id = std::move(boot_id),
                                   .fault = {}},
                                  config.clock);
}

// Members of the trust domain get a connection; what they may do is decided for each request.
Result<std::shared_ptr<const net::TlsContext>> MakeTls(const ServiceConfig& config) {
  net::TlsServerConfig tls;
  tls.identity = &config.own.tls;
  if (config.client_certificates) {
    tls.client_auth = net::ClientAuth::kRequired;
    tls.client_verifier = proxy::MakeTlsVerifier(
        proof::ExpectedClients{.origins = {std::string(kOrigin)}},
        [trust = config.own.trust] { return trust; }, {}, config.clock);
  }
  return net::TlsContext::MakeServer(std::move(tls));
}

}  // namespace

Json ChecksJson(const CheckList& checks) {
  Json out = Json::array();
  for (const Check& check : checks) {
    out.push_back({{"rule", check.rule},
                   {"ok", check.ok()},
                   {"code", check.ok() ? Json(nullptr) : Json(InfoOf(*check.code).name)}});
  }
  return out;
}

Result<std::unique_ptr<ProtectedService>> ProtectedService::Start(ServiceConfig config) {
  std::unique_ptr<ProtectedService> service(new ProtectedService);
  SIGNET_TRY_ASSIGN(service->replay_, OpenReplayStore(config));
  SIGNET_TRY_ASSIGN(service->loops_, runtime::Loops::Start(kLoops));
  SIGNET_TRY(service->StartServer(config));
  SIGNET_TRY(service->StartDeciding(std::move(config)));
  return service;
}

ProtectedService::~ProtectedService() { Stop(); }

Result<void> ProtectedService::StartServer(const ServiceConfig& config) {
  SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, MakeTls(config));
  http1::ServerConfig server;
  server.listen.where = net::TlsListen{.tls = std::move(tls)};
  server.on_error = [this, &logger = config.logger](const Error& error) {
    logger.LogError("connection", error);
    book_.With(0, [&](Book& book) { ++book.connection_errors[std::string(error.name())]; });
  };
  const bool async = static_cast<bool>(config.async_handler);
  SIGNET_TRY_ASSIGN(
      server_, http1::Server::StartAsync(
                   *loops_, std::move(server),
                   [this, async](const http1::RequestContext& request, http1::Responder responder) {
                     Serve(request, std::move(responder), async);
                   }));
  return {};
}

// The audience holds the port, which the kernel chooses: until it is known nobody is served.
void ProtectedService::Serve(const http1::RequestContext& request, http1::Responder responder,
                             bool async) {
  proxy::EnforcementPoint* const point = serving_;
  if (point == nullptr) return responder.Send({.status = 503, .headers = {}, .body = {}});
  if (async) return point->HandleAsync(request, std::move(responder));
  responder.Send(point->Handle(request));
}

Result<void> ProtectedService::StartDeciding(ServiceConfig config) {
  SIGNET_TRY_ASSIGN(verify::Policy policy, MakePolicy(config, server_->port()));
  SIGNET_TRY_ASSIGN(
      point_,
      proxy::EnforcementPoint::Make(
          std::move(policy), {.loops = *loops_,
                              .clock = config.clock,
                              .logger = config.logger,
                              .replay = replay_.get(),
                              .trust = config.own.trust,
                              .handler = std::move(config.handler),
                              .async_handler = std::move(config.async_handler),
                              .observer =
                                  [this, &clock = config.clock](const verify::Decision& decision,
                                                                std::chrono::nanoseconds elapsed) {
                                    Json entry = DecisionJson(decision, elapsed, clock.Now());
                                    book_.With(0, [&](Book& book) {
                                      if (book.decisions.size() < kMaxDecisions)
                                        book.decisions.push_back(std::move(entry));
                                    });
                                  },
                              .response_signer = config.response_signer}));
  serving_ = point_.get();
  return {};
}

Json ProtectedService::TakeDecisions() {
  return book_.With(0, [](Book& book) {
    return Json{{"decisions", std::exchange(book.decisions, Json::array())}};
  });
}

Json ProtectedService::Stats(std::int64_t side_effects) {
  Json counts = Json::object();
  for (const proxy::DecisionCount& count : point_->counts()) {
    counts[std::string(count.code)] = count.count;
  }
  Json errors = book_.With(0, [](const Book& book) { return Json(book.connection_errors); });
  return {{"side_effects", side_effects},
          {"counts", std::move(counts)},
          {"connection_errors", std::move(errors)}};
}

void ProtectedService::Stop() {
  if (server_ != nullptr) server_->Stop(std::chrono::milliseconds{100});
}

}  // namespace signet::app::demo
