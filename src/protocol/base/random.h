// Random: where unpredictable bytes come from. crypto::SystemRandom in production, a seeded one in
// tests.
//
// Floor 0.
#pragma once

#include "protocol/base/bytes.h"

namespace signet {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` with unpredictable bytes. Cannot fail: a source that is broken stops the process,
  // because everything that comes after would be guessable. Thread-safe.
  virtual void Fill(MutableByteView out) = 0;
};

}  // namespace signet
