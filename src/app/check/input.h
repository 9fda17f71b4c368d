// Reading the members of one `signet check` line. A member that is absent, of the wrong type or not
// known to the operation is a usage error: a vector with a typing mistake must not pass for a
// refusal.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/codec/json.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/alg.h"
#include "protocol/jose/jwk.h"
#include "protocol/trust/snapshot.h"

namespace signet::app {

// One line. Each accessor marks its member as known; Finish() refuses the rest.
class CheckInput {
 public:
  explicit CheckInput(const codec::JsonValue& line) : line_(line) {}

  // Errors of all: kUsageMissingMember (not of the optional ones), kUsageBadMember
  [[nodiscard]] Result<std::string> String(std::string_view name);
  [[nodiscard]] Result<std::optional<std::string>> OptionalString(std::string_view name);
  [[nodiscard]] Result<std::optional<std::int64_t>> OptionalInteger(std::string_view name);
  [[nodiscard]] Result<std::optional<bool>> OptionalBool(std::string_view name);
  [[nodiscard]] Result<std::vector<std::string>> Strings(std::string_view name);
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> OptionalStrings(
      std::string_view name);
  [[nodiscard]] Result<std::optional<codec::JsonValue>> OptionalObject(std::string_view name);
  // An object, or a string that holds its JSON text: the text form can carry what no JSON library
  // would write, such as a name twice.
  [[nodiscard]] Result<std::string> JsonText(std::string_view name);

  [[nodiscard]] Result<WallTime> Now();
  // Of "ttl_s" and "exp", exactly one.
  [[nodiscard]] Result<WallTime> Expiry(WallTime now);
  [[nodiscard]] Result<seconds> SecondsOr(std::string_view name, seconds otherwise);
  [[nodiscard]] Result<credential::WitProfile> Profile();
  [[nodiscard]] Result<credential::WptRevision> WptRevision(bool http_names_too);
  // {name: value}, in order.
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> OptionalStringMap(
      std::string_view name);

  // For a member that the caller reads by itself.
  void MarkKnown(std::string_view name) { known_.emplace(name); }

  // Errors: kUsageUnknownMember
  [[nodiscard]] Result<void> Finish() const;

 private:
  std::optional<codec::JsonValue> Take(std::string_view name);
  codec::JsonValue line_;
  std::set<std::string, std::less<>> known_{"case", "op"};
};

// `value` as compact JSON text; numbers as they were written.
[[nodiscard]] std::string ToJsonText(const codec::JsonValue& value);

// The names that are algorithms here; others can never be allowed and are dropped.
[[nodiscard]] crypto::AlgSet AlgsFromNames(const std::vector<std::string>& names);

// "trust" of a line: {origin: {bundle_format?, jwks?, x509_der_b64u?, issuers?, algs?}}.
// Errors: usage errors; and what ParseBundle says of a key set
[[nodiscard]] Result<std::shared_ptr<const trust::TrustSnapshot>> ReadTrust(CheckInput& input);

// Values of the output: null where there is nothing.
[[nodiscard]] nlohmann::ordered_json OrNull(std::string_view text);

}  // namespace signet::app
