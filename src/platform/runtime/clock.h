// SystemClock: the one place that reads the machine's clocks.
//
// Only src/app makes one; everything else takes a const Clock&. Tests use
// tests/support/manual_clock.h.
#pragma once

#include "protocol/base/time.h"

namespace signet::runtime {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime Now() const override;
  [[nodiscard]] SteadyTime Steady() const override;
};

}  // namespace signet::runtime
