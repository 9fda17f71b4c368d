// Content-Digest (RFC 9530): what the content of a message is.
//
// Floor 6. Pure; a ContentDigester belongs to one message. sha-256 and sha-512; other algorithms
// are ignored, and one that RFC 9530 calls insecure never counts [SIG-3].
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::proof {

enum class DigestAlg : std::uint8_t { kSha256, kSha512 };

// The field's value for `content`: "sha-256=:...:".
[[nodiscard]] std::string ContentDigestOf(ByteView content, DigestAlg alg = DigestAlg::kSha256);

// Digests content as it arrives, for bodies that are never held whole. Read the field first, feed
// every byte, then ask; before Finish() says so, no byte may be acted on.
class ContentDigester {
 public:
  // `lines` are the values of all Content-Digest lines. Every entry with a known algorithm counts.
  // Errors: kDigestMissing (no line), kDigestMalformed (not a dictionary of byte sequences, a key
  // twice, a wrong length), kDigestUnsupported (no known algorithm)
  [[nodiscard]] static Result<ContentDigester> Make(std::span<const std::string_view> lines);
  ~ContentDigester();
  ContentDigester(ContentDigester&&) noexcept;
  ContentDigester& operator=(ContentDigester&&) noexcept;

  void Update(ByteView content);
  // Once. Errors: kDigestMismatch
  [[nodiscard]] Result<void> Finish();

 private:
  struct State;
  explicit ContentDigester(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The whole at once. Errors: those of Make and Finish
[[nodiscard]] Result<void> VerifyContentDigest(std::span<const std::string_view> lines,
                                               ByteView content);

}  // namespace signet::proof
