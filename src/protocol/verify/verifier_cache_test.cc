// Verified WITs that are used again.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "protocol/codec/base64url.h"
#include "protocol/verify/verifier.h"
#include "tests/support/expect.h"
#include "tests/support/http_scene.h"

namespace signet::verify {
namespace {

using testing::At;
using testing::HttpScene;
using testing::kNow;
using testing::WitMaker;

TEST(VerifierCache, KeepsAVerifiedWit) {
  HttpScene scene;
  ASSERT_TRUE(scene.Decide().allowed());
  EXPECT_EQ(scene.context.cache.size(), 1U);
  scene.SetProof([](auto& p) { p.claims.SetString("jti", "proof-2"); });
  EXPECT_TRUE(scene.Decide().allowed());
  EXPECT_EQ(scene.context.cache.size(), 1U);
}

TEST(VerifierCache, KeepsNoRefusedWit) {
  HttpScene scene;
  WitMaker forged;
  forged.key = testing::KeyOf(testing::kAttackerJwk);
  scene.SetWit(forged);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(scene.Decide().error->code, Errc::kWitSignatureInvalid);
    EXPECT_EQ(scene.context.cache.size(), 0U);
  }
}

TEST(VerifierCache, KeepsTheWitOfARefusedProof) {
  HttpScene scene;
  scene.SetProof([](auto& p) { p.claims.Remove("wth"); });
  EXPECT_FALSE(scene.Decide().allowed());
  EXPECT_EQ(scene.context.cache.size(), 1U);
}

TEST(VerifierCache, LooksAtTheTimeAtEveryUse) {  // WIT-8
  HttpScene scene;
  ASSERT_TRUE(scene.Decide().allowed());
  const auto at = [&](std::int64_t after) {
    scene.now = kNow + seconds{after};
    scene.SetProof([after](auto& p) {
      p.claims.Set("exp", At(after + 60)).SetString("jti", std::to_string(after));
    });
    return scene.Decide();
  };
  EXPECT_TRUE(at(3600 + 59).allowed());
  EXPECT_EQ(scene.context.cache.size(), 1U);
  const Decision expired = at(3600 + 60);
  EXPECT_EQ(expired.error->code, Errc::kWitExpired);
  EXPECT_EQ(expired.error->rule(), "WIT-8");
  EXPECT_EQ(expired.http_status, 400);
  ASSERT_TRUE(expired.subject.has_value());
  EXPECT_EQ(scene.context.cache.size(), 0U);  // and is dropped
}

TEST(VerifierCache, LooksAtNbfAfterAStepBack) {  // WIT-8, ATTACKS 17
  HttpScene scene;
  WitMaker maker;
  maker.claims.Set("nbf", At(0));
  scene.SetWit(maker);
  ASSERT_TRUE(scene.Decide().allowed());
  scene.now -= seconds{61};
  EXPECT_EQ(scene.Decide().error->code, Errc::kWitNotYetValid);
  EXPECT_EQ(scene.context.cache.size(), 0U);
}

struct OutdatedCase {
  const char* name;
  std::function<void(HttpScene&)> change;
  std::optional<Errc> want;
};
void PrintTo(const OutdatedCase& c, std::ostream* os) { *os << c.name; }
class OutdatedCache : public ::testing::TestWithParam<OutdatedCase> {};

TEST_P(OutdatedCache, IsNotUsed) {
  HttpScene scene;
  ASSERT_TRUE(scene.Decide().allowed());
  ASSERT_EQ(scene.context.cache.size(), 1U);
  scene.SetProof([](auto& p) { p.claims.SetString("jti", "proof-2"); });
  GetParam().change(scene);
  const Decision got = scene.Decide();
  if (GetParam().want.has_value()) {
    ASSERT_FALSE(got.allowed());
    EXPECT_EQ(got.error->code, *GetParam().want);
    EXPECT_EQ(scene.context.cache.size(), 1U);
  } else {
    EXPECT_TRUE(got.allowed());
    EXPECT_EQ(scene.context.cache.size(), 2U);
  }
}
const std::vector<OutdatedCase> kOutdated = {
    {"NewTrustGeneration", [](auto& s) { ++s.trust_generation; }, {}},
    {"KeyRemoved",  // TD-3
     [](auto& s) {
       ++s.trust_generation;
       s.origins[0] = testing::OriginConfigOf("wimse://trust.example.com", testing::JwkSet({}));
     },
     Errc::kTrustNoKeys},
    {"SubjectDenied",  // WIC-3
     [](auto& s) {
       ++s.trust_generation;
       s.deny.subjects.insert(std::string(testing::kCaller));
     },
     Errc::kWitDenied},
    {"DomainRemoved",
     [](auto& s) {
       ++s.trust_generation;
       s.origins.erase(s.origins.begin());
     },
     Errc::kTrustDomainUnknown},
    {"AlgRemoved",
     [](auto& s) {
       ++s.trust_generation;
       s.origins[0].algs = {crypto::Alg::kES384};
     },
     Errc::kJoseAlgNotAllowed},
    {"IssuerListed",
     [](auto& s) {
       ++s.policy.generation;
       s.policy.expected_issuer = "https://issuer.example";
     },
     Errc::kTrustIssuer},
    {"NewPolicyGeneration", [](auto& s) { ++s.policy.generation; }, {}},
    {"LifetimeShortened",
     [](auto& s) {
       ++s.policy.generation;
       s.policy.max_wit_lifetime = seconds{600};
     },
     Errc::kWitLifetimeTooLong},
    {"AnotherProfile", [](auto& s) { s.policy.profile = credential::WitProfile::kSpiffe; },
     Errc::kWitSubNotSpiffe},
    {"AnotherTokenOfTheSameCaller",
     [](auto& s) {
       WitMaker maker;
       maker.claims.SetString("jti", "wit-2");
       s.wit = maker.Token();
       s.SetProof([](auto& p) { p.claims.SetString("jti", "proof-2"); });
     },
     {}},
};
INSTANTIATE_TEST_SUITE_P(Changes, OutdatedCache, ::testing::ValuesIn(kOutdated),
                         [](const auto& p) { return std::string(p.param.name); });

// WIT-12.e: the point of a confirmed Ed25519 key is looked at when a proof of it was refused, since
// no proof could have been good; whatever the proof, it is not accepted.
TEST(Verifier, AConfirmedKeyThatIsNoPointIsTheFault) {
  // 2 is the y of no point; 1 is the neutral element; 0 has order 4.
  for (int y = 0; y < 3; ++y) {
    HttpScene scene;
    Bytes x(32);
    x[0] = static_cast<std::uint8_t>(y);
    WitMaker maker;
    maker.Confirm(testing::kWorkloadEdJwk, "Ed25519");
    maker.cnf_jwk.SetString("x", codec::Base64UrlEncode(x));
    scene.wit = maker.Token();
    scene.SetProof([](testing::WptMaker& proof) {
      proof.key = testing::KeyOf(testing::kWorkloadEdJwk, crypto::Alg::kEd25519);
      proof.header.SetString("alg", "Ed25519");
    });
    for (int i = 0; i < 2; ++i) {  // the WIT comes from the cache the second time
      const Decision got = scene.Decide();
      ASSERT_FALSE(got.allowed());
      EXPECT_EQ(got.error->code, Errc::kWitCnfKeyInvalid);
      EXPECT_EQ(got.error->rule(), "WIT-12.e");
      EXPECT_EQ(got.http_status, 400);
      const auto failed = std::ranges::count_if(got.checks, [](const Check& c) { return !c.ok(); });
      EXPECT_EQ(failed, 1);
    }
  }
}

}  // namespace
}  // namespace signet::verify
