#include "protocol/proof/httpsig/algorithm.h"

#include <array>

#include "protocol/crypto/hmac.h"

namespace signet::proof::httpsig {
namespace {

struct AlgEntry {
  SignatureAlg alg;
  std::string_view name;
  std::optional<crypto::Alg> jose;
};

// In the order of the enumerators.
constexpr std::array<AlgEntry, 6> kAlgs{{
    {SignatureAlg::kRsaPssSha512, "rsa-pss-sha512", crypto::Alg::kPS512},
    {SignatureAlg::kRsaV15Sha256, "rsa-v1_5-sha256", crypto::Alg::kRS256},
    {SignatureAlg::kHmacSha256, "hmac-sha256", std::nullopt},
    {SignatureAlg::kEcdsaP256Sha256, "ecdsa-p256-sha256", crypto::Alg::kES256},
    {SignatureAlg::kEcdsaP384Sha384, "ecdsa-p384-sha384", crypto::Alg::kES384},
    {SignatureAlg::kEd25519, "ed25519", crypto::Alg::kEd25519},
}};

const AlgEntry& EntryOf(SignatureAlg alg) { return kAlgs[static_cast<std::size_t>(alg)]; }

}  // namespace

std::string_view NameOf(SignatureAlg alg) { return EntryOf(alg).name; }

std::optional<SignatureAlg> SignatureAlgFromName(std::string_view name) {
  for (const AlgEntry& entry : kAlgs) {
    if (entry.name == name) return entry.alg;
  }
  return std::nullopt;
}

std::optional<crypto::Alg> JoseAlgOf(SignatureAlg alg) { return EntryOf(alg).jose; }

std::optional<SignatureAlg> OnlyAlgOf(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcP256:
      return SignatureAlg::kEcdsaP256Sha256;
    case crypto::KeyType::kEcP384:
      return SignatureAlg::kEcdsaP384Sha384;
    case crypto::KeyType::kEd25519:
      return SignatureAlg::kEd25519;
    case crypto::KeyType::kEcP521:
    case crypto::KeyType::kRsa:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<void> VerifySignature(SignatureAlg alg, const crypto::PublicKey& key, std::string_view base,
                             ByteView signature) {
  const std::optional<crypto::Alg> jose = JoseAlgOf(alg);
  if (!jose.has_value() || !crypto::AlgsOf(key.type()).Has(*jose)) {
    return Refuse(Errc::kHttpsigAlg, "the key is for other algorithms");
  }
  Result<void> verified = key.Verify(*jose, AsBytes(base), signature);
  if (verified.has_value() || verified.error().code == Errc::kCryptoFailure) return verified;
  return Refuse(Errc::kHttpsigSignatureInvalid, std::string(verified.error().name()));
}

Result<void> VerifyHmac(ByteView secret, std::string_view base, ByteView signature) {
  if (!crypto::ConstantTimeEqual(crypto::HmacSha256(secret, AsBytes(base)), signature)) {
    return Refuse(Errc::kHttpsigSignatureInvalid, "another hmac-sha256");
  }
  return {};
}

}  // namespace signet::proof::httpsig
