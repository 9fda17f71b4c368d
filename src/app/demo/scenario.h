// The first run: what is started, what is called, what is tried. Prints nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/context.h"
#include "app/demo/attacks.h"
#include "app/demo/control.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

struct DemoOptions {
  bool verbose = false;
  std::string keep;  // directory that stays; empty: none
};

struct AttackOutcome {
  std::string name;
  Refused expected;
  Refused got;
  bool side_effect = false;
  std::int64_t first_seen_s = -1;  // of a replay; -1: not known
  [[nodiscard]] bool ok() const { return got == expected && !side_effect; }
};

// Everything that was observed. Of a run that stopped early, what came before.
struct Findings {
  Json server = Json::object();      // trust_domain, kid, alg
  Json attested = Json::array();     // AttestedJson of each process
  std::string url;                   // of orders
  Json first_call = Json::object();  // decision of the first call: checks, ns
  int first_status = 0;
  std::vector<double> decision_us;  // of all good calls
  std::vector<AttackOutcome> attacks;
  std::int64_t side_effects_wanted = 0;
  std::int64_t side_effects = 0;
  double first_identity_ms = 0;
  double total_s = 0;

  [[nodiscard]] std::size_t refused() const;
  [[nodiscard]] std::int64_t unwanted_side_effects() const {
    return side_effects - side_effects_wanted;
  }
};

// Called after each stage with what is known, so that a person sees the run go on.
using Progress = std::function<void(const Findings&)>;

// Runs all of it; every process and file is gone when it returns. Stops at the next step once
// `interrupted` is set.
// Errors: of what could not be started or did not answer; kIoCancelled. A refusal other than the
// expected one is no error here: see AttackOutcome
[[nodiscard]] Result<void> RunScenario(const DemoOptions& options, Context& context,
                                       const std::atomic<bool>& interrupted,
                                       const Progress& progress, Findings& findings);

}  // namespace signet::app::demo
