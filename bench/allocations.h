// Allocations of the calling thread, counted by this program's own operator new and malloc.
#pragma once

#include <cstdint>

namespace signet::bench {

struct Allocations {
  std::uint64_t cpp = 0;  // operator new
  std::uint64_t c = 0;    // malloc, calloc, realloc, posix_memalign by others: OpenSSL, libc
};
[[nodiscard]] Allocations AllocationsOfThread();

}  // namespace signet::bench
