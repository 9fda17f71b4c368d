#include <algorithm>
#include <array>
#include <sodium.h>

#include "protocol/crypto/internal/private_key_impl.h"

namespace signet::crypto::internal {

Result<PrivateImpl> ImportEd25519(Alg alg, ByteView seed, ByteView expected) {
  if (seed.size() != crypto_sign_SEEDBYTES) {
    return Refuse(Errc::kCryptoKeyMalformed, "Ed25519 seeds have 32 bytes");
  }
  SecretBytes secret(crypto_sign_SECRETKEYBYTES);
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> x;
  if (crypto_sign_seed_keypair(x.data(), secret.Fill(SecretAccess::Grant()).data(), seed.data()) !=
      0) {
    return Refuse(Errc::kCryptoFailure, "Ed25519 key");
  }
  if (!expected.empty() && !std::ranges::equal(expected, x)) {
    return Refuse(Errc::kCryptoKeyMismatch, "Ed25519 public key is of another seed");
  }
  SIGNET_TRY_ASSIGN(PublicKey public_key, PublicKey::FromEd25519(x));
  auto impl = std::make_shared<PrivateKey::Impl>(alg, std::move(public_key));
  impl->ed25519 = std::move(secret);
  return impl;
}

Result<PrivateImpl> GenerateEd25519(Alg alg) {
  SecretBytes seed(std::size_t{crypto_sign_SEEDBYTES});
  SystemRandom().Fill(seed.Fill(SecretAccess::Grant()));
  return ImportEd25519(alg, seed.Expose(SecretAccess::Grant()), {});
}

Result<Bytes> SignEd25519(const PrivateKey::Impl& key, ByteView message) {
  Bytes out(crypto_sign_BYTES);
  if (crypto_sign_detached(out.data(), nullptr, message.data(), message.size(),
                           key.ed25519.Expose(SecretAccess::Grant()).data()) != 0) {
    return Refuse(Errc::kCryptoFailure, "Ed25519");
  }
  return out;
}

}  // namespace signet::crypto::internal
