// DER (X.690, distinguished encoding rules), as much as keys, certificates and requests need:
// reading element by element with exact lengths, writing backwards so that lengths are known.
//
// Floor 1. Pure; a reader and a writer belong to one thread. Strict: lengths are definite and
// minimal, and at most 65535 bytes; tag numbers are at most 30. One value has one encoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/base/time.h"

namespace signet::codec {

// Elements inside of elements that CheckDer goes into; the outermost counts as 1.
inline constexpr std::size_t kMaxDerDepth = 24;

inline constexpr std::uint8_t kDerBoolean = 0x01;
inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerNull = 0x05;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerUtf8String = 0x0c;
inline constexpr std::uint8_t kDerPrintableString = 0x13;
inline constexpr std::uint8_t kDerTeletexString = 0x14;
inline constexpr std::uint8_t kDerIa5String = 0x16;
inline constexpr std::uint8_t kDerUtcTime = 0x17;
inline constexpr std::uint8_t kDerGeneralizedTime = 0x18;
inline constexpr std::uint8_t kDerBmpString = 0x1e;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerSet = 0x31;

// [number] of the context-specific class, primitive and constructed; number is at most 30.
[[nodiscard]] constexpr std::uint8_t DerContext(unsigned number) {
  return static_cast<std::uint8_t>(0x80U | number);
}
[[nodiscard]] constexpr std::uint8_t DerContextConstructed(unsigned number) {
  return static_cast<std::uint8_t>(0xa0U | number);
}

// One element. Views of the bytes that were given to the reader.
struct DerElement {
  std::uint8_t tag = 0;
  ByteView contents;
  ByteView whole;  // with tag and length
};

// Reads one element after the other. Borrows the bytes; what it returns are views of them. A call
// that returns nullopt has consumed nothing.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  [[nodiscard]] bool NextIs(std::uint8_t tag) const { return !rest_.empty() && rest_[0] == tag; }

  // The next element, of whichever tag; nullopt if it is longer than what is left or over the
  // limits, or has a length that is not minimal, or a tag of several bytes.
  [[nodiscard]] std::optional<DerElement> ReadAny();
  // The next element, which must have this tag.
  [[nodiscard]] std::optional<DerElement> ReadElement(std::uint8_t tag);
  // Its contents.
  [[nodiscard]] std::optional<ByteView> Read(std::uint8_t tag);
  // Its contents, which must be an object identifier with these contents.
  [[nodiscard]] bool ReadOid(ByteView contents);

  // A BOOLEAN: 0x00 or 0xff and nothing else.
  [[nodiscard]] std::optional<bool> ReadBoolean();
  // A non-negative INTEGER without its sign byte, minimal; zero is one zero byte.
  [[nodiscard]] std::optional<ByteView> ReadUnsigned(std::uint8_t tag = kDerInteger);
  // A non-negative INTEGER of at most 4 bytes.
  [[nodiscard]] std::optional<std::uint32_t> ReadSmall();
  // A BIT STRING of whole bytes, without its first byte.
  [[nodiscard]] std::optional<ByteView> ReadBits(std::uint8_t tag = kDerBitString);
  // A BIT STRING of named bits, at least one and at most 16: bit 0 of the document is the highest
  // bit of the result. Zero bits at the end are not encoded (X.690 11.2.2).
  [[nodiscard]] std::optional<std::uint16_t> ReadNamedBits();
  // A Time in the two forms of RFC 5280 section 4.1.2.5 and in no other: UTCTime YYMMDDHHMMSSZ for
  // 1970 to 2049, GeneralizedTime YYYYMMDDHHMMSSZ from 2050 to 9999. Earlier times have no value
  // here.
  [[nodiscard]] std::optional<WallTime> ReadTime();

 private:
  ByteView rest_;
};

// `bytes` are exactly one element, and so is, recursively, all that constructed elements hold: by
// the rules of DerReader, with the form (primitive, constructed) and the contents that DER gives to
// BOOLEAN, INTEGER, BIT STRING, NULL, OBJECT IDENTIFIER and UTF8String. Contents of other primitive
// elements are not looked at. Errors: kDerMalformed
[[nodiscard]] Result<void> CheckDer(ByteView bytes);

// Writes from the end to the beginning: contents first, then their header. The buffer is wiped.
class DerWriter {
 public:
  // More than `capacity` bytes are an error of ours and stop the process.
  explicit DerWriter(std::size_t capacity) : buffer_(capacity), begin_(capacity) {}

  void Prepend(ByteView bytes);
  void Prepend(std::uint8_t byte) { Prepend(ByteView(&byte, 1)); }
  // An element with these contents.
  void PrependElement(std::uint8_t tag, ByteView contents);
  // An INTEGER of a big-endian number without leading zero bytes.
  void PrependUnsigned(ByteView number);
  // A BIT STRING of whole bytes.
  void PrependBits(ByteView bytes);
  // A Time in the form that its year asks for; from 1970 to 9999.
  void PrependTime(WallTime time);

  // Bytes written so far; Wrap makes those written since then the contents of one element.
  [[nodiscard]] std::size_t Mark() const { return buffer_.size() - begin_; }
  void Wrap(std::uint8_t tag, std::size_t mark);

  // Borrows this writer.
  [[nodiscard]] ByteView View() const {
    return buffer_.Expose(SecretAccess::Grant()).subspan(begin_);
  }

 private:
  SecretBytes buffer_;
  std::size_t begin_;
};

}  // namespace signet::codec
