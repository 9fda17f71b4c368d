#include "protocol/trust/snapshot.h"

#include <string>
#include <vector>

#include "protocol/codec/base64url.h"
#include "tests/support/certificates.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::trust {
namespace {

using crypto::Alg;
using crypto::AlgSet;
using testing::Accepted;
using testing::JwkSet;
using testing::kIssuer2Jwk;
using testing::kIssuerEdJwk;
using testing::kIssuerJwk;
using testing::kIssuerP384Jwk;
using testing::OriginConfigOf;
using testing::PublicJwkOf;
using testing::RefusedWith;
using testing::SnapshotOf;

constexpr std::string_view kOrigin = "wimse://trust.example.com";

const OriginTrust& OnlyOrigin(const std::shared_ptr<const TrustSnapshot>& snapshot) {
  const OriginTrust* found = snapshot->Find(kOrigin);
  SIGNET_CHECK(found != nullptr);
  return *found;
}
std::shared_ptr<const TrustSnapshot> WithKeys(std::initializer_list<std::string> jwks) {
  return SnapshotOf({OriginConfigOf(kOrigin, JwkSet(jwks))});
}

TEST(TrustSnapshot, BindsAnchorsToSchemeAndTrustDomainTogether) {  // TA-1, TA-4, ID-9, ATTACKS 19
  const auto snapshot = SnapshotOf(testing::TestOrigins(), 42);
  EXPECT_EQ(snapshot->size(), 2U);
  EXPECT_EQ(snapshot->generation(), 42U);
  ASSERT_NE(snapshot->Find(kOrigin), nullptr);
  EXPECT_EQ(snapshot->Find(kOrigin)->origin().text(), kOrigin);
  for (const char* other :
       {"spiffe://trust.example.com", "wimse://trust.example.co", "wimse://trust.example.com.",
        "wimse://example.com", "wimse://sub.trust.example.com", "trust.example.com",
        "WIMSE://trust.example.com", "wimse://trust.example.com/edge", ""}) {
    EXPECT_EQ(snapshot->Find(other), nullptr) << other;
  }
}

TEST(TrustSnapshot, TheSameNameUnderTwoSchemesIsTwoOrigins) {  // TA-4
  const auto snapshot = SnapshotOf(
      {OriginConfigOf("wimse://t.example", JwkSet({PublicJwkOf(kIssuerJwk, {}, "a")})),
       OriginConfigOf("spiffe://t.example", JwkSet({PublicJwkOf(kIssuer2Jwk, {}, "a")}))});
  ASSERT_NE(snapshot->Find("wimse://t.example"), nullptr);
  ASSERT_NE(snapshot->Find("spiffe://t.example"), nullptr);
  EXPECT_NE(snapshot->Find("wimse://t.example")->wit_keys()[0].thumbprint,
            snapshot->Find("spiffe://t.example")->wit_keys()[0].thumbprint);
}

TEST(TrustSnapshot, RefusesAnOriginTwice) {  // TA-1
  EXPECT_TRUE(RefusedWith(
      TrustSnapshot::Make(
          {OriginConfigOf(kOrigin, JwkSet({})), OriginConfigOf(kOrigin, JwkSet({}))}, 1),
      Errc::kTrustSnapshot, "TA-1"));
}

TEST(TrustSnapshot, KeepsItsDenyList) {  // WIC-3
  DenyList deny;
  deny.subjects.insert("wimse://trust.example.com/gone");
  const auto snapshot = SnapshotOf({}, 1, deny);
  EXPECT_TRUE(snapshot->deny().subjects.contains("wimse://trust.example.com/gone"));
  EXPECT_EQ(snapshot->size(), 0U);
}

TEST(OriginTrust, SortsKeysByUse) {  // BUN-1, ATTACKS 6
  const std::string bundle =
      JwkSet({PublicJwkOf(kIssuerJwk, Alg::kES256, "wit", "wit-svid"),
              PublicJwkOf(kIssuer2Jwk, Alg::kES256, "jwt", "jwt-svid"),
              R"({"use":"x509-svid","x5c":[")" + std::string(testing::kCaCertificate) + "\"]}"});
  OriginConfig config = OriginConfigOf("spiffe://trust.example.com", bundle, BundleFormat::kSpiffe);
  const Bytes extra = *codec::Base64Decode(testing::kRsaCaCertificate);
  config.extra_x509 = {extra};
  const auto snapshot = SnapshotOf({config});
  const OriginTrust& origin = *snapshot->Find("spiffe://trust.example.com");

