#include "app/demo/report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "app/attack/report.h"
#include "app/tool_text.h"

namespace signet::app::demo {
namespace {

constexpr std::size_t kFirstColumn = 11;
constexpr std::size_t kHopColumn = 17;
constexpr std::size_t kNameColumn = 28;
constexpr std::size_t kShownHex = 12;

std::string Label(std::string_view text) { return fmt::format("{:<{}}", text, kFirstColumn); }

std::string ShortHash(const std::string& hex) { return hex.substr(0, kShownHex) + "..."; }

// "WIT-6 WIT-12.a ...", a failed one with its code.
std::string RulesText(const Json& checks) {
  std::string out;
  for (const Json& check : checks) {
    if (!out.empty()) out += ' ';
    out += TextOf(check, "rule");
    if (!check.value("ok", false)) out += "(" + TextOf(check, "code") + ")";
  }
  return out;
}

double Milliseconds(const Json& decision) {
  return static_cast<double>(NumberOf(decision, "ns")) / 1e6;
}

Json DecisionJson(const Json& decision) {
  return {{"checks", decision.value("checks", Json::array())},
          {"us", static_cast<double>(NumberOf(decision, "ns")) / 1000}};
}

Json HopJson(const HopFindings& hop) {
  const DecisionTimes times = TimesOf(hop.decision_us);
  Json first = DecisionJson(hop.first_call);
  first["status"] = hop.first_status;
  first["subject"] = hop.first_call.value("subject", Json(nullptr));
  first["transport"] = hop.first_call.value("transport", Json(nullptr));
  Json out = {
      {"from", hop.from},
      {"to", hop.to},
      {"binding", hop.binding},
      {"url", hop.url},
      {"first_call", std::move(first)},
      {"response", nullptr},
      {"calls",
       {{"count", hop.decision_us.size()}, {"mean_us", times.mean_us}, {"p99_us", times.p99_us}}},
      {"side_effects",
       {{"wanted", hop.side_effects_wanted}, {"unwanted", hop.unwanted_side_effects()}}}};
  if (!hop.response.empty()) {
    out["response"] = DecisionJson(hop.response);
    out["response"]["server"] = hop.response.value("server", Json(nullptr));
  }
  return out;
}

}  // namespace

bool AllAsExpected(const Findings& findings) {
  // One side effect too many and one too few are no balance.
  const auto clean = [](const HopFindings& hop) { return hop.unwanted_side_effects() == 0; };
  return !findings.attacks.empty() && findings.refused() == findings.attacks.size() &&
         std::all_of(findings.hops.begin(), findings.hops.end(), clean);
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
  if (!hops_shown_ && !findings.hops.empty() && !findings.hops.back().decision_us.empty()) {
    for (const HopFindings& hop : findings.hops) ShowHop(hop);
    context_.Print("");
    hops_shown_ = true;
  }
  if (findings.attacks.size() > attacks_shown_) {
    ShowAttacks(findings);
    attacks_shown_ = findings.attacks.size();
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

void Reporter::ShowHop(const HopFindings& hop) const {
  const std::string ok = context_.Paint('g', "ok");
  const bool mutual = !TextOf(hop.first_call, "transport").empty();
  context_.Print(fmt::format("{}->  {:<8} {}   {}WIT {}  {} {}   decided in {:.2f} ms",
                             Label(hop.from), hop.to, hop.first_status,
                             mutual ? "mutual TLS " + ok + "  " : "", ok, hop.binding, ok,
                             Milliseconds(hop.first_call)));
  const auto checks = [&](const Json& decision) {
    const std::string rules = RulesText(decision.value("checks", Json::array()));
    context_.Print(Label("  checks") + context_.Paint('d', Wrapped(rules, kFirstColumn)));
  };
  checks(hop.first_call);
  if (mutual) {
    context_.Print(
        Label("  caller") +
        context_.Paint('d', fmt::format("{}   certificate {}", TextOf(hop.first_call, "subject"),
                                        TextOf(hop.first_call, "transport"))));
  }
  if (!hop.response.empty()) {
    context_.Print(fmt::format(
        "{}->  {:<8} answer signed {}, bound to the nonce of the request   checked in {:.2f} ms",
        Label(hop.to), hop.from, ok, Milliseconds(hop.response)));
    checks(hop.response);
  }
  const DecisionTimes times = TimesOf(hop.decision_us);
  context_.Print(fmt::format(
      "{}->  {:<8} {} more calls: decisions take {:.2f} ms on average, {:.2f} ms at most in 99 %",
      Label(hop.from), hop.to, hop.decision_us.size(), times.mean_us / 1000, times.p99_us / 1000));
}

// A line for each group of a hop, and one for each attack that is worth a look of its own: all of
// them when asked for, replays, and what was not refused as it should be.
void Reporter::ShowAttacks(const Findings& findings) const {
  const std::vector<AttackOutcome>& all = findings.attacks;
  for (std::size_t first = attacks_shown_; first < all.size();) {
    const auto in_group = [&](const AttackOutcome& outcome) {
      return outcome.hop == all[first].hop && outcome.group == all[first].group;
    };
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = std::find_if_not(begin, all.end(), in_group);
    const auto good = std::count_if(begin, end, [](const AttackOutcome& o) { return o.ok(); });
    context_.Print(fmt::format(
        "{:<{}} {:<12} {}", all[first].hop, kHopColumn, all[first].group,
        context_.Paint(good == end - begin ? 'g' : 'r',
                       fmt::format("{} of {} refused, each with its code", good, end - begin))));
    for (auto outcome = begin; outcome != end; ++outcome) {
      if (verbose_ || !outcome->ok() || outcome->first_seen_s >= 0) ShowAttack(*outcome);
    }
    first += static_cast<std::size_t>(end - begin);
  }
}

void Reporter::ShowAttack(const AttackOutcome& outcome) const {
  std::string line = fmt::format("  {:<{}} ", outcome.name, kNameColumn);
  line += context_.Paint(outcome.ok() ? 'g' : 'r', attack::RefusedText(outcome.got));
  if (outcome.first_seen_s >= 0)
    line += fmt::format("   first seen {} s ago", outcome.first_seen_s);
  context_.Print(line);
  if (outcome.side_effect) context_.Print(context_.Paint('r', "    it was EXECUTED"));
  if (!(outcome.got == outcome.expected)) {
    context_.Print(context_.Paint('r', "    expected: " + attack::RefusedText(outcome.expected)));
  } else if (verbose_) {
    context_.Print(context_.Paint('d', fmt::format("    {}", outcome.what)));
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
  std::string effects;
  for (const HopFindings& hop : findings.hops) {
    effects += fmt::format("{}{} in {}", effects.empty() ? "" : " and ",
                           hop.unwanted_side_effects(), hop.to);
  }
  context_.Print("");
  context_.Print(context_.Paint(
      good ? 'g' : 'r',
      fmt::format("{}, side effects: {}, first identity in {:.0f} ms, all in {:.1f} s", text,
                  effects, findings.first_identity_ms, findings.total_s)));
}

Json ReportJson(const Findings& findings) {
  Json hops = Json::array();
  for (const HopFindings& hop : findings.hops) hops.push_back(HopJson(hop));
  Json attacks = Json::array();
  for (const AttackOutcome& outcome : findings.attacks) {
    attacks.push_back({{"hop", outcome.hop},
                       {"group", outcome.group},
                       {"name", outcome.name},
                       {"ok", outcome.ok()},
                       {"got", attack::RefusedJson(outcome.got)},
                       {"expected", attack::RefusedJson(outcome.expected)},
                       {"side_effect", outcome.side_effect}});
  }
  return {{"ok", AllAsExpected(findings)},
          {"server", findings.server},
          {"attested", findings.attested},
          {"hops", std::move(hops)},
          {"attacks", std::move(attacks)},
          {"attacks_refused", findings.refused()},
          {"side_effects",
           {{"wanted", findings.wanted_side_effects()},
            {"unwanted", findings.unwanted_side_effects()}}},
          {"first_identity_ms", findings.first_identity_ms},
          {"total_s", findings.total_s}};
}

}  // namespace signet::app::demo
