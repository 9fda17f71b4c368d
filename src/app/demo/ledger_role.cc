#include <atomic>
#include <memory>

#include "app/demo/control.h"
#include "app/demo/identity_client.h"
#include "app/demo/names.h"
#include "app/demo/roles.h"
#include "app/demo/service_parts.h"
#include "app/tool_text.h"
#include "protocol/codec/uri.h"
#include "service/proxy/response_sign.h"

namespace signet::app::demo {
namespace {

// The application: each entry is a side effect.
class Ledger {
 public:
  http1::Response Handle(const http1::RequestContext& context,
                         const identity::WorkloadId& subject) {
    const bool known = context.request.method == "POST" &&
                       codec::WithoutQueryAndFragment(context.request.target) == kLedgerPath;
    if (!known) return {.status = 404, .headers = {}, .body = {}};
    const std::int64_t number = ++entries_;
    return {.status = 201,
            .headers = {{"Content-Type", "application/json"}},
            .body = DumpJson({{"entry", number}, {"for", subject.text()}})};
  }
  [[nodiscard]] std::int64_t entries() const { return entries_; }

 private:
  std::atomic<std::int64_t> entries_{0};
};

}  // namespace

Result<void> RunLedgerRole(const RoleOptions& options, Context& context,
                           telemetry::Logger& logger) {
  const Clock& clock = context.clock();
  SIGNET_TRY_ASSIGN(const Identity own, RequestIdentity(options.socket, clock, context.random()));
  Ledger ledger;
  proxy::WitResponseSigner signer(
      std::make_shared<const proxy::SigningCredential>(own.wit_key, own.wit), clock,
      context.random());
  SIGNET_TRY_ASSIGN(const std::unique_ptr<ProtectedService> service,
                    ProtectedService::Start({.own = own,
                                             .clock = clock,
                                             .logger = logger,
                                             .caller = kOrdersId,
                                             .accept = {verify::Binding::kHttpSignature},
                                             .client_certificates = true,
                                             .journal = options.journal,
                                             .handler =
                                                 [&ledger](const http1::RequestContext& request,
                                                           const identity::WorkloadId& subject) {
                                                   return ledger.Handle(request, subject);
                                                 },
                                             .async_handler = {},
                                             .response_signer = &signer}));
  ServeControl({{"ready", true}, {"id", own.id.text()}, {"port", service->port()}},
               [&](const Json& command) {
                 return TextOf(command, "cmd") == "decisions" ? service->TakeDecisions()
                                                              : service->Stats(ledger.entries());
               });
  service->Stop();
  return {};
}

}  // namespace signet::app::demo