  ASSERT_EQ(origin.wit_keys().size(), 1U);
  EXPECT_EQ(origin.wit_keys()[0].jwk.kid, "wit");
  EXPECT_EQ(origin.wit_keys()[0].jwk.use, "wit-svid");
  // A key for JWT-SVIDs never verifies a WIT.
  EXPECT_TRUE(RefusedWith(origin.SelectWitKey("jwt", Alg::kES256), Errc::kTrustKidUnknown, "TA-3"));
  ASSERT_EQ(origin.x509_anchors().size(), 2U);
  EXPECT_EQ(origin.x509_anchors()[1], extra);
  EXPECT_NE(origin.path_anchors(), nullptr);
}

TEST(TrustSnapshot, ParsesTheAnchorsOfEachOrigin) {  // TA-1
  OriginConfig config = OriginConfigOf(kOrigin, JwkSet({}));
  const auto without = SnapshotOf({config});
  EXPECT_EQ(OnlyOrigin(without).path_anchors(), nullptr);
  const Bytes anchor = *codec::Base64Decode(testing::kCaCertificate);
  config.extra_x509 = {anchor};
  const auto with = SnapshotOf({config});
  EXPECT_NE(OnlyOrigin(with).path_anchors(), nullptr);
  // One that cannot be used is a fault of the configuration, not a smaller trust.
  config.extra_x509 = {anchor, Bytes{1, 2, 3}};
  EXPECT_TRUE(RefusedWith(TrustSnapshot::Make({config}, 1), Errc::kWicAnchor, "TA-1"));
  config.extra_x509.assign(crypto::kMaxPathAnchors + 1, anchor);
  EXPECT_TRUE(RefusedWith(TrustSnapshot::Make({config}, 1), Errc::kWicAnchor, "TA-1"));
}

