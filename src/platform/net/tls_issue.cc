#include "platform/net/tls_issue.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "platform/net/tls_issue_openssl.h"
#include "platform/net/tls_openssl.h"
#include "protocol/base/limits.h"

namespace signet::net {
namespace {

constexpr std::chrono::seconds kBackdate{10};

Error Failure() { return Error(Errc::kCryptoFailure, "building the certificate"); }

Result<void> SetSerial(X509* certificate, Random& random) {
  std::array<std::uint8_t, 16> serial{};
  random.Fill(serial);
  // Positive and never shorter than 16 bytes: one encoding length for all (RFC 5280 4.1.2.2).
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7FU) | 0x40U);
  const OpenSslPtr<BIGNUM, BN_free> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  if (number == nullptr ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return std::unexpected(Failure());
  }
  return {};
}

Result<void> SetValidity(X509* certificate, WallTime from, WallTime until) {
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), ToNumericDate(from)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), ToNumericDate(until)) == nullptr) {
    return std::unexpected(Failure());
  }
  return {};
}

Result<void> AddExtension(X509* certificate, int nid, void* value, bool critical) {
  if (value == nullptr ||
      X509_add1_ext_i2d(certificate, nid, value, critical ? 1 : 0, X509V3_ADD_APPEND) != 1) {
    return std::unexpected(Failure());
  }
  return {};
}

Result<void> AddBasicConstraints(X509* certificate, bool authority) {
  const OpenSslPtr<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> value(BASIC_CONSTRAINTS_new());
  if (value == nullptr) return std::unexpected(Failure());
  value->ca = authority ? 0xFF : 0;
  if (authority) {
    value->pathlen = ASN1_INTEGER_new();
    if (value->pathlen == nullptr || ASN1_INTEGER_set(value->pathlen, 0) != 1) {
      return std::unexpected(Failure());
    }
  }
  return AddExtension(certificate, NID_basic_constraints, value.get(), true);
}

// Bits of RFC 5280 section 4.2.1.3.
constexpr int kDigitalSignature = 0;
constexpr int kKeyCertSign = 5;
constexpr int kCrlSign = 6;

Result<void> AddKeyUsage(X509* certificate, std::initializer_list<int> bits) {
  const OpenSslPtr<ASN1_BIT_STRING, ASN1_BIT_STRING_free> value(ASN1_BIT_STRING_new());
  for (const int bit : bits) {
    if (value == nullptr || ASN1_BIT_STRING_set_bit(value.get(), bit, 1) != 1) {
      return std::unexpected(Failure());
    }
  }
  return AddExtension(certificate, NID_key_usage, value.get(), true);
}

Result<void> AddExtendedKeyUsage(X509* certificate) {
  const OpenSslPtr<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> value(EXTENDED_KEY_USAGE_new());
  for (const int nid : {NID_server_auth, NID_client_auth}) {
    // Objects of built-in identifiers are static; the stack may free them without harm.
    if (value == nullptr || sk_ASN1_OBJECT_push(value.get(), OBJ_nid2obj(nid)) <= 0) {
      return std::unexpected(Failure());
    }
  }
  return AddExtension(certificate, NID_ext_key_usage, value.get(), false);
}

using OctetsPtr = OpenSslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

// RFC 7093 section 2 method 1: the leftmost 160 bits of a SHA-256.
Result<OctetsPtr> KeyIdentifier(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  OctetsPtr out(ASN1_OCTET_STRING_new());
  if (out == nullptr || X509_pubkey_digest(certificate, EVP_sha256(), digest.data(), &size) != 1 ||
      ASN1_OCTET_STRING_set(out.get(), digest.data(), 20) != 1) {
    return std::unexpected(Failure());
  }
  return out;
}

Result<void> AddKeyIdentifiers(X509* certificate, X509* issuer) {
  SIGNET_TRY_ASSIGN(const OctetsPtr own, KeyIdentifier(certificate));
  SIGNET_TRY(AddExtension(certificate, NID_subject_key_identifier, own.get(), false));
  if (issuer == nullptr) return {};
  const ASN1_OCTET_STRING* const of_issuer = X509_get0_subject_key_id(issuer);
  if (of_issuer == nullptr) return {};
  const OpenSslPtr<AUTHORITY_KEYID, AUTHORITY_KEYID_free> value(AUTHORITY_KEYID_new());
  if (value == nullptr) return std::unexpected(Failure());
  value->keyid = ASN1_OCTET_STRING_dup(of_issuer);
  return AddExtension(certificate, NID_authority_key_identifier, value.get(), false);
}

