// signet completion: completion scripts for shells, made from the tree of commands itself.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"

namespace signet::app {
namespace {

struct OptionNode {
  std::vector<std::string> names;  // with their dashes
  std::string description;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> choices;
};

struct CommandNode {
  std::string path;  // "" for the root, "/wit/verify"
  std::string name;
  std::string description;
  std::vector<OptionNode> options;
  std::vector<std::string> choices;  // of the positional argument
  bool takes_file = false;           // a positional argument that names a file
  std::vector<CommandNode> commands;
};

// The values of "TEXT:{a,b}", which is how CLI11 describes a fixed set.
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.rfind('}');
  std::vector<std::string> out;
  if (open == std::string::npos || close == std::string::npos || close < open) return out;
  for (std::size_t at = open + 1; at < close;) {
    const std::size_t end = std::min(type.find(',', at), close);
    out.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Values that are read from a file when they begin with "@" are typed by hand: no shell completes
// a path behind the "@".
bool TakesFile(const CLI::Option& option) {
  return option.get_type_name().find("FILE") != std::string::npos;
}

CommandNode Walk(const CLI::App& app, const std::string& path) {
  CommandNode node{path, app.get_name(), app.get_description(), {}, {}, false, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      node.takes_file = node.takes_file || TakesFile(*option);
      for (std::string& choice : ChoicesOf(*option)) node.choices.push_back(std::move(choice));
      continue;
    }
    OptionNode out;
    for (const std::string& name : option->get_snames()) out.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) out.names.push_back("--" + name);
    out.description = option->get_description();
    out.takes_value = option->get_items_expected_max() > 0;
    out.takes_file = TakesFile(*option);
    out.choices = ChoicesOf(*option);
    node.options.push_back(std::move(out));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    node.commands.push_back(Walk(*sub, path + "/" + sub->get_name()));
  }
  return node;
}

void Flatten(const CommandNode& node, std::vector<const CommandNode*>& out) {
  out.push_back(&node);
  for (const CommandNode& command : node.commands) Flatten(command, out);
}

std::vector<const CommandNode*> AllCommands(const CommandNode& root) {
  std::vector<const CommandNode*> out;
  Flatten(root, out);
  return out;
}

// What may stand where a word of this command is expected: commands, values, its own options and
// those of the root.
std::vector<std::string> WordsOf(const CommandNode& node, const CommandNode& root) {
  std::vector<std::string> words;
  for (const CommandNode& command : node.commands) words.push_back(command.name);
  words.insert(words.end(), node.choices.begin(), node.choices.end());
  const auto add = [&words](const OptionNode& option) {
    for (const std::string& name : option.names) {
      if (std::ranges::find(words, name) == words.end()) words.push_back(name);
    }
  };
  for (const OptionNode& option : node.options) add(option);
  for (const OptionNode& option : root.options) {
    if (&node != &root && option.names.front() != "--version") add(option);
  }
  return words;
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// Case patterns "path:option" of every option that takes a value.
std::string PatternsOf(const CommandNode& node, const OptionNode& option) {
  std::string out;
  for (const std::string& name : option.names) {
    out += fmt::format("{}'{}:{}'", out.empty() ? "" : "|", node.path, name);
  }
  return out;
}

// bash and zsh share the structure: follow the words to a command, then offer what may come next.
// `offer` completes from words, `files` from paths, `nothing` leaves a free value to the user.
std::string ShellCases(const CommandNode& root) {
  std::string out = "  case \"$at:$previous\" in\n";
  for (const CommandNode* node : AllCommands(root)) {
    std::vector<OptionNode> options = node->options;
    if (node != &root) options.insert(options.end(), root.options.begin(), root.options.end());
    for (const OptionNode& option : options) {
      if (!option.takes_value) continue;
      const std::string action =
          !option.choices.empty() ? fmt::format("_signet_offer {}", fmt::join(option.choices, " "))
          : option.takes_file     ? "_signet_files"
                                  : ":";
      out += fmt::format("    {}) {}; return ;;\n", PatternsOf(*node, option), action);
    }
  }
  out += "  esac\n  case \"$at\" in\n";
  for (const CommandNode* node : AllCommands(root)) {
    out += fmt::format("    '{}') _signet_offer {}{} ;;\n", node->path,
                       fmt::join(WordsOf(*node, root), " "),
                       node->takes_file ? "; _signet_files" : "");
  }
  return out + "  esac\n";
}

std::string FollowCases(const CommandNode& root, std::string_view word) {
  std::string paths;
  for (const CommandNode* node : AllCommands(root)) {
    if (!node->path.empty()) paths += fmt::format("{}'{}'", paths.empty() ? "" : "|", node->path);
  }
  return fmt::format("    case \"$at/{0}\" in {1}) at=\"$at/{0}\" ;; esac\n", word, paths);
}

std::string BashScript(const CommandNode& root) {
  return fmt::format(
      R"(# bash completion for signet. Load it with:  source <(signet completion bash)
_signet_offer() {{
  local -a found
  mapfile -t found < <(compgen -W "$*" -- "$_signet_word")
  COMPREPLY+=("${{found[@]}}")
}}
_signet_files() {{
  local -a found
  [[ $_signet_word == -* ]] && return
  compopt -o filenames 2>/dev/null || :  # fails outside a completion
  mapfile -t found < <(compgen -f -- "$_signet_word")
  COMPREPLY+=("${{found[@]}}")
}}
_signet() {{
  local at='' previous='' i _signet_word="${{COMP_WORDS[COMP_CWORD]}}"
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
{}    previous="${{COMP_WORDS[i]}}"
  done
{}}}
complete -F _signet signet
)",
      FollowCases(root, "${COMP_WORDS[i]}"), ShellCases(root));
}

std::string ZshScript(const CommandNode& root) {
  return fmt::format(
      R"(#compdef signet
# zsh completion for signet. Put it as _signet into a directory of $fpath, or load it with:
#   source <(signet completion zsh)
_signet_offer() {{ compadd -- "$@" }}
_signet_files() {{ [[ $PREFIX == -* ]] || _files }}
_signet() {{
  local at='' previous='' i
  for ((i = 2; i < CURRENT; i++)); do
{}    previous="${{words[i]}}"
  done
{}}}
if [[ $funcstack[1] == _signet ]]; then _signet "$@"; else compdef _signet signet; fi
)",
      FollowCases(root, "${words[i]}"), ShellCases(root));
}

