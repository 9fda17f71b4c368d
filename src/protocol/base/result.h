// Result: a value or the Error that says why there is none.
//
// Floor 0. The build defines _GLIBCXX_ASSERTIONS everywhere, so reading the absent side stops the
// process instead of going on with a wrong identity.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/error.h"

namespace signet {

template <typename T>
using Result = std::expected<T, Error>;

// `return Refuse(Errc::kWptExpired, "exp has passed");`
[[nodiscard]] inline std::unexpected<Error> Refuse(Errc code, std::string detail = {}) {
  return std::unexpected(Error(code, std::move(detail)));
}

// The same, named as a step of a procedure; `step` has static storage duration.
[[nodiscard]] inline std::unexpected<Error> RefuseAt(std::string_view step, Errc code,
                                                     std::string detail = {}) {
  return std::unexpected(Error(code, std::move(detail)).At(step));
}

}  // namespace signet

// Returns the error of `expr` from the enclosing function, or goes on.
#define SIGNET_TRY(expr)                                                      \
  do {                                                                        \
    auto signet_try_ = (expr);                                                \
    if (!signet_try_) return std::unexpected(std::move(signet_try_).error()); \
  } while (false)

// Assigns the value of `expr` to `lhs` (which may be a declaration), or returns its error.
#define SIGNET_TRY_ASSIGN(lhs, expr) SIGNET_TRY_ASSIGN_(SIGNET_CAT_(signet_r_, __LINE__), lhs, expr)
#define SIGNET_TRY_ASSIGN_(tmp, lhs, expr)                  \
  auto tmp = (expr);                                        \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  lhs = *std::move(tmp)
#define SIGNET_CAT_(a, b) SIGNET_CAT2_(a, b)
#define SIGNET_CAT2_(a, b) a##b
