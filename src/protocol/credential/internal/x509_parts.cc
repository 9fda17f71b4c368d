#include "protocol/credential/internal/x509_parts.h"

#include <algorithm>
#include <array>
#include <set>

#include "protocol/credential/internal/oids.h"
#include "protocol/crypto/digest.h"

namespace signet::credential::internal {
namespace {

using codec::DerElement;
using codec::DerReader;

// Tags of GeneralName (RFC 5280 section 4.2.1.6).
constexpr std::uint8_t kOtherName = codec::DerContextConstructed(0);
constexpr std::uint8_t kRfc822Name = codec::DerContext(1);
constexpr std::uint8_t kDnsName = codec::DerContext(2);
constexpr std::uint8_t kX400Address = codec::DerContextConstructed(3);
constexpr std::uint8_t kDirectoryName = codec::DerContextConstructed(4);
constexpr std::uint8_t kEdiPartyName = codec::DerContextConstructed(5);
constexpr std::uint8_t kUri = codec::DerContext(6);
constexpr std::uint8_t kIpAddress = codec::DerContext(7);
constexpr std::uint8_t kRegisteredId = codec::DerContext(8);

// Not empty, and each byte a visible ASCII character: no NUL that would cut a C string short, no
// control and no blank that would change a log line (ATTACKS 22).
bool IsVisible(ByteView text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](std::uint8_t byte) { return byte > 0x20 && byte < 0x7f; });
}

