// What the first run prints: lines for people as the stages end, one JSON object at the end.
#pragma once

#include <cstdint>
#include <string>

#include "app/context.h"
#include "app/demo/scenario.h"

namespace signet::app::demo {

// True if every attack was refused exactly as it should be and nothing else was executed.
[[nodiscard]] bool AllAsExpected(const Findings& findings);

// Mean and 99th percentile of decision times, in microseconds; 0 without any.
struct DecisionTimes {
  double mean_us = 0;
  double p99_us = 0;
};
[[nodiscard]] DecisionTimes TimesOf(const std::vector<double>& decision_us);

// Prints what has become known since the last call. Prints nothing under --json.
class Reporter {
 public:
  explicit Reporter(const Context& context, bool verbose) : context_(context), verbose_(verbose) {}
  void Show(const Findings& findings);
  // The last line.
  void ShowSummary(const Findings& findings) const;

 private:
  void ShowServer(const Findings& findings) const;
  void ShowAttested(const Findings& findings) const;
  void ShowHop(const HopFindings& hop) const;
  void ShowAttacks(const Findings& findings) const;
  void ShowAttack(const AttackOutcome& outcome) const;
  const Context& context_;
  bool verbose_;
  bool server_shown_ = false;
  std::size_t attested_shown_ = 0;
  bool hops_shown_ = false;
  std::size_t attacks_shown_ = 0;
};

[[nodiscard]] Json ReportJson(const Findings& findings);

}  // namespace signet::app::demo
