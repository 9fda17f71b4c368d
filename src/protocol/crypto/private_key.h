// PrivateKey: generation, import, export and signing. Issuing code only: a relying party links
// none of this (target signet_crypto_sign).
//
// Floor 2. Immutable; Sign may be called from any thread. Secret parts leave only through a call
// that takes a SecretAccess, and are wiped when the last owner goes.
#pragma once

#include <memory>
#include <string>

#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {

class PrivateKey {
 public:
  // A new key of the type that `alg` needs, for that algorithm. RSA keys have 2048 bits and take
  // 50 ms or more: use the blocking pool.
  // Errors: kCryptoFailure
  [[nodiscard]] static Result<PrivateKey> Generate(Alg alg);

  // From raw parts, as a JWK has them: EC scalar (full length) with its public key, Ed25519 seed.
  // The public part is recomputed and must be equal. `alg` of another key type is
  // kCryptoAlgUnsupported, here and below.
  // Errors: kCryptoKeyMalformed, kCryptoKeyMismatch, kCryptoPointInvalid
  [[nodiscard]] static Result<PrivateKey> FromEc(Alg alg, const SecretBytes& d, ByteView x,
                                                 ByteView y);
  [[nodiscard]] static Result<PrivateKey> FromEd25519(Alg alg, const SecretBytes& seed, ByteView x);
  struct RsaParts {
    Bytes n, e;
    SecretBytes d, p, q, dp, dq, qi;
  };
  // Errors: kCryptoKeyMalformed, kCryptoKeySize, kCryptoKeyMismatch
  [[nodiscard]] static Result<PrivateKey> FromRsa(Alg alg, const RsaParts& parts);

  // PKCS#8 (PrivateKeyInfo) DER, unencrypted. `alg` must suit the key inside; without it, an EC
  // key has its curve's algorithm, an Ed25519 key is kEd25519, an RSA key is refused.
  // Errors: kCryptoKeyMalformed, kCryptoAlgUnsupported, kCryptoKeySize
  [[nodiscard]] static Result<PrivateKey> FromPkcs8(ByteView der, std::optional<Alg> alg);

  [[nodiscard]] Alg alg() const;  // the one algorithm of this key
  [[nodiscard]] const PublicKey& public_key() const;

  // Signature by this key's algorithm, in JOSE form (ECDSA: r and s, raw).
  // Errors: kCryptoFailure
  [[nodiscard]] Result<Bytes> Sign(ByteView message) const;

  [[nodiscard]] SecretBytes ToPkcs8(SecretAccess access) const;
  // EC scalar (full length) or Ed25519 seed. Empty for RSA (use ToRsaParts).
  [[nodiscard]] SecretBytes RawSecret(SecretAccess access) const;
  [[nodiscard]] RsaParts ToRsaParts(SecretAccess access) const;

  struct Impl;

 private:
  explicit PrivateKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// The operating system's generator, through OpenSSL.
class SystemRandom final : public Random {
 public:
  void Fill(MutableByteView out) override;
};

}  // namespace signet::crypto
