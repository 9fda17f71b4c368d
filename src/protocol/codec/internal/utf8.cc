#include "protocol/codec/internal/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace signet::codec::internal {
namespace {

bool IsContinuation(unsigned char c) { return (c & 0xc0) == 0x80; }

// Size of the well-formed sequence (Unicode table 3-7) at the front of `text`, which begins with a
// byte over 0x7f; 0 if there is none.
std::size_t Utf8SequenceSize(const unsigned char* at, std::size_t left) {
  const unsigned char lead = at[0];
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (left < size) return 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead == 0xe0) low = 0xa0;   // overlong
  if (lead == 0xed) high = 0x9f;  // surrogates
  if (lead == 0xf0) low = 0x90;   // overlong
  if (lead == 0xf4) high = 0x8f;  // over U+10FFFF
  if (at[1] < low || at[1] > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!IsContinuation(at[i])) return 0;
  }
  return size;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    std::uint64_t word = 0;
    while (left >= sizeof word) {
      std::memcpy(&word, at, sizeof word);
      if ((word & 0x8080808080808080U) != 0) break;
      at += sizeof word;
      left -= sizeof word;
    }
    if (left == 0) break;
    const std::size_t size = *at < 0x80 ? 1 : Utf8SequenceSize(at, left);
    if (size == 0) return false;
    at += size;
    left -= size;
  }
  return true;
}

}  // namespace signet::codec::internal
