// FloodGuard: how many frames a peer may send that cost us work and carry nothing: PING, SETTINGS,
// PRIORITY, WINDOW_UPDATE, empty DATA (CVE-2019-9511 to 9518). Pure; not thread-safe.
//
// A bucket of tokens: each such frame takes one, time gives them back, and so does each frame that
// we send ourselves: a client that answers a busy stream with window updates and bandwidth probes
// does nothing wrong.
#pragma once

#include <algorithm>
#include <cstdint>

#include "protocol/base/time.h"

namespace signet::http2 {

class FloodGuard {
 public:
  // Full at first. `now` is the steady time of the first call.
  FloodGuard(std::uint32_t burst, std::uint32_t per_second, SteadyTime now)
      : burst_(burst), per_second_(per_second), tokens_(burst), since_(now) {}

  // False if there is no token left: the connection is to be ended. `now` never goes back.
  [[nodiscard]] bool Take(SteadyTime now) {
    Refill(now);
    if (tokens_ == 0) return false;
    --tokens_;
    return true;
  }

  void Earn(std::uint32_t frames) {
    tokens_ = std::min(burst_, tokens_ + std::min(frames, burst_));
  }

 private:
  void Refill(SteadyTime now) {
    using std::chrono::milliseconds;
    const auto passed = std::chrono::duration_cast<milliseconds>(now - since_).count();
    if (passed <= 0) return;
    // After an hour it is full whatever the rate; the product cannot overflow.
    const auto ms = std::min<std::int64_t>(passed, 3'600'000);
    const auto gained = static_cast<std::uint64_t>(ms) * per_second_ / 1000;
    if (gained == 0) return;  // keep the rest for the next call
    Earn(static_cast<std::uint32_t>(std::min<std::uint64_t>(gained, burst_)));
    since_ = now;
  }

  std::uint32_t burst_;
  std::uint32_t per_second_;
  std::uint32_t tokens_;
  SteadyTime since_;
};

}  // namespace signet::http2
