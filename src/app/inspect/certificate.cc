#include "app/inspect/certificate.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/inspect/key.h"
#include "app/tool_pem.h"
#include "app/tool_text.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/der.h"
#include "protocol/codec/pem.h"
#include "protocol/credential/csr.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/crypto/digest.h"
#include "protocol/jose/jwk.h"

namespace signet::app {
namespace {

using codec::DerReader;
using credential::Certificate;
using Json = nlohmann::ordered_json;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kShownName = 200;

// Attribute types of names: the last byte of 2.5.4.x (RFC 5280 appendix A.1).
std::string_view AttributeName(ByteView oid) {
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 6> kNames{
      {{3, "CN"}, {5, "serialNumber"}, {6, "C"}, {7, "L"}, {10, "O"}, {11, "OU"}}};
  if (oid.size() != 3 || oid[0] != 0x55 || oid[1] != 0x04) return "other";
  for (const auto& [number, name] : kNames) {
    if (oid[2] == number) return name;
  }
  return "other";
}

// "CN=Signet CA, O=Example", to look at only: names are never compared as text.
std::string NameText(ByteView name) {
  std::string out;
  DerReader outer(name);
  DerReader sets(outer.Read(codec::kDerSequence).value_or(ByteView()));
  while (const auto set = sets.Read(codec::kDerSet)) {
    DerReader pairs(*set);
    while (const auto pair = pairs.Read(codec::kDerSequence)) {
      DerReader parts(*pair);
      const auto type = parts.Read(codec::kDerOid);
      const auto value = parts.ReadAny();
      if (!type.has_value() || !value.has_value()) break;
      out += fmt::format("{}{}={}", out.empty() ? "" : ", ", AttributeName(*type),
                         PrintableStart(AsText(value->contents), kShownName));
    }
  }
  return out.empty() ? "(empty)" : out;
}

std::string AddressText(ByteView address) {
  if (address.size() == 4) return fmt::format("{}", fmt::join(address, "."));
  std::string out;
  for (std::size_t i = 0; i + 1 < address.size(); i += 2) {
    out += fmt::format("{}{:x}", i == 0 ? "" : ":", address[i] * 256 + address[i + 1]);
  }
  return out;
}

void AddNames(const Certificate& certificate, RowGroup& group, Json& json) {
  for (const char* member : {"uris", "dns", "ip_addresses"}) json[member] = Json::array();
  if (!certificate.san.has_value()) {
    group.rows.push_back({"names", "no subjectAltName"});
    return;
  }
  const credential::SubjectAltNames& san = *certificate.san;
  for (const std::string& uri : san.uris) {
    group.rows.push_back({"identifier", PrintableStart(uri, kShownName)});
    json["uris"].push_back(uri);
  }
  for (const std::string& dns : san.dns) {
    group.rows.push_back({"dns", PrintableStart(dns, kShownName)});
    json["dns"].push_back(dns);
  }
  for (const Bytes& address : san.ip_addresses) {
    group.rows.push_back({"ip address", AddressText(address)});
    json["ip_addresses"].push_back(AddressText(address));
  }
  if (san.others > 0) {
    group.rows.push_back({"other names", fmt::format("{}, never an identity", san.others)});
  }
}

void AddUsage(const Certificate& certificate, RowGroup& group, Json& json) {
  std::vector<std::string> uses;
  if (certificate.key_usage.has_value()) {
    if (certificate.key_usage->digital_signature) uses.emplace_back("digitalSignature");
    if (certificate.key_usage->cert_sign) uses.emplace_back("keyCertSign");
    if (certificate.key_usage->crl_sign) uses.emplace_back("cRLSign");
  }
  std::vector<std::string> extended;
  if (certificate.ext_key_usage.has_value()) {
    if (certificate.ext_key_usage->client_auth) extended.emplace_back("clientAuth");
    if (certificate.ext_key_usage->server_auth) extended.emplace_back("serverAuth");
    if (certificate.ext_key_usage->any) extended.emplace_back("anyExtendedKeyUsage");
  }
  const auto text = [](bool present, const std::vector<std::string>& names) -> std::string {
    if (!present) return "not there: nothing is limited";
    return names.empty() ? "none that counts here" : fmt::format("{}", fmt::join(names, ", "));
  };
  group.rows.push_back({"key usage", text(certificate.key_usage.has_value(), uses)});
  group.rows.push_back({"extended", text(certificate.ext_key_usage.has_value(), extended)});
  std::string role = certificate.is_ca() ? "yes" : "no";
  json["ca"] = certificate.is_ca();
  if (certificate.is_ca() && certificate.basic_constraints->path_length.has_value()) {
    role += fmt::format(", path length {}", *certificate.basic_constraints->path_length);
    json["path_length"] = *certificate.basic_constraints->path_length;
  }
  group.rows.push_back({"authority", std::move(role)});
  json["key_usage"] = uses;
  json["ext_key_usage"] = extended;
}

// What stands in the certificate, rule by rule, without a path: a verification that knows no trust
// domain refuses for what it finds in the leaf, or says that it knows none.
void CheckLeaf(const Certificate& certificate, const Bytes& der, WallTime now, Inspection& out) {
  const bool spiffe = certificate.san.has_value() && !certificate.san->uris.empty() &&
                      certificate.san->uris.front().starts_with("spiffe://");
  const bool client =
      !certificate.ext_key_usage.has_value() || certificate.ext_key_usage->client_auth;
  const auto trust = trust::TrustSnapshot::Make({}, 1);
  CheckList checks;
  const auto verified = credential::VerifyWic(
      std::span(&der, 1), **trust, client ? crypto::CertUsage::kClient : crypto::CertUsage::kServer,
      {.profile = spiffe ? credential::WicProfile::kSpiffe : credential::WicProfile::kWimse,
       .id_rules = {}},
      now, checks);
  if (!verified.has_value() && verified.error().code != Errc::kTrustDomainUnknown) {
    out.findings.push_back(verified.error());
  }
}

void CheckAuthority(const Certificate& certificate, Inspection& out) {
  if (certificate.key_usage.has_value() && !certificate.key_usage->cert_sign) {
    out.findings.emplace_back(Errc::kWicAnchor, "an authority whose keyUsage has no keyCertSign");
  }
  if (certificate.unknown_critical) {
    out.findings.emplace_back(Errc::kWicCritical, "unknown critical extension");
  }
}

Inspection InspectCertificate(const Bytes& der, WallTime now) {
  Inspection out;
  out.kind = "certificate";
  out.title = fmt::format("X.509 certificate, {} bytes", der.size());
  out.unverified =
      "Nothing was verified: neither who signed it, nor that anybody holds its key. To verify: "
      "signet wic verify FILE --anchor PEM --origin ORIGIN --usage server";
  const Result<Certificate> read = credential::ReadCertificate(der);
  if (!read.has_value()) {
    out.findings.push_back(read.error());
    return out;
  }
  const Certificate& certificate = *read;
  if (certificate.is_ca()) out.title = "Authority: " + out.title;
  RowGroup names{"names", {}};
  AddNames(certificate, names, out.json);
  names.rows.push_back({"subject", NameText(certificate.subject)});
  names.rows.push_back({"issuer", certificate.issuer == certificate.subject
                                      ? "itself"
                                      : NameText(certificate.issuer)});
  names.rows.push_back({"serial", HexText(certificate.serial)});
  RowGroup validity{"validity",
                    {{"from", DateAndRelativeText(certificate.not_before, now)},
                     {"until", DateAndRelativeText(certificate.not_after, now)}}};
  RowGroup key{
      "key",
      {{"type", KeyTypeText(certificate.key)}, {"thumbprint", jose::Thumbprint(certificate.key)}}};
  RowGroup usage{"usage", {}};
  AddUsage(certificate, usage, out.json);
  usage.rows.push_back({"sha-256", HexText(crypto::Sha256(der))});
  out.groups = {std::move(names), std::move(validity), std::move(key), std::move(usage)};
  out.json["subject"] = NameText(certificate.subject);
  out.json["issuer"] = NameText(certificate.issuer);
  out.json["serial"] = HexText(certificate.serial);
  out.json["not_before"] = ToNumericDate(certificate.not_before);
  out.json["not_after"] = ToNumericDate(certificate.not_after);
  out.json["type"] = KeyTypeText(certificate.key);
  out.json["thumbprint"] = jose::Thumbprint(certificate.key);
  out.json["sha256"] = HexText(crypto::Sha256(der));
  if (certificate.is_ca()) {
    CheckAuthority(certificate, out);
  } else {
    CheckLeaf(certificate, der, now, out);
  }
  if (now > certificate.not_after) {
    out.findings.emplace_back(Errc::kWicExpired, "notAfter has passed");
  } else if (now < certificate.not_before) {
    out.findings.emplace_back(Errc::kWicNotYetValid, "notBefore has not come");
  }
  return out;
}

Inspection InspectRequestDer(const Bytes& der) {
  Inspection out;
  out.kind = "certificate-request";
  out.title = fmt::format("Certificate request (PKCS#10), {} bytes", der.size());
  out.unverified =
      "Its signature proves that the sender has the key; its names are wishes, and the issuer "
      "decides. To certify it: signet wic issue --csr FILE";
  const Result<credential::VerifiedCsr> csr = credential::VerifyCsr(der);
  if (!csr.has_value()) {
    out.findings.push_back(csr.error());
    return out;
  }
  RowGroup names{"names that are asked for", {}};
  for (const std::string& uri : csr->uris) {
    names.rows.push_back({"identifier", PrintableStart(uri, kShownName)});
    const auto id = identity::WorkloadId::Parse(uri);
    if (!id.has_value()) out.findings.push_back(id.error());
  }
  for (const std::string& dns : csr->dns) {
    names.rows.push_back({"dns", PrintableStart(dns, kShownName)});
  }
  if (names.rows.empty()) names.rows.push_back({"none", ""});
  out.groups = {
      std::move(names),
      {"key", {{"type", KeyTypeText(csr->key)}, {"thumbprint", jose::Thumbprint(csr->key)}}}};
  out.json["uris"] = csr->uris;
  out.json["dns"] = csr->dns;
  out.json["type"] = KeyTypeText(csr->key);
  out.json["thumbprint"] = jose::Thumbprint(csr->key);
  return out;
}

Inspection InspectChain(const std::vector<Bytes>& ders, WallTime now) {
  Inspection out;
  out.kind = "certificates";
  out.title = fmt::format("{} certificates", ders.size());
  for (const Bytes& der : ders) out.parts.push_back(InspectCertificate(der, now));
  out.unverified = out.parts.front().unverified;
  RowGroup order{"order", {}};
  for (std::size_t i = 0; i + 1 < ders.size(); ++i) {
    const auto issued = credential::ReadCertificate(ders[i]);
    const auto issuer = credential::ReadCertificate(ders[i + 1]);
    const bool named =
        issued.has_value() && issuer.has_value() && issued->issuer == issuer->subject;
    order.rows.push_back(
        {fmt::format("{} and {}", i + 1, i + 2),
         named ? "the second is named as issuer of the first" : "the first names another issuer"});
  }
  out.groups.push_back(std::move(order));
  return out;
}

Inspection Unreadable(const char* kind, const char* title, const Error& error) {
  Inspection out;
  out.kind = kind;
  out.title = title;
  out.unverified = "Nothing was verified.";
  out.findings.push_back(error);
  return out;
}

enum class DerKind : std::uint8_t { kNone, kCertificate, kRequest };

// Both are sequences of three. A request begins with the integer 0; a certificate of version 3 with
// its tagged version, an older one with a serial number, which is never 0.
DerKind KindOfDer(ByteView der) {
  DerReader outer(der);
  const auto contents = outer.Read(codec::kDerSequence);
  if (!contents.has_value() || !outer.AtEnd()) return DerKind::kNone;
  DerReader parts(*contents);
  DerReader inner(parts.Read(codec::kDerSequence).value_or(ByteView()));
  if (inner.NextIs(codec::DerContextConstructed(0))) return DerKind::kCertificate;
  const auto number = inner.ReadUnsigned();
  if (!number.has_value()) return DerKind::kNone;
  return number->size() == 1 && number->front() == 0 ? DerKind::kRequest : DerKind::kCertificate;
}

std::optional<Inspection> InspectBase64(std::string_view text, WallTime now) {
  std::string joined;
  std::ranges::copy_if(text, std::back_inserter(joined),
                       [](char c) { return kSpace.find(c) == std::string_view::npos; });
  const Result<Bytes> der = codec::Base64Decode(joined);
  if (!der.has_value()) return std::nullopt;
  switch (KindOfDer(*der)) {
    case DerKind::kCertificate:
      return InspectCertificate(*der, now);
    case DerKind::kRequest:
      return InspectRequestDer(*der);
    case DerKind::kNone:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Inspection> InspectCertificateText(std::string_view text, WallTime now) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  if (text.starts_with("-----BEGIN CERTIFICATE-----")) {
    const Result<std::vector<Bytes>> ders = codec::PemDecodeAll(text, kCertificateLabel);
    if (!ders.has_value()) return Unreadable("certificate", "X.509 certificate", ders.error());
    return ders->size() == 1 ? InspectCertificate(ders->front(), now) : InspectChain(*ders, now);
  }
  if (text.starts_with("-----BEGIN CERTIFICATE REQUEST-----")) {
    const Result<Bytes> der = codec::PemDecode(text, kCertificateRequestLabel);
    if (der.has_value()) return InspectRequestDer(*der);
    return Unreadable("certificate-request", "Certificate request (PKCS#10)", der.error());
  }
  if (!text.starts_with('M')) return std::nullopt;  // base64 of a SEQUENCE with a long length
  return InspectBase64(text, now);
}

}  // namespace signet::app
