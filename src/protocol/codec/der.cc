#include "protocol/codec/der.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "protocol/base/check.h"
#include "protocol/codec/internal/utf8.h"

namespace signet::codec {
namespace {

constexpr std::uint8_t kClassBits = 0xc0;
constexpr std::uint8_t kConstructedBit = 0x20;
constexpr std::uint8_t kNumberBits = 0x1f;

bool IsMinimalInteger(ByteView contents) {
  if (contents.empty()) return false;
  if (contents.size() == 1) return true;
  const bool high = contents[1] >= 0x80;
  return !(contents[0] == 0 && !high) && !(contents[0] == 0xff && high);
}

bool IsOid(ByteView contents) {
  bool first = true;  // of a component, whose leading byte 0x80 would be a digit zero in front
  for (const std::uint8_t byte : contents) {
    if (first && byte == 0x80) return false;
    first = byte < 0x80;
  }
  return !contents.empty() && first;
}

bool IsBitString(ByteView contents) {
  if (contents.empty() || contents[0] > 7) return false;
  if (contents.size() == 1) return contents[0] == 0;
  const unsigned unused = (1U << contents[0]) - 1U;
  return (contents.back() & unused) == 0;
}

// Form and contents of an element of the universal class.
bool IsUniversal(const DerElement& element) {
  const bool constructed = (element.tag & kConstructedBit) != 0;
  if (element.tag == kDerSequence || element.tag == kDerSet) return true;
  // Strings cut into pieces are BER; SEQUENCE and SET in primitive form are nothing.
  if (constructed || (element.tag | kConstructedBit) == kDerSequence ||
      (element.tag | kConstructedBit) == kDerSet) {
    return false;
  }
  switch (element.tag) {
    case 0:  // end of contents
      return false;
    case kDerBoolean:
      return element.contents.size() == 1 &&
             (element.contents[0] == 0 || element.contents[0] == 0xff);
    case kDerInteger:
    case 0x0a:  // ENUMERATED
      return IsMinimalInteger(element.contents);
    case kDerBitString:
      return IsBitString(element.contents);
    case kDerNull:
      return element.contents.empty();
    case kDerOid:
      return IsOid(element.contents);
    case kDerUtf8String:
      return internal::IsUtf8(AsText(element.contents));
    default:
      return true;
  }
}

Result<void> CheckElements(ByteView bytes, std::size_t depth) {
  if (depth > kMaxDerDepth && !bytes.empty())
    return Refuse(Errc::kDerMalformed, "nested too deeply");
  DerReader reader(bytes);
  while (!reader.AtEnd()) {
    const std::optional<DerElement> element = reader.ReadAny();
    if (!element) return Refuse(Errc::kDerMalformed, "tag or length");
    if ((element->tag & kClassBits) == 0 && !IsUniversal(*element)) {
      return Refuse(Errc::kDerMalformed, "form or contents of a universal type");
    }
    if ((element->tag & kConstructedBit) != 0) {
      SIGNET_TRY(CheckElements(element->contents, depth + 1));
    }
  }
  return {};
}

// Two decimal digits; nullopt if they are none.
std::optional<unsigned> TwoDigits(ByteView at) {
  if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') return std::nullopt;
  return (at[0] - unsigned{'0'}) * 10 + (at[1] - unsigned{'0'});
}

// MMDDHHMMSSZ of a year.
std::optional<WallTime> TimeOfYear(unsigned year, ByteView rest) {
  std::array<unsigned, 5> part{};
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::optional<unsigned> digits = TwoDigits(rest.subspan(2 * i, 2));
    if (!digits) return std::nullopt;
    part[i] = *digits;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{part[0]}, std::chrono::day{part[1]}};
  // No leap seconds: RFC 5280 has no form for them.
  if (!date.ok() || part[2] > 23 || part[3] > 59 || part[4] > 59 || rest[10] != 'Z') {
    return std::nullopt;
  }
  const WallTime time = std::chrono::sys_days{date} + std::chrono::hours{part[2]} +
                        std::chrono::minutes{part[3]} + seconds{part[4]};
  return WallTimeFromNumericDate(ToNumericDate(time));
}

void PutTwoDigits(unsigned number, std::uint8_t* at) {
  at[0] = static_cast<std::uint8_t>('0' + number / 10 % 10);
  at[1] = static_cast<std::uint8_t>('0' + number % 10);
}

}  // namespace

