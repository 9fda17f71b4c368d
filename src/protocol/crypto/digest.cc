#include "protocol/crypto/digest.h"

#include <algorithm>
#include <memory>
#include <new>
#include <type_traits>

#include "protocol/crypto/internal/message_digest.h"
#include "protocol/crypto/internal/openssl.h"

// SHA256_Init and its kin and not SHA256(): the one-shot function of OpenSSL 3.0 fetches the digest
// from a provider on each call. They cannot fail for valid pointers, so their results are not read.
namespace signet::crypto {
namespace {

static_assert(sizeof(SHA256_CTX) <= 128 && alignof(SHA256_CTX) <= 8);
static_assert(std::is_trivially_copyable_v<SHA256_CTX> &&
              std::is_trivially_destructible_v<SHA256_CTX>);
static_assert(sizeof(SHA512_CTX) <= 224 && alignof(SHA512_CTX) <= 8);
static_assert(std::is_trivially_copyable_v<SHA512_CTX> &&
              std::is_trivially_destructible_v<SHA512_CTX>);

SHA256_CTX* ContextOf(std::array<std::uint8_t, 128>& state) {
  return std::launder(reinterpret_cast<SHA256_CTX*>(state.data()));
}
SHA512_CTX* ContextOf(std::array<std::uint8_t, 224>& state) {
  return std::launder(reinterpret_cast<SHA512_CTX*>(state.data()));
}

}  // namespace

Digest256 Sha256(ByteView bytes) {
  Digest256 out;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(out.data(), &context);
  return out;
}

std::array<std::uint8_t, 48> Sha384(ByteView bytes) {
  std::array<std::uint8_t, 48> out;
  SHA512_CTX context;
  SHA384_Init(&context);
  SHA384_Update(&context, bytes.data(), bytes.size());
  SHA384_Final(out.data(), &context);
  return out;
}

std::array<std::uint8_t, 64> Sha512(ByteView bytes) {
  std::array<std::uint8_t, 64> out;
  SHA512_CTX context;
  SHA512_Init(&context);
  SHA512_Update(&context, bytes.data(), bytes.size());
  SHA512_Final(out.data(), &context);
  return out;
}

Sha256Stream::Sha256Stream() : state_{} {
  SHA256_Init(std::construct_at(reinterpret_cast<SHA256_CTX*>(state_.data())));
}

void Sha256Stream::Update(ByteView bytes) {
  SHA256_Update(ContextOf(state_), bytes.data(), bytes.size());
}

Digest256 Sha256Stream::Finish() {
  Digest256 out;
  SHA256_Final(out.data(), ContextOf(state_));
  return out;
}

Sha512Stream::Sha512Stream() : state_{} {
  SHA512_Init(std::construct_at(reinterpret_cast<SHA512_CTX*>(state_.data())));
}

void Sha512Stream::Update(ByteView bytes) {
  SHA512_Update(ContextOf(state_), bytes.data(), bytes.size());
}

std::array<std::uint8_t, 64> Sha512Stream::Finish() {
  std::array<std::uint8_t, 64> out;
  SHA512_Final(out.data(), ContextOf(state_));
  return out;
}

namespace internal {
namespace {

template <std::size_t kSize>
MessageDigest Make(const std::array<std::uint8_t, kSize>& digest, int nid, const EVP_MD* md) {
  MessageDigest out;
  std::copy(digest.begin(), digest.end(), out.bytes.begin());
  out.size = kSize;
  out.nid = nid;
  out.md = md;
  return out;
}

}  // namespace

MessageDigest DigestFor(Alg alg, ByteView message) {
  switch (alg) {
    case Alg::kES256:
    case Alg::kRS256:
    case Alg::kPS256:
      return Make(Sha256(message), NID_sha256, EVP_sha256());
    case Alg::kES384:
    case Alg::kRS384:
    case Alg::kPS384:
      return Make(Sha384(message), NID_sha384, EVP_sha384());
    case Alg::kES512:
    case Alg::kRS512:
    case Alg::kPS512:
      return Make(Sha512(message), NID_sha512, EVP_sha512());
    case Alg::kEdDSA:
    case Alg::kEd25519:
      break;
  }
  return {};
}

}  // namespace internal
}  // namespace signet::crypto
