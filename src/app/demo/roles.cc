#include "app/demo/roles.h"

#include <cstdlib>
#include <memory>

#include "app/demo/control.h"
#include "app/tool_text.h"
#include "platform/runtime/signals.h"

namespace signet::app::demo {
namespace {

Result<void> Run(const RoleOptions& options, Context& context) {
  // An interrupt from the terminal reaches the whole group; the parent cleans up.
  SIGNET_TRY_ASSIGN(const std::unique_ptr<runtime::SignalWatcher> signals,
                    runtime::SignalWatcher::Start([](int) { std::_Exit(kExitRefused); }));
  SIGNET_TRY(LiveWithParent(options.parent));
  telemetry::Logger logger(
      {.level = options.verbose ? telemetry::Level::kInfo : telemetry::Level::kOff,
       .clock = &context.clock()});
  if (options.role == "server") return RunServerRole(options, context, logger);
  if (options.role == "orders") return RunOrdersRole(options, context, logger);
  if (options.role == "ledger") return RunLedgerRole(options, context, logger);
  if (options.role == "workload") return RunWorkloadRole(options, context);
  return Refuse(Errc::kUsageOption, "unknown role");
}

}  // namespace

void RunRole(const RoleOptions& options, Context& context) {
  const Result<void> done = Run(options, context);
  if (done.has_value()) return;
  context.Print(DumpJson(ErrorAnswer(done.error())));
  context.exit_code = kExitRefused;
}

}  // namespace signet::app::demo
