// base64url without padding (RFC 7515 section 2), strict.
//
// Floor 1. Pure; thread-safe. One text has one value: padding, white space, characters outside the
// alphabet, impossible lengths and non-zero unused bits are refused (ATTACKS 10).
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bounded_text.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::codec {

[[nodiscard]] std::string Base64UrlEncode(ByteView bytes);

// The same of a digest, in place.
[[nodiscard]] DigestText Base64UrlEncodeDigest(const Digest256& digest);

// Appends the encoding to `out`.
void Base64UrlAppend(ByteView bytes, std::string& out);

// Bytes that `chars` characters decode to; no check.
[[nodiscard]] constexpr std::size_t Base64UrlDecodedSize(std::size_t chars) {
  return chars / 4 * 3 + (chars % 4 == 0 ? 0 : chars % 4 - 1);
}

// Decodes `text`. The empty text is the empty value.
//
// Errors:
//   kBase64UrlCharacter     a byte outside A-Z a-z 0-9 - _
//   kBase64UrlLength        length is 1 modulo 4
//   kBase64UrlTrailingBits  unused bits of the last character are set
[[nodiscard]] Result<Bytes> Base64UrlDecode(std::string_view text);

// The same into `out`, which must hold exactly Base64UrlDecodedSize(text.size()) bytes (an
// invariant, not an input error). Allocates nothing on success.
[[nodiscard]] Result<void> Base64UrlDecodeInto(std::string_view text, MutableByteView out);

// True if every character is of the alphabet; says nothing of length and unused bits.
[[nodiscard]] bool IsBase64UrlText(std::string_view text);

// Standard base64 with padding (RFC 4648 section 4), as x5c uses it; equally strict.
// Errors: as above; wrong padding is kBase64UrlLength.
[[nodiscard]] Result<Bytes> Base64Decode(std::string_view text);
[[nodiscard]] std::string Base64Encode(ByteView bytes);

}  // namespace signet::codec
