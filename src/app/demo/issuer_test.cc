#include "app/demo/issuer.h"

#include "gtest/gtest.h"

#include "app/demo/names.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/pem.h"
#include "protocol/credential/csr_sign.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/credential/wit_verify.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/tokens.h"

namespace signet::app::demo {
namespace {

using nlohmann::ordered_json;

class DemoIssuer : public ::testing::Test {
 protected:
  ordered_json GoodRequest() {
    const crypto::PrivateKey key = testing::KeyOf(testing::kWorkloadJwk);
    const auto csr =
        credential::MakeCsr(testing::KeyOf(testing::kWorkload2Jwk), std::string(kOrigin), {});
    return {{"jwk",
             ordered_json::parse(testing::PublicJwkOf(testing::kWorkloadJwk, crypto::Alg::kES256))},
            {"proof", *MakeKeyProof(key, kServerName, clock_.Now(), random_)},
            {"csr", codec::Base64UrlEncode(*csr)}};
  }
  crypto::SystemRandom random_;
  test::ManualClock clock_;
  Issuer issuer_ = *Issuer::Make(clock_, random_);
  const identity::WorkloadId edge_ = testing::IdOf(kEdgeId);
};

TEST_F(DemoIssuer, IssuesWitAndCertificateForTheKeysOfTheCaller) {
  const auto answer = issuer_.Issue(GoodRequest().dump(), edge_);
  ASSERT_TRUE(testing::Accepted(answer));
  const auto trust = testing::SnapshotOf(
      {testing::OriginConfigOf(kOrigin, answer->at("bundle").dump(), trust::BundleFormat::kWimse)});
  jose::JwsReader reader;
  CheckList checks;
  const std::string token = answer->at("wit").get<std::string>();
  credential::WitRules rules;
  rules.max_lifetime = seconds{3600};
  const auto wit = credential::VerifyWit(token, *trust, rules, clock_.Now(), reader, checks);
  ASSERT_TRUE(testing::Accepted(wit));
  EXPECT_EQ(wit->subject().text(), kEdgeId);
  EXPECT_EQ(wit->confirmation_key(), testing::PublicKeyOf(testing::kWorkloadJwk));

  const Bytes leaf = *codec::Base64UrlDecode(answer->at("chain").at(0).get<std::string>());
  const std::vector<Bytes> chain = {leaf};
  checks.Clear();
  const auto wic =
      credential::VerifyWic(chain, *trust, crypto::CertUsage::kServer, {}, clock_.Now(), checks);
  ASSERT_TRUE(testing::Accepted(wic));
  EXPECT_EQ(wic->subject().text(), kEdgeId);
  EXPECT_EQ(wic->certificate().key, testing::PublicKeyOf(testing::kWorkload2Jwk));
  EXPECT_EQ(answer->at("ca"), issuer_.CaPem());
}

struct RequestCase {
  const char* what;
  std::function<void(ordered_json&)> change;
  Errc code;
};

// WIT-11, WIT-2
TEST_F(DemoIssuer, RefusesRequestsThatProveNothing) {
  const RequestCase cases[] = {
      {"no jwk", [](auto& r) { r.erase("jwk"); }, Errc::kJsonMemberMissing},
      {"no proof", [](auto& r) { r.erase("proof"); }, Errc::kJsonMemberMissing},
      {"csr of another type", [](auto& r) { r["csr"] = 1; }, Errc::kJsonMemberType},
      {"csr no base64url", [](auto& r) { r["csr"] = "="; }, Errc::kIssueCsr},
      {"csr no request", [](auto& r) { r["csr"] = "AAAA"; }, Errc::kIssueCsr},
      {"proof by another key",
       [](auto& r) {
         r["jwk"] =
             ordered_json::parse(testing::PublicJwkOf(testing::kAttackerJwk, crypto::Alg::kES256));
       },
       Errc::kIssueKeyProof},
      {"private key", [](auto& r) { r["jwk"]["d"] = "AA"; }, Errc::kJwkPrivate},
      {"no alg", [](auto& r) { r["jwk"].erase("alg"); }, Errc::kJwkAlgMissing},
  };
  for (const RequestCase& c : cases) {
    ordered_json request = GoodRequest();
    c.change(request);
    const auto answer = issuer_.Issue(request.dump(), edge_);
    ASSERT_FALSE(answer.has_value()) << c.what;
    EXPECT_EQ(answer.error().code, c.code) << c.what << ": " << answer.error().name();
  }
  EXPECT_EQ(issuer_.Issue("{", edge_).error().code, Errc::kJsonMalformed);
}

TEST_F(DemoIssuer, TakesEachKeyProofOnce) {
  const std::string request = GoodRequest().dump();
  EXPECT_TRUE(testing::Accepted(issuer_.Issue(request, edge_)));
  EXPECT_EQ(issuer_.Issue(request, edge_).error().code, Errc::kIssueKeyProof);
}

}  // namespace
}  // namespace signet::app::demo
