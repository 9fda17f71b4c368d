// Certificates for tests, good and bad, made by OpenSSL's own configuration language: independent
// of what wic_issue.h does. Link OpenSSL::Crypto.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/secret.h"
#include "protocol/base/time.h"

namespace signet::test {

using KeyPtr = std::shared_ptr<EVP_PKEY>;
using CertPtr = std::shared_ptr<X509>;

inline KeyPtr MakeKey() {
  KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  SIGNET_CHECK(key != nullptr);
  return key;
}

struct TestCert {
  KeyPtr key;
  CertPtr cert;
  Bytes der;

  [[nodiscard]] SecretBytes Pkcs8() const {
    PKCS8_PRIV_KEY_INFO* const info = EVP_PKEY2PKCS8(key.get());
    unsigned char* out = nullptr;
    const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &out);
    SIGNET_CHECK(size > 0);
    SecretBytes bytes(ByteView(out, static_cast<std::size_t>(size)));
    OPENSSL_free(out);
    PKCS8_PRIV_KEY_INFO_free(info);
    return bytes;
  }
};

struct CertSpec {
  std::string common_name = "test";
  WallTime not_before{};
  WallTime not_after{};
  // Name and value of each extension, as in openssl.cnf: {"keyUsage", "critical,keyCertSign"}.
  std::vector<std::pair<int, std::string>> extensions{};
};

// Signed by `issuer`, or by itself.
inline TestCert MakeCert(const CertSpec& spec, const TestCert* issuer = nullptr) {
  TestCert out;
  out.key = MakeKey();
  out.cert = CertPtr(X509_new(), X509_free);
  X509* const cert = out.cert.get();
  X509_set_version(cert, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 4711);
  ASN1_TIME_set(X509_getm_notBefore(cert), ToNumericDate(spec.not_before));
  ASN1_TIME_set(X509_getm_notAfter(cert), ToNumericDate(spec.not_after));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(spec.common_name.c_str()), -1,
                             -1, 0);
  X509* const signer = issuer == nullptr ? cert : issuer->cert.get();
  X509_set_issuer_name(cert, X509_get_subject_name(signer));
  X509_set_pubkey(cert, out.key.get());
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer, cert, nullptr, nullptr, 0);
  for (const auto& [nid, value] : spec.extensions) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    SIGNET_CHECK(extension != nullptr);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
  }
  SIGNET_CHECK(
      X509_sign(cert, issuer == nullptr ? out.key.get() : issuer->key.get(), EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(cert, &der);
  SIGNET_CHECK(size > 0);
  out.der.assign(der, der + size);
  OPENSSL_free(der);
  return out;
}

inline constexpr WallTime kPkiNow{seconds{1'700'000'000}};

inline TestCert MakeCa(const std::string& name = "ca", const TestCert* issuer = nullptr,
                       const std::string& constraints = "critical,CA:TRUE") {
  return MakeCert({.common_name = name,
                   .not_before = kPkiNow - seconds(86400),
                   .not_after = kPkiNow + seconds(86400),
                   .extensions = {{NID_basic_constraints, constraints},
                                  {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                  {NID_subject_key_identifier, "hash"}}},
                  issuer);
}

// A leaf valid for an hour around kPkiNow; `san` as in openssl.cnf, empty for none; `usage` is the
// extended key usage, empty for none.
inline TestCert MakeLeaf(const TestCert& ca, const std::string& san,
                         const std::string& usage = "serverAuth,clientAuth",
                         WallTime not_before = kPkiNow - seconds(3600),
                         WallTime not_after = kPkiNow + seconds(3600)) {
  CertSpec spec{.common_name = "leaf.example",
                .not_before = not_before,
                .not_after = not_after,
                .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                               {NID_key_usage, "critical,digitalSignature"}}};
  if (!san.empty()) spec.extensions.emplace_back(NID_subject_alt_name, san);
  if (!usage.empty()) spec.extensions.emplace_back(NID_ext_key_usage, usage);
  return MakeCert(spec, &ca);
}

}  // namespace signet::test
