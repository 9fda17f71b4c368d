// Forged tokens: what an attacker makes who has seen real ones but holds none of their keys.
//
// Nothing here is reached but from the first run's attacks.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"

namespace signet::app::demo {

struct WitForgery {
  std::string_view subject;
  std::string_view kid;
  WallTime now;
};

// The keys of an attacker: one to sign WITs with, one for proofs.
class Forger {
 public:
  // Errors: kCryptoFailure
  [[nodiscard]] static Result<Forger> Make(Random& random);

  // A WIT for the attacker's own key, signed by the attacker's own issuer.
  [[nodiscard]] Result<std::string> ForgeWit(const WitForgery& wit) const;
  // A proof by the attacker's key for whatever WIT.
  [[nodiscard]] Result<std::string> ForgeProof(std::string_view wit, std::string_view audience,
                                               WallTime now) const;

 private:
  Forger(crypto::PrivateKey issuer, crypto::PrivateKey proof, Random& random)
      : issuer_(std::move(issuer)), proof_(std::move(proof)), random_(random) {}
  crypto::PrivateKey issuer_;
  crypto::PrivateKey proof_;
  Random& random_;
};

// The token under {"alg":"none"}: with its old signature, and with none at all (ATTACKS 1).
[[nodiscard]] Result<std::string> WithAlgNone(std::string_view token, bool keep_signature);

// The token under {"alg":"HS256"}, with an HMAC whose secret is public (ATTACKS 2).
[[nodiscard]] Result<std::string> WithHmac(std::string_view token, ByteView public_bytes);

// HMAC-SHA-256 (RFC 2104).
[[nodiscard]] Digest256 HmacSha256(ByteView key, ByteView message);

}  // namespace signet::app::demo
