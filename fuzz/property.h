// Property: what a fuzz target states. assert() is compiled out under NDEBUG; a property holds in
// every build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::fuzz {

inline void Property(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What holds of every refusal: it is listed, and its detail is fit for a log.
inline void CheckRefusal(const Error& error) {
  Property(InfoOf(error.code).code == error.code);
  Property(error.detail.size() <= kMaxErrorDetailBytes);
  for (const char c : error.detail) Property(c >= 0x20 && c <= 0x7e);
}

// Two readings of one input agree, down to the cause.
template <typename T>
void CheckSameVerdict(const Result<T>& first, const Result<T>& second) {
  Property(first.has_value() == second.has_value());
  if (first.has_value()) return;
  Property(first.error().code == second.error().code);
  CheckRefusal(first.error());
}

}  // namespace signet::fuzz
