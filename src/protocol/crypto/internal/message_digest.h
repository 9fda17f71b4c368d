// The digest that an algorithm signs.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/internal/openssl.h"

namespace signet::crypto::internal {

struct MessageDigest {
  std::array<std::uint8_t, 64> bytes{};
  unsigned size = 0;
  int nid = 0;
  const EVP_MD* md = nullptr;  // static storage duration

  [[nodiscard]] int int_size() const { return static_cast<int>(size); }
};

// Digest of `message` for ECDSA and RSA algorithms; size 0 for the others, which sign the message
// itself.
[[nodiscard]] MessageDigest DigestFor(Alg alg, ByteView message);

[[nodiscard]] constexpr bool IsPss(Alg alg) {
  return alg == Alg::kPS256 || alg == Alg::kPS384 || alg == Alg::kPS512;
}

}  // namespace signet::crypto::internal
