// What a PrivateKey holds, and the functions of each key type.
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/internal/curve.h"
#include "protocol/crypto/internal/openssl.h"
#include "protocol/crypto/private_key.h"

namespace signet::crypto {

// Never changed after it is made. Everything secret is wiped with it: EC_KEY and RSA clear their
// private numbers when freed, SecretBytes clears itself.
struct PrivateKey::Impl {
  Impl(Alg key_alg, PublicKey key) : alg(key_alg), public_key(std::move(key)) {}

  Alg alg;
  PublicKey public_key;
  internal::EcKey ec;
  internal::RsaKey rsa;
  SecretBytes ed25519;  // seed and public key, libsodium's secret key
};

namespace internal {

using PrivateImpl = std::shared_ptr<const PrivateKey::Impl>;

[[nodiscard]] Result<PrivateImpl> GenerateEc(const Curve& curve);
[[nodiscard]] Result<PrivateImpl> GenerateEd25519(Alg alg);
[[nodiscard]] Result<PrivateImpl> GenerateRsa(Alg alg);

[[nodiscard]] Result<PrivateImpl> ImportEc(const Curve& curve, ByteView d,
                                           const PublicKey* expected);
[[nodiscard]] Result<PrivateImpl> ImportEd25519(Alg alg, ByteView seed, ByteView expected);

[[nodiscard]] Result<Bytes> SignEc(const PrivateKey::Impl& key, ByteView message);
[[nodiscard]] Result<Bytes> SignEd25519(const PrivateKey::Impl& key, ByteView message);
[[nodiscard]] Result<Bytes> SignRsa(const PrivateKey::Impl& key, ByteView message);

// The scalar of an EC key, full length.
[[nodiscard]] SecretBytes EcScalar(const PrivateKey::Impl& key);
[[nodiscard]] PrivateKey::RsaParts RsaPartsOf(const PrivateKey::Impl& key);

}  // namespace internal
}  // namespace signet::crypto
