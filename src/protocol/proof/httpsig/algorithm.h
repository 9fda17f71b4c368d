// The algorithms of the HTTP Signature Algorithms registry (RFC 9421 section 3.3), and what JOSE
// algorithms are called there.
//
// Floor 6. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"

namespace signet::proof::httpsig {

enum class SignatureAlg : std::uint8_t {
  kRsaPssSha512,
  kRsaV15Sha256,
  kHmacSha256,
  kEcdsaP256Sha256,
  kEcdsaP384Sha384,
  kEd25519,
};

[[nodiscard]] std::string_view NameOf(SignatureAlg alg);
[[nodiscard]] std::optional<SignatureAlg> SignatureAlgFromName(std::string_view name);

// The JOSE algorithm that makes the same signatures (RFC 9421 section 3.3.7): rsa-pss-sha512 is
// PS512, rsa-v1_5-sha256 is RS256. nullopt for hmac-sha256.
[[nodiscard]] std::optional<crypto::Alg> JoseAlgOf(SignatureAlg alg);

// The registered algorithm that a key of this type is for if nothing else says so; RSA has two.
[[nodiscard]] std::optional<SignatureAlg> OnlyAlgOf(crypto::KeyType type);

// Errors: kHttpsigAlg (the key is for other algorithms), kHttpsigSignatureInvalid, kCryptoFailure
[[nodiscard]] Result<void> VerifySignature(SignatureAlg alg, const crypto::PublicKey& key,
                                           std::string_view base, ByteView signature);
// Errors: kHttpsigSignatureInvalid
[[nodiscard]] Result<void> VerifyHmac(ByteView secret, std::string_view base, ByteView signature);

}  // namespace signet::proof::httpsig
