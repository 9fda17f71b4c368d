// Time: validity runs on the wall clock, durations on the steady clock; they are two types.
//
// Floor 0. Nothing here reads a clock: `now` comes in as an argument, and only src/app makes a
// SystemClock (platform/runtime/clock.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace signet {

using std::chrono::seconds;

// A point of wall-clock time in whole seconds since 1970-01-01T00:00:00Z (NumericDate, RFC 7519).
using WallTime = std::chrono::sys_seconds;

// A point of monotonic time; only differences have a meaning.
using SteadyTime = std::chrono::steady_clock::time_point;

// Last second of the year 9999. Later and negative NumericDates are refused, so that no sum of a
// time and a setting can overflow.
inline constexpr std::int64_t kMaxNumericDate = 253402300799;

// The time of a NumericDate; nullopt outside 0 ... kMaxNumericDate.
[[nodiscard]] inline std::optional<WallTime> WallTimeFromNumericDate(std::int64_t value) {
  if (value < 0 || value > kMaxNumericDate) return std::nullopt;
  return WallTime{seconds{value}};
}

[[nodiscard]] inline std::int64_t ToNumericDate(WallTime time) {
  return time.time_since_epoch().count();
}

// Where the time comes from. Implementations may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime Now() const = 0;
  [[nodiscard]] virtual SteadyTime Steady() const = 0;
};

// Difference between clocks that is tolerated: expiry, not-before, and how long a used proof is
// remembered all use this one setting (ATTACKS 17).
inline constexpr seconds kDefaultLeeway{60};

}  // namespace signet
