#include <array>
#include <memory>
#include <sodium.h>

#include "bench/primitives.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

struct Ed25519 {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> pub{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  std::array<unsigned char, kPrimitiveMessageBytes> message{1, 2, 3};

  Ed25519() {
    SIGNET_CHECK(sodium_init() >= 0);
    SIGNET_CHECK(crypto_sign_keypair(pub.data(), secret.data()) == 0);
    CheckSign();
  }
  void CheckSign() {
    SIGNET_CHECK(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                                      secret.data()) == 0);
  }
  void CheckVerify() const {
    SIGNET_CHECK(crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                             pub.data()) == 0);
  }
};

}  // namespace

Op EdDsaSign() {
  return Repeat([key = std::make_shared<Ed25519>()] { key->CheckSign(); });
}
Op EdDsaVerify() {
  return Repeat([key = std::make_shared<Ed25519>()] { key->CheckVerify(); });
}

void AddRawSodium() {
  AddRow("raw/ed25519_sign/libsodium", [] { return Subject{.ours = EdDsaSign()}; });
  AddRow("raw/ed25519_verify/libsodium", [] { return Subject{.ours = EdDsaVerify()}; });
}

}  // namespace signet::bench
