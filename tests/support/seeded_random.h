// SeededRandom: the same bytes in every run. Never for keys that matter.
#pragma once

#include <cstdint>

#include "protocol/base/random.h"

namespace signet::testing {

// splitmix64: small, and good enough to choose test inputs.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  // A number below `end`, which is not 0.
  std::uint64_t Below(std::uint64_t end) { return Next() % end; }

  void Fill(MutableByteView out) override {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % 8 == 0) bits = Next();
      out[i] = static_cast<std::uint8_t>(bits >> (8 * (i % 8)));
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace signet::testing
