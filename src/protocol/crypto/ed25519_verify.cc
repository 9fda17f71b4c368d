#include <sodium.h>

#include "protocol/crypto/internal/public_key_impl.h"

namespace signet::crypto {

namespace {

// Canonical encoding, on the curve, in the main subgroup. An honest key is in it by construction
// (RFC 8032 section 5.1.5); with a key of small order one signature fits many messages.
bool IsValidPoint(ByteView x) { return crypto_core_ed25519_is_valid_point(x.data()) == 1; }

}  // namespace

Result<PublicKey> PublicKey::FromEd25519(ByteView x) {
  SIGNET_TRY_ASSIGN(PublicKey key, FromEd25519Unchecked(x));
  if (!IsValidPoint(x)) {
    return Refuse(Errc::kCryptoPointInvalid, "not a point of the main subgroup");
  }
  return key;
}

bool PublicKey::HasValidPoint() const {
  return impl_->type != KeyType::kEd25519 || IsValidPoint(impl_->x);
}

Result<PublicKey> PublicKey::FromEd25519Unchecked(ByteView x) {
  if (x.size() != crypto_sign_PUBLICKEYBYTES) {
    return Refuse(Errc::kCryptoKeyMalformed, "Ed25519 keys have 32 bytes");
  }
  // Every Ed25519 key of the process is made here, before its first use. libsodium asks for this
  // call; it picks implementations for the CPU, once, and is thread-safe.
  static const bool ready = sodium_init() >= 0;
  if (!ready) return Refuse(Errc::kCryptoFailure, "libsodium");
  auto impl = std::make_shared<Impl>();
  impl->type = KeyType::kEd25519;
  impl->x.assign(x.begin(), x.end());
  return PublicKey(std::move(impl));
}

namespace internal {

Result<void> VerifyEd25519(const PublicKey::Impl& key, ByteView message, ByteView signature) {
  if (signature.size() != crypto_sign_BYTES) {
    return Refuse(Errc::kCryptoSignatureLength, "Ed25519 signatures have 64 bytes");
  }
  // Refuses S >= L, R and keys of small order, and keys that are not on the curve. Success is 0
  // here, unlike in OpenSSL.
  if (crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.x.data()) !=
      0) {
    return Refuse(Errc::kCryptoSignatureInvalid);
  }
  return {};
}

}  // namespace internal
}  // namespace signet::crypto
