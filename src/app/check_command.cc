// signet check [FILE|-]
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "app/check/check.h"
#include "app/commands.h"
#include "app/context.h"

namespace signet::app {
namespace {

// One line of at most kMaxCheckLineBytes; a longer one is read to its end and given up to one byte
// over the limit, so that it is refused and the next line is still found. False at the end.
bool ReadLine(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf* const buffer = in.rdbuf();
  int c = buffer->sbumpc();
  if (c == std::char_traits<char>::eof()) return false;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = buffer->sbumpc()) {
    if (line.size() <= kMaxCheckLineBytes) line.push_back(static_cast<char>(c));
  }
  return true;
}

void RunCheck(const std::string& path, Context& context) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file.is_open()) {
      context.UsageError(Error(Errc::kIoOpen, path));
      return;
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  Checker checker(context.random());
  std::string line;
  while (ReadLine(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    std::cout << checker.Run(line) << '\n';
    if (in.rdbuf()->in_avail() <= 0) std::cout.flush();  // a pipe that waits for its answer
  }
  std::cout.flush();
  context.exit_code = checker.saw_usage_error() ? kExitUsage : kExitValid;
}

}  // namespace

void AddCheckCommand(CLI::App& root, Context& context) {
  auto path = std::make_shared<std::string>("-");
  CLI::App* const command =
      root.add_subcommand("check", "Run conformance vectors: JSON lines in, JSON lines out");
  command->add_option("FILE", *path, "File of JSON lines; - is standard input")->default_str("-");
  command->footer(
      "One line in, one line out, in order; the format is in docs/check.md.\n"
      "Exit code 0, or 2 if a line was not understood. A refusal is a result, not a failure.\n\n"
      "  echo '{\"case\":1,\"op\":\"id.parse\",\"id\":\"wimse://example.com/shop\"}' | signet "
      "check");
  command->callback([path, &context] { RunCheck(*path, context); });
}

}  // namespace signet::app
