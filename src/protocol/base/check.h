// SIGNET_CHECK: a broken invariant of ours stops the process, in every build. Input never reaches
// one: what a peer can cause is a Result.
//
// Floor 0.
#pragma once

namespace signet::internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace signet::internal

#define SIGNET_CHECK(cond) \
  ((cond) ? (void)0 : ::signet::internal::CheckFailed(#cond, __FILE__, __LINE__))
