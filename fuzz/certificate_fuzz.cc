// X.509 certificates as bytes, with OpenSSL as the other reader.
//
// Properties: the same verdict twice; nothing over the limit; what we accept OpenSSL parses, and
// writes again as the very same bytes; both find the same serial, times, authority and usage, and
// the same URIs and DNS names.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "property.h"
#include "protocol/credential/certificate.h"

using signet::Bytes;
using signet::ByteView;
using signet::credential::Certificate;
using signet::fuzz::Property;

namespace {

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

std::string TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void CheckNames(const Certificate& ours, X509* other) {
  int critical = -1;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
                           X509_get_ext_d2i(other, NID_subject_alt_name, &critical, nullptr)),
                       &GENERAL_NAMES_free);
  Property(ours.san.has_value() == (critical != -1));
  if (!ours.san.has_value()) return;
  // Names of the types that are counted only are not looked into.
  Property(names != nullptr || ours.san->others > 0);
  if (names == nullptr) return;
  std::vector<std::string> uris;
  std::vector<std::string> dns;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) uris.push_back(TextOf(name->d.uniformResourceIdentifier));
    if (name->type == GEN_DNS) dns.push_back(TextOf(name->d.dNSName));
  }
  Property(uris == ours.san->uris && dns == ours.san->dns);
  Property((critical == 1) == ours.san->critical);
  for (const std::string& uri : uris) {
    Property(std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && c < 0x7f; }));
  }
}

void CheckUsage(const Certificate& ours, X509* other) {
  int critical = -1;
  const std::unique_ptr<BASIC_CONSTRAINTS, decltype(&BASIC_CONSTRAINTS_free)> constraints(
      static_cast<BASIC_CONSTRAINTS*>(
          X509_get_ext_d2i(other, NID_basic_constraints, &critical, nullptr)),
      &BASIC_CONSTRAINTS_free);
  Property(ours.basic_constraints.has_value() == (constraints != nullptr));
  if (constraints != nullptr) Property(ours.is_ca() == (constraints->ca != 0));
  const std::unique_ptr<ASN1_BIT_STRING, decltype(&ASN1_BIT_STRING_free)> usage(
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(other, NID_key_usage, &critical, nullptr)),
      &ASN1_BIT_STRING_free);
  Property(ours.key_usage.has_value() == (usage != nullptr));
  if (usage == nullptr) return;
  Property(ours.key_usage->digital_signature == (ASN1_BIT_STRING_get_bit(usage.get(), 0) == 1));
  Property(ours.key_usage->cert_sign == (ASN1_BIT_STRING_get_bit(usage.get(), 5) == 1));
  Property(ours.key_usage->crl_sign == (ASN1_BIT_STRING_get_bit(usage.get(), 6) == 1));
}

void CheckTime(signet::WallTime ours, const ASN1_TIME* other) {
  std::tm parts{};
  Property(ASN1_TIME_to_tm(other, &parts) == 1);
  Property(::timegm(&parts) == signet::ToNumericDate(ours));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto ours = signet::credential::ReadCertificate(bytes);
  signet::fuzz::CheckSameVerdict(ours, signet::credential::ReadCertificate(bytes));
  if (!ours.has_value()) return 0;
  Property(size <= signet::credential::kMaxCertBytes);
  const unsigned char* at = data;
  const X509Ptr other(d2i_X509(nullptr, &at, static_cast<long>(size)), &X509_free);
  Property(other != nullptr && at == data + size);
  unsigned char* out = nullptr;
  const int written = i2d_X509(other.get(), &out);
  Property(written > 0 && Bytes(out, out + written) == Bytes(data, data + size));
  OPENSSL_free(out);
  CheckTime(ours->not_before, X509_get0_notBefore(other.get()));
  CheckTime(ours->not_after, X509_get0_notAfter(other.get()));
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(other.get());
  Property(TextOf(serial) == std::string(ours->serial.begin(), ours->serial.end()));
  CheckNames(*ours, other.get());
  CheckUsage(*ours, other.get());
  ERR_clear_error();
  return 0;
}
