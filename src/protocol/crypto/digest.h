// Digests, without a context from the heap or a provider fetch.
//
// Floor 2. Pure; thread-safe.
#pragma once

#include <array>

#include "protocol/base/bytes.h"

namespace signet::crypto {

[[nodiscard]] Digest256 Sha256(ByteView bytes);
[[nodiscard]] std::array<std::uint8_t, 48> Sha384(ByteView bytes);
[[nodiscard]] std::array<std::uint8_t, 64> Sha512(ByteView bytes);

// SHA-256 over several pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  void Update(ByteView bytes);
  [[nodiscard]] Digest256 Finish();  // once

 private:
  alignas(8) std::array<std::uint8_t, 128> state_;  // a SHA256_CTX
};

// SHA-512 over several pieces.
class Sha512Stream {
 public:
  Sha512Stream();
  void Update(ByteView bytes);
  [[nodiscard]] std::array<std::uint8_t, 64> Finish();  // once

 private:
  alignas(8) std::array<std::uint8_t, 224> state_;  // a SHA512_CTX
};

}  // namespace signet::crypto
