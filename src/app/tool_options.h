// Options that several commands share: how a WIT is verified, where PEM goes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/tool_report.h"
#include "protocol/base/result.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/trust/snapshot.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace signet::app {

struct WitVerifyOptions {
  std::vector<std::string> trust;
  std::string bundle_format = "raw";
  std::string profile = "wimse";
  std::string max_lifetime;
  std::string issuer;
  std::string leeway = "60s";
};

void AddWitVerifyOptions(CLI::App& command, WitVerifyOptions& options);

struct WitVerification {
  std::shared_ptr<const trust::TrustSnapshot> trust;
  credential::WitRules rules;
};
// Reads what the options name. Errors: kUsageOption, and those of LoadTrust
[[nodiscard]] Result<WitVerification> PrepareWitVerification(const WitVerifyOptions& options);

// The algorithm of the key that a WIT confirms, unverified: for signing beside it, never for
// verifying. nullopt if the WIT cannot be read or names none.
[[nodiscard]] std::optional<crypto::Alg> ConfirmedAlgOf(std::string_view wit);

// Rows and JSON members for a WIT that was verified.
void DescribeVerifiedWit(const credential::VerifiedWit& wit, WallTime now, Verdict& verdict);

// Where what was made goes.
struct PemOutput {
  std::string out;  // empty: standard output
  bool force = false;
};
// The options --out and --force.
void AddPemOutputOptions(CLI::App& command, PemOutput& output);

}  // namespace signet::app