std::optional<DerElement> DerReader::ReadAny() {
  if (rest_.size() < 2 || (rest_[0] & kNumberBits) == kNumberBits) return std::nullopt;
  std::size_t length = rest_[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    // Nothing here needs more than two length bytes; 0x80 (indefinite) is not DER.
    const std::size_t count = length & 0x7fU;
    if (count < 1 || count > 2 || rest_.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | rest_[2 + i];
    if (length < (count == 1 ? 0x80U : 0x100U)) return std::nullopt;
    header += count;
  }
  if (rest_.size() - header < length) return std::nullopt;
  const DerElement element{.tag = rest_[0],
                           .contents = rest_.subspan(header, length),
                           .whole = rest_.first(header + length)};
  rest_ = rest_.subspan(header + length);
  return element;
}

std::optional<DerElement> DerReader::ReadElement(std::uint8_t tag) {
  if (!NextIs(tag)) return std::nullopt;
  return ReadAny();
}

std::optional<ByteView> DerReader::Read(std::uint8_t tag) {
  const std::optional<DerElement> element = ReadElement(tag);
  if (!element) return std::nullopt;
  return element->contents;
}

bool DerReader::ReadOid(ByteView contents) {
  DerReader ahead = *this;
  const std::optional<ByteView> found = ahead.Read(kDerOid);
  if (!found || !std::ranges::equal(*found, contents)) return false;
  *this = ahead;
  return true;
}

std::optional<bool> DerReader::ReadBoolean() {
  DerReader ahead = *this;
  const std::optional<ByteView> contents = ahead.Read(kDerBoolean);
  if (!contents || contents->size() != 1) return std::nullopt;
  const std::uint8_t value = contents->front();
  if (value != 0 && value != 0xff) return std::nullopt;
  *this = ahead;
  return value != 0;
}

std::optional<ByteView> DerReader::ReadUnsigned(std::uint8_t tag) {
  DerReader ahead = *this;
  const std::optional<ByteView> contents = ahead.Read(tag);
  if (!contents || !IsMinimalInteger(*contents) || contents->front() >= 0x80) return std::nullopt;
  *this = ahead;
  return contents->size() > 1 && contents->front() == 0 ? contents->subspan(1) : *contents;
}

std::optional<std::uint32_t> DerReader::ReadSmall() {
  DerReader ahead = *this;
  const std::optional<ByteView> number = ahead.ReadUnsigned();
  if (!number || number->size() > sizeof(std::uint32_t)) return std::nullopt;
  *this = ahead;
  std::uint32_t value = 0;
  for (const std::uint8_t byte : *number) value = value << 8U | byte;
  return value;
}

std::optional<ByteView> DerReader::ReadBits(std::uint8_t tag) {
  DerReader ahead = *this;
  const std::optional<ByteView> contents = ahead.Read(tag);
  if (!contents || contents->empty() || contents->front() != 0) return std::nullopt;
  *this = ahead;
  return contents->subspan(1);
}

std::optional<std::uint16_t> DerReader::ReadNamedBits() {
  DerReader ahead = *this;
  const std::optional<ByteView> contents = ahead.Read(kDerBitString);
  if (!contents || contents->size() < 2 || contents->size() > 3 || !IsBitString(*contents)) {
    return std::nullopt;
  }
  // The last bit that is written is a one.
  if ((static_cast<unsigned>(contents->back()) >> contents->front() & 1U) == 0) return std::nullopt;
  *this = ahead;
  const unsigned second = contents->size() == 3 ? (*contents)[2] : 0U;
  return static_cast<std::uint16_t>(static_cast<unsigned>((*contents)[1]) << 8U | second);
}

std::optional<WallTime> DerReader::ReadTime() {
  DerReader ahead = *this;
  const std::optional<DerElement> element = ahead.ReadAny();
  if (!element) return std::nullopt;
  std::optional<WallTime> time;
  const ByteView text = element->contents;
  if (element->tag == kDerUtcTime && text.size() == 13) {
    if (const auto year = TwoDigits(text)) {
      time = TimeOfYear(*year < 50 ? 2000 + *year : 1900 + *year, text.subspan(2));
    }
  } else if (element->tag == kDerGeneralizedTime && text.size() == 15) {
    const auto century = TwoDigits(text);
    const auto year = TwoDigits(text.subspan(2));
    if (century && year && *century * 100 + *year >= 2050) {
      time = TimeOfYear(*century * 100 + *year, text.subspan(4));
    }
  }
  if (time) *this = ahead;
  return time;
}

Result<void> CheckDer(ByteView bytes) {
  DerReader reader(bytes);
  if (!reader.ReadAny() || !reader.AtEnd()) {
    return Refuse(Errc::kDerMalformed, "not exactly one element");
  }
  return CheckElements(bytes, 1);
}

void DerWriter::Prepend(ByteView bytes) {
  SIGNET_CHECK(bytes.size() <= begin_);
  begin_ -= bytes.size();
  std::ranges::copy(
      bytes, buffer_.Fill(SecretAccess::Grant()).begin() + static_cast<std::ptrdiff_t>(begin_));
}

void DerWriter::PrependElement(std::uint8_t tag, ByteView contents) {
  const std::size_t mark = Mark();
  Prepend(contents);
  Wrap(tag, mark);
}

void DerWriter::PrependUnsigned(ByteView number) {
  const std::size_t mark = Mark();
  Prepend(number);
  if (number.empty() || number.front() >= 0x80) Prepend(std::uint8_t{0});
  Wrap(kDerInteger, mark);
}

void DerWriter::PrependBits(ByteView bytes) {
  const std::size_t mark = Mark();
  Prepend(bytes);
  Prepend(std::uint8_t{0});
  Wrap(kDerBitString, mark);
}

void DerWriter::PrependTime(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  const int year = static_cast<int>(date.year());
  SIGNET_CHECK(year >= 1970 && year <= 9999);
  const auto whole_year = static_cast<unsigned>(year);
  std::array<std::uint8_t, 15> text{};
  PutTwoDigits(whole_year / 100, &text[0]);
  PutTwoDigits(whole_year % 100, &text[2]);
  PutTwoDigits(static_cast<unsigned>(date.month()), &text[4]);
  PutTwoDigits(static_cast<unsigned>(date.day()), &text[6]);
  PutTwoDigits(static_cast<unsigned>(clock.hours().count()), &text[8]);
  PutTwoDigits(static_cast<unsigned>(clock.minutes().count()), &text[10]);
  PutTwoDigits(static_cast<unsigned>(clock.seconds().count()), &text[12]);
  text[14] = 'Z';
  if (year < 2050) {
    PrependElement(kDerUtcTime, ByteView(text).subspan(2));
  } else {
    PrependElement(kDerGeneralizedTime, text);
  }
}

void DerWriter::Wrap(std::uint8_t tag, std::size_t mark) {
  const std::size_t length = Mark() - mark;
  SIGNET_CHECK(length < 0x10000);
  Prepend(static_cast<std::uint8_t>(length & 0xffU));
  if (length >= 0x100) Prepend(static_cast<std::uint8_t>(length >> 8U));
  if (length >= 0x80) Prepend(static_cast<std::uint8_t>(length >= 0x100 ? 0x82 : 0x81));
  Prepend(tag);
}

}  // namespace signet::codec