Result<Bytes> SignCertificate(X509* certificate, EVP_PKEY* key, crypto::Alg alg) {
  SIGNET_TRY_ASSIGN(const EVP_MD* const digest, SigningDigest(alg));
  if (X509_sign(certificate, key, digest) <= 0) return std::unexpected(Failure());
  Bytes der = EncodeCertificate(certificate);
  if (der.empty()) return std::unexpected(Failure());
  return der;
}

Result<X509Ptr> NewCertificate(Random& random, WallTime from, WallTime until) {
  X509Ptr certificate(X509_new());
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1) {
    return std::unexpected(Failure());
  }
  SIGNET_TRY(SetSerial(certificate.get(), random));
  SIGNET_TRY(SetValidity(certificate.get(), from, until));
  return certificate;
}

Result<void> CheckLifetime(WallTime now, std::chrono::seconds lifetime) {
  const std::int64_t from = ToNumericDate(now);
  if (from < kBackdate.count() || lifetime.count() <= 0 || from > kMaxNumericDate ||
      lifetime.count() > kMaxNumericDate - from) {
    return Refuse(Errc::kTlsConfiguration, "lifetime out of range");
  }
  return {};
}

}  // namespace

Result<const EVP_MD*> SigningDigest(crypto::Alg alg) {
  switch (alg) {
    case crypto::Alg::kES256:
    case crypto::Alg::kRS256:
      return EVP_sha256();
    case crypto::Alg::kES384:
    case crypto::Alg::kRS384:
      return EVP_sha384();
    case crypto::Alg::kES512:
    case crypto::Alg::kRS512:
      return EVP_sha512();
    case crypto::Alg::kEdDSA:
    case crypto::Alg::kEd25519:
      return nullptr;
    case crypto::Alg::kPS256:
    case crypto::Alg::kPS384:
    case crypto::Alg::kPS512:
      break;
  }
  return Refuse(Errc::kTlsConfiguration, "this algorithm does not sign certificates here");
}

Result<PkeyPtr> ToPkey(const crypto::PrivateKey& key) {
  const SecretBytes pkcs8 = key.ToPkcs8(SecretAccess::Grant());
  const ByteView der = pkcs8.Expose(SecretAccess::Grant());
  const unsigned char* at = der.data();
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  PkeyPtr out(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
  ERR_clear_error();
  if (out == nullptr) return Refuse(Errc::kCryptoFailure, "private key");
  return out;
}

Result<GeneralNamesPtr> MakeNames(const std::string& uri,
                                  const std::vector<std::string>& dns_names) {
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  if (uri.empty() || uri.size() > kMaxIdentifierBytes ||
      !std::all_of(uri.begin(), uri.end(), printable)) {
    return Refuse(Errc::kTlsConfiguration, "the identifier is no printable URI");
  }
  if (dns_names.size() > kMaxDnsNames) return Refuse(Errc::kTlsConfiguration, "too many DNS names");
  GeneralNamesPtr names(GENERAL_NAMES_new());
  const auto add = [&names](int type, const std::string& text) {
    OpenSslPtr<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
    OpenSslPtr<ASN1_IA5STRING, ASN1_IA5STRING_free> value(ASN1_IA5STRING_new());
    if (names == nullptr || name == nullptr || value == nullptr ||
        ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) != 1) {
      return false;
    }
    GENERAL_NAME_set0_value(name.get(), type, value.release());
    if (sk_GENERAL_NAME_push(names.get(), name.get()) <= 0) return false;
    static_cast<void>(name.release());
    return true;
  };
  if (!add(GEN_URI, uri)) return std::unexpected(Failure());
  for (const std::string& dns : dns_names) {
    const auto of_host = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    if (dns.empty() || dns.size() > 253 || dns.front() == '.' || dns.back() == '.' ||
        dns.find("..") != std::string::npos || !std::all_of(dns.begin(), dns.end(), of_host)) {
      return Refuse(Errc::kTlsConfiguration, "a DNS name is no lower-case host name");
    }
    if (!add(GEN_DNS, dns)) return std::unexpected(Failure());
  }
  return names;
}

