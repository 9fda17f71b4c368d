#include <array>
#include <memory>
#include <sodium.h>

#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/eddsa.h>

#include "bench/primitives.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

void FillRandom(void* /*context*/, std::size_t size, std::uint8_t* out) {
  randombytes_buf(out, size);
}

struct P256 {
  ecc_point pub{};
  ecc_scalar secret{};
  dsa_signature signature{};
  std::array<std::uint8_t, kPrimitiveMessageBytes> digest{1, 2, 3};

  P256() {
    SIGNET_CHECK(sodium_init() >= 0);
    ecc_point_init(&pub, nettle_get_secp_256r1());
    ecc_scalar_init(&secret, nettle_get_secp_256r1());
    dsa_signature_init(&signature);
    ecdsa_generate_keypair(&pub, &secret, nullptr, FillRandom);
    Sign();
  }
  P256(const P256&) = delete;
  P256& operator=(const P256&) = delete;
  ~P256() {
    dsa_signature_clear(&signature);
    ecc_scalar_clear(&secret);
    ecc_point_clear(&pub);
  }
  void Sign() {
    ecdsa_sign(&secret, nullptr, FillRandom, digest.size(), digest.data(), &signature);
  }
  void CheckVerify() const {
    SIGNET_CHECK(ecdsa_verify(&pub, digest.size(), digest.data(), &signature) == 1);
  }
};

struct Ed25519 {
  std::array<std::uint8_t, ED25519_KEY_SIZE> pub{}, secret{4, 5, 6};
  std::array<std::uint8_t, ED25519_SIGNATURE_SIZE> signature{};
  std::array<std::uint8_t, kPrimitiveMessageBytes> message{1, 2, 3};

  Ed25519() {
    ed25519_sha512_public_key(pub.data(), secret.data());
    Sign();
  }
  void Sign() {
    ed25519_sha512_sign(pub.data(), secret.data(), message.size(), message.data(),
                        signature.data());
  }
  void CheckVerify() const {
    SIGNET_CHECK(
        ed25519_sha512_verify(pub.data(), message.size(), message.data(), signature.data()) == 1);
  }
};

}  // namespace

void AddRawNettle() {
  AddRow("raw/p256_sign/nettle",
         [] { return Subject{.ours = Repeat([key = std::make_shared<P256>()] { key->Sign(); })}; });
  AddRow("raw/p256_verify/nettle", [] {
    return Subject{.ours = Repeat([key = std::make_shared<P256>()] { key->CheckVerify(); })};
  });
  AddRow("raw/ed25519_sign/nettle", [] {
    return Subject{.ours = Repeat([key = std::make_shared<Ed25519>()] { key->Sign(); })};
  });
  AddRow("raw/ed25519_verify/nettle", [] {
    return Subject{.ours = Repeat([key = std::make_shared<Ed25519>()] { key->CheckVerify(); })};
  });
}

}  // namespace signet::bench
