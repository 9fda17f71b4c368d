#include "protocol/credential/csr.h"

#include <algorithm>

#include "protocol/codec/der.h"
#include "protocol/credential/internal/oids.h"
#include "protocol/credential/internal/x509_parts.h"

namespace signet::credential {
namespace {

using codec::DerReader;
using internal::Extension;
using internal::Fault;

std::unexpected<Error> Malformed(Fault what) { return Refuse(Errc::kIssueCsr, what); }

struct Request {
  ByteView info;       // whole element: what is signed
  ByteView algorithm;  // contents
  ByteView signature;
  ByteView spki;        // whole element
  ByteView attributes;  // contents
};

Result<Request> ReadRequest(ByteView der) {
  if (der.size() > kMaxCsrBytes) return Refuse(Errc::kIoTooLarge, "certificate request");
  if (!codec::CheckDer(der)) return Malformed("no DER");
  DerReader outer(der);
  DerReader parts(outer.Read(codec::kDerSequence).value_or(ByteView{}));
  const auto info = parts.ReadElement(codec::kDerSequence);
  const auto algorithm = parts.Read(codec::kDerSequence);
  const auto signature = parts.ReadBits();
  if (!info || !algorithm || !signature || !parts.AtEnd()) return Malformed("no PKCS#10 request");
  DerReader fields(info->contents);
  if (fields.ReadSmall() != 0U) return Malformed("version");
  const auto subject = fields.ReadElement(codec::kDerSequence);
  if (!subject || internal::CheckName(subject->whole) != nullptr) return Malformed("subject");
  const auto spki = fields.ReadElement(codec::kDerSequence);
  const auto attributes = fields.Read(codec::DerContextConstructed(0));
  if (!spki || !attributes || !fields.AtEnd()) return Malformed("no PKCS#10 request");
  return Request{.info = info->whole,
                 .algorithm = *algorithm,
                 .signature = *signature,
                 .spki = spki->whole,
                 .attributes = *attributes};
}

// RFC 2986 section 4: proof of possession of the key that is in the request.
Result<void> CheckSignature(const Request& request, const crypto::PublicKey& key) {
  // Only digests that still stand: a proof over MD5 or SHA-1 proves little.
  const internal::SignatureAlgorithm* const algorithm =
      internal::FindSignatureAlgorithm(request.algorithm);
  if (algorithm == nullptr) return Malformed("signature algorithm");
  Bytes signature(request.signature.begin(), request.signature.end());
  if (algorithm->field_bytes != 0) {
    std::optional<Bytes> raw = internal::RawEcdsa(signature, algorithm->field_bytes);
    if (!raw) return Malformed("ECDSA signature");
    signature = *std::move(raw);
  }
  const Result<void> verified = key.Verify(algorithm->alg, request.info, signature);
  if (!verified && verified.error().code == Errc::kCryptoFailure) return verified;
  if (!verified) return Malformed("the signature is not valid");
  return {};
}

// The extension request (RFC 2985 section 5.4.2): an attribute of exactly one value.
Fault ReadExtensionRequest(ByteView values, SubjectAltNames& out) {
  DerReader set(values);
  const auto extensions = set.Read(codec::kDerSequence);
  if (!extensions || !set.AtEnd()) return "extension request";
  return internal::ReadExtensions(*extensions, [&out](const Extension& extension) -> Fault {
    if (!std::ranges::equal(extension.oid, internal::kOidSubjectAltName)) return nullptr;
    return internal::ReadSubjectAltNames(extension.value, out);
  });
}

Fault ReadAttributes(ByteView attributes, SubjectAltNames& out) {
  DerReader list(attributes);
  bool requested = false;
  while (!list.AtEnd()) {
    DerReader attribute(list.Read(codec::kDerSequence).value_or(ByteView{}));
    const auto type = attribute.Read(codec::kDerOid);
    const auto values = attribute.Read(codec::kDerSet);
    if (!type || !values || !attribute.AtEnd()) return "attribute";
    if (!std::ranges::equal(*type, internal::kOidExtensionRequest)) continue;
    if (requested) return "two extension requests";
    requested = true;
    if (const Fault fault = ReadExtensionRequest(*values, out)) return fault;
  }
  return nullptr;
}

}  // namespace

Result<VerifiedCsr> VerifyCsr(ByteView der) {
  SIGNET_TRY_ASSIGN(const Request request, ReadRequest(der));
  // Key limits first: verifying with a huge RSA key costs a lot (ATTACKS 32).
  SIGNET_TRY_ASSIGN(crypto::PublicKey key, crypto::PublicKey::FromSpki(request.spki));
  SIGNET_TRY(CheckSignature(request, key));
  SubjectAltNames names;
  if (const Fault fault = ReadAttributes(request.attributes, names)) return Malformed(fault);
  return VerifiedCsr{
      .key = std::move(key), .uris = std::move(names.uris), .dns = std::move(names.dns)};
}

}  // namespace signet::credential
