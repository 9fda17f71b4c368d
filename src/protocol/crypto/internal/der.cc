#include "protocol/crypto/internal/der.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace signet::crypto::internal {

std::optional<ByteView> DerReader::Read(std::uint8_t tag) {
  if (rest_.size() < 2 || rest_[0] != tag) return std::nullopt;
  std::size_t length = rest_[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    // No key needs more than two length bytes; 0x80 (indefinite) is not DER.
    const std::size_t count = length & 0x7fU;
    if (count < 1 || count > 2 || rest_.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8U | rest_[2 + i];
    if (length < (count == 1 ? 0x80U : 0x100U)) return std::nullopt;
    header += count;
  }
  if (rest_.size() - header < length) return std::nullopt;
  const ByteView contents = rest_.subspan(header, length);
  rest_ = rest_.subspan(header + length);
  return contents;
}

std::optional<ByteView> DerReader::ReadUnsigned() {
  const std::optional<ByteView> contents = Read(kDerInteger);
  if (!contents || contents->empty() || contents->front() >= 0x80) return std::nullopt;
  if (contents->size() == 1 || contents->front() != 0) return contents;
  if ((*contents)[1] < 0x80) return std::nullopt;  // a sign byte that is not needed
  return contents->subspan(1);
}

std::optional<ByteView> DerReader::ReadBits(std::uint8_t tag) {
  const std::optional<ByteView> contents = Read(tag);
  if (!contents || contents->empty() || contents->front() != 0) return std::nullopt;
  return contents->subspan(1);
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

void DerWriter::Wrap(std::uint8_t tag, std::size_t mark) {
  const std::size_t length = Mark() - mark;
  SIGNET_CHECK(length < 0x10000);
  Prepend(static_cast<std::uint8_t>(length & 0xffU));
  if (length >= 0x100) Prepend(static_cast<std::uint8_t>(length >> 8U));
  if (length >= 0x80) Prepend(static_cast<std::uint8_t>(length >= 0x100 ? 0x82 : 0x81));
  Prepend(tag);
}

}  // namespace signet::crypto::internal
