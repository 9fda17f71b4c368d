#include "app/demo/report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "app/demo/names.h"
#include "app/tool_text.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kFirstColumn = 11;
constexpr std::size_t kNameColumn = 49;
constexpr std::size_t kShownHex = 12;

std::string Label(std::string_view text) { return fmt::format("{:<{}}", text, kFirstColumn); }

std::string ShortHash(const std::string& hex) { return hex.substr(0, kShownHex) + "..."; }

std::string RefusedText(const Refused& refused) {
  const std::string status = refused.status == 0 ? "-" : std::to_string(refused.status);
  const std::string code = refused.code.empty() ? "(no code)" : Printable(refused.code);
  return fmt::format("{:<4} {:<29} {}", status, code, Printable(refused.rule));
}

Json RefusedJson(const Refused& refused) {
  return {{"status", refused.status == 0 ? Json(nullptr) : Json(refused.status)},
          {"code", refused.code},
          {"rule", refused.rule}};
}

}  // namespace

bool AllAsExpected(const Findings& findings) {
  return !findings.attacks.empty() && findings.refused() == findings.attacks.size() &&
         findings.unwanted_side_effects() == 0;
}

DecisionTimes TimesOf(const std::vector<double>& decision_us) {
  if (decision_us.empty()) return {};
  std::vector<double> sorted = decision_us;
  std::sort(sorted.begin(), sorted.end());
  const double count = static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::ceil(count * 0.99)) - 1;
  return {.mean_us = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count,
          .p99_us = sorted[rank]};
}

void Reporter::Show(const Findings& findings) {
  if (context_.json) return;
  if (!server_shown_ && !findings.server.empty()) {
    ShowServer(findings);
    server_shown_ = true;
  }
  if (findings.attested.size() > attested_shown_) {
    ShowAttested(findings);
    attested_shown_ = findings.attested.size();
  }
  if (!calls_shown_ && !findings.decision_us.empty()) {
    ShowCalls(findings);
    calls_shown_ = true;
  }
  for (; attacks_shown_ < findings.attacks.size(); ++attacks_shown_) {
    if (attacks_shown_ == 0) context_.Print("");
    ShowAttack(findings.attacks[attacks_shown_]);
  }
}

void Reporter::ShowServer(const Findings& findings) const {
  context_.Print(fmt::format("{}trust domain {}   in memory   {} key {}", Label("server"),
                             context_.Paint('b', TextOf(findings.server, "trust_domain")),
                             TextOf(findings.server, "alg"),
                             ShortHash(TextOf(findings.server, "kid"))));
}

void Reporter::ShowAttested(const Findings& findings) const {
  for (std::size_t i = attested_shown_; i < findings.attested.size(); ++i) {
    const Json& process = findings.attested[i];
    const bool pidfd = process.value("pidfd", false);
    context_.Print(fmt::format(
        "{}pid {} ({}) uid {} exe {} sha256:{}  -> {}", Label("attested"), NumberOf(process, "pid"),
        pidfd ? "pidfd" : "no pidfd: degraded", NumberOf(process, "uid"),
        "bin" + TextOf(process, "exe").substr(TextOf(process, "exe").rfind('/')),
        ShortHash(TextOf(process, "exe_sha256")), context_.Paint('g', TextOf(process, "id"))));
  }
}

void Reporter::ShowCalls(const Findings& findings) const {
  const auto checks = findings.first_call.value("checks", Json::array());
  std::string passed;
  for (const Json& check : checks) {
    if (!passed.empty()) passed += ' ';
    passed += TextOf(check, "rule");
    if (!check.value("ok", false)) passed += "(" + TextOf(check, "code") + ")";
  }
  const double first_ms = static_cast<double>(NumberOf(findings.first_call, "ns")) / 1e6;
  context_.Print(fmt::format("{}->  orders   {}   WIT {}  WPT {}   decided in {:.2f} ms",
                             Label("edge"), findings.first_status, context_.Paint('g', "ok"),
                             context_.Paint('g', "ok"), first_ms));
  context_.Print(Label("  checks") + context_.Paint('d', Wrapped(passed, kFirstColumn)));
  const DecisionTimes times = TimesOf(findings.decision_us);
  context_.Print(fmt::format(
      "{}->  orders   {} more calls: decisions take {:.2f} ms on average, "
      "{:.2f} ms at most in 99 %",
      Label("edge"), findings.decision_us.size(), times.mean_us / 1000, times.p99_us / 1000));
}

void Reporter::ShowAttack(const AttackOutcome& outcome) const {
  std::string line = fmt::format("{:<{}} ", outcome.name, kNameColumn);
  line += context_.Paint(outcome.ok() ? 'g' : 'r', RefusedText(outcome.got));
  if (outcome.first_seen_s >= 0)
    line += fmt::format("   first seen {} s ago", outcome.first_seen_s);
  context_.Print(line);
  if (outcome.side_effect) context_.Print(context_.Paint('r', "    it was EXECUTED"));
  if (!(outcome.got == outcome.expected)) {
    context_.Print(context_.Paint('r', "    expected: " + RefusedText(outcome.expected)));
  } else if (verbose_) {
    const ErrorInfo* info = FindErrorByName(outcome.got.code);
    if (info != nullptr) context_.Print(context_.Paint('d', fmt::format("    {}", info->text)));
  }
}

void Reporter::ShowSummary(const Findings& findings) const {
  if (context_.json) return;
  const bool good = AllAsExpected(findings);
  std::string text;
  if (good) {
    text = fmt::format("{} attacks refused", findings.refused());
  } else {
    text = fmt::format("{} of {} attacks refused as they should be", findings.refused(),
                       findings.attacks.size());
  }
  context_.Print("");
  context_.Print(context_.Paint(
      good ? 'g' : 'r',
      fmt::format("{}, {} side effects, first identity in {:.0f} ms, all in {:.1f} s", text,
                  findings.unwanted_side_effects(), findings.first_identity_ms, findings.total_s)));
}

Json ReportJson(const Findings& findings) {
  const DecisionTimes times = TimesOf(findings.decision_us);
  Json attacks = Json::array();
  for (const AttackOutcome& outcome : findings.attacks) {
    attacks.push_back({{"name", outcome.name},
                       {"ok", outcome.ok()},
                       {"got", RefusedJson(outcome.got)},
                       {"expected", RefusedJson(outcome.expected)},
                       {"side_effect", outcome.side_effect}});
  }
  return {
      {"ok", AllAsExpected(findings)},
      {"server", findings.server},
      {"attested", findings.attested},
      {"url", findings.url},
      {"first_call",
       {{"status", findings.first_status},
        {"checks", findings.first_call.value("checks", Json::array())},
        {"decision_us", static_cast<double>(NumberOf(findings.first_call, "ns")) / 1000}}},
      {"calls",
       {{"count", findings.decision_us.size()},
        {"mean_us", times.mean_us},
        {"p99_us", times.p99_us}}},
      {"attacks", std::move(attacks)},
      {"attacks_refused", findings.refused()},
      {"side_effects",
       {{"wanted", findings.side_effects_wanted}, {"unwanted", findings.unwanted_side_effects()}}},
      {"first_identity_ms", findings.first_identity_ms},
      {"total_s", findings.total_s}};
}

}  // namespace signet::app::demo