Result<Bytes> MakeCaCertificate(const crypto::PrivateKey& key, const CaRequest& request,
                                Random& random) {
  SIGNET_TRY(CheckLifetime(request.now, request.lifetime));
  if (request.common_name.empty() || request.common_name.size() > 64) {
    return Refuse(Errc::kTlsConfiguration, "common name of 1 to 64 bytes");
  }
  SIGNET_TRY_ASSIGN(const GeneralNamesPtr names, MakeNames(request.trust_domain_uri, {}));
  SIGNET_TRY_ASSIGN(const PkeyPtr pkey, ToPkey(key));
  SIGNET_TRY_ASSIGN(const X509Ptr certificate, NewCertificate(random, request.now - kBackdate,
                                                              request.now + request.lifetime));
  X509* const ca = certificate.get();
  X509_NAME* const name = X509_get_subject_name(ca);
  if (X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(request.common_name.data()),
                                 static_cast<int>(request.common_name.size()), -1, 0) != 1 ||
      X509_set_issuer_name(ca, name) != 1 || X509_set_pubkey(ca, pkey.get()) != 1) {
    return std::unexpected(Failure());
  }
  SIGNET_TRY(AddBasicConstraints(ca, true));
  SIGNET_TRY(AddKeyUsage(ca, {kKeyCertSign, kCrlSign}));
  SIGNET_TRY(AddKeyIdentifiers(ca, nullptr));
  SIGNET_TRY(AddExtension(ca, NID_subject_alt_name, names.get(), false));
  return SignCertificate(ca, pkey.get(), key.alg());
}

Result<Bytes> IssueLeaf(const crypto::PrivateKey& ca_key, ByteView ca_certificate_der,
                        const crypto::PublicKey& subject_key, const LeafRequest& request,
                        Random& random) {
  SIGNET_TRY(CheckLifetime(request.now, request.lifetime));
  const X509Ptr ca = ParseCertificate(ca_certificate_der);
  if (ca == nullptr || X509_check_ca(ca.get()) != 1) {
    return Refuse(Errc::kTlsConfiguration, "unusable certificate of the authority");
  }
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(ca.get()), &parts) != 1) {
    return Refuse(Errc::kTlsConfiguration, "unreadable validity of the authority");
  }
  const WallTime ca_end{std::chrono::seconds{::timegm(&parts)}};
  if (ca_end <= request.now) {
    return Refuse(Errc::kTlsConfiguration, "the authority's certificate has expired");
  }
  SIGNET_TRY_ASSIGN(const PkeyPtr pkey, ToPkey(ca_key));
  if (X509_check_private_key(ca.get(), pkey.get()) != 1) {
    ERR_clear_error();
    return Refuse(Errc::kCryptoKeyMismatch, "not the key of this authority");
  }
  const Bytes spki = subject_key.ToSpki();
  const unsigned char* at = spki.data();
  const PkeyPtr subject(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (subject == nullptr) return std::unexpected(Failure());
  // The authority must never certify its own key under a workload's name.
  if (EVP_PKEY_eq(subject.get(), pkey.get()) == 1) {
    return Refuse(Errc::kTlsConfiguration, "the subject's key is the authority's own");
  }
  SIGNET_TRY_ASSIGN(const GeneralNamesPtr names, MakeNames(request.uri, request.dns_names));
  SIGNET_TRY_ASSIGN(const X509Ptr certificate,
                    NewCertificate(random, request.now - kBackdate,
                                   std::min(request.now + request.lifetime, ca_end)));
  X509* const leaf = certificate.get();
  if (X509_set_issuer_name(leaf, X509_get_subject_name(ca.get())) != 1 ||
      X509_set_pubkey(leaf, subject.get()) != 1) {
    return std::unexpected(Failure());
  }
  SIGNET_TRY(AddBasicConstraints(leaf, false));
  SIGNET_TRY(AddKeyUsage(leaf, {kDigitalSignature}));
  SIGNET_TRY(AddExtendedKeyUsage(leaf));
  SIGNET_TRY(AddKeyIdentifiers(leaf, ca.get()));
  SIGNET_TRY(AddExtension(leaf, NID_subject_alt_name, names.get(), true));
  return SignCertificate(leaf, pkey.get(), ca_key.alg());
}

}  // namespace signet::net
