// signet man: manual pages in roff, made from the tree of commands itself.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/tool_output.h"

namespace signet::app {
namespace {

// As roff takes it literally: a dash that can be copied, no request at the start of a line.
std::string Roff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    at_start = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string NamesOf(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  std::string out;
  const auto add = [&out](std::string_view dashes, const std::string& name) {
    if (!out.empty()) out += ", ";
    out.append(dashes).append(name);
  };
  for (const std::string& name : option.get_snames()) add("-", name);
  for (const std::string& name : option.get_lnames()) add("--", name);
  return out;
}

std::string OptionText(const CLI::Option& option) {
  std::string out = fmt::format(".TP\n.B {}\n", Roff(NamesOf(option)));
  const std::string type = option.get_type_name();
  if (option.get_items_expected_max() > 0 && !type.empty()) {
    out.insert(out.size() - 1, fmt::format(" \\fI{}\\fR", Roff(type)));
  }
  std::string description = option.get_description();
  if (option.get_required()) description += " (required)";
  if (!option.get_default_str().empty()) {
    description += fmt::format(" (default: {})", option.get_default_str());
  }
  return out + Roff(description) + "\n";
}

std::string OptionsText(const CLI::App& app) {
  std::string out;
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional() == positional && !option->get_group().empty()) {
        out += OptionText(*option);
      }
    }
  }
  return out;
}

std::string SynopsisOf(const CLI::App& app, const std::string& path) {
  std::string out = fmt::format(".B {}\n", Roff(path));
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) out += fmt::format(".I {}\n", Roff(option->get_name(true)));
  }
  out +=
      CommandsOf(app).empty() ? "[\\fIoption\\fR...]\n" : "\\fIcommand\\fR [\\fIoption\\fR...]\n";
  return out;
}

std::string FooterText(const CLI::App& app) {
  if (app.get_footer().empty()) return "";
  return fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(app.get_footer()));
}

// The commands below one that has a page of its own.
std::string SubcommandText(const CLI::App& app, const std::string& path) {
  std::string out;
  for (const CLI::App* command : CommandsOf(app)) {
    const std::string name = path + " " + command->get_name();
    out += fmt::format(".SS {}\n{}.PP\n{}.\n", Roff(name), SynopsisOf(*command, name),
                       Roff(command->get_description()));
    out += OptionsText(*command) + FooterText(*command) + SubcommandText(*command, name);
  }
  return out;
}

std::string HeadOf(const std::string& name, std::string_view description) {
  return fmt::format(".TH {} 1 \"\" \"signet {}\" \"Signet\"\n.SH NAME\n{} \\- {}\n",
                     Roff(Upper(name)), SIGNET_VERSION, Roff(name), Roff(description));
}

std::string_view ExitText() {
  return ".SH EXIT STATUS\n.TP\n0\nDone; what was checked is valid.\n.TP\n1\n"
         "What was checked is refused, or the work failed.\n.TP\n2\n"
         "The command line or the form of the input is wrong.\n";
}

std::string CommandPage(const CLI::App& command) {
  const std::string path = "signet " + command.get_name();
  std::string out = HeadOf("signet-" + command.get_name(), command.get_description());
  out += ".SH SYNOPSIS\n" + SynopsisOf(command, path);
  out += ".SH DESCRIPTION\n" + Roff(command.get_description()) + ".\n" + FooterText(command);
  out += ".SH OPTIONS\n" + OptionsText(command);
  const std::string below = SubcommandText(command, path);
  if (!below.empty()) out += ".SH COMMANDS\n" + below;
  return out.append(ExitText()).append(".SH SEE ALSO\n.BR signet (1)\n");
}

std::string RootPage(const CLI::App& root) {
  std::string out = HeadOf("signet", "workload identity by WIMSE");
  out += ".SH SYNOPSIS\n" + SynopsisOf(root, "signet");
  out += ".SH DESCRIPTION\n" + Roff(root.get_description()) + "\n";
  out += ".SH OPTIONS\n" + OptionsText(root) + ".SH COMMANDS\n";
  std::string pages;
  for (const CLI::App* command : CommandsOf(root)) {
    out += fmt::format(".TP\n.B {}\n{}.\n", Roff(command->get_name()),
                       Roff(command->get_description()));
    if (!pages.empty()) pages += ",\n";
    pages += fmt::format(".BR signet\\-{} (1)", Roff(command->get_name()));
  }
  out.append(ExitText())
      .append(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nAny value: no colours on a terminal.\n");
  return out + ".SH SEE ALSO\n" + pages + "\n";
}

Result<void> WritePages(const CLI::App& root, const std::string& folder) {
  const auto write = [&folder](const std::string& name, const std::string& page) {
    return WriteOutput(fmt::format("{}/{}.1", folder, name), AsBytes(page), kPublicFileMode,
                       /*force=*/true);
  };
  SIGNET_TRY(write("signet", RootPage(root)));
  for (const CLI::App* command : CommandsOf(root)) {
    SIGNET_TRY(write("signet-" + command->get_name(), CommandPage(*command)));
  }
  return {};
}

const CLI::App* Find(const CLI::App& root, const std::string& name) {
  for (const CLI::App* command : CommandsOf(root)) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

struct ManOptions {
  std::string command;
  std::string folder;
};

Result<void> Man(const CLI::App& root, Context& context, const ManOptions& options) {
  if (!options.folder.empty()) return WritePages(root, options.folder);
  std::string page;
  if (options.command.empty()) {
    page = RootPage(root);
  } else {
    const CLI::App* const command = Find(root, options.command);
    if (command == nullptr) {
      return Refuse(Errc::kUsageOption, "no command " + options.command);
    }
    page = CommandPage(*command);
  }
  page.pop_back();  // Print adds the newline
  context.Print(page);
  return {};
}

}  // namespace

void AddManCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("man", "Print a manual page, or write all of them");
  auto options = std::make_shared<ManOptions>();
  command->add_option("COMMAND", options->command, "The command; without it, the page of signet");
  command->add_option("--out", options->folder, "Write the pages of all commands into this folder")
      ->type_name("FOLDER");
  command->footer(
      "Examples:\n"
      "  signet man wit | man -l -\n"
      "  signet man --out /usr/local/share/man/man1");
  command->callback([&root, &context, options] {
    const Result<void> done = Man(root, context, *options);
    if (!done.has_value()) context.Refused(done.error());
  });
}

}  // namespace signet::app
