#include <array>
#include <memory>
#include <sodium.h>

#include <mbedtls/ecdsa.h>

#include "bench/primitives.h"
#include "protocol/base/check.h"

namespace signet::bench {
namespace {

int FillRandom(void* /*context*/, unsigned char* out, std::size_t size) {
  randombytes_buf(out, size);
  return 0;
}

struct P256 {
  mbedtls_ecdsa_context key{};
  mbedtls_mpi r{}, s{};
  std::array<unsigned char, kPrimitiveMessageBytes> digest{1, 2, 3};

  P256() {
    SIGNET_CHECK(sodium_init() >= 0);
    mbedtls_ecdsa_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    SIGNET_CHECK(mbedtls_ecdsa_genkey(&key, MBEDTLS_ECP_DP_SECP256R1, FillRandom, nullptr) == 0);
    CheckSign();
  }
  P256(const P256&) = delete;
  P256& operator=(const P256&) = delete;
  ~P256() {
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecdsa_free(&key);
  }
  void CheckSign() {
    SIGNET_CHECK(mbedtls_ecdsa_sign(&key.grp, &r, &s, &key.d, digest.data(), digest.size(),
                                    FillRandom, nullptr) == 0);
  }
  void CheckVerify() {
    SIGNET_CHECK(mbedtls_ecdsa_verify(&key.grp, digest.data(), digest.size(), &key.Q, &r, &s) == 0);
  }
};

}  // namespace

void AddRawMbedtls() {
  AddRow("raw/p256_sign/mbedtls", [] {
    return Subject{.ours = Repeat([key = std::make_shared<P256>()] { key->CheckSign(); })};
  });
  AddRow("raw/p256_verify/mbedtls", [] {
    return Subject{.ours = Repeat([key = std::make_shared<P256>()] { key->CheckVerify(); })};
  });
}

}  // namespace signet::bench
