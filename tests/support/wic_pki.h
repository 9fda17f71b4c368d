// WicPki: an authority of one trust domain and the certificates that it issues, by our own issuing
// code; the tests of that code use others' certificates.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/credential/wic_issue.h"
#include "protocol/credential/wic_verify.h"
#include "tests/support/seeded_random.h"
#include "tests/support/tokens.h"

namespace signet::testing {

class WicPki {
 public:
  explicit WicPki(std::string_view origin = "wimse://trust.example.com",
                  std::string_view ca_jwk = kIssuer2Jwk)
      : issuer_(MakeIssuer(origin, ca_jwk)) {}

  [[nodiscard]] const credential::WicIssuer& issuer() const { return issuer_; }
  [[nodiscard]] const Bytes& ca() const { return issuer_.certificate_der(); }

  // A leaf for kWorkloadJwk, valid for an hour from kNow.
  Bytes Leaf(std::string_view id = kCaller, credential::WicUsages usages = {},
             std::vector<std::string> dns = {}, std::string_view key_jwk = kWorkloadJwk) {
    const credential::WicContent content{.id = IdOf(id),
                                         .dns_names = std::move(dns),
                                         .now = kNow,
                                         .not_after = kNow + seconds{3600},
                                         .usages = usages};
    Result<Bytes> leaf = issuer_.Issue(content, PublicKeyOf(key_jwk), random_);
    SIGNET_CHECK(leaf.has_value());
    return *std::move(leaf);
  }

  // The origins of the other tests, with this authority in the first.
  [[nodiscard]] std::vector<trust::OriginConfig> Origins() const {
    std::vector<trust::OriginConfig> origins = TestOrigins();
    origins[0].extra_x509 = {ca()};
    return origins;
  }

 private:
  static credential::WicIssuer MakeIssuer(std::string_view origin, std::string_view ca_jwk) {
    SeededRandom random(3);
    const crypto::PrivateKey key = KeyOf(ca_jwk);
    Result<Bytes> der = credential::MakeCaCertificate(key,
                                                      {.trust_domain_uri = std::string(origin),
                                                       .common_name = "Test CA",
                                                       .now = kNow - seconds{3600},
                                                       .not_after = kNow + seconds{48 * 3600}},
                                                      random);
    SIGNET_CHECK(der.has_value());
    Result<credential::WicIssuer> issuer = credential::WicIssuer::Make(key, *der);
    SIGNET_CHECK(issuer.has_value());
    return *std::move(issuer);
  }

  credential::WicIssuer issuer_;
  SeededRandom random_{4};
};

// As a handshake at kNow would have verified it.
inline credential::VerifiedWic VerifiedClient(const Bytes& leaf,
                                              const trust::TrustSnapshot& trust) {
  CheckList checks;
  const Bytes chain[] = {leaf};
  Result<credential::VerifiedWic> wic =
      credential::VerifyWic(chain, trust, crypto::CertUsage::kClient, {}, kNow, checks);
  SIGNET_CHECK(wic.has_value());
  return *std::move(wic);
}

}  // namespace signet::testing
