// Assertions on Result and CheckList.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/base/check_list.h"
#include "protocol/base/result.h"

namespace signet {

// So that a failing test names the code.
inline void PrintTo(Errc code, std::ostream* os) { *os << InfoOf(code).name; }

}  // namespace signet

namespace signet::testing {

// EXPECT_TRUE(RefusedWith(result, Errc::kWptExpired, "WPT-5.7"));
template <typename T>
::testing::AssertionResult RefusedWith(const Result<T>& result, Errc code, std::string_view rule) {
  if (result.has_value()) {
    return ::testing::AssertionFailure() << "accepted; " << rule << " was not enforced";
  }
  const Error& error = result.error();
  if (error.code == code && error.rule() == rule) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << "refused with " << error.name() << " [" << error.rule() << "] (" << error.detail
         << "), not with " << InfoOf(code).name << " [" << rule << "]";
}

// EXPECT_TRUE(Accepted(result));
template <typename T>
::testing::AssertionResult Accepted(const Result<T>& result) {
  if (result.has_value()) return ::testing::AssertionSuccess();
  const Error& error = result.error();
  return ::testing::AssertionFailure()
         << "refused with " << error.name() << " [" << error.rule() << "] (" << error.detail << ")";
}

// {"WIT-12.a", ..., "!WIT-12.d"}: the rules in order, a failed one marked.
inline std::vector<std::string> RulesOf(const CheckList& checks) {
  std::vector<std::string> out;
  for (const Check& check : checks) {
    out.push_back((check.ok() ? "" : "!") + std::string(check.rule));
  }
  return out;
}

}  // namespace signet::testing
