// BoundedText: a short text with a known limit, in place. What a decision on a request holds of it
// needs no memory from the heap.
//
// Floor 0. A value. The limit is the caller's to have checked: to exceed it is a fault of the
// program, never of its input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/check.h"

namespace signet {

template <std::size_t kCapacity>
class BoundedText {
 public:
  constexpr BoundedText() = default;
  explicit constexpr BoundedText(std::string_view text) : size_(static_cast<Size>(text.size())) {
    SIGNET_CHECK(text.size() <= kCapacity);
    text.copy(chars_.data(), text.size());
  }

  // Borrows this object.
  [[nodiscard]] constexpr std::string_view view() const { return {chars_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  constexpr bool operator==(const BoundedText& other) const { return view() == other.view(); }
  constexpr bool operator==(std::string_view text) const { return view() == text; }

 private:
  using Size = std::uint16_t;
  static_assert(kCapacity <= 0xffff);
  Size size_ = 0;
  std::array<char, kCapacity> chars_;  // NOLINT: only the first size_ have a value
};

// base64url of a SHA-256 digest, as tokens name each other by it [WPT-3].
inline constexpr std::size_t kDigestTextBytes = 43;
using DigestText = BoundedText<kDigestTextBytes>;

}  // namespace signet
