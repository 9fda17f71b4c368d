// The WITs that the documents publish.
#include <string>
#include <vector>

#include "protocol/codec/base64url.h"
#include "protocol/credential/wit_verify.h"
#include "tests/support/expect.h"
#include "tests/support/published.h"
#include "tests/support/tokens.h"

namespace signet::credential {
namespace {

using crypto::Alg;
using testing::Accepted;
using testing::JwkSet;
using testing::OriginConfigOf;
using testing::RefusedWith;
namespace published = testing::published;

Result<VerifiedWit> VerifyPublished(std::string_view token, std::int64_t now) {
  const auto trust = testing::SnapshotOf(
      {OriginConfigOf("wimse://example.com", JwkSet({std::string(published::kWitIssuerJwk)}))});
  jose::JwsReader reader;
  CheckList checks;
  return VerifyWit(token, *trust, {}, WallTime{seconds{now}}, reader, checks);
}

TEST(PublishedWit, Verifies) {  // creds section 5.1, wpt-01, wpt-02 and the text of 2026-09-22
  const std::vector<std::pair<std::string_view, Alg>> examples = {
      {published::kWit01, Alg::kEdDSA},
      {published::kWit02, Alg::kEdDSA},
      {published::kWit03, Alg::kEd25519}};
  for (const auto& [token, alg] : examples) {
    const Result<VerifiedWit> wit = VerifyPublished(token, published::kExampleNow);
    ASSERT_TRUE(Accepted(wit));
    EXPECT_EQ(wit->subject().text(), "wimse://example.com/specific-workload");
    EXPECT_EQ(ToNumericDate(wit->exp()), 1745512510);
    EXPECT_EQ(wit->kid(), "June 5");
    EXPECT_EQ(wit->confirmation_alg(), alg);
    EXPECT_TRUE(Accepted(VerifyPublished(token, 1745512510 + 59)));
    EXPECT_TRUE(RefusedWith(VerifyPublished(token, 1745512510 + 60), Errc::kWitExpired, "WIT-8"));
  }
}

TEST(PublishedWit, WthOfTheProofsIsItsHash) {  // WPT-3
  EXPECT_EQ(VerifyPublished(published::kWit02, published::kExampleNow)->hash(),
            "X9wiPgq3jlSGzAegHCGhNO1lJgUbDoI1Mjkat5QHJB0");
  EXPECT_EQ(VerifyPublished(published::kWit03, published::kExampleNow)->hash(),
            "MeOILk2AJHh6czknhZ2c7TkiVpeFTC_cyYAonmT7mkI");
}

// Verifies in the spiffe profile under a wit-svid key of ours with this kid.
Result<VerifiedWit> VerifySvid(std::string_view token, std::string_view kid, CheckList& checks) {
  const auto trust = testing::SnapshotOf({OriginConfigOf(
      "spiffe://example.com",
      JwkSet({testing::PublicJwkOf(testing::kIssuerJwk, Alg::kES256, kid, "wit-svid")}),
      trust::BundleFormat::kSpiffe)});
  WitRules rules;
  rules.profile = WitProfile::kSpiffe;
  jose::JwsReader reader;
  return VerifyWit(token, *trust, rules, WallTime{seconds{1765452903}}, reader, checks);
}

TEST(PublishedWitSvid, IsWellFormedUpToItsUnknownKey) {  // WSVID-1, WIT-SVID appendix A
  // The issuer's key is not published: everything before the signature passes.
  CheckList checks;
  EXPECT_TRUE(RefusedWith(VerifySvid(published::kWitSvid, "other", checks), Errc::kTrustKidUnknown,
                          "WIT-12.d"));
  EXPECT_EQ(testing::RulesOf(checks),
            (std::vector<std::string>{"WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1", "!WIT-12.d"}));
  // Under another key of that kid, its own signature fails.
  constexpr std::string_view kKid = "lQSi3hZFnda2D-XJkj1zl7foJouiwI4nrAyhy4jZiJg";
  checks.Clear();
  EXPECT_TRUE(RefusedWith(VerifySvid(published::kWitSvid, kKid, checks), Errc::kWitSignatureInvalid,
                          "WIT-12.d"));
  // Its header and claims, signed by a key that is known, pass all the way.
  const Result<jose::JwsParts> parts = jose::SplitCompactJws(published::kWitSvid);
  ASSERT_TRUE(Accepted(parts));
  const auto decoded = [](std::string_view part) {
    return std::string(AsText(*codec::Base64UrlDecode(part)));
  };
  checks.Clear();
  const Result<VerifiedWit> wit =
      VerifySvid(testing::SignText(testing::KeyOf(testing::kIssuerJwk), decoded(parts->header),
                                   decoded(parts->payload)),
                 kKid, checks);
  ASSERT_TRUE(Accepted(wit));
  EXPECT_EQ(wit->subject().text(), "spiffe://example.com/my-workload");
  EXPECT_EQ(ToNumericDate(wit->exp()), 1765456503);
}

}  // namespace
}  // namespace signet::credential
