// PEM: the decoded bytes, encoded again, are the text but for line ends and outer white space.
#include <string>

#include "property.h"
#include "protocol/codec/pem.h"

namespace {

using signet::Bytes;
using signet::Errc;
using signet::fuzz::Property;

constexpr std::string_view kLabel = "CERTIFICATE";

std::string WithoutWhiteSpace(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out.push_back(c);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  const auto one = signet::codec::PemDecode(text, kLabel);
  const auto all = signet::codec::PemDecodeAll(text, kLabel);
  signet::fuzz::CheckSameVerdict(one, signet::codec::PemDecode(text, kLabel));
  signet::fuzz::CheckSameVerdict(all, signet::codec::PemDecodeAll(text, kLabel));
  const bool too_large = size > signet::codec::kMaxPemBytes;
  if (!all) Property((all.error().code == Errc::kIoTooLarge) == too_large);
  if (all) {
    std::string again;
    for (const Bytes& block : *all) {
      Property(!block.empty());
      again += signet::codec::PemEncode(block, kLabel);
    }
    Property(WithoutWhiteSpace(again) == WithoutWhiteSpace(text));
    Property(signet::codec::PemDecodeAll(again, kLabel).value() == *all);
    Property(one.has_value() == (all->size() == 1));
    if (one) Property(*one == all->front());
  } else {
    Property(!one.has_value());
  }

  // Every byte string survives the encoding.
  if (size > 0 && size < 1000) {
    const Bytes bytes(data, data + size);
    Property(signet::codec::PemDecode(signet::codec::PemEncode(bytes, kLabel), kLabel).value() ==
             bytes);
  }
  return 0;
}
