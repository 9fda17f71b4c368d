// Forged tokens: what an attacker makes who has seen real ones but holds none of their keys.
//
// Nothing here is reached but from attacks.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"

namespace signet::app::attack {

using OrderedJson = nlohmann::ordered_json;

// Signs bytes with one key, in JOSE form.
using SignFunction = std::function<Result<Bytes>(ByteView)>;

// Any header and payload, JSON or not, as a compact JWS.
[[nodiscard]] Result<std::string> SealToken(std::string_view header, std::string_view payload,
                                            const SignFunction& sign);

// A token taken apart and not verified. Errors: those of SplitCompactJws; kJoseHeader, kJosePayload
struct TokenParts {
  OrderedJson header;
  OrderedJson payload;
  std::string signature;  // encoded
};
[[nodiscard]] Result<TokenParts> OpenToken(std::string_view token);
// Put together again with the old signature, whatever was changed.
[[nodiscard]] std::string JoinToken(const TokenParts& parts);

// The keys of an attacker: one to sign WITs with, one for proofs.
class Forger {
 public:
  // Keys for these algorithms, best those of the genuine ones: then a forgery is refused for no
  // other reason than its signature. Errors: kCryptoFailure
  [[nodiscard]] static Result<Forger> Make(Random& random,
                                           crypto::Alg issuer_alg = crypto::Alg::kES256,
                                           crypto::Alg proof_alg = crypto::Alg::kES256);

  // Header and claims of a WIT for the attacker's own key, valid for an hour.
  [[nodiscard]] TokenParts WitParts(std::string_view subject, std::string_view kid,
                                    WallTime now) const;
  // Signed by the attacker's own issuer.
  [[nodiscard]] Result<std::string> SealWit(const TokenParts& parts) const;
  [[nodiscard]] Result<std::string> ForgeWit(std::string_view subject, std::string_view kid,
                                             WallTime now) const;

  // The attacker's own proof key.
  [[nodiscard]] SignFunction ProofSigner() const;
  [[nodiscard]] std::string proof_alg() const;
  [[nodiscard]] const crypto::PublicKey& proof_key() const { return proof_.public_key(); }

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

// The token with a signature of the same length that is all zero (ATTACKS 9).
[[nodiscard]] Result<std::string> WithZeroSignature(std::string_view token);

// The token with "=" behind it (ATTACKS 10).
[[nodiscard]] std::string WithPadding(std::string_view token);

// The token with a bit set that base64url does not use: the same bytes to a lax decoder, and the
// same signature (ATTACKS 10). Errors: kJoseParts if no part of it has such a bit
[[nodiscard]] Result<std::string> WithUnusedBits(std::string_view token);

}  // namespace signet::app::attack
