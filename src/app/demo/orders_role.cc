#include <atomic>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/demo/control.h"
#include "app/demo/identity_client.h"
#include "app/demo/names.h"
#include "app/demo/roles.h"
#include "app/tool_text.h"
#include "platform/http1/server.h"
#include "platform/net/tls_context.h"
#include "platform/runtime/loops.h"
#include "platform/runtime/process.h"
#include "platform/runtime/sharded.h"
#include "protocol/codec/uri.h"
#include "service/proxy/enforcement_point.h"
#include "service/proxy/replay_store.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kLoops = 2;
constexpr std::size_t kReplayCapacity = 10'000;
// Decisions kept for the parent; it asks after each few calls.
constexpr std::size_t kMaxDecisions = 1'000;

// What the parent asks for, written by the loops.
struct Book {
  Json decisions = Json::array();
  std::map<std::string, std::int64_t, std::less<>> connection_errors;
};

Json DecisionJson(const verify::Decision& decision, std::chrono::nanoseconds elapsed,
                  WallTime now) {
  Json out = {{"verdict", verify::NameOf(decision.verdict)},
              {"code", decision.error.has_value() ? Json(decision.error->name()) : Json(nullptr)},
              {"rule", decision.error.has_value() ? Json(decision.error->rule()) : Json(nullptr)},
              {"ns", elapsed.count()},
              {"checks", Json::array()}};
  for (const Check& check : decision.checks) {
    out["checks"].push_back(
        {{"rule", check.rule},
         {"ok", check.ok()},
         {"code", check.ok() ? Json(nullptr) : Json(InfoOf(*check.code).name)}});
  }
  if (decision.first_seen.has_value()) out["first_seen_s"] = (now - *decision.first_seen).count();
  return out;
}

// The application: each order that reaches it is a side effect.
class Orders {
 public:
  http1::Response Handle(const http1::RequestContext& context,
                         const identity::WorkloadId& subject) {
    const bool known = context.request.method == "POST" &&
                       codec::WithoutQueryAndFragment(context.request.target) == kOrdersPath;
    if (!known) return {.status = 404, .headers = {}, .body = {}};
    const std::int64_t number = ++placed_;
    return {.status = 201,
            .headers = {{"Content-Type", "application/json"}},
            .body = DumpJson({{"order", number}, {"for", subject.text()}})};
  }
  [[nodiscard]] std::int64_t placed() const { return placed_; }

 private:
  std::atomic<std::int64_t> placed_{0};
};

Result<verify::Policy> MakePolicy(std::uint16_t port) {
  verify::Policy policy;
  SIGNET_TRY(policy.audiences.Add(fmt::format("https://127.0.0.1:{}", port)));
  SIGNET_TRY_ASSIGN(identity::WorkloadId edge, identity::WorkloadId::Parse(kEdgeId));
  policy.callers.Add(std::move(edge));
  return policy;
}

Result<std::unique_ptr<proxy::ReplayStore>> OpenReplayStore(const RoleOptions& options,
                                                            const Clock& clock) {
  SIGNET_TRY_ASSIGN(std::string boot_id, runtime::ReadBootId());
  return proxy::ReplayStore::Open({.capacity = kReplayCapacity,
                                   .journal_path = options.journal,
                                   .boot_id = std::move(boot_id),
                                   .fault = {}},
                                  clock);
}

Json Answer(const Json& command, const Orders& orders, const proxy::EnforcementPoint& point,
            runtime::Sharded<Book>& book) {
  if (TextOf(command, "cmd") == "decisions") {
    return book.With(
        0, [](Book& b) { return Json{{"decisions", std::exchange(b.decisions, Json::array())}}; });
  }
  Json counts = Json::object();
  for (const proxy::DecisionCount& count : point.counts()) {
    counts[std::string(count.code)] = count.count;
  }
  Json errors = book.With(0, [](const Book& b) { return Json(b.connection_errors); });
  return {{"side_effects", orders.placed()},
          {"counts", std::move(counts)},
          {"connection_errors", std::move(errors)}};
}

}  // namespace

Result<void> RunOrdersRole(const RoleOptions& options, Context& context,
                           telemetry::Logger& logger) {
  const Clock& clock = context.clock();
  SIGNET_TRY_ASSIGN(const Identity own, RequestIdentity(options.socket, clock, context.random()));
  SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls,
                    net::TlsContext::MakeServer({.identity = &own.tls, .client_verifier = {}}));
  SIGNET_TRY_ASSIGN(const std::unique_ptr<proxy::ReplayStore> replay,
                    OpenReplayStore(options, clock));
  Orders orders;
  runtime::Sharded<Book> book(1);
  SIGNET_TRY_ASSIGN(const std::unique_ptr<runtime::Loops> loops, runtime::Loops::Start(kLoops));

  http1::ServerConfig config;
  config.listen.where = net::TlsListen{.tls = std::move(tls)};
  config.on_error = [&](const Error& error) {
    logger.LogError("connection", error);
    book.With(0, [&](Book& b) { ++b.connection_errors[std::string(error.name())]; });
  };
  // The audience holds the port, which the kernel chooses: until it is known nobody is served.
  std::unique_ptr<proxy::EnforcementPoint> point;
  std::atomic<proxy::EnforcementPoint*> serving{nullptr};
  SIGNET_TRY_ASSIGN(const std::unique_ptr<http1::Server> server,
                    http1::Server::Start(*loops, std::move(config),
                                         [&serving](const http1::RequestContext& request) {
                                           proxy::EnforcementPoint* const now = serving;
                                           if (now != nullptr) return now->Handle(request);
                                           return http1::Response{
                                               .status = 503, .headers = {}, .body = {}};
                                         }));
  SIGNET_TRY_ASSIGN(verify::Policy policy, MakePolicy(server->port()));
  SIGNET_TRY_ASSIGN(
      point, proxy::EnforcementPoint::Make(
                 std::move(policy),
                 {.loops = *loops,
                  .clock = clock,
                  .logger = logger,
                  .replay = replay.get(),
                  .trust = own.trust,
                  .handler =
                      [&orders](const http1::RequestContext& request,
                                const identity::WorkloadId& subject) {
                        return orders.Handle(request, subject);
                      },
                  .observer =
                      [&](const verify::Decision& decision, std::chrono::nanoseconds elapsed) {
                        Json entry = DecisionJson(decision, elapsed, clock.Now());
                        book.With(0, [&](Book& b) {
                          if (b.decisions.size() < kMaxDecisions)
                            b.decisions.push_back(std::move(entry));
                        });
                      }}));
  serving = point.get();
  ServeControl({{"ready", true}, {"id", own.id.text()}, {"port", server->port()}},
               [&](const Json& command) { return Answer(command, orders, *point, book); });
  server->Stop(std::chrono::milliseconds{100});
  return {};
}

}  // namespace signet::app::demo
