#include <atomic>
#include <memory>

#include "app/demo/control.h"
#include "app/demo/holder_control.h"
#include "app/demo/identity_client.h"
#include "app/demo/ledger_client.h"
#include "app/demo/names.h"
#include "app/demo/roles.h"
#include "app/demo/service_parts.h"
#include "app/tool_text.h"
#include "platform/runtime/blocking_pool.h"
#include "platform/runtime/sharded.h"
#include "protocol/codec/uri.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kMaxWaitingOrders = 64;

// The application: an order counts, as a side effect, once ledger has taken it.
class Orders {
 public:
  Orders(LedgerClient client, telemetry::Logger& logger)
      : client_(std::move(client)), logger_(logger) {}

  // On a loop: the call to ledger goes to the pool. A full queue drops the task and with it `done`,
  // which answers 500.
  void Handle(const http1::RequestContext& context, const identity::WorkloadId& subject,
              proxy::Answer done) {
    const bool known = context.request.method == "POST" &&
                       codec::WithoutQueryAndFragment(context.request.target) == kOrdersPath;
    if (!known) return done({.status = 404, .headers = {}, .body = {}});
    (void)pool_.Submit([this, &context, &subject, done = std::move(done)]() mutable {
      done(Place(std::string(AsText(context.request.body)), subject));
    });
  }

  void Stop() { pool_.Stop(); }
  [[nodiscard]] std::int64_t placed() const { return placed_; }
  Json LastCall() {
    return last_.With(0, [](const Json& last) { return last; });
  }

 private:
  // On the pool's one thread.
  http1::Response Place(const std::string& order, const identity::WorkloadId& subject) {
    const Result<void> entered = client_.Enter(order);
    last_.With(0, [&](Json& last) { last = client_.last(); });
    if (!entered.has_value()) {
      logger_.LogError("ledger", entered.error());
      return {.status = 502, .headers = {}, .body = {}};
    }
    const std::int64_t number = ++placed_;
    return {.status = 201,
            .headers = {{"Content-Type", "application/json"}},
            .body = DumpJson({{"order", number}, {"for", subject.text()}})};
  }

  LedgerClient client_;
  telemetry::Logger& logger_;
  std::atomic<std::int64_t> placed_{0};
  runtime::Sharded<Json> last_{1, Json::object()};
  runtime::BlockingPool pool_{1, kMaxWaitingOrders};
};

Json Answer(const Json& command, Orders& orders, ProtectedService& service, const Identity& own) {
  const std::string name = TextOf(command, "cmd");
  if (name == "decisions") return service.TakeDecisions();
  if (name == "outgoing") return orders.LastCall();
  if (name == "sign") return AnswerSign(command, own.wit_key);
  return service.Stats(orders.placed());
}

}  // namespace

Result<void> RunOrdersRole(const RoleOptions& options, Context& context,
                           telemetry::Logger& logger) {
  const Clock& clock = context.clock();
  SIGNET_TRY_ASSIGN(const Identity own, RequestIdentity(options.socket, clock, context.random()));
  SIGNET_TRY_ASSIGN(LedgerClient client,
                    LedgerClient::Make(options.ledger, own, clock, context.random()));
  Orders orders(std::move(client), logger);
  SIGNET_TRY_ASSIGN(
      const std::unique_ptr<ProtectedService> service,
      ProtectedService::Start(
          {.own = own,
           .clock = clock,
           .logger = logger,
           .caller = kEdgeId,
           .accept = {verify::Binding::kWpt},
           .journal = options.journal,
           .handler = {},
           .async_handler = [&orders](const http1::RequestContext& request,
                                      const identity::WorkloadId& subject, proxy::Answer done) {
             orders.Handle(request, subject, std::move(done));
           }}));
  ServeControl(
      {{"ready", true}, {"id", own.id.text()}, {"wit", own.wit}, {"port", service->port()}},
      [&](const Json& command) { return Answer(command, orders, *service, own); });
  // First nobody asks any more, then what was asked is answered.
  service->Stop();
  orders.Stop();
  return {};
}

}  // namespace signet::app::demo
