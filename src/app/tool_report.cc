#include "app/tool_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/documents.h"
#include "app/tool_text.h"

namespace signet::app {
namespace {

std::size_t WidestLabel(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.label.size());
  return width;
}

}  // namespace

std::string RowsText(const std::vector<Row>& rows, std::size_t indent) {
  const std::size_t width = WidestLabel(rows);
  std::string out;
  for (const Row& row : rows) {
    if (!out.empty()) out += '\n';
    out += fmt::format("{:{}}{:<{}}  {}", "", indent, row.label, width,
                       Wrapped(row.value, indent + width + 2));
    while (out.ends_with(' ')) out.pop_back();
  }
  return out;
}

std::string ChecksText(const Context& context, const CheckList& checks) {
  std::size_t width = 8;
  for (const Check& check : checks) width = std::max(width, check.rule.size());
  std::string out;
  for (const Check& check : checks) {
    if (!out.empty()) out += '\n';
    const std::string_view outcome = check.ok() ? "ok" : "refused";
    const Rule* rule = FindRule(check.rule);
    out += fmt::format("    {:<{}}  {}{:{}}  {}", check.rule, width,
                       context.Paint(check.ok() ? 'g' : 'r', outcome), "", 7 - outcome.size(),
                       Wrapped(rule == nullptr ? "" : rule->text, width + 15));
  }
  return out;
}

nlohmann::ordered_json CheckListJson(const CheckList& checks) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const Check& check : checks) {
    nlohmann::ordered_json entry = {{"rule", check.rule}, {"ok", check.ok()}};
    entry["code"] = nullptr;
    if (!check.ok()) entry["code"] = InfoOf(*check.code).name;
    out.push_back(std::move(entry));
  }
  return out;
}

nlohmann::ordered_json ErrorJson(const Error& error) {
  return {{"code", error.name()},
          {"rule", error.rule()},
          {"meaning", InfoOf(error.code).text},
          {"detail", error.detail}};
}

std::string ErrorLine(const Error& error) {
  std::string out(error.name());
  if (error.rule() != "-") out += fmt::format(" [{}]", error.rule());
  out += fmt::format(": {}", InfoOf(error.code).text);
  if (!error.detail.empty()) out += fmt::format(" ({})", error.detail);
  return out;
}

void PrintVerdict(Context& context, const Verdict& verdict) {
  if (context.json) {
    nlohmann::ordered_json out = {
        {"ok", !verdict.error.has_value()}, {"code", nullptr}, {"rule", nullptr}, {"detail", ""}};
    if (verdict.error.has_value()) {
      out["code"] = verdict.error->name();
      out["rule"] = verdict.error->rule();
      out["detail"] = verdict.error->detail;
      context.exit_code = kExitRefused;
    } else {
      out["result"] = verdict.result;
    }
    out["checks"] = CheckListJson(verdict.checks);
    if (!verdict.notes.empty()) out["notes"] = verdict.notes;
    context.Print(DumpJson(out));
    return;
  }
  const bool good = !verdict.error.has_value();
  std::string text = fmt::format(
      "{}  {}", context.Paint(good ? 'g' : 'r', good ? "valid" : "refused"), verdict.headline);
  if (good && !verdict.rows.empty()) text += '\n' + RowsText(verdict.rows, 2);
  if (verdict.checks.size() > 0) text += "\n  checks\n" + ChecksText(context, verdict.checks);
  for (const std::string& note : verdict.notes) {
    text += "\n  " + context.Paint('d', Wrapped(note, 2));
  }
  context.Print(text);
  if (!good) context.Refused(*verdict.error);
}

void PrintEither(const Context& context, std::string_view text,
                 const nlohmann::ordered_json& json) {
  context.Print(context.json ? DumpJson(json) : text);
}

}  // namespace signet::app