// UTF8String has been checked with the DER. BMPString: no halves of surrogate pairs.
bool IsNameString(const DerElement& value) {
  switch (value.tag) {
    case codec::kDerUtf8String:
    case codec::kDerTeletexString:
      return true;
    case codec::kDerPrintableString:
    case codec::kDerIa5String:
      return std::ranges::all_of(value.contents, [](std::uint8_t byte) { return byte < 0x80; });
    case codec::kDerBmpString: {
      if (value.contents.size() % 2 != 0) return false;
      for (std::size_t i = 0; i < value.contents.size(); i += 2) {
        if ((value.contents[i] & 0xf8U) == 0xd8U) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

Fault ReadGeneralName(const DerElement& name, SubjectAltNames& out) {
  const auto text = [&name] { return std::string(AsText(name.contents)); };
  switch (name.tag) {
    case kUri:
      if (!IsVisible(name.contents)) return "URI of subjectAltName";
      out.uris.push_back(text());
      return nullptr;
    case kDnsName:
      if (!IsVisible(name.contents)) return "dNSName of subjectAltName";
      out.dns.push_back(text());
      return nullptr;
    case kIpAddress:
      if (name.contents.size() != 4 && name.contents.size() != 16) return "iPAddress";
      out.ip_addresses.emplace_back(name.contents.begin(), name.contents.end());
      return nullptr;
    case kRfc822Name:
      if (!IsVisible(name.contents)) return "rfc822Name";
      break;
    case kOtherName:
    case kX400Address:
    case kDirectoryName:
    case kEdiPartyName:
    case kRegisteredId:
      break;
    default:
      return "type of a name in subjectAltName";
  }
  ++out.others;
  return nullptr;
}

constexpr std::array<SignatureAlgorithm, 8> kSignatureAlgorithms = {{
    {crypto::Alg::kES256, kOidEcdsaSha256, false, 32},
    {crypto::Alg::kES384, kOidEcdsaSha384, false, 48},
    {crypto::Alg::kES512, kOidEcdsaSha512, false, 66},
    {crypto::Alg::kEd25519, kOidEd25519, false, 0},
    {crypto::Alg::kEdDSA, kOidEd25519, false, 0},
    {crypto::Alg::kRS256, kOidRsaSha256, true, 0},
    {crypto::Alg::kRS384, kOidRsaSha384, true, 0},
    {crypto::Alg::kRS512, kOidRsaSha512, true, 0},
}};

}  // namespace

Fault CheckName(ByteView name) {
  DerReader outer(name);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || !outer.AtEnd()) return "name";
  DerReader names(*sequence);
  while (!names.AtEnd()) {
    const auto set = names.Read(codec::kDerSet);
    if (!set || set->empty()) return "relative name";
    DerReader attributes(*set);
    while (!attributes.AtEnd()) {
      DerReader attribute(attributes.Read(codec::kDerSequence).value_or(ByteView{}));
      const auto type = attribute.Read(codec::kDerOid);
      const auto value = attribute.ReadAny();
      if (!type || !value || !attribute.AtEnd() || !IsNameString(*value)) return "name attribute";
    }
  }
  return nullptr;
}

Fault ReadExtensions(ByteView extensions, const std::function<Fault(const Extension&)>& each) {
  DerReader list(extensions);
  if (list.AtEnd()) return "no extension in the list of them";
  std::set<std::string_view> seen;
  while (!list.AtEnd()) {
    DerReader entry(list.Read(codec::kDerSequence).value_or(ByteView{}));
    const auto oid = entry.Read(codec::kDerOid);
    if (!oid) return "extension";
    Extension extension{.oid = *oid, .critical = false, .value = {}};
    if (entry.NextIs(codec::kDerBoolean)) {
      // FALSE is the default, and DER does not write defaults (X.690 section 11.5). Go, OpenSSL and
      // Python's cryptography leave it out as they should.
      if (!entry.ReadBoolean().value_or(false)) return "critical FALSE of an extension";
      extension.critical = true;
    }
    const auto value = entry.Read(codec::kDerOctetString);
    if (!value || !entry.AtEnd()) return "extension";
    extension.value = *value;
    if (!seen.insert(AsText(*oid)).second) return "an extension that comes twice";
    if (const Fault fault = each(extension)) return fault;
  }
  return nullptr;
}

Fault ReadSubjectAltNames(ByteView value, SubjectAltNames& out) {
  if (!codec::CheckDer(value)) return "subjectAltName";
  DerReader outer(value);
  const auto sequence = outer.Read(codec::kDerSequence);
  if (!sequence || sequence->empty()) return "subjectAltName";
  DerReader names(*sequence);
  for (std::size_t count = 0; !names.AtEnd(); ++count) {
    if (count == kMaxSanEntries) return "more names in subjectAltName than the limit";
    if (const Fault fault = ReadGeneralName(*names.ReadAny(), out)) return fault;
  }
  return nullptr;
}

const SignatureAlgorithm* FindSignatureAlgorithm(crypto::Alg alg) {
  const auto found = std::ranges::find(kSignatureAlgorithms, alg, &SignatureAlgorithm::alg);
  return found == kSignatureAlgorithms.end() ? nullptr : &*found;
}

const SignatureAlgorithm* FindSignatureAlgorithm(ByteView identifier) {
  DerReader reader(identifier);
  const auto oid = reader.Read(codec::kDerOid);
  if (!oid) return nullptr;
  const auto found =
      std::ranges::find_if(kSignatureAlgorithms, [&oid](const SignatureAlgorithm& candidate) {
        return std::ranges::equal(candidate.oid, *oid);
      });
  if (found == kSignatureAlgorithms.end()) return nullptr;
  if (found->null_parameters) {
    const auto null = reader.Read(codec::kDerNull);
    if (!null || !null->empty()) return nullptr;
  }
  return reader.AtEnd() ? &*found : nullptr;
}

std::optional<Bytes> RawEcdsa(ByteView der, std::size_t field_bytes) {
  DerReader outer(der);
  DerReader numbers(outer.Read(codec::kDerSequence).value_or(ByteView{}));
  const auto r = numbers.ReadUnsigned();
  const auto s = numbers.ReadUnsigned();
  if (!r || !s || !numbers.AtEnd() || !outer.AtEnd() || r->size() > field_bytes ||
      s->size() > field_bytes) {
    return std::nullopt;
  }
  Bytes out(2 * field_bytes);
  std::ranges::copy_backward(*r, out.begin() + static_cast<std::ptrdiff_t>(field_bytes));
  std::ranges::copy_backward(*s, out.end());
  return out;
}

Bytes KeyIdentifier(const crypto::PublicKey& key) {
  const Bytes spki = key.ToSpki();
  DerReader outer(spki);
  DerReader parts(outer.Read(codec::kDerSequence).value_or(ByteView{}));
  static_cast<void>(parts.Read(codec::kDerSequence));
  const Digest256 digest = crypto::Sha256(parts.ReadBits().value_or(ByteView{}));
  return {digest.begin(), digest.begin() + 20};
}

}  // namespace signet::credential::internal
