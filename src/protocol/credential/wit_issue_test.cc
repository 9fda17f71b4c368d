#include "protocol/credential/wit_issue.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/codec/json.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/jose/jws.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::credential {
namespace {

using crypto::Alg;
using testing::Accepted;
using testing::KeyOf;
using testing::kIssuerJwk;
using testing::kNow;
using testing::kWorkloadEdJwk;
using testing::kWorkloadJwk;
using testing::RefusedWith;

jose::Jwk Confirmation(std::string_view jwk, std::optional<Alg> alg) {
  Result<jose::Jwk> read = jose::ParseJwk(testing::PublicJwkOf(jwk, alg));
  SIGNET_CHECK(read.has_value());
  return *std::move(read);
}

WitContent Content() {
  return {.subject = testing::IdOf(testing::kCaller),
          .confirmation = Confirmation(kWorkloadJwk, Alg::kES256),
          .now = kNow,
          .exp = kNow + kDefaultWitLifetime,
          .kid = std::string(testing::kIssuerKid),
          .iss = {},
          .jti = {},
          .allow_long_lifetime = false};
}

std::string ClaimsOf(std::string_view token) {
  const Result<jose::JwsParts> parts = jose::SplitCompactJws(token);
  SIGNET_CHECK(parts.has_value());
  const Result<Bytes> bytes = codec::Base64UrlDecode(parts->payload);
  SIGNET_CHECK(bytes.has_value());
  return std::string(AsText(*bytes));
}

TEST(IssueWit, HasTheClaimsThatItShouldAndNoOther) {  // WIT-2, WIT-4, Q8
  const Result<std::string> token = IssueWit(KeyOf(kIssuerJwk), Content());
  ASSERT_TRUE(Accepted(token));
  // The workload's public key as tests/vectors/vectorgen/keys.py has it.
  EXPECT_EQ(ClaimsOf(*token),
            R"({"cnf":{"jwk":{"alg":"ES256","crv":"P-256","kty":"EC",)"
            R"("x":"b_Y3Gf14o2VSDyjjQIXzVfMGBUqAuxaMaacGtU7yGoQ",)"
            R"("y":"Hw-n2wtMbo6XtppWi-Gms5zDnTZknGfN3pi8eCq9lcU"}},)"
            R"("exp":1745513500,"iat":1745509900,"sub":"wimse://trust.example.com/edge"})");
}

TEST(IssueWit, HasTheHeaderThatItShould) {  // WIT-1, Q9
  const Result<std::string> token = IssueWit(KeyOf(kIssuerJwk), Content());
  ASSERT_TRUE(Accepted(token));
  jose::JwsReader reader;
  ASSERT_TRUE(Accepted(reader.Read(*token)));
  EXPECT_EQ(reader.header().alg_name, "ES256");
  EXPECT_EQ(reader.header().typ, "wit+jwt");
  EXPECT_EQ(reader.header().kid, testing::kIssuerKid);
  EXPECT_EQ(reader.header_json().size(), 3U);
}

TEST(IssueWit, LeavesOutWhatIsEmptyAndQuotesWhatIsNot) {  // WIT-2
  WitContent content = Content();
  content.kid.clear();
  content.iss = "https://issuer.example/a";
  content.jti = "a\"\\b";
  const Result<std::string> token = IssueWit(KeyOf(kIssuerJwk), content);
  ASSERT_TRUE(Accepted(token));
  jose::JwsReader reader;
  ASSERT_TRUE(Accepted(reader.Read(*token)));
  EXPECT_FALSE(reader.header().kid.has_value());
  EXPECT_EQ(reader.claims().Find("iss")->AsString(), "https://issuer.example/a");
  EXPECT_EQ(reader.claims().Find("jti")->AsString(), "a\"\\b");
}

TEST(IssueWit, IsAcceptedByTheVerifierForEveryAlgorithm) {  // WIT-12
  const std::vector<std::pair<std::string_view, Alg>> issuers = {
      {kIssuerJwk, Alg::kES256},
      {testing::kIssuerP384Jwk, Alg::kES384},
      {testing::kIssuerEdJwk, Alg::kEd25519},
      {testing::kIssuerEdJwk, Alg::kEdDSA},
      {testing::kIssuerRsaJwk, Alg::kRS256},
      {testing::kIssuerRsaJwk, Alg::kPS256}};
  for (const auto& [jwk, alg] : issuers) {
    const Result<std::string> token = IssueWit(KeyOf(jwk, alg), Content());
    ASSERT_TRUE(Accepted(token)) << crypto::NameOf(alg);
    const auto trust = testing::SnapshotOf({testing::OriginConfigOf(
        "wimse://trust.example.com",
        testing::JwkSet({testing::PublicJwkOf(jwk, alg, testing::kIssuerKid)}))});
    jose::JwsReader reader;
    CheckList checks;
    const Result<VerifiedWit> wit = VerifyWit(*token, *trust, {}, kNow, reader, checks);
    ASSERT_TRUE(Accepted(wit)) << crypto::NameOf(alg);
    EXPECT_EQ(wit->subject().text(), testing::kCaller);
    EXPECT_EQ(wit->exp(), kNow + kDefaultWitLifetime);
  }
}

struct IssueCase {
  const char* name;
  const char* rule;
  std::function<void(WitContent&)> change;
  bool good;
  WitProfile profile = WitProfile::kWimse;
};
void PrintTo(const IssueCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class IssueWitInput : public ::testing::TestWithParam<IssueCase> {};

TEST_P(IssueWitInput, IsJudged) {
  WitContent content = Content();
  if (GetParam().profile == WitProfile::kSpiffe) {
    content.subject = testing::IdOf("spiffe://trust.example.com/edge");
  }
  GetParam().change(content);
  const Result<std::string> got = IssueWit(KeyOf(kIssuerJwk), content, GetParam().profile);
  if (GetParam().good) {
    EXPECT_TRUE(Accepted(got)) << GetParam().rule;
  } else {
    EXPECT_TRUE(RefusedWith(got, Errc::kWitIssueInput, "WIT-2")) << GetParam().rule;
  }
}

const std::vector<IssueCase> kIssueCases = {
    {"NothingWrong", "WIT-2", [](auto&) {}, true},
    {"ConfirmationWithoutAlg", "WIT-2", [](auto& c) { c.confirmation.alg.reset(); }, false},
    {"ConfirmationIsTheIssuersKey", "WIT-11",
     [](auto& c) { c.confirmation = Confirmation(kIssuerJwk, Alg::kES256); }, false},
    {"ExpIsNow", "WIT-8", [](auto& c) { c.exp = c.now; }, false},
    {"ExpInOneSecond", "WIT-8", [](auto& c) { c.exp = c.now + seconds{1}; }, true},
    {"ExpBeforeNow", "WIT-8", [](auto& c) { c.exp = c.now - seconds{1}; }, false},
    {"LifetimeAtLimit", "WIT-8", [](auto& c) { c.exp = c.now + kMaxWitLifetime; }, true},
    {"LifetimeOverLimit", "WIT-8", [](auto& c) { c.exp = c.now + kMaxWitLifetime + seconds{1}; },
     false},
    {"LifetimeOverLimitWithWaiver", "WIT-8",
     [](auto& c) {
       c.exp = c.now + kMaxWitLifetime + seconds{1};
       c.allow_long_lifetime = true;
     },
     true},
    {"ExpAtEndOfRange", "WIT-8",
     [](auto& c) {
       c.exp = WallTime{seconds{kMaxNumericDate}};
       c.allow_long_lifetime = true;
     },
     true},
    {"ExpOutOfRange", "WIT-8",
     [](auto& c) {
       c.exp = WallTime{seconds{kMaxNumericDate + 1}};
       c.allow_long_lifetime = true;
     },
     false},
    {"KidAtLimit", "BCP-1", [](auto& c) { c.kid.assign(kMaxKidBytes, 'k'); }, true},
    {"KidOverLimit", "BCP-1", [](auto& c) { c.kid.assign(kMaxKidBytes + 1, 'k'); }, false},
    {"KidWithLineEnd", "BCP-1", [](auto& c) { c.kid = "a\nb"; }, false},
    {"KidWithDelete", "BCP-1", [](auto& c) { c.kid = "a\x7f"; }, false},
    {"KidWithSpace", "BCP-1", [](auto& c) { c.kid = "June 5"; }, true},
    {"IssUri", "WIT-2", [](auto& c) { c.iss = "https://issuer.example"; }, true},
    {"IssRelative", "WIT-2", [](auto& c) { c.iss = "issuer/example"; }, false},
    {"IssMalformed", "WIT-2", [](auto& c) { c.iss = "https://issuer example"; }, false},
    {"SpiffeNothingWrong", "WSVID-1", [](auto&) {}, true, WitProfile::kSpiffe},
    {"SpiffeWithoutKid", "WSVID-1", [](auto& c) { c.kid.clear(); }, false, WitProfile::kSpiffe},
    {"SpiffeOfWimseSubject", "WSVID-1",
     [](auto& c) { c.subject = testing::IdOf(testing::kCaller); }, false, WitProfile::kSpiffe},
    {"SpiffeConfirmsEd25519", "WSVID-1",
     [](auto& c) { c.confirmation = Confirmation(kWorkloadEdJwk, Alg::kEd25519); }, false,
     WitProfile::kSpiffe},
    {"WimseConfirmsEd25519", "WIT-3",
     [](auto& c) { c.confirmation = Confirmation(kWorkloadEdJwk, Alg::kEd25519); }, true},
    {"WimseOfSpiffeSubject", "WIT-2",
     [](auto& c) { c.subject = testing::IdOf("spiffe://trust.example.com/edge"); }, true},
};
INSTANTIATE_TEST_SUITE_P(Rules, IssueWitInput, ::testing::ValuesIn(kIssueCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(IssueWit, RefusesAnIssuerAlgorithmThatTheProfileLacks) {  // WSVID-1, Q1
  WitContent content = Content();
  content.subject = testing::IdOf("spiffe://trust.example.com/edge");
  for (const Alg alg : {Alg::kEdDSA, Alg::kEd25519}) {
    const crypto::PrivateKey key = KeyOf(testing::kIssuerEdJwk, alg);
    EXPECT_TRUE(
        RefusedWith(IssueWit(key, content, WitProfile::kSpiffe), Errc::kWitIssueInput, "WIT-2"));
    EXPECT_TRUE(Accepted(IssueWit(key, content, WitProfile::kWimse)));
  }
}

TEST(IssueWit, RefusesATokenOverTheLimit) {  // BCP-1, ATTACKS 5
  WitContent content = Content();
  content.jti.assign(kMaxTokenBytes, 'j');
  EXPECT_TRUE(RefusedWith(IssueWit(KeyOf(kIssuerJwk), content), Errc::kJoseTooLong, "BCP-1"));
}

}  // namespace
}  // namespace signet::credential
