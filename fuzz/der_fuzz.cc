// DER as bytes.
//
// Properties: elements of accepted bytes, written again by our writer, are the bytes; OpenSSL finds
// the same tag and length; a time is written in its one form; the same verdict twice.
#include <cstddef>
#include <cstdint>

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "property.h"
#include "protocol/codec/der.h"

using signet::Bytes;
using signet::ByteView;
using signet::fuzz::Property;
namespace codec = signet::codec;

namespace {

Bytes Copy(ByteView view) { return {view.begin(), view.end()}; }

// The element's contents, written again from what they hold.
Bytes Rewritten(const codec::DerElement& element) {
  Bytes contents = Copy(element.contents);
  if ((element.tag & 0x20U) != 0) {
    contents.clear();
    codec::DerReader inner(element.contents);
    while (!inner.AtEnd()) {
      const Bytes child = Rewritten(*inner.ReadAny());
      contents.insert(contents.end(), child.begin(), child.end());
    }
  }
  codec::DerWriter out(contents.size() + 8);
  out.PrependElement(element.tag, contents);
  return Copy(out.View());
}

void CheckAgainstOpenSsl(ByteView whole, const codec::DerElement& element) {
  const unsigned char* at = whole.data();
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const int form = ASN1_get_object(&at, &length, &tag, &tag_class, static_cast<long>(whole.size()));
  ERR_clear_error();
  Property((form & 0x80) == 0 && (form & 1) == 0);
  Property(static_cast<std::size_t>(length) == element.contents.size());
  Property(at == element.contents.data() || element.contents.empty());
  Property((static_cast<unsigned>(tag_class) | static_cast<unsigned>(form & 0x20) |
            static_cast<unsigned>(tag)) == element.tag);
}

void CheckValues(ByteView bytes) {
  if (const auto time = codec::DerReader(bytes).ReadTime()) {
    codec::DerReader reader(bytes);
    const auto element = reader.ReadAny();
    codec::DerWriter out(32);
    out.PrependTime(*time);
    Property(Copy(out.View()) == Copy(element->whole));
  }
  if (const auto number = codec::DerReader(bytes).ReadUnsigned()) {
    codec::DerReader reader(bytes);
    const auto element = reader.ReadAny();
    const bool zero = number->size() == 1 && number->front() == 0;
    codec::DerWriter out(number->size() + 8);
    out.PrependUnsigned(zero ? ByteView{} : *number);
    Property(Copy(out.View()) == Copy(element->whole));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  codec::DerReader reader(bytes);
  if (const auto element = reader.ReadAny()) CheckAgainstOpenSsl(bytes, *element);
  CheckValues(bytes);
  const auto checked = codec::CheckDer(bytes);
  signet::fuzz::CheckSameVerdict(checked, codec::CheckDer(bytes));
  if (!checked.has_value()) return 0;
  Property(reader.AtEnd());
  codec::DerReader again(bytes);
  Property(Rewritten(*again.ReadAny()) == Copy(bytes));
  return 0;
}
