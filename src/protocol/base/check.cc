#include "protocol/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace signet::internal {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "signet: invariant broken at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace signet::internal
