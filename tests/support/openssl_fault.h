// OpenSSL running out of memory at its n-th allocation. For a test program of its own: OpenSSL
// takes an allocator only before it has allocated anything.
#pragma once

#include <cstdlib>
#include <functional>
#include <utility>

#include "gtest/gtest.h"
#include <openssl/crypto.h>
#include <openssl/err.h>

namespace signet::testing {

class OpensslFault {
 public:
  // First of all in main(). False if OpenSSL has allocated already.
  static bool Install() { return CRYPTO_set_mem_functions(Allocate, Reallocate, Free) == 1; }

  // Runs `operation` with no allocation, with one, with two, then in growing steps, until it has
  // all it needs; says how many that were. `operation` returns whether it succeeded.
  static int CutShort(const std::function<bool()>& operation) {
    EXPECT_TRUE(operation());  // what the library keeps from its first use is there now
    for (int allowed = 0; allowed < 10'000'000; allowed += 1 + allowed / 64) {
      left_ = allowed;
      const bool done = operation();
      const bool starved = left_ == 0;
      left_ = kOff;
      EXPECT_EQ(ERR_peek_error(), 0U) << "an error is left for the next user of this thread";
      if (done && !starved) return allowed;
    }
    ADD_FAILURE() << "never had enough";
    return 0;
  }

  static constexpr int kOff = -1;
  // Allocations of this thread that will still succeed, kOff for all; says what it was before.
  static int SetLeft(int left) { return std::exchange(left_, left); }

 private:
  static bool Fails() {
    if (left_ == kOff) return false;
    if (left_ == 0) return true;  // and so do all that follow
    --left_;
    return false;
  }
  static void* Allocate(std::size_t size, const char*, int) {
    return Fails() ? nullptr : std::malloc(size);
  }
  static void* Reallocate(void* old, std::size_t size, const char*, int) {
    return Fails() ? nullptr : std::realloc(old, size);
  }
  static void Free(void* memory, const char*, int) { std::free(memory); }

  static inline thread_local int left_ = kOff;
};

}  // namespace signet::testing
