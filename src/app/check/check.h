// `signet check`: conformance over JSON lines, so that anybody's vectors can be run against this
// implementation. docs/check.md is the format.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/check/input.h"
#include "protocol/base/check_list.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/proof/replay_table.h"

namespace signet::app {

inline constexpr std::size_t kMaxCheckLineBytes = 4 * 1024 * 1024;

// What an operation found: a result, and the refusal if there is one. A usage error is the Error of
// the Result around it.
struct CheckOutcome {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  std::optional<Error> refusal;
};

// State over the lines of one run. Time is what each line says, for the monotonic clock too.
class CheckState final : public proof::ReplayGuard {
 public:
  explicit CheckState(Random& source) : random(source), table_({}) {}
  proof::ReplayOutcome TestAndInsert(const proof::ReplayEntry& entry, WallTime now) override {
    // Bounded, because nanoseconds do not reach as far as a NumericDate.
    const WallTime bounded = std::min(now, WallTime{seconds{9'000'000'000}});
    return table_.TestAndInsert(entry, now, SteadyTime{bounded.time_since_epoch()});
  }
  seconds longest_life() const override { return proof::ReplayLimits{}.longest_proof; }
  Random& random;

 private:
  proof::ReplayTable table_;
};

// Runs lines. Not thread-safe.
class Checker {
 public:
  explicit Checker(Random& random) : state_(random) {}

  // The output line for one input line, without newlines.
  [[nodiscard]] std::string Run(std::string_view line);

  // True if some line was a usage error: the run exits with 2.
  [[nodiscard]] bool saw_usage_error() const { return saw_usage_error_; }

 private:
  CheckState state_;
  codec::JsonDocument doc_;
  bool saw_usage_error_ = false;
};

// The operations. Each reads its members, ends the reading with Finish(), and then decides.
using CheckOp = Result<CheckOutcome> (*)(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckIdParse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckJwkParse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckSignatureVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckJwsVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWitVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWptVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpVerifyRequest(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpVerifyResponse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpSignatureBase(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpSigVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpSignRequest(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckHttpSignResponse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckBundleParse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckBundleUpdate(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWitIssue(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWptSign(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWicVerify(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckWicIssue(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckSfParse(CheckInput& input, CheckState& state);
Result<CheckOutcome> CheckDigestVerify(CheckInput& input, CheckState& state);

// The checks of a decision as [{rule, ok, code}].
[[nodiscard]] nlohmann::ordered_json ChecksJson(const CheckList& checks);

}  // namespace signet::app
