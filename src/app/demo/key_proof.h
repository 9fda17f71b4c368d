// Proof of possession for a key that a workload has made itself, when it asks for an identity: a
// compact JWS by that key, for one issuer, valid for a minute, good once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/jose/jwk.h"

namespace signet::app::demo {

inline constexpr std::string_view kKeyProofTyp = "key-proof+jwt";
inline constexpr seconds kKeyProofLifetime{60};

// Errors: kCryptoFailure
[[nodiscard]] Result<std::string> MakeKeyProof(const crypto::PrivateKey& key,
                                               std::string_view audience, WallTime now,
                                               Random& random);

// Remembers the proofs it has seen, at most kMaxRemembered. Not thread-safe.
class KeyProofChecker {
 public:
  static constexpr std::size_t kMaxRemembered = 4096;
  explicit KeyProofChecker(std::string audience) : audience_(std::move(audience)) {}

  // `proof` was made with `key`, for us, and never used before. Errors: kIssueKeyProof
  [[nodiscard]] Result<void> Check(std::string_view proof, const jose::Jwk& key, WallTime now);

 private:
  std::string audience_;
  std::map<std::string, WallTime, std::less<>> used_;  // thumbprint and jti -> when to forget
};

}  // namespace signet::app::demo
