// The character classes of structured fields (RFC 9651), free of locale.
//
// Floor 1. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace signet::codec::sfv::internal {

inline constexpr std::uint8_t kDigit = 1;
inline constexpr std::uint8_t kKeyStart = 2;       // lcalpha or "*"
inline constexpr std::uint8_t kKeyRest = 4;        // lcalpha, DIGIT, "_", "-", "." or "*"
inline constexpr std::uint8_t kTokenStart = 8;     // ALPHA or "*"
inline constexpr std::uint8_t kTokenRest = 16;     // tchar, ":" or "/"
inline constexpr std::uint8_t kPrintable = 32;     // SP and VCHAR
inline constexpr std::uint8_t kStringSelf = 64;    // printable, and itself in a String
inline constexpr std::uint8_t kDisplaySelf = 128;  // printable, and itself in a Display String

consteval std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](std::string_view chars, std::uint8_t bits) {
    for (const char c : chars) classes[static_cast<unsigned char>(c)] |= bits;
  };
  add("0123456789", kDigit | kKeyRest | kTokenRest);
  add("abcdefghijklmnopqrstuvwxyz", kKeyStart | kKeyRest | kTokenStart | kTokenRest);
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZ", kTokenStart | kTokenRest);
  add("*", kKeyStart | kKeyRest | kTokenStart);
  add("_-.", kKeyRest);
  add("!#$%&'*+-.^_`|~:/", kTokenRest);
  for (unsigned c = 0x20; c <= 0x7e; ++c) {
    classes[c] |= kPrintable;
    if (c != '"' && c != '\\') classes[c] |= kStringSelf;
    if (c != '"' && c != '%') classes[c] |= kDisplaySelf;
  }
  return classes;
}
inline constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

// True if `c` is of one of the classes in `bits`.
constexpr bool Is(char c, std::uint8_t bits) {
  return (kClasses[static_cast<unsigned char>(c)] & bits) != 0;
}
constexpr bool AllAre(std::string_view text, std::uint8_t bits) {
  return std::all_of(text.begin(), text.end(), [bits](char c) { return Is(c, bits); });
}

}  // namespace signet::codec::sfv::internal
