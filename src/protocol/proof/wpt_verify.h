// Workload Proof Token (WPT): verification.
//
// Document: draft-ietf-wimse-wpt, section 2, in its order (WPT-5.1 to 5.12). Floor 6. Pure; the
// reader is per thread. Replay (WPT-5.9) is decided by the caller, last of all: see replay.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/bounded_text.h"
#include "protocol/base/check_list.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/crypto/key_table_view.h"
#include "protocol/http/message.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/audience.h"
#include "protocol/proof/replay.h"

namespace signet::proof {

// Furthest expiry of a proof from now, leeway not included [WPT-5.7].
inline constexpr seconds kDefaultMaxProofAhead{300};

// What the recipient knows of the request, from its own observation and configuration.
struct WptExpectation {
  const AudienceSet& audiences;
  std::string_view request_path;                 // raw; empty where there is no request
  std::optional<std::string_view> txn_token;     // the Txn-Token field's value
  std::optional<std::string_view> access_token;  // revision 01 only: the Bearer token
  const http::Fields& fields;                    // where entries of `oth` are looked up
  // Fields that carry context tokens: each that is present must be covered by `oth` [WPT-5.11].
  std::span<const std::string> context_fields;
  credential::WptRevision revision = credential::kDefaultWptRevision;
  seconds leeway = kDefaultLeeway;
  seconds max_ahead = kDefaultMaxProofAhead;
};

// A proof that passed every rule but replay. Only VerifyWpt makes one.
class VerifiedWpt {
 public:
  [[nodiscard]] std::string_view jti() const { return jti_.view(); }
  [[nodiscard]] WallTime exp() const { return exp_; }
  [[nodiscard]] const ReplayEntry& replay_entry() const { return replay_; }
  // Position in the check list at which step 9 belongs.
  [[nodiscard]] std::size_t replay_check_position() const { return replay_position_; }

 private:
  friend class WptVerification;
  VerifiedWpt() = default;
  BoundedText<kMaxJtiBytes> jti_;
  WallTime exp_;
  ReplayEntry replay_{};
  std::size_t replay_position_ = 0;
};

// The token of an Authorization field's value: "WPT", one or more spaces, one compact JWS
// [WPT-4]. The scheme is compared without case, the token is not.
// Errors: kWptSchemeMismatch [WPT-5.1]; kWptCredentialsMalformed [WPT-5.2]: no token, a tab, a
// list, padding, or a character outside base64url and the dot
[[nodiscard]] Result<std::string_view> WptOfAuthorization(std::string_view field_value);

// Verifies `token` as a proof for `wit`. Checks made are added to `checks`.
//
// Errors, by step:
//   WPT-5.2   the JOSE, JSON and base64url codes
//   WPT-5.3   kWptAlgMismatch              WPT-5.4  kWptSignatureInvalid
//   WPT-5.5   kWptTypMismatch              WPT-5.6  kWptAudMissing, kWptAudMismatch
//   WPT-5.7   kWptExpMissing, kJwtClaimType, kWptExpired, kWptLifetimeTooLong,
//             kWptNotYetValid (nbf, which the document does not have)
//   WPT-5.8   kWptWthMissing, kWptWthMismatch
//   WPT-5.9   kWptJtiMissing, kWptJtiInvalid
//   WPT-5.10  kWptTthMissing, kWptTthMismatch, kWptTthWithoutToken
//   WPT-5.11  kWptOthMissing, kWptOthMismatch
//   WPT-5.12  kWptOthMalformed, kWptOthUnknown
//   WPT-3     kWptAthMissing, kWptAthMismatch (revision 01)
// `tables`: where a table of the confirmed key may be found; it changes the time only.
[[nodiscard]] Result<VerifiedWpt> VerifyWpt(std::string_view token,
                                            const credential::VerifiedWit& wit,
                                            const WptExpectation& expected, WallTime now,
                                            jose::JwsReader& reader, CheckList& checks,
                                            crypto::KeyTableView* tables = nullptr);

// base64url(SHA-256(text)): how wth, tth, ath and oth name a token [WPT-3].
[[nodiscard]] DigestText TokenHash(std::string_view text);

}  // namespace signet::proof
