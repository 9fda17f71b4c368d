// The first run: what is started, what is called, what is tried. Prints nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/attack/catalogue.h"
#include "app/context.h"
#include "app/demo/control.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

struct DemoOptions {
  bool verbose = false;
  std::string keep;  // directory that stays; empty: none
};

struct AttackOutcome {
  std::string hop;    // "edge -> orders"; "identity" for what is tried on the identity server
  std::string group;  // of the catalogue
  std::string name;
  std::string what;
  attack::Refused expected;
  attack::Refused got;
  bool side_effect = false;
  std::int64_t first_seen_s = -1;  // of a replay; -1: not known
  [[nodiscard]] bool ok() const { return got == expected && !side_effect; }
};

// One hop between two processes.
struct HopFindings {
  std::string from;
  std::string to;
  std::string binding;               // "WPT", "HTTP signature"
  std::string url;                   // of the server
  Json first_call = Json::object();  // its decision: checks, ns, subject, transport
  int first_status = 0;
  Json response = Json::object();   // where the answer is signed: checks, ns, server
  std::vector<double> decision_us;  // of all further good calls
  std::int64_t side_effects_wanted = 0;
  std::int64_t side_effects = 0;

  [[nodiscard]] std::string name() const { return from + " -> " + to; }
  [[nodiscard]] std::int64_t unwanted_side_effects() const {
    return side_effects - side_effects_wanted;
  }
};

// Everything that was observed. Of a run that stopped early, what came before.
struct Findings {
  Json server = Json::object();   // trust_domain, kid, alg
  Json attested = Json::array();  // AttestedJson of each process
  std::vector<HopFindings> hops;
  std::vector<AttackOutcome> attacks;
  double first_identity_ms = 0;
  double total_s = 0;

  [[nodiscard]] std::size_t refused() const;
  [[nodiscard]] std::int64_t wanted_side_effects() const;
  [[nodiscard]] std::int64_t unwanted_side_effects() const;
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
