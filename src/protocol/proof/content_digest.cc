#include "protocol/proof/content_digest.h"

#include <algorithm>
#include <array>
#include <optional>

#include "protocol/base/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/sfv.h"
#include "protocol/crypto/digest.h"

namespace signet::proof {
namespace {

constexpr std::string_view kSha256Key = "sha-256";
constexpr std::string_view kSha512Key = "sha-512";
using Digest512 = std::array<std::uint8_t, 64>;

std::unexpected<Error> Malformed(const char* detail) {
  return Refuse(Errc::kDigestMalformed, detail);
}

// RFC 9530 section 2 makes each value a Byte Sequence, whatever its key, and RFC 9651 section 2.2
// ignores a whole field of which a constraint is violated. So an entry of an algorithm that is not
// known may hold any bytes, but nothing else. No parameters are defined; RFC 9530 forbids none.
const Bytes* DigestOf(const codec::sfv::Member& member) {
  const auto* const item = std::get_if<codec::sfv::Item>(&member);
  return item == nullptr ? nullptr : std::get_if<Bytes>(&item->value);
}

template <std::size_t kSize>
Result<void> Expect(const Bytes& digest, std::optional<std::array<std::uint8_t, kSize>>& out) {
  if (digest.size() != kSize) return Malformed("digest has not the length of its algorithm");
  std::copy(digest.begin(), digest.end(), out.emplace().begin());
  return {};
}

}  // namespace

struct ContentDigester::State {
  std::optional<Digest256> want_sha256;
  std::optional<Digest512> want_sha512;
  crypto::Sha256Stream sha256;
  crypto::Sha512Stream sha512;
  bool finished = false;
};

std::string ContentDigestOf(ByteView content, DigestAlg alg) {
  const auto field = [](std::string_view key, ByteView digest) {
    return std::string(key).append("=:").append(codec::Base64Encode(digest)).append(":");
  };
  switch (alg) {
    case DigestAlg::kSha256:
      return field(kSha256Key, crypto::Sha256(content));
    case DigestAlg::kSha512:
      return field(kSha512Key, crypto::Sha512(content));
  }
  return {};
}

ContentDigester::ContentDigester(std::unique_ptr<State> state) : state_(std::move(state)) {}
ContentDigester::~ContentDigester() = default;
ContentDigester::ContentDigester(ContentDigester&&) noexcept = default;
ContentDigester& ContentDigester::operator=(ContentDigester&&) noexcept = default;

Result<ContentDigester> ContentDigester::Make(std::span<const std::string_view> lines) {
  if (lines.empty()) return Refuse(Errc::kDigestMissing, "no Content-Digest");
  const auto field = codec::sfv::ParseDictionary(lines);
  if (!field.has_value()) return Malformed("Content-Digest is not a dictionary");
  // RFC 9651 takes the last of them; two parties that took different ones would not talk of the
  // same content.
  if (field->repeated()) return Malformed("Content-Digest has a key twice");
  auto state = std::make_unique<State>();
  for (const auto& [key, member] : field->entries()) {
    const Bytes* const digest = DigestOf(member);
    if (digest == nullptr) return Malformed("Content-Digest has a value that is no byte sequence");
    if (key == kSha256Key) SIGNET_TRY(Expect(*digest, state->want_sha256));
    if (key == kSha512Key) SIGNET_TRY(Expect(*digest, state->want_sha512));
  }
  // The others are unknown, or Deprecated by RFC 9530 section 5 and no protection from an attacker.
  if (!state->want_sha256.has_value() && !state->want_sha512.has_value()) {
    return Refuse(Errc::kDigestUnsupported, "neither sha-256 nor sha-512");
  }
  return ContentDigester(std::move(state));
}

void ContentDigester::Update(ByteView content) {
  SIGNET_CHECK(state_ != nullptr && !state_->finished);
  if (state_->want_sha256.has_value()) state_->sha256.Update(content);
  if (state_->want_sha512.has_value()) state_->sha512.Update(content);
}

// Plain comparison: whoever sends the content knows its digest.
Result<void> ContentDigester::Finish() {
  SIGNET_CHECK(state_ != nullptr && !state_->finished);
  state_->finished = true;
  if (state_->want_sha256.has_value() && state_->sha256.Finish() != *state_->want_sha256) {
    return Refuse(Errc::kDigestMismatch, "sha-256 of the content differs");
  }
  if (state_->want_sha512.has_value() && state_->sha512.Finish() != *state_->want_sha512) {
    return Refuse(Errc::kDigestMismatch, "sha-512 of the content differs");
  }
  return {};
}

Result<void> VerifyContentDigest(std::span<const std::string_view> lines, ByteView content) {
  SIGNET_TRY_ASSIGN(ContentDigester digester, ContentDigester::Make(lines));
  digester.Update(content);
  return digester.Finish();
}

}  // namespace signet::proof
