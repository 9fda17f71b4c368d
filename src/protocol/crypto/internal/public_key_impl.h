// What a PublicKey holds, and the verifier of each key type.
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/internal/curve.h"
#include "protocol/crypto/internal/openssl.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {

// Never changed after it is made: verification by several threads reads it only.
struct PublicKey::Impl {
  KeyType type;
  Bytes x;
  Bytes y;
  const internal::Curve* curve = nullptr;  // of an EC key
  internal::EcKey ec;
  internal::RsaKey rsa;
};

namespace internal {

// An ECDSA signature taken apart; views into it. 1 <= r, s < n is certain.
struct EcSignature {
  ByteView r;
  ByteView s;
};
// Errors: kCryptoSignatureLength, kCryptoSignatureRange
[[nodiscard]] Result<EcSignature> SplitSignature(const Curve& curve, ByteView signature);

// `alg` suits the key: PublicKey::Verify has seen to it.
[[nodiscard]] Result<void> VerifyEc(const PublicKey::Impl& key, ByteView message,
                                    ByteView signature);
[[nodiscard]] Result<void> VerifyEd25519(const PublicKey::Impl& key, ByteView message,
                                         ByteView signature);
[[nodiscard]] Result<void> VerifyRsa(const PublicKey::Impl& key, Alg alg, ByteView message,
                                     ByteView signature);

}  // namespace internal
}  // namespace signet::crypto
