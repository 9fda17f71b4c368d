// signet id: Workload Identifiers.
#include <algorithm>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/identity/workload_id.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;
using identity::WorkloadId;

void Parse(Context& context, const std::string& text, const identity::IdRules& rules) {
  const Result<WorkloadId> id = WorkloadId::Parse(text, rules);
  if (!id.has_value()) return context.Refused(id.error());
  const std::vector<Row> rows = {{"scheme", std::string(identity::NameOf(id->scheme()))},
                                 {"trust domain", std::string(id->trust_domain())},
                                 {"path", std::string(id->path())},
                                 {"origin", std::string(id->origin_text())}};
  PrintEither(context,
              fmt::format("{}  {}\n{}", context.Paint('g', "valid"), id->text(), RowsText(rows, 2)),
              {{"ok", true},
               {"id", id->text()},
               {"scheme", identity::NameOf(id->scheme())},
               {"trust_domain", id->trust_domain()},
               {"path", id->path()},
               {"origin", id->origin_text()}});
}

void PrintOrigin(Context& context, const std::string& text, const identity::IdRules& rules) {
  const Result<WorkloadId> id = WorkloadId::Parse(text, rules);
  if (!id.has_value()) return context.Refused(id.error());
  PrintEither(context, id->origin_text(), {{"ok", true}, {"origin", id->origin_text()}});
}

// What is different, in the words of ID-9.
std::string DifferenceText(const WorkloadId& a, const WorkloadId& b) {
  if (a.scheme() != b.scheme()) {
    return "another scheme is another identity, also where the rest is equal [ID-9]";
  }
  if (a.trust_domain() != b.trust_domain()) return "the trust domains differ [ID-9]";
  return "same origin, another path [ID-7]";
}

void Compare(Context& context, const std::string& a_text, const std::string& b_text,
             const identity::IdRules& rules) {
  const Result<WorkloadId> a = WorkloadId::Parse(a_text, rules);
  const Result<WorkloadId> b = WorkloadId::Parse(b_text, rules);
  for (const auto* id : {&a, &b}) {
    if (id->has_value()) continue;
    if (!context.json)
      context.Complain(id == &a ? "the first identifier:" : "the second identifier:");
    return context.Refused(id->error());
  }
  if (*a == *b) {
    return PrintEither(context, context.Paint('g', "equal") + "  byte for byte [ID-7]",
                       {{"ok", true}, {"equal", true}});
  }
  const std::string& x = a->text();
  const std::string& y = b->text();
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(x, y).in1 - x.begin());
  const std::string why = DifferenceText(*a, *b);
  context.exit_code = kExitRefused;
  PrintEither(context,
              fmt::format("{}  {}\n  {}\n  {}\n  {:>{}}^ byte {}", context.Paint('r', "different"),
                          why, x, y, "", at, at + 1),
              {{"ok", false}, {"equal", false}, {"first_difference_byte", at + 1}, {"why", why}});
}

struct IdOptions {
  std::string first;
  std::string second;
  bool allow_ip = false;
  [[nodiscard]] identity::IdRules rules() const { return {.allow_ip_trust_domain = allow_ip}; }
};

std::shared_ptr<IdOptions> AddOptions(CLI::App* command) {
  auto options = std::make_shared<IdOptions>();
  command->add_option("ID", options->first, "The identifier")->required()->type_name("URI");
  command->add_flag("--allow-ip", options->allow_ip,
                    "Accept an IP address as trust domain (legacy names) [ID-11]");
  return options;
}

}  // namespace

void AddIdCommand(CLI::App& root, Context& context) {
  CLI::App* id = root.add_subcommand("id", "Read and compare Workload Identifiers");
  id->require_subcommand(1);

  CLI::App* parse = id->add_subcommand("parse", "Read an identifier, or say what is wrong with it");
  auto parse_options = AddOptions(parse);
  parse->callback(
      [&context, parse_options] { Parse(context, parse_options->first, parse_options->rules()); });
  parse->footer(
      "Nothing is repaired: an identifier is canonical or refused [ID-4].\n\n"
      "Example:\n  signet id parse wimse://example.com/service/payment");

  CLI::App* compare = id->add_subcommand("compare", "Compare two identifiers byte for byte");
  auto compare_options = AddOptions(compare);
  compare->add_option("OTHER", compare_options->second, "The identifier to compare with")
      ->required()
      ->type_name("URI");
  compare->callback([&context, compare_options] {
    Compare(context, compare_options->first, compare_options->second, compare_options->rules());
  });
  compare->footer(
      "Exit code 0 if they are equal, 1 if they differ or one is not valid.\n\n"
      "Example:\n  signet id compare wimse://example.com/a spiffe://example.com/a");

  CLI::App* origin = id->add_subcommand("origin", "Print scheme and trust domain of an identifier");
  auto origin_options = AddOptions(origin);
  origin->callback([&context, origin_options] {
    PrintOrigin(context, origin_options->first, origin_options->rules());
  });
  origin->footer(
      "Trust anchors are bound to origins: this is what --trust expects [ID-15, TA-4].\n\n"
      "Example:\n  signet id origin wimse://example.com/service/payment");
}

}  // namespace signet::app
