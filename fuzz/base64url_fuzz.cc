// base64url and base64: one text has one value, and the two alphabets agree.
#include <string>

#include "property.h"
#include "protocol/codec/base64url.h"

namespace {

using signet::Bytes;
using signet::Errc;
using signet::Result;
using signet::fuzz::Property;
namespace codec = signet::codec;

// The standard form of a base64url text.
std::string ToStandard(std::string_view url) {
  std::string text(url);
  for (char& c : text) {
    if (c == '-') {
      c = '+';
    } else if (c == '_') {
      c = '/';
    } else if (c == '+' || c == '/' || c == '=') {
      c = '!';
    }
  }
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

void CheckUrl(std::string_view text) {
  const Result<Bytes> got = codec::Base64UrlDecode(text);
  signet::fuzz::CheckSameVerdict(got, codec::Base64UrlDecode(text));
  if (got) {
    // No other text has this value.
    Property(codec::Base64UrlEncode(*got) == text);
    Property(got->size() == codec::Base64UrlDecodedSize(text.size()));
    Property(codec::Base64Decode(ToStandard(text)).value() == *got);
  } else {
    const bool bad_character = got.error().code == Errc::kBase64UrlCharacter;
    Property(bad_character != codec::IsBase64UrlText(text));
    if (!bad_character) {
      Property((got.error().code == Errc::kBase64UrlLength) == (text.size() % 4 == 1));
    }
    if (text.size() % 4 != 1) Property(!codec::Base64Decode(ToStandard(text)).has_value());
  }
}

void CheckStandard(std::string_view text) {
  const Result<Bytes> got = codec::Base64Decode(text);
  signet::fuzz::CheckSameVerdict(got, codec::Base64Decode(text));
  if (got) Property(codec::Base64Encode(*got) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  CheckUrl(text);
  CheckStandard(text);
  // Every byte string survives both encodings.
  const signet::ByteView bytes(data, size);
  const Bytes want(bytes.begin(), bytes.end());
  Property(codec::Base64UrlDecode(codec::Base64UrlEncode(bytes)).value() == want);
  Property(codec::Base64Decode(codec::Base64Encode(bytes)).value() == want);
  return 0;
}
