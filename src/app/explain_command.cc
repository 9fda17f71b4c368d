// signet explain: what an error code or a rule means, where it is written, what to do.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/documents.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/base/error.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kNotice:
      return "notice";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "";
}

std::string_view SeverityText(Severity severity) {
  switch (severity) {
    case Severity::kNotice:
      return "notice: a peer's mistake";
    case Severity::kWarning:
      return "warning: looks like an attack or a misconfiguration";
    case Severity::kError:
      return "error: our side cannot do its work";
  }
  return "";
}

// Names of gRPC's status codes by number.
std::string_view GrpcName(int code) {
  static constexpr std::array<std::string_view, 17> kNames{"OK",
                                                           "CANCELLED",
                                                           "UNKNOWN",
                                                           "INVALID_ARGUMENT",
                                                           "DEADLINE_EXCEEDED",
                                                           "NOT_FOUND",
                                                           "ALREADY_EXISTS",
                                                           "PERMISSION_DENIED",
                                                           "RESOURCE_EXHAUSTED",
                                                           "FAILED_PRECONDITION",
                                                           "ABORTED",
                                                           "OUT_OF_RANGE",
                                                           "UNIMPLEMENTED",
                                                           "INTERNAL",
                                                           "UNAVAILABLE",
                                                           "DATA_LOSS",
                                                           "UNAUTHENTICATED"};
  return code >= 0 && code < static_cast<int>(kNames.size())
             ? kNames[static_cast<std::size_t>(code)]
             : "UNKNOWN";
}

std::string DocumentText(std::string_view rule) {
  const Document* document = FindDocument(rule);
  if (document == nullptr) return "";
  std::string out(document->title);
  const std::string_view section = SectionOf(rule);
  if (!section.empty()) out += fmt::format(", section {}", section);
  if (document->revision != "-") out += fmt::format(" ({})", document->revision);
  return out;
}

Json DocumentJson(std::string_view rule) {
  const Document* document = FindDocument(rule);
  if (document == nullptr) return nullptr;
  Json out = {{"title", document->title}, {"revision", document->revision}};
  const std::string_view section = SectionOf(rule);
  out["section"] = section.empty() ? Json(nullptr) : Json(section);
  return out;
}

Json CodeJson(const ErrorInfo& info) {
  Json out = {{"ok", true},
              {"code", info.name},
              {"id", static_cast<int>(info.code)},
              {"meaning", info.text},
              {"rule", info.rule == "-" ? Json(nullptr) : Json(info.rule)}};
  const Rule* rule = FindRule(info.rule);
  out["rule_text"] = rule == nullptr ? Json(nullptr) : Json(rule->text);
  out["document"] = DocumentJson(info.rule);
  out["severity"] = SeverityName(info.severity);
  out["http_status"] = info.http_status;
  out["oauth_error"] = info.oauth_error;
  out["grpc_code"] = info.grpc_code;
  out["fix"] = info.fix;
  return out;
}

void ExplainCode(const Context& context, const ErrorInfo& info) {
  std::vector<Row> rows = {{"meaning", std::string(info.text)}};
  if (info.rule != "-") {
    const Rule* rule = FindRule(info.rule);
    rows.push_back({"rule", fmt::format("{}: {}", info.rule, rule == nullptr ? "" : rule->text)});
    rows.push_back({"document", DocumentText(info.rule)});
  } else {
    rows.push_back(
        {"rule", "none: about input, the network or this machine, not about a document"});
  }
  rows.push_back({"severity", std::string(SeverityText(info.severity))});
  rows.push_back({"HTTP status", fmt::format("{}", info.http_status)});
  rows.push_back({"OAuth error", std::string(info.oauth_error)});
  rows.push_back({"gRPC code", fmt::format("{} {}", info.grpc_code, GrpcName(info.grpc_code))});
  rows.push_back({"usual fix", std::string(info.fix)});
  const std::string text = fmt::format("{}  (number {})\n{}", context.Paint('b', info.name),
                                       static_cast<int>(info.code), RowsText(rows, 2));
  PrintEither(context, text, CodeJson(info));
}

// True if `code_rule` is `rule` or a step of it: WIT-12.b is under WIT-12.
bool IsUnder(std::string_view code_rule, std::string_view rule) {
  return code_rule.starts_with(rule) &&
         (code_rule.size() == rule.size() || code_rule[rule.size()] == '.');
}

std::vector<const ErrorInfo*> CodesUnder(std::string_view rule) {
  std::vector<const ErrorInfo*> out;
  for (const ErrorInfo& info : AllErrors()) {
    if (IsUnder(info.rule, rule)) out.push_back(&info);
  }
  return out;
}