std::string FishOption(std::string_view condition, const OptionNode& option) {
  std::string out = fmt::format("complete -c signet -n {}", Quoted(condition));
  for (const std::string& name : option.names) {
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.takes_value) out += option.takes_file ? " -r -F" : " -x";
  if (!option.choices.empty()) {
    out += " -a " + Quoted(fmt::format("{}", fmt::join(option.choices, " ")));
  }
  return out + fmt::format(" -d {}\n", Quoted(option.description));
}

std::string FishScript(const CommandNode& root) {
  std::string out = R"(# fish completion for signet. Load it with:  signet completion fish | source
function __signet_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at/$word"
      case)";
  for (const CommandNode* node : AllCommands(root)) {
    if (!node->path.empty()) out += " " + Quoted(node->path);
  }
  out += R"(
        set at "$at/$word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c signet -f
)";
  for (const OptionNode& option : root.options) out += FishOption("true", option);
  for (const CommandNode* node : AllCommands(root)) {
    const std::string condition = fmt::format("__signet_at {}", Quoted(node->path));
    for (const CommandNode& command : node->commands) {
      out += fmt::format("complete -c signet -n {} -a {} -d {}\n", Quoted(condition), command.name,
                         Quoted(command.description));
    }
    for (const std::string& choice : node->choices) {
      out += fmt::format("complete -c signet -n {} -a {}\n", Quoted(condition), choice);
    }
    if (node->takes_file) out += fmt::format("complete -c signet -n {} -F\n", Quoted(condition));
    if (node == &root) continue;
    for (const OptionNode& option : node->options) out += FishOption(condition, option);
  }
  return out;
}

}  // namespace

void AddCompletionCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "The shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "Examples:\n"
      "  source <(signet completion bash)\n"
      "  signet completion zsh > ~/.zfunc/_signet\n"
      "  signet completion fish > ~/.config/fish/completions/signet.fish");
  command->callback([&root, &context, shell] {
    const CommandNode tree = Walk(root, "");
    std::string script = *shell == "bash"  ? BashScript(tree)
                         : *shell == "zsh" ? ZshScript(tree)
                                           : FishScript(tree);
    script.pop_back();  // Print adds the newline
    context.Print(script);
  });
}

}  // namespace signet::app
