// StreamState: what a Session keeps for each open stream. Internal to this folder.
#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>

#include "platform/http2/session.h"
#include "protocol/base/bytes.h"

namespace signet::http2 {

// A header section while it comes in.
class HeaderCollector {
 public:
  // False once the section is so far over the limits that the connection should be ended: reading
  // it on keeps the compression state in step, but costs us work.
  [[nodiscard]] bool Add(std::string_view name, std::string_view value,
                         const SessionLimits& limits) {
    constexpr std::size_t kLineOverhead = 32;  // RFC 9113 section 6.5.2
    bytes_ += name.size() + value.size() + kLineOverhead;
    ++lines_;
    if (bytes_ > limits.max_header_bytes || lines_ > limits.max_header_lines) {
      too_large_ = true;
      headers_.clear();
      constexpr std::size_t kPatience = 4;
      return bytes_ <= kPatience * limits.max_header_bytes;
    }
    headers_.push_back({.name = std::string(name), .value = std::string(value)});
    return true;
  }

  [[nodiscard]] bool too_large() const { return too_large_; }
  // What came, and an empty collector for the next section.
  [[nodiscard]] HeaderList Take() {
    HeaderList out = std::move(headers_);
    *this = {};
    return out;
  }

 private:
  HeaderList headers_{};
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  bool too_large_ = false;
};

// Content on its way out.
class SendQueue {
 public:
  void Push(Bytes bytes) {
    if (bytes.empty()) return;
    queued_ += bytes.size();
    chunks_.push_back(std::move(bytes));
  }

  // Moves up to `room` bytes to `into`; returns how many.
  std::size_t Pop(std::uint8_t* into, std::size_t room) {
    std::size_t done = 0;
    while (done < room && !chunks_.empty()) {
      const Bytes& front = chunks_.front();
      const std::size_t size = std::min(room - done, front.size() - offset_);
      std::memcpy(into + done, front.data() + offset_, size);
      done += size;
      offset_ += size;
      if (offset_ == front.size()) {
        chunks_.pop_front();
        offset_ = 0;
      }
    }
    queued_ -= done;
    return done;
  }

  [[nodiscard]] std::size_t size() const { return queued_; }

 private:
  std::deque<Bytes> chunks_{};
  std::size_t offset_ = 0;  // of the first chunk
  std::size_t queued_ = 0;
};

struct StreamState {
  HeaderCollector incoming{};
  SendQueue out{};
  HeaderList trailers{};
  std::size_t unconsumed = 0;  // bytes of OnData that Consume has not been told of
  bool got_headers = false;    // the first final section has been delivered
  bool responded = false;      // ours is submitted
  bool ended = false;          // End was called, or a section without content was sent
  bool peer_ended = false;
  bool deferred = false;  // nghttp2 waits for more content
};

}  // namespace signet::http2