void ExplainRule(const Context& context, const Rule& rule) {
  std::vector<Row> rows = {{"rule", std::string(rule.text)},
                           {"strength", std::string(LevelText(rule.level))},
                           {"document", DocumentText(rule.id)}};
  const std::vector<const ErrorInfo*> codes = CodesUnder(rule.id);
  Json json = {{"ok", true},
               {"rule", rule.id},
               {"text", rule.text},
               {"strength", LevelText(rule.level)},
               {"document", DocumentJson(rule.id)},
               {"codes", Json::array()}};
  std::vector<Row> code_rows;
  for (const ErrorInfo* info : codes) {
    json["codes"].push_back(info->name);
    code_rows.push_back({std::string(info->name), std::string(info->text)});
  }
  std::string text = fmt::format("{}\n{}", context.Paint('b', rule.id), RowsText(rows, 2));
  std::vector<Row> steps;
  json["steps"] = Json::array();
  for (const Rule& step : AllRules()) {
    if (step.id == rule.id || !IsUnder(step.id, rule.id)) continue;
    steps.push_back({std::string(step.id), std::string(step.text)});
    json["steps"].push_back(step.id);
  }
  if (!steps.empty()) text += "\n  steps\n" + RowsText(steps, 4);
  text += codes.empty() ? "\n  no code of its own: another rule's code reports it, or it refuses "
                          "nothing"
                        : "\n  codes\n" + RowsText(code_rows, 4);
  PrintEither(context, text, json);
}

void ListAll(const Context& context) {
  if (context.json) {
    Json all = Json::array();
    for (const ErrorInfo& info : AllErrors()) all.push_back(CodeJson(info));
    context.Print(DumpJson({{"ok", true}, {"codes", std::move(all)}}));
    return;
  }
  std::vector<Row> rows;
  for (const ErrorInfo& info : AllErrors()) {
    rows.push_back({std::string(info.name), fmt::format("{:<10} {}", info.rule, info.text)});
  }
  context.Print(RowsText(rows, 0));
}

// The names nearest to `word`, best first; names that hold it as a part come before others.
std::vector<std::string> Nearest(std::string_view word) {
  struct Candidate {
    std::size_t distance;
    std::size_t order;  // that of the tables
    std::string_view name;
  };
  std::vector<Candidate> candidates;
  const auto consider = [&](std::string_view name) {
    std::size_t distance = EditDistance(word, name);
    if (name.find(word) != std::string_view::npos) distance = std::min<std::size_t>(distance, 1);
    const std::size_t dot = name.find('.');
    if (dot != std::string_view::npos) {
      distance = std::min(distance, EditDistance(word, name.substr(dot + 1)));
    }
    if (distance <= std::max<std::size_t>(2, word.size() / 3)) {
      candidates.push_back({distance, candidates.size(), name});
    }
  };
  for (const ErrorInfo& info : AllErrors()) consider(info.name);
  for (const Rule& rule : AllRules()) consider(rule.id);
  std::ranges::sort(candidates, {},
                    [](const Candidate& c) { return std::pair(c.distance, c.order); });
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) {
    if (names.size() == 5) break;
    names.emplace_back(candidate.name);
  }
  return names;
}

std::string UpperCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// Rules as people write them: "[WPT-5.6]", "wpt-5.6"; the step's letter stays small.
const Rule* FindRuleLeniently(std::string word) {
  if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
  if (const Rule* rule = FindRule(word)) return rule;
  for (const Rule& rule : AllRules()) {
    if (UpperCase(std::string(rule.id)) == UpperCase(word)) return &rule;
  }
  return nullptr;
}

void Explain(Context& context, const std::string& word) {
  if (const ErrorInfo* info = FindErrorByName(word)) return ExplainCode(context, *info);
  for (const ErrorInfo& info : AllErrors()) {
    if (word == fmt::format("{}", static_cast<int>(info.code))) return ExplainCode(context, info);
  }
  if (const Rule* rule = FindRuleLeniently(word)) return ExplainRule(context, *rule);
  const std::vector<std::string> near = Nearest(word);
  context.exit_code = kExitUsage;
  if (context.json) {
    context.Print(DumpJson({{"ok", false}, {"code", "usage.option"}, {"nearest", near}}));
    return;
  }
  std::string text = fmt::format("signet: no code or rule is called {}", PrintableStart(word, 80));
  if (!near.empty()) text += fmt::format("\n  nearest: {}", fmt::join(near, ", "));
  context.Complain(text + "\n  all codes: signet explain --list");
}

}  // namespace

void AddExplainCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("explain", "Say what an error code or a rule means");
  auto word = std::make_shared<std::string>();
  auto list = std::make_shared<bool>(false);
  command->add_option("CODE", *word, "A code (wpt.expired), its number, or a rule (WPT-5.7)")
      ->type_name("CODE|RULE");
  command->add_flag("--list", *list, "List all codes");
  command->footer(
      "Examples:\n"
      "  signet explain wpt.aud_mismatch\n"
      "  signet explain WIT-12");
  command->callback([&context, word, list] {
    if (*list) return ListAll(context);
    if (word->empty()) {
      return context.UsageError(
          Error(Errc::kUsageOption, "give a code as wpt.expired, a rule as WPT-5.7, or --list"));
    }
    Explain(context, *word);
  });
}

}  // namespace signet::app
