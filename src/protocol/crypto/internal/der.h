// DER (X.690), as much as public and private keys need: reading with exact lengths, writing
// backwards so that lengths are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/base/bytes.h"
#include "protocol/base/secret.h"

namespace signet::crypto::internal {

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerNull = 0x05;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerSequence = 0x30;
inline constexpr std::uint8_t kDerContext0 = 0xa0;           // [0], constructed
inline constexpr std::uint8_t kDerContext1 = 0xa1;           // [1], constructed
inline constexpr std::uint8_t kDerContext1Primitive = 0x81;  // [1] IMPLICIT, primitive

// Reads one element after the other. Borrows the bytes; what it returns are views of them.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  [[nodiscard]] bool NextIs(std::uint8_t tag) const { return !rest_.empty() && rest_[0] == tag; }

  // Contents of the next element, which must have this tag; nullopt if it has not, is longer than
  // what is left, or has a length that is not minimal.
  [[nodiscard]] std::optional<ByteView> Read(std::uint8_t tag);
  // A non-negative INTEGER without its sign byte; zero is one zero byte.
  [[nodiscard]] std::optional<ByteView> ReadUnsigned();
  // A BIT STRING of whole bytes, without its first byte.
  [[nodiscard]] std::optional<ByteView> ReadBits(std::uint8_t tag = kDerBitString);

 private:
  ByteView rest_;
};

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

// Contents of object identifiers.
inline constexpr std::uint8_t kOidEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
inline constexpr std::uint8_t kOidEd25519[] = {0x2b, 0x65, 0x70};
inline constexpr std::uint8_t kOidRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

}  // namespace signet::crypto::internal
