// MessageReader: takes messages out of the content of a stream (gRPC over HTTP/2,
// "Length-Prefixed-Message": one byte that says "compressed", four of length, the message).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "platform/rpc/status.h"
#include "protocol/base/bytes.h"

namespace signet::rpc {

inline constexpr std::size_t kMessagePrefixBytes = 5;
// Largest message that is taken unless a configuration says otherwise: the default of gRPC.
inline constexpr std::size_t kDefaultMaxMessageBytes = 4 * 1024 * 1024;

// Not thread-safe.
class MessageReader {
 public:
  explicit MessageReader(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  // Takes bytes until a message is complete or `bytes` is used up; says how many it took. Nothing
  // is allocated for a message before its length is known to be within the limit, and then no more
  // than has come. Status: kResourceExhausted (too long), kInternal (a message is said to be
  // compressed, but no compression was agreed on)
  [[nodiscard]] StatusOr<std::size_t> Feed(ByteView bytes);

  // The message that is complete, once.
  [[nodiscard]] std::optional<Bytes> Take();
  // In the middle of a message.
  [[nodiscard]] bool partial() const { return prefix_bytes_ > 0 && !complete_; }

 private:
  std::size_t max_message_bytes_;
  std::uint8_t prefix_[kMessagePrefixBytes] = {};
  std::size_t prefix_bytes_ = 0;
  std::size_t length_ = 0;
  bool complete_ = false;
  Bytes message_{};
};

// A message with its prefix.
[[nodiscard]] Bytes FrameMessage(ByteView message);

}  // namespace signet::rpc
