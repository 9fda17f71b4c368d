#include <algorithm>
#include <cstddef>

#include "protocol/base/check.h"
#include "protocol/crypto/internal/openssl.h"
#include "protocol/crypto/private_key.h"

namespace signet::crypto {

void SystemRandom::Fill(MutableByteView out) {
  constexpr std::size_t kChunk = 1U << 20U;  // the library takes an int
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kChunk);
    // The private generator: its output is used for keys as well as for nonces that are sent.
    SIGNET_CHECK(internal::Succeeded(RAND_priv_bytes(out.data(), static_cast<int>(size))));
    out = out.subspan(size);
  }
}

}  // namespace signet::crypto
