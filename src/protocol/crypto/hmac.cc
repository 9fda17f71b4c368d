#include "protocol/crypto/hmac.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>

#include "protocol/crypto/digest.h"

// By hand over SHA256_*: HMAC() of OpenSSL 3.0 fetches its algorithm from a provider on each call.
namespace signet::crypto {
namespace {

constexpr std::size_t kBlockBytes = 64;  // B of RFC 2104 for SHA-256
using Block = std::array<std::uint8_t, kBlockBytes>;

// H(K XOR pad, bytes).
Digest256 Round(const Block& key, std::uint8_t pad, ByteView bytes) {
  Block block;
  std::transform(key.begin(), key.end(), block.begin(),
                 [pad](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ pad); });
  Sha256Stream hash;
  hash.Update(block);
  OPENSSL_cleanse(block.data(), block.size());
  hash.Update(bytes);
  return hash.Finish();
}

}  // namespace

Digest256 HmacSha256(ByteView key, ByteView message) {
  Block padded{};
  if (key.size() > kBlockBytes) {
    Digest256 hashed = Sha256(key);
    std::copy(hashed.begin(), hashed.end(), padded.begin());
    OPENSSL_cleanse(hashed.data(), hashed.size());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }
  const Digest256 inner = Round(padded, 0x36, message);
  const Digest256 out = Round(padded, 0x5c, inner);
  OPENSSL_cleanse(padded.data(), padded.size());
  return out;
}

bool ConstantTimeEqual(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace signet::crypto
