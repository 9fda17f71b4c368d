// Workload Identity Token (WIT): issuing. Issuing side only (target signet_credential_issue).
//
// Documents: draft-ietf-wimse-workload-creds 5.1 (WIT-1..4, WIT-7, WIT-8, WIT-11), SPIFFE WIT-SVID
// 4 (WSVID-1). Floor 5. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/private_key.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwk.h"

namespace signet::credential {

inline constexpr seconds kDefaultWitLifetime{3600};

struct WitContent {
  identity::WorkloadId subject;
  jose::Jwk confirmation;  // public key with its alg [WIT-2]
  WallTime now;            // becomes iat
  WallTime exp;
  std::string kid;                   // empty: left out (WIMSE profile only)
  std::string iss;                   // empty: left out; should not be discoverable by OIDC (Q7)
  std::string jti;                   // empty: left out
  bool allow_long_lifetime = false;  // named waiver: more than kMaxWitLifetime
};

// Signs a WIT with the claims cnf, exp, iat, iss, jti, sub; `aud` is never emitted (Q8).
//
// Errors:
//   kWitIssueInput  confirmation without alg [WIT-2] or with one that the profile refuses; it is
//                   the issuer's own key [WIT-11]; exp not after now; lifetime over the limit;
//                   SPIFFE profile: no kid, no SPIFFE ID, issuer algorithm refused [WSVID-1];
//                   kid over 128 bytes or not printable; iss no URI
//   kCryptoFailure, kJoseTooLong
[[nodiscard]] Result<std::string> IssueWit(const crypto::PrivateKey& issuer_key,
                                           const WitContent& content,
                                           WitProfile profile = WitProfile::kWimse);

}  // namespace signet::credential
