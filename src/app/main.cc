// signet: the one binary. Reads the command line, runs one command, returns its exit code.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/context.h"

namespace signet::app {
namespace {

// NO_COLOR (any value) switches colours off, as its users expect. Read before there are threads.
bool WantsColour() {
  return isatty(STDOUT_FILENO) == 1 &&
         std::getenv("NO_COLOR") == nullptr;  // NOLINT(concurrency-mt-unsafe)
}

int Run(int argc, char** argv) {
  Context context(stdout, stderr, WantsColour());
  CLI::App root("Workload identity by WIMSE: make, prove, verify and explain it.", "signet");
  root.set_version_flag("--version", "signet " SIGNET_VERSION);
  root.require_subcommand(1);
  root.fallthrough();  // --json and --now may stand anywhere
  root.add_flag("--json", context.json, "Print JSON instead of text for people");
  root.add_option("--now", context.now_set, "Decide as at this time (seconds since 1970)")
      ->check(CLI::Range(std::int64_t{0}, kMaxNumericDate))
      ->type_name("SECONDS");
  for (const auto add : {AddAttackCommand, AddCallCommand, AddCheckCommand, AddDemoCommand,
                         AddExplainCommand, AddInspectCommand, AddKeyCommand, AddIdCommand,
                         AddWitCommand, AddWptCommand, AddHttpCommand, AddWicCommand,
                         AddCertCommand, AddBundleCommand, AddCompletionCommand, AddManCommand}) {
    add(root, context);
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = root.exit(error, std::cout, std::cerr);
    return code == 0 ? kExitValid : kExitUsage;
  }
  return context.exit_code;
}

}  // namespace
}  // namespace signet::app

int main(int argc, char** argv) {
  try {
    return signet::app::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "signet: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "signet: unknown failure\n");
  }
  return signet::app::kExitRefused;
}
