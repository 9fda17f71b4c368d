// signet inspect: what is this, and what is wrong with it?
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/inspect.h"
#include "app/tool_input.h"

namespace signet::app {
namespace {

// The argument itself, or the file or input that it names. A token is never the name of a file.
Result<std::string> ReadSubject(const std::string& argument) {
  const bool named = argument == "-" || argument.starts_with('@');
  const std::string path = argument.starts_with('@') ? argument.substr(1) : argument;
  if (named || ::access(path.c_str(), F_OK) == 0) return ReadInputExactly(path, kMaxInspectedBytes);
  return argument;
}

void Run(Context& context, const std::string& argument) {
  const Result<std::string> text = ReadSubject(argument);
  if (!text.has_value()) return context.UsageError(text.error());
  const std::optional<Inspection> found = Inspect(*text, context.Now());
  if (!found.has_value()) {
    return context.UsageError(
        UsageFault("not recognised, and no file of this name: give a token, JWK, key set, PEM key, "
                   "certificate, "
                   "identifier or HTTP message"));
  }
  PrintInspection(context, *found);
}

}  // namespace

void AddInspectCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "inspect", "Show any token, key, certificate, bundle, identifier or HTTP message");
  auto argument = std::make_shared<std::string>();
  command->add_option("INPUT", *argument, "The text itself, a file, or - for standard input")
      ->required()
      ->type_name("TEXT|FILE");
  command->footer(
      "Says what is wrong with the form and which rule says so. No trust is needed and nothing is\n"
      "verified. Secret parts of keys are never shown. Exit code 1 if anything is wrong.\n\n"
      "Examples:\n"
      "  signet inspect eyJhbGciOiJFUzI1NiIs...\n"
      "  signet inspect request.txt\n"
      "  signet inspect \"Authorization: WPT eyJhbGci...\"");
  command->callback([&context, argument] { Run(context, *argument); });
}

}  // namespace signet::app
