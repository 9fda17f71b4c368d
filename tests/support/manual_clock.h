// ManualClock: a clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "protocol/base/time.h"

namespace signet::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{seconds{1'700'000'000}})
      : wall_(ToNumericDate(start)) {}

  [[nodiscard]] WallTime Now() const override { return WallTime{seconds{wall_.load()}}; }
  [[nodiscard]] SteadyTime Steady() const override {
    return SteadyTime{std::chrono::nanoseconds{steady_.load()}};
  }

  // Both clocks go on.
  void Advance(std::chrono::nanoseconds by) {
    steady_ += by.count();
    wall_ += std::chrono::duration_cast<seconds>(by).count();
  }
  // Only the wall clock is set, as by an administrator or NTP.
  void StepWall(seconds by) { wall_ += by.count(); }
  void SetWall(WallTime now) { wall_ = ToNumericDate(now); }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> steady_{1'000'000'000'000};
};

}  // namespace signet::test
