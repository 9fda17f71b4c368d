// The commands of the binary: each file adds its own to the command line.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace signet::app {

class Context;

// Adds a command. Its callback sets context.exit_code; `context` outlives the parse.
void AddKeyCommand(CLI::App& root, Context& context);
void AddIdCommand(CLI::App& root, Context& context);
void AddWitCommand(CLI::App& root, Context& context);
void AddWptCommand(CLI::App& root, Context& context);
void AddHttpCommand(CLI::App& root, Context& context);
void AddWicCommand(CLI::App& root, Context& context);
void AddCertCommand(CLI::App& root, Context& context);
void AddBundleCommand(CLI::App& root, Context& context);
void AddInspectCommand(CLI::App& root, Context& context);
void AddExplainCommand(CLI::App& root, Context& context);
void AddCompletionCommand(CLI::App& root, Context& context);
void AddManCommand(CLI::App& root, Context& context);
void AddCheckCommand(CLI::App& root, Context& context);
void AddAttackCommand(CLI::App& root, Context& context);
void AddCallCommand(CLI::App& root, Context& context);
void AddDemoCommand(CLI::App& root, Context& context);

}  // namespace signet::app
