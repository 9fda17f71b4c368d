#include <algorithm>

#include "protocol/codec/base64url.h"
#include "protocol/codec/internal/sfv_parser.h"
#include "protocol/codec/internal/utf8.h"

// Bare items, sections 4.2.3.1 and 4.2.4 to 4.2.10 of RFC 9651.
namespace signet::codec::sfv::internal {
namespace {

constexpr std::size_t kMaxIntegerDigits = 15;
constexpr std::size_t kMaxWholeDigits = 12;    // of a Decimal, before the point
constexpr std::size_t kMaxFractionDigits = 3;  // behind it

int HexValue(char c) {  // lower case only, as section 4.2.10 asks; -1: no digit
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Section 4.2.7: parsers SHOULD NOT fail for missing padding or for pad bits that are set. Padding
// is all there or not there at all; a part of it, or too much, is refused. A value has several
// texts then, which is harmless as long as values are compared and not texts (ATTACKS 10);
// serialized it has one.
Result<Bytes> DecodeBytes(std::string_view text) {
  if (Result<Bytes> canonical = Base64Decode(text)) return canonical;
  std::string_view digits = text;
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
  }
  const std::size_t left_over = digits.size() % 4;
  if (left_over != 1) {
    // Zeros up to a whole group: its last bytes hold the pad bits, and are dropped.
    std::string whole(digits);
    if (left_over != 0) whole.append(4 - left_over, 'A');
    if (Result<Bytes> bytes = Base64Decode(whole)) {
      bytes->resize(Base64UrlDecodedSize(digits.size()));
      return bytes;
    }
  }
  return Malformed("byte sequence is not base64");
}

}  // namespace

// Section 4.2.3.1.
Result<void> Parser::ReadBareItem(BareItem& out) {
  if (Done()) return Malformed("no value where one must be");
  const char first = *at_;
  if (first == '"') return ReadString(out);
  if (first == '-' || Is(first, kDigit)) return ReadNumber(out);
  if (Is(first, kTokenStart)) return ReadToken(out);
  if (first == ':') return ReadBytes(out);
  if (first == '?') return ReadBoolean(out);
  if (first == '@') return ReadDate(out);
  if (first == '%') return ReadDisplayString(out);
  return Malformed("no type begins like this");
}

// Section 4.2.4. Fifteen digits are within std::int64_t, and so are 12 and 3.
Result<void> Parser::ReadNumber(BareItem& out) {
  const std::int64_t sign = Take('-') ? -1 : 1;
  const std::string_view whole = TakeAll(kDigit);
  if (whole.empty()) return Malformed("number without digits");
  const bool decimal = Next('.');
  if (whole.size() > (decimal ? kMaxWholeDigits : kMaxIntegerDigits)) {
    return Malformed("number has too many digits");
  }
  std::int64_t value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  if (!decimal) {
    out.emplace<std::int64_t>(sign * value);
    return {};
  }
  ++at_;
  const std::string_view fraction = TakeAll(kDigit);
  if (fraction.empty() || fraction.size() > kMaxFractionDigits) {
    return Malformed("fraction does not have one to three digits");
  }
  for (std::size_t i = 0; i < kMaxFractionDigits; ++i) {
    value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  }
  out.emplace<Decimal>(sign * value);
  return {};
}

// Section 4.2.5; the first character is a double quote.
Result<void> Parser::ReadString(BareItem& out) {
  ++at_;
  auto& text = out.emplace<std::string>();
  for (;;) {
    text.append(TakeAll(kStringSelf));
    if (Take('"')) return {};
    if (!Take('\\')) return Malformed("string has no end or a forbidden character");
    if (!Next('"') && !Next('\\')) return Malformed("backslash before a character without need");
    text.push_back(*at_++);
  }
}

// Section 4.2.6; the first character has been looked at.
Result<void> Parser::ReadToken(BareItem& out) {
  out.emplace<Token>().text = TakeAll(kTokenRest);
  return {};
}

// Section 4.2.7; the first character is ":".
Result<void> Parser::ReadBytes(BareItem& out) {
  ++at_;
  const char* const colon = std::find(at_, end_, ':');
  if (colon == end_) return Malformed("byte sequence has no end");
  SIGNET_TRY_ASSIGN(out, DecodeBytes({at_, colon}));
  at_ = colon + 1;
  return {};
}

// Section 4.2.8; the first character is "?".
Result<void> Parser::ReadBoolean(BareItem& out) {
  ++at_;
  const bool value = Next('1');
  if (!value && !Next('0')) return Malformed("boolean is neither ?0 nor ?1");
  ++at_;
  out.emplace<bool>(value);
  return {};
}

// Section 4.2.9; the first character is "@".
Result<void> Parser::ReadDate(BareItem& out) {
  ++at_;
  SIGNET_TRY(ReadNumber(out));
  const std::int64_t* const seconds = std::get_if<std::int64_t>(&out);
  if (seconds == nullptr) return Malformed("date has a fraction");
  out.emplace<Date>(std::int64_t{*seconds});
  return {};
}

// Section 4.2.10; the first character is "%".
Result<void> Parser::ReadDisplayString(BareItem& out) {
  ++at_;
  if (!Take('"')) return Malformed("display string has no quote");
  std::string& text = out.emplace<DisplayString>().utf8;
  for (;;) {
    text.append(TakeAll(kDisplaySelf));
    if (Take('"')) break;
    if (!Take('%')) return Malformed("display string has no end or a forbidden character");
    if (end_ - at_ < 2) return Malformed("display string ends in an escape");
    const int high = HexValue(at_[0]);
    const int low = HexValue(at_[1]);
    if (high < 0 || low < 0) return Malformed("escape is not two lower-case hexadecimal digits");
    text.push_back(static_cast<char>(high * 16 + low));
    at_ += 2;
  }
  if (!codec::internal::IsUtf8(text)) return Malformed("display string is not UTF-8");
  return {};
}

}  // namespace signet::codec::sfv::internal
