// signet demo: the first run. signet demo-role: the processes that it starts; hidden, since nobody
// starts them by hand.
#include <atomic>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/context.h"
#include "app/demo/report.h"
#include "app/demo/roles.h"
#include "app/demo/scenario.h"
#include "app/tool_text.h"
#include "platform/runtime/signals.h"

namespace signet::app {
namespace {

void RunDemo(const demo::DemoOptions& options, Context& context) {
  std::atomic<bool> interrupted{false};
  const auto signals = runtime::SignalWatcher::Start([&interrupted](int) { interrupted = true; });
  if (!signals.has_value()) return context.Refused(signals.error());
  demo::Reporter reporter(context, options.verbose);
  demo::Findings findings;
  const Result<void> done = demo::RunScenario(
      options, context, interrupted, [&](const demo::Findings& now) { reporter.Show(now); },
      findings);
  // An interrupt from the terminal ends the processes too, so they may fail first.
  if (interrupted) return context.Refused(Error(Errc::kIoCancelled, "interrupted"));
  if (!done.has_value()) {
    if (done.error().code == Errc::kUsageOption) return context.UsageError(done.error());
    return context.Refused(done.error());
  }
  reporter.ShowSummary(findings);
  if (context.json) context.Print(DumpJson(demo::ReportJson(findings)));
  context.exit_code = demo::AllAsExpected(findings) ? kExitValid : kExitRefused;
}

void AddRoleCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("demo-role", "A process of the first run");
  command->group("");
  const auto options = std::make_shared<demo::RoleOptions>();
  command->add_option("role", options->role)->required();
  command->add_option("--socket", options->socket)->required();
  command->add_option("--journal", options->journal);
  command->add_option("--ledger", options->ledger);
  command->add_option("--entry", options->entries)->take_all();
  command->add_option("--parent", options->parent)->required();
  command->add_flag("--log", options->verbose);
  command->callback([options, &context] { demo::RunRole(*options, context); });
}

}  // namespace

void AddDemoCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "demo", "The first run: processes get identities, call each other, and are attacked");
  const auto options = std::make_shared<demo::DemoOptions>();
  command->add_flag("--verbose", options->verbose, "Say more, and let the processes log");
  command->add_option("--keep", options->keep,
                      "Leave tokens, bundle and anchors in this directory, which must be empty");
  command->callback([options, &context] { RunDemo(*options, context); });
  AddRoleCommand(root, context);
}

}  // namespace signet::app
