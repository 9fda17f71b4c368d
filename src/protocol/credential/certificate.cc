#include "protocol/credential/certificate.h"

#include <algorithm>

#include "protocol/codec/der.h"
#include "protocol/credential/internal/oids.h"
#include "protocol/credential/internal/x509_parts.h"

namespace signet::credential {
namespace {

using codec::DerReader;
using internal::Extension;
using internal::Fault;

constexpr std::size_t kMaxSerialBytes = 20;  // RFC 5280 section 4.1.2.2
constexpr std::uint8_t kVersion3 = 2;

std::unexpected<Error> Malformed(Fault what) { return Refuse(Errc::kWicMalformed, what); }

Bytes Copy(ByteView view) { return {view.begin(), view.end()}; }

// The reader of the one element that an extension's value must be.
std::optional<DerReader> SequenceIn(ByteView value) {
  DerReader outer(value);
  const auto contents = outer.Read(codec::kDerSequence);
  if (!contents || !outer.AtEnd()) return std::nullopt;
  return DerReader(*contents);
}

Fault ReadBasicConstraints(const Extension& extension, Certificate& out) {
  constexpr Fault kFault = "basicConstraints";
  std::optional<DerReader> reader = SequenceIn(extension.value);
  if (!reader) return kFault;
  BasicConstraints constraints{.critical = extension.critical, .ca = false, .path_length = {}};
  if (reader->NextIs(codec::kDerBoolean)) {
    // An explicit FALSE is not DER: it is the default. Nobody's issuer writes it.
    if (!reader->ReadBoolean().value_or(false)) return kFault;
    constraints.ca = true;
  }
  if (!reader->AtEnd()) {
    constraints.path_length = reader->ReadSmall();
    // RFC 5280 section 4.2.1.9: a path length has a meaning for authorities only.
    if (!constraints.path_length || !constraints.ca || !reader->AtEnd()) return kFault;
  }
  out.basic_constraints = constraints;
  return nullptr;
}

Fault ReadKeyUsage(const Extension& extension, Certificate& out) {
  DerReader reader(extension.value);
  const auto bits = reader.ReadNamedBits();
  if (!bits || !reader.AtEnd()) return "keyUsage";
  const auto has = [&bits](unsigned bit) { return (*bits & (0x8000U >> bit)) != 0; };
  out.key_usage = KeyUsage{.critical = extension.critical,
                           .digital_signature = has(0),
                           .cert_sign = has(5),
                           .crl_sign = has(6)};
  return nullptr;
}

Fault ReadExtKeyUsage(const Extension& extension, Certificate& out) {
  constexpr Fault kFault = "extKeyUsage";
  std::optional<DerReader> reader = SequenceIn(extension.value);
  if (!reader || reader->AtEnd() || !codec::CheckDer(extension.value)) return kFault;
  ExtKeyUsage usage;
  while (!reader->AtEnd()) {
    const auto oid = reader->Read(codec::kDerOid);
    if (!oid) return kFault;
    usage.client_auth = usage.client_auth || std::ranges::equal(*oid, internal::kOidClientAuth);
    usage.server_auth = usage.server_auth || std::ranges::equal(*oid, internal::kOidServerAuth);
    usage.any = usage.any || std::ranges::equal(*oid, internal::kOidAnyExtKeyUsage);
  }
  out.ext_key_usage = usage;
  return nullptr;
}

Fault ReadSubjectKeyId(const Extension& extension, Certificate& out) {
  DerReader reader(extension.value);
  const auto id = reader.Read(codec::kDerOctetString);
  if (!id || id->empty() || !reader.AtEnd()) return "subjectKeyIdentifier";
  out.subject_key_id = Copy(*id);
  return nullptr;
}

Fault ReadAuthorityKeyId(const Extension& extension, Certificate& out) {
  constexpr Fault kFault = "authorityKeyIdentifier";
  std::optional<DerReader> reader = SequenceIn(extension.value);
  if (!reader || !codec::CheckDer(extension.value)) return kFault;
  if (const auto id = reader->Read(codec::DerContext(0))) {
    if (id->empty()) return kFault;
    out.authority_key_id = Copy(*id);
  }
  // authorityCertIssuer and authorityCertSerialNumber come together (section 4.2.1.1).
  if (!reader->AtEnd() && (!reader->Read(codec::DerContextConstructed(1)) ||
                           !reader->ReadUnsigned(codec::DerContext(2)) || !reader->AtEnd())) {
    return kFault;
  }
  return nullptr;
}

Fault ReadSan(const Extension& extension, Certificate& out) {
  out.san.emplace();
  out.san->critical = extension.critical;
  return internal::ReadSubjectAltNames(extension.value, *out.san);
}

Fault ReadExtension(const Extension& extension, Certificate& out) {
  struct Known {
    ByteView oid;
    Fault (*read)(const Extension&, Certificate&);
  };
  static constexpr Known kKnown[] = {
      {internal::kOidBasicConstraints, ReadBasicConstraints},
      {internal::kOidKeyUsage, ReadKeyUsage},
      {internal::kOidExtKeyUsage, ReadExtKeyUsage},
      {internal::kOidSubjectAltName, ReadSan},
      {internal::kOidSubjectKeyId, ReadSubjectKeyId},
      {internal::kOidAuthorityKeyId, ReadAuthorityKeyId},
  };
  for (const Known& known : kKnown) {
    if (std::ranges::equal(extension.oid, known.oid)) return known.read(extension, out);
  }
  if (std::ranges::equal(extension.oid, internal::kOidNameConstraints)) out.name_constraints = true;
  if (extension.critical) out.unknown_critical = true;
  return nullptr;
}

// The parts of the outer sequence.
struct Envelope {
  ByteView to_be_signed;
  ByteView algorithm;  // whole element
};

Result<Envelope> ReadEnvelope(ByteView der) {
  if (der.size() > kMaxCertBytes) return Refuse(Errc::kWicTooLarge, "a certificate over 16 KiB");
  // Every element in it is DER before any has a meaning [RFC5280-4.1].
  if (const Result<void> checked = codec::CheckDer(der); !checked) {
    return Refuse(Errc::kWicMalformed, "DER: " + checked.error().detail);
  }
  std::optional<DerReader> parts = SequenceIn(der);
  if (!parts) return Malformed("certificate");
  const auto to_be_signed = parts->Read(codec::kDerSequence);
  const auto algorithm = parts->ReadElement(codec::kDerSequence);
  const auto signature = parts->ReadBits();
  if (!to_be_signed || !algorithm || !signature || signature->empty() || !parts->AtEnd()) {
    return Malformed("certificate");
  }
  return Envelope{.to_be_signed = *to_be_signed, .algorithm = algorithm->whole};
}

struct Validity {
  WallTime not_before;
  WallTime not_after;
};

Result<Validity> ReadValidity(DerReader& tbs) {
  DerReader reader(tbs.Read(codec::kDerSequence).value_or(ByteView{}));
  const auto not_before = reader.ReadTime();
  const auto not_after = reader.ReadTime();
  if (!not_before || !not_after || !reader.AtEnd()) return Malformed("validity");
  return Validity{.not_before = *not_before, .not_after = *not_after};
}

Result<ByteView> ReadVersionAndSerial(DerReader& tbs) {
  DerReader version(tbs.Read(codec::DerContextConstructed(0)).value_or(ByteView{}));
  if (version.ReadSmall() != kVersion3 || !version.AtEnd()) return Malformed("version");
  // Zero is not positive, but there are roots that have it, and nothing here is told apart by it:
  // section 4.1.2.2 asks to put up with it.
  const auto serial = tbs.ReadUnsigned();
  if (!serial || serial->size() > kMaxSerialBytes) return Malformed("serial number");
  return *serial;
}

Result<ByteView> ReadAlgorithm(DerReader& tbs, ByteView outer) {
  const auto inner = tbs.ReadElement(codec::kDerSequence);
  if (!inner || !std::ranges::equal(inner->whole, outer)) {
    return Malformed("signature algorithm inside and outside");
  }
  DerReader parts(inner->contents);
  if (!parts.Read(codec::kDerOid)) return Malformed("signature algorithm");
  if (!parts.AtEnd() && (!parts.ReadAny() || !parts.AtEnd())) {
    return Malformed("signature algorithm");
  }
  return inner->contents;
}

Result<ByteView> ReadName(DerReader& tbs) {
  const auto name = tbs.ReadElement(codec::kDerSequence);
  if (!name) return Malformed("name");
  if (const Fault fault = internal::CheckName(name->whole)) return Malformed(fault);
  return name->whole;
}

Result<crypto::PublicKey> ReadKey(DerReader& tbs) {
  const auto spki = tbs.ReadElement(codec::kDerSequence);
  if (!spki) return Malformed("public key");
  Result<crypto::PublicKey> key = crypto::PublicKey::FromSpki(spki->whole);
  if (!key.has_value() && key.error().code != Errc::kCryptoFailure) {
    return Refuse(Errc::kWicKey, std::string(key.error().name()));
  }
  return key;
}

// What may follow the key: unique identifiers, which nobody uses and a reader should get past
// (RFC 5280 section 4.1.2.8), and the extensions.
Result<void> ReadRest(DerReader& tbs, Certificate& out) {
  for (const unsigned number : {1U, 2U}) {
    if (tbs.NextIs(codec::DerContext(number)) && !tbs.ReadBits(codec::DerContext(number))) {
      return Malformed("unique identifier");
    }
  }
  if (tbs.AtEnd()) return {};
  DerReader wrapped(tbs.Read(codec::DerContextConstructed(3)).value_or(ByteView{}));
  const auto extensions = wrapped.Read(codec::kDerSequence);
  if (!extensions || !wrapped.AtEnd() || !tbs.AtEnd()) return Malformed("extensions");
  const Fault fault = internal::ReadExtensions(
      *extensions, [&out](const Extension& extension) { return ReadExtension(extension, out); });
  if (fault != nullptr) return Malformed(fault);
  return {};
}

}  // namespace

Result<Certificate> ReadCertificate(ByteView der) {
  SIGNET_TRY_ASSIGN(const Envelope envelope, ReadEnvelope(der));
  DerReader tbs(envelope.to_be_signed);
  SIGNET_TRY_ASSIGN(const ByteView serial, ReadVersionAndSerial(tbs));
  SIGNET_TRY(ReadAlgorithm(tbs, envelope.algorithm));
  SIGNET_TRY_ASSIGN(const ByteView issuer, ReadName(tbs));
  SIGNET_TRY_ASSIGN(const Validity validity, ReadValidity(tbs));
  SIGNET_TRY_ASSIGN(const ByteView subject, ReadName(tbs));
  SIGNET_TRY_ASSIGN(crypto::PublicKey key, ReadKey(tbs));
  Certificate out{.serial = Copy(serial),
                  .issuer = Copy(issuer),
                  .subject = Copy(subject),
                  .subject_empty = subject.size() == 2,
                  .not_before = validity.not_before,
                  .not_after = validity.not_after,
                  .key = std::move(key),
                  .key_usage = {},
                  .ext_key_usage = {},
                  .basic_constraints = {},
                  .san = {},
                  .subject_key_id = {},
                  .authority_key_id = {},
                  .unknown_critical = false,
                  .name_constraints = false};
  SIGNET_TRY(ReadRest(tbs, out));
  return out;
}

}  // namespace signet::credential
