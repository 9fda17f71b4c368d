// Workload Identity Token (WIT): verification.
//
// Documents: draft-ietf-wimse-workload-creds 5.1.4 (WIT-12, in its order), 3 (TA-1..4), SPIFFE
// WIT-SVID (WSVID-1), rfc8725bis (BCP-1). Floor 5. Pure; the reader is per thread, all else may be
// shared.
//
// A WIT is never a bearer token: a verified WIT says who holds a key, and only a proof made with
// that key says that a request is theirs (proof/wpt_verify.h) [WIT-5].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/key_table_view.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/trust/snapshot.h"

namespace signet::credential {

// The rules of one verification. Everything has a safe default but the time, which is given.
struct WitRules {
  WitProfile profile = WitProfile::kWimse;
  seconds leeway = kDefaultLeeway;               // tolerated on exp and nbf
  std::optional<seconds> max_lifetime;           // nullopt: not limited [WIT-8]
  std::optional<std::string> expected_issuer{};  // demands this `iss`
  bool allow_eddsa = true;                       // false: EdDSA (not Ed25519) is refused everywhere
  identity::IdRules id_rules{};
  // True: the point of a confirmed Ed25519 key is not checked here, because a proof of it is
  // verified at once, and after a failure PublicKey::HasValidPoint() says whose fault it is.
  bool unchecked_confirmation_point = false;
};

// What a caller may have at hand. It changes the time that a verification takes, never its outcome.
struct WitAids {
  crypto::KeyTableView* tables = nullptr;  // where a table of the issuer's key may be
  const Digest256* digest = nullptr;       // SHA-256 of the token's text
};

// A WIT whose signature, issuer and confirmation key passed every rule but those of the time of
// use. Only VerifyWit makes one. Immutable; may be shared between threads.
class VerifiedWit {
 public:
  [[nodiscard]] const identity::WorkloadId& subject() const { return subject_; }
  [[nodiscard]] WallTime exp() const { return exp_; }
  [[nodiscard]] std::optional<WallTime> nbf() const { return nbf_; }
  // The key with which a proof must be made, and exactly its one algorithm [WIT-3].
  [[nodiscard]] const crypto::PublicKey& confirmation_key() const { return cnf_->key; }
  [[nodiscard]] crypto::Alg confirmation_alg() const { return *cnf_->alg; }
  [[nodiscard]] const jose::Jwk& confirmation_jwk() const { return *cnf_; }
  [[nodiscard]] const std::string& confirmation_thumbprint() const { return thumbprint_; }
  // base64url(SHA-256(token text)): what `wth` must be [WPT-3].
  [[nodiscard]] const std::string& hash() const { return hash_; }
  [[nodiscard]] const Digest256& digest() const { return digest_; }
  // For the audit record; empty if absent.
  [[nodiscard]] const std::string& kid() const { return kid_; }
  [[nodiscard]] const std::string& issuer() const { return issuer_; }
  [[nodiscard]] const std::string& jti() const { return jti_; }

 private:
  friend class WitVerification;
  explicit VerifiedWit(identity::WorkloadId subject) : subject_(std::move(subject)) {}
  identity::WorkloadId subject_;
  WallTime exp_;
  std::optional<WallTime> nbf_;
  std::optional<jose::Jwk> cnf_;  // always set once verified
  std::string thumbprint_, hash_, kid_, issuer_, jti_;
  Digest256 digest_{};
};

// Verifies `token` against the anchors of its subject's origin. Each check made is added to
// `checks`, the failing one last. `reader` is scratch memory.
//
// Errors, by the step that refused (Error::rule()):
//   WIT-12.a  the JOSE, JSON and base64url codes
//   WIT-12.b  kWitSubMissing, kWitSubInvalid, kTrustDomainUnknown
//   WIT-12.c  kWitTypMismatch
//   WIT-1     kJoseAlgNone, kJoseAlgUnknown
//   WIT-12.d  kJoseAlgNotAllowed, kTrustNoKeys, kTrustKidUnknown, kTrustKidAmbiguous,
//             kJoseAlgKeyMismatch, kWitSignatureInvalid
//   WIT-2     kWitExpMissing, kJwtClaimType
//   WIT-8     kWitExpired, kWitNotYetValid, kWitLifetimeTooLong
//   TA-2      kTrustIssuer
//   WIT-12.e  kWitCnfMissing, kWitCnfAlgMissing, kWitCnfKeyInvalid
//   WIT-3     kWitCnfAlgForbidden, kWitCnfAlgNotAllowed
//   WIT-11    kWitCnfPrivate, kWitCnfIssuerKey
//   WIC-3     kWitDenied
//   WSVID-1   kWitSubNotSpiffe, kWitKidMissing, kWitAudPresent, kWitCnfAlgNotAllowed (SPIFFE)
[[nodiscard]] Result<VerifiedWit> VerifyWit(std::string_view token,
                                            const trust::TrustSnapshot& trust,
                                            const WitRules& rules, WallTime now,
                                            jose::JwsReader& reader, CheckList& checks,
                                            const WitAids& aids = {});

// The part of the verification that must be repeated when a verified WIT is used again: it may
// have expired since. Errors: kWitExpired, kWitNotYetValid [WIT-8]
[[nodiscard]] Result<void> CheckWitTime(const VerifiedWit& wit, const WitRules& rules,
                                        WallTime now);

}  // namespace signet::credential
