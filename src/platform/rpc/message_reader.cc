#include "platform/rpc/message_reader.h"

#include <algorithm>
#include <utility>

namespace signet::rpc {

StatusOr<std::size_t> MessageReader::Feed(ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete_ && prefix_bytes_ < kMessagePrefixBytes) {
    prefix_[prefix_bytes_++] = bytes[taken++];
    if (prefix_bytes_ < kMessagePrefixBytes) continue;
    if (prefix_[0] != 0) {
      return std::unexpected(
          Status{StatusCode::kInternal, "a compressed message, but no compression was agreed on"});
    }
    length_ = std::size_t{prefix_[1]} << 24 | std::size_t{prefix_[2]} << 16 |
              std::size_t{prefix_[3]} << 8 | prefix_[4];
    if (length_ > max_message_bytes_) {
      return std::unexpected(
          Status{StatusCode::kResourceExhausted, "a message of " + std::to_string(length_) +
                                                     " bytes; the limit is " +
                                                     std::to_string(max_message_bytes_)});
    }
    complete_ = length_ == 0;
  }
  if (prefix_bytes_ < kMessagePrefixBytes || complete_) return taken;
  const std::size_t piece = std::min(length_ - message_.size(), bytes.size() - taken);
  // One allocation for a message that comes in one piece; otherwise it grows with what has come, so
  // a length alone costs nothing.
  if (message_.empty()) message_.reserve(piece);
  const ByteView part = bytes.subspan(taken, piece);
  message_.insert(message_.end(), part.begin(), part.end());
  complete_ = message_.size() == length_;
  return taken + piece;
}

std::optional<Bytes> MessageReader::Take() {
  if (!complete_) return std::nullopt;
  complete_ = false;
  prefix_bytes_ = 0;
  return std::exchange(message_, {});
}

Bytes FrameMessage(ByteView message) {
  Bytes out;
  out.reserve(kMessagePrefixBytes + message.size());
  out.push_back(0);
  for (const int shift : {24, 16, 8, 0}) {
    out.push_back(static_cast<std::uint8_t>(message.size() >> shift));
  }
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

}  // namespace signet::rpc