struct SelectCase {
  const char* name;
  std::vector<std::string> jwks;
  std::optional<std::string_view> kid;
  Alg alg;
  std::optional<Errc> want;
  const char* rule;
  std::size_t chosen;
};
void PrintTo(const SelectCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

const std::vector<SelectCase>& SelectCases() {
  const std::string a = PublicJwkOf(kIssuerJwk, {}, "a");
  const std::string b = PublicJwkOf(kIssuer2Jwk, {}, "b");
  const std::string p384 = PublicJwkOf(kIssuerP384Jwk, {}, "c");
  const std::string ed = PublicJwkOf(kIssuerEdJwk, {}, "ed");
  const std::string ed_stated = PublicJwkOf(kIssuerEdJwk, Alg::kEd25519, "ed");
  const std::string bare = PublicJwkOf(kIssuerJwk);
  const std::string bare2 = PublicJwkOf(kIssuer2Jwk);
  static const std::vector<SelectCase> cases = {
      {"ByKid", {a, b}, "b", Alg::kES256, {}, "TA-3", 1},
      // The algorithm is compared when the signature is verified.
      {"ByKidWhateverTheAlg", {a, p384}, "a", Alg::kES384, {}, "TA-3", 0},
      {"KidUnknown", {a, b}, "d", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      {"KidInAnotherCase", {a, b}, "A", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      {"KidUnknownWithOneKey", {a}, "d", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      // ATTACKS 3: an opaque key of a map
      {"KidIsAPath", {a}, "../../a", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      {"KidIsAPrefix", {a}, "", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      {"EmptyKidIsNotAKeyWithoutKid", {bare}, "", Alg::kES256, Errc::kTrustKidUnknown, "TA-3", 0},
      {"NoKidOneKey", {a}, {}, Alg::kES256, {}, "TA-3", 0},
      {"NoKidOneKeyOfTheAlg", {a, p384}, {}, Alg::kES384, {}, "TA-3", 1},
      {"NoKidTwoKeysOfTheAlg", {a, b}, {}, Alg::kES256, Errc::kTrustKidAmbiguous, "TA-3", 0},
      {"NoKidsAtAll", {bare, bare2}, {}, Alg::kES256, Errc::kTrustKidAmbiguous, "TA-3", 0},
      {"NoKidNoKeyOfTheAlg", {a, b}, {}, Alg::kES384, Errc::kJoseAlgKeyMismatch, "BCP-1", 0},
      {"EdKeyWithoutAlgTakesEdDSA", {ed}, {}, Alg::kEdDSA, {}, "TA-3", 0},
      {"EdKeyWithoutAlgTakesEd25519", {ed}, {}, Alg::kEd25519, {}, "TA-3", 0},
      {"EdKeyWithAlgIsStrict", {ed_stated}, {}, Alg::kEdDSA, Errc::kJoseAlgKeyMismatch, "BCP-1", 0},
      {"NoKeys", {}, "a", Alg::kES256, Errc::kTrustNoKeys, "BUN-1", 0},
      {"NoKeysNoKid", {}, {}, Alg::kES256, Errc::kTrustNoKeys, "BUN-1", 0},
  };
  return cases;
}

class SelectWitKey : public ::testing::TestWithParam<SelectCase> {};
TEST_P(SelectWitKey, FindsTheOneKey) {
  std::string set = R"({"keys":[)";
  for (const std::string& jwk : GetParam().jwks) set += (set.back() == '[' ? "" : ",") + jwk;
  const auto snapshot = SnapshotOf({OriginConfigOf(kOrigin, set + "]}")});
  const OriginTrust& origin = OnlyOrigin(snapshot);

  const Result<const WitKey*> got = origin.SelectWitKey(GetParam().kid, GetParam().alg);

  if (GetParam().want.has_value()) {
    EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  } else {
    ASSERT_TRUE(Accepted(got));
    EXPECT_EQ(*got, &origin.wit_keys()[GetParam().chosen]);
  }
}
INSTANTIATE_TEST_SUITE_P(Rules, SelectWitKey, ::testing::ValuesIn(SelectCases()),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(OriginTrust, JudgesIssuersOnlyWhereTheyAreListed) {  // TA-2, Q7
  OriginConfig config = OriginConfigOf(kOrigin, JwkSet({}));
  const auto open = SnapshotOf({config});
  EXPECT_FALSE(OnlyOrigin(open).has_issuer_list());
  EXPECT_TRUE(OnlyOrigin(open).AllowsIssuer("https://anyone.example"));
  config.issuers = {"https://a.example", "https://b.example"};
  const auto listed = SnapshotOf({config});
  EXPECT_TRUE(OnlyOrigin(listed).has_issuer_list());
  EXPECT_TRUE(OnlyOrigin(listed).AllowsIssuer("https://b.example"));
  for (const char* other : {"https://b.example/", "https://B.example", "", "https://c.example"}) {
    EXPECT_FALSE(OnlyOrigin(listed).AllowsIssuer(other)) << other;
  }
}

TEST(OriginTrust, NarrowsTheAlgorithmsOfTheProfile) {  // BCP-1
  OriginConfig config = OriginConfigOf(kOrigin, JwkSet({}));
  EXPECT_EQ(OnlyOrigin(SnapshotOf({config})).AllowedAlgs(crypto::kSpiffeAlgs), crypto::kSpiffeAlgs);
  config.algs = {Alg::kES256, Alg::kEd25519};
  const auto narrow = SnapshotOf({config});
  EXPECT_EQ(OnlyOrigin(narrow).AllowedAlgs(crypto::kAllAlgs), (AlgSet{Alg::kES256, Alg::kEd25519}));
  EXPECT_EQ(OnlyOrigin(narrow).AllowedAlgs(crypto::kSpiffeAlgs), AlgSet{Alg::kES256});
  // Nothing in common: nothing is allowed, rather than everything.
  config.algs = {Alg::kEd25519};
  EXPECT_TRUE(OnlyOrigin(SnapshotOf({config})).AllowedAlgs(crypto::kSpiffeAlgs).empty());
}

TEST(OriginTrust, KnowsItsOwnWitKeys) {  // WIT-11
  const auto snapshot = WithKeys({PublicJwkOf(kIssuerJwk)});
  EXPECT_TRUE(
      OnlyOrigin(snapshot).IsWitKey(jose::Thumbprint(testing::KeyOf(kIssuerJwk).public_key())));
  EXPECT_FALSE(
      OnlyOrigin(snapshot).IsWitKey(jose::Thumbprint(testing::KeyOf(kIssuer2Jwk).public_key())));
}

}  // namespace
}  // namespace signet::trust
