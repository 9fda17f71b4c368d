// PublicKey: a key that can verify signatures of its algorithm, and of no other.
//
// Floor 2. A key is immutable and may be shared between threads; copies are cheap (one reference
// count). A parsed key is valid: its point is on the curve and not at infinity, its size is in
// range; of FromEd25519Unchecked alone that has to be asked. No private member exists here, so
// verifying code cannot sign.
#pragma once

#include <memory>
#include <string>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/alg.h"

namespace signet::crypto {

enum class KeyType : std::uint8_t { kEcP256, kEcP384, kEcP521, kEd25519, kRsa };

// RSA moduli accepted, in bits.
inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 8192;

class KeyTable;

class PublicKey {
 public:
  // All four: kCryptoFailure if the library fails, out of memory in effect.
  //
  // EC key from affine coordinates, each exactly as long as the curve's field (32, 48, 66 bytes).
  // Errors: kCryptoKeyMalformed (length), kCryptoPointInvalid
  [[nodiscard]] static Result<PublicKey> FromEcPoint(KeyType curve, ByteView x, ByteView y);
  // Ed25519 key, 32 bytes. Errors: kCryptoKeyMalformed, kCryptoPointInvalid (not on the curve, or
  // of small order)
  [[nodiscard]] static Result<PublicKey> FromEd25519(ByteView x);
  // The same without the check of the point, which costs more than a verification. Verify() takes
  // nothing from a point that is not on the curve or of small order; whoever needs to know asks
  // HasValidPoint(). Errors: kCryptoKeyMalformed
  [[nodiscard]] static Result<PublicKey> FromEd25519Unchecked(ByteView x);
  // RSA key; numbers big-endian, without leading zero bytes. The exponent is odd, 3 to 2^32 - 1.
  // Errors: kCryptoKeyMalformed, kCryptoKeySize
  [[nodiscard]] static Result<PublicKey> FromRsa(ByteView modulus, ByteView exponent);
  // From a DER SubjectPublicKeyInfo, as in a certificate. Errors: kCryptoKeyMalformed,
  // kCryptoKeySize, kCryptoPointInvalid, kCryptoAlgUnsupported
  [[nodiscard]] static Result<PublicKey> FromSpki(ByteView der);

  [[nodiscard]] KeyType type() const;

  // False for an unchecked Ed25519 key that FromEd25519 would have refused.
  [[nodiscard]] bool HasValidPoint() const;

  // The raw parts, for a JWK: x and y of an EC key (full length), x of Ed25519, n and e of RSA.
  [[nodiscard]] ByteView x() const;  // EC x, Ed25519 public key, RSA modulus
  [[nodiscard]] ByteView y() const;  // EC y, RSA exponent; empty for Ed25519

  // DER SubjectPublicKeyInfo.
  [[nodiscard]] Bytes ToSpki() const;

  [[nodiscard]] bool operator==(const PublicKey& other) const;

  // Verifies `signature` over `message`. ECDSA signatures are r and s, raw, each of the order's
  // length, and 1 <= r, s < n is checked before anything else (ATTACKS 9, 10).
  //
  // Errors:
  //   kCryptoAlgUnsupported    `alg` does not suit this key's type
  //   kCryptoSignatureLength   wrong length for the algorithm and key
  //   kCryptoSignatureRange    r or s out of range
  //   kCryptoSignatureInvalid  not a signature of this message by this key
  //
  // `table` is of this key, or nullptr; one of another key is not used. It changes the time that
  // this takes, never the outcome.
  [[nodiscard]] Result<void> Verify(Alg alg, ByteView message, ByteView signature,
                                    const KeyTable* table = nullptr) const;

  struct Impl;

 private:
  explicit PublicKey(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  friend class PrivateKey;
  std::shared_ptr<const Impl> impl_;
};

// Algorithms that suit a key type: ES256 for P-256; EdDSA and Ed25519 for Ed25519; six for RSA.
[[nodiscard]] AlgSet AlgsOf(KeyType type);

}  // namespace signet::crypto
