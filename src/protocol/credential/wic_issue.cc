#include "protocol/credential/wic_issue.h"

#include <algorithm>
#include <array>

#include "protocol/base/limits.h"
#include "protocol/codec/der.h"
#include "protocol/credential/internal/oids.h"
#include "protocol/credential/internal/x509_sign.h"

namespace signet::credential {
namespace {

using codec::DerWriter;

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kMaxCommonNameBytes = 64;  // RFC 5280 appendix A.1, ub-common-name

std::unexpected<Error> BadInput(const char* what) { return Refuse(Errc::kWicIssueInput, what); }

// What every certificate here has, whoever signs it.
struct Parts {
  const internal::SignatureAlgorithm* algorithm = nullptr;
  ByteView issuer;   // DER of the Name
  ByteView subject;  // the same
  WallTime not_before;
  WallTime not_after;
  ByteView spki;
};

constexpr std::uint8_t kEmptyName[] = {codec::kDerSequence, 0};

void PrependSerial(Random& random, DerWriter& out) {
  std::array<std::uint8_t, kSerialBytes> serial{};
  random.Fill(serial);
  ByteView number = serial;
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  // Never zero (RFC 5280 section 4.1.2.2), whatever the source of randomness does.
  static constexpr std::uint8_t kOne = 1;
  out.PrependUnsigned(number.empty() ? ByteView(&kOne, 1) : number);
}

// What stands before the extensions; they have been written since the beginning.
void FinishToBeSigned(const Parts& parts, Random& random, DerWriter& out) {
  out.Wrap(codec::kDerSequence, 0);
  out.Wrap(codec::DerContextConstructed(3), 0);
  out.Prepend(parts.spki);
  out.Prepend(parts.subject);
  const std::size_t validity = out.Mark();
  out.PrependTime(parts.not_after);
  out.PrependTime(parts.not_before);
  out.Wrap(codec::kDerSequence, validity);
  out.Prepend(parts.issuer);
  internal::PrependAlgorithm(*parts.algorithm, out);
  PrependSerial(random, out);
  const std::size_t version = out.Mark();
  static constexpr std::uint8_t kVersion3 = 2;
  out.PrependUnsigned(ByteView(&kVersion3, 1));
  out.Wrap(codec::DerContextConstructed(0), version);
  out.Wrap(codec::kDerSequence, 0);
}

void PrependSubjectKeyId(ByteView id, DerWriter& out) {
  const std::size_t mark = out.Mark();
  out.PrependElement(codec::kDerOctetString, id);
  internal::WrapExtension(internal::kOidSubjectKeyId, /*critical=*/false, mark, out);
}

void PrependAuthorityKeyId(ByteView id, DerWriter& out) {
  const std::size_t mark = out.Mark();
  out.PrependElement(codec::DerContext(0), id);
  out.Wrap(codec::kDerSequence, mark);
  internal::WrapExtension(internal::kOidAuthorityKeyId, /*critical=*/false, mark, out);
}

void PrependExtKeyUsage(WicUsages usages, DerWriter& out) {
  const std::size_t mark = out.Mark();
  if (usages.client) out.PrependElement(codec::kDerOid, internal::kOidClientAuth);
  if (usages.server) out.PrependElement(codec::kDerOid, internal::kOidServerAuth);
  out.Wrap(codec::kDerSequence, mark);
  internal::WrapExtension(internal::kOidExtKeyUsage, /*critical=*/false, mark, out);
}

// `bits` as in a BIT STRING: the count of unused ones, then the bits.
void PrependKeyUsage(std::array<std::uint8_t, 2> bits, DerWriter& out) {
  const std::size_t mark = out.Mark();
  out.PrependElement(codec::kDerBitString, bits);
  internal::WrapExtension(internal::kOidKeyUsage, /*critical=*/true, mark, out);
}
constexpr std::array<std::uint8_t, 2> kDigitalSignature = {7, 0x80};
constexpr std::array<std::uint8_t, 2> kCertSignCrlSign = {1, 0x06};

void PrependBasicConstraints(bool authority, DerWriter& out) {
  const std::size_t mark = out.Mark();
  if (authority) {
    out.PrependUnsigned({});  // pathlen 0
    static constexpr std::uint8_t kTrue = 0xff;
    out.PrependElement(codec::kDerBoolean, ByteView(&kTrue, 1));
  }
  out.Wrap(codec::kDerSequence, mark);
  internal::WrapExtension(internal::kOidBasicConstraints, /*critical=*/true, mark, out);
}

// From ten seconds before `now` to `not_after`, both in the range that certificates can express.
Result<void> CheckTimes(WallTime now, WallTime not_after) {
  const bool in_range = WallTimeFromNumericDate(ToNumericDate(now)).has_value() &&
                        WallTimeFromNumericDate(ToNumericDate(not_after)).has_value() &&
                        now.time_since_epoch() >= kWicBackdate;
  if (!in_range || not_after <= now) return BadInput("times");
  return {};
}

Bytes MakeCommonName(std::string_view text) {
  DerWriter out(text.size() + 32);
  out.PrependElement(codec::kDerUtf8String, AsBytes(text));
  out.PrependElement(codec::kDerOid, internal::kOidCommonName);
  out.Wrap(codec::kDerSequence, 0);
  out.Wrap(codec::kDerSet, 0);
  out.Wrap(codec::kDerSequence, 0);
  return {out.View().begin(), out.View().end()};
}

}  // namespace

Result<WicIssuer> WicIssuer::Make(crypto::PrivateKey key, ByteView certificate_der) {
  SIGNET_TRY(internal::SigningAlgorithm(key));
  SIGNET_TRY_ASSIGN(Certificate certificate, ReadCertificate(certificate_der));
  if (!certificate.is_ca()) return BadInput("not the certificate of an authority");
  if (certificate.key_usage.has_value() && !certificate.key_usage->cert_sign) {
    return BadInput("the authority's keyUsage has no keyCertSign");
  }
  if (certificate.subject_empty) return BadInput("the authority has no name");
  // What is not understood may forbid what would be issued; name constraints certainly might.
  if (certificate.name_constraints || certificate.unknown_critical) {
    return BadInput("the authority is limited by name constraints or an unknown extension");
  }
  if (!(certificate.key == key.public_key())) {
    return Refuse(Errc::kCryptoKeyMismatch, "not the key of this authority");
  }
  return WicIssuer(std::move(key), std::move(certificate),
                   Bytes(certificate_der.begin(), certificate_der.end()));
}

Result<Bytes> WicIssuer::Issue(const WicContent& content, const crypto::PublicKey& key,
                               Random& random) const {
  SIGNET_TRY(CheckTimes(content.now, content.not_after));
  if (content.now < certificate_.not_before || content.now > certificate_.not_after) {
    return BadInput("the authority's certificate is not valid now");
  }
  if (content.id.path().empty()) return BadInput("a trust domain is no workload");
  SIGNET_TRY(internal::CheckDnsNames(content.dns_names));
  if (!content.usages.client && !content.usages.server) return BadInput("no usage");
  if (const auto& limit = certificate_.ext_key_usage;
      limit.has_value() && ((content.usages.client && !limit->client_auth) ||
                            (content.usages.server && !limit->server_auth))) {
    return BadInput("the authority is limited to other usages");
  }
  // The authority must never certify its own key under a workload's name.
  if (key == certificate_.key) return BadInput("the subject's key is the authority's own");
  SIGNET_TRY_ASSIGN(const internal::SignatureAlgorithm* const algorithm,
                    internal::SigningAlgorithm(key_));
  const Bytes spki = key.ToSpki();
  const Bytes& of_issuer = certificate_.subject_key_id;
  const Bytes authority = of_issuer.empty() ? internal::KeyIdentifier(certificate_.key) : of_issuer;
  DerWriter out(spki.size() + certificate_.subject.size() + authority.size() +
                internal::NamesCapacity(content.id.text(), content.dns_names) + 384);
  internal::PrependSubjectAltName(content.id.text(), content.dns_names, /*critical=*/true, out);
  PrependAuthorityKeyId(authority, out);
  PrependSubjectKeyId(internal::KeyIdentifier(key), out);
  PrependExtKeyUsage(content.usages, out);
  PrependKeyUsage(kDigitalSignature, out);
  PrependBasicConstraints(/*authority=*/false, out);
  FinishToBeSigned({.algorithm = algorithm,
                    .issuer = certificate_.subject,
                    .subject = kEmptyName,
                    .not_before = content.now - kWicBackdate,
                    .not_after = std::min(content.not_after, certificate_.not_after),
                    .spki = spki},
                   random, out);
  return internal::SignAndWrap(key_, *algorithm, out.View());
}

Result<Bytes> MakeCaCertificate(const crypto::PrivateKey& key, const WicCaContent& content,
                                Random& random) {
  SIGNET_TRY_ASSIGN(const internal::SignatureAlgorithm* const algorithm,
                    internal::SigningAlgorithm(key));
  SIGNET_TRY(CheckTimes(content.now, content.not_after));
  SIGNET_TRY(internal::CheckUri(content.trust_domain_uri));
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (content.common_name.empty() || content.common_name.size() > kMaxCommonNameBytes ||
      !std::ranges::all_of(content.common_name, printable)) {
    return BadInput("common name of 1 to 64 printable ASCII characters");
  }
  const Bytes name = MakeCommonName(content.common_name);
  const Bytes spki = key.public_key().ToSpki();
  DerWriter out(spki.size() + 2 * name.size() +
                internal::NamesCapacity(content.trust_domain_uri, {}) + 256);
  internal::PrependSubjectAltName(content.trust_domain_uri, {}, /*critical=*/false, out);
  PrependSubjectKeyId(internal::KeyIdentifier(key.public_key()), out);
  PrependKeyUsage(kCertSignCrlSign, out);
  PrependBasicConstraints(/*authority=*/true, out);
  FinishToBeSigned({.algorithm = algorithm,
                    .issuer = name,
                    .subject = name,
                    .not_before = content.now - kWicBackdate,
                    .not_after = content.not_after,
                    .spki = spki},
                   random, out);
  return internal::SignAndWrap(key, *algorithm, out.View());
}

}  // namespace signet::credential
