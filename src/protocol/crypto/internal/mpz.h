// Integers of GMP, for numbers of signatures and public keys: nothing secret, since neither time
// nor memory is guarded here.
#pragma once

#include <array>
#include <cstdint>
#include <gmp.h>

#include "protocol/base/bytes.h"
#include "protocol/crypto/internal/openssl.h"

namespace signet::crypto::internal {

inline constexpr std::size_t kP256Bytes = 32;
using P256Number = std::array<std::uint8_t, kP256Bytes>;  // big-endian

class Mpz {
 public:
  Mpz() { mpz_init(value_); }
  explicit Mpz(ByteView big_endian) : Mpz() { Set(big_endian); }
  ~Mpz() { mpz_clear(value_); }
  Mpz(const Mpz&) = delete;
  Mpz& operator=(const Mpz&) = delete;

  void Set(ByteView big_endian) {
    mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
  }
  // The number is below 2^256.
  [[nodiscard]] P256Number Bytes32() const {
    P256Number out{};
    const std::size_t size = (mpz_sizeinbase(value_, 2) + 7) / 8;
    std::size_t written = 0;
    mpz_export(out.data() + (out.size() - size), &written, 1, 1, 1, 0, value_);
    return out;
  }

  [[nodiscard]] mpz_ptr get() { return value_; }
  [[nodiscard]] mpz_srcptr get() const { return value_; }

 private:
  mpz_t value_;
};

}  // namespace signet::crypto::internal
