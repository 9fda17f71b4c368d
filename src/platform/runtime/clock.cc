#include "platform/runtime/clock.h"

namespace signet::runtime {

WallTime SystemClock::Now() const {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::Steady() const { return std::chrono::steady_clock::now(); }

}  // namespace signet::runtime
