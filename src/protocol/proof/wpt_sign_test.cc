#include "protocol/proof/wpt_sign.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "protocol/codec/base64url.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/wpt_verify.h"
#include "tests/support/expect.h"
#include "tests/support/seeded_random.h"
#include "tests/support/tokens.h"

namespace signet::proof {
namespace {

using crypto::Alg;
using testing::Accepted;
using testing::KeyOf;
using testing::kNow;
using testing::kWorkloadJwk;
using testing::RefusedWith;
using testing::SeededRandom;

// base64url(SHA-256("a txn token")) and so on, by Python's hashlib.
constexpr std::string_view kTxnToken = "a txn token";
constexpr std::string_view kTxnHash = "YGr60Qc3GYswRle-7GpCIyurlxhi0dOzToULh5m8pKU";
constexpr std::string_view kAccessToken = "an access token";
constexpr std::string_view kAccessHash = "FPlcM-1UXiivOYozpUrp7d117JnKzPF4YXuXNnfZmdU";

struct Signing {
  std::string wit = testing::WitMaker().Token();
  std::vector<OtherToken> others;
  WptContent content{.wit = wit,
                     .aud = "https://orders.example.com/v1/items",
                     .exp = kNow + kDefaultProofLifetime,
                     .jti = {},
                     .txn_token = {},
                     .access_token = {},
                     .other_tokens = {}};
  crypto::PrivateKey key = KeyOf(kWorkloadJwk);
  SeededRandom random{1};

  Result<std::string> Sign() {
    content.wit = wit;
    content.other_tokens = others;
    return SignWpt(key, content, random);
  }
};

std::string PayloadOf(std::string_view token) {
  const Result<jose::JwsParts> parts = jose::SplitCompactJws(token);
  SIGNET_CHECK(parts.has_value());
  return std::string(AsText(*codec::Base64UrlDecode(parts->payload)));
}

TEST(SignWpt, HasTheClaimsThatItShouldAndNoOther) {  // WPT-2, WPT-3
  Signing signing;
  signing.content.jti = "proof-1";
  const Result<std::string> token = signing.Sign();
  ASSERT_TRUE(Accepted(token));
  EXPECT_EQ(PayloadOf(*token),
            R"({"aud":"https://orders.example.com/v1/items","exp":1745509960,"jti":"proof-1",)"
            R"("wth":")" +
                testing::Hash(signing.wit) + "\"}");
}

TEST(SignWpt, HasTheHeaderThatItShould) {  // WPT-1
  Signing signing;
  const Result<std::string> token = signing.Sign();
  ASSERT_TRUE(Accepted(token));
  jose::JwsReader reader;
  ASSERT_TRUE(Accepted(reader.Read(*token)));
  EXPECT_EQ(reader.header().alg_name, "ES256");
  EXPECT_EQ(reader.header().typ, "wpt+jwt");
  EXPECT_EQ(reader.header_json().size(), 2U);  // neither kid nor key
  EXPECT_TRUE(Accepted(signing.key.public_key().Verify(
      Alg::kES256, AsBytes(reader.parts().signing_input), reader.signature())));
}

TEST(SignWpt, CutsOffQueryAndFragment) {  // WPT-2
  for (const char* aud : {"https://orders.example.com/v1?a=b", "https://orders.example.com/v1#f",
                          "https://orders.example.com/v1?"}) {
    Signing signing;
    signing.content.aud = aud;
    const Result<std::string> token = signing.Sign();
    ASSERT_TRUE(Accepted(token));
    EXPECT_NE(PayloadOf(*token).find(R"("aud":"https://orders.example.com/v1",)"),
              std::string::npos);
  }
}

TEST(SignWpt, BindsEveryTokenThatItIsGiven) {  // WPT-3
  Signing signing;
  signing.content.jti = "j";
  signing.content.txn_token = kTxnToken;
  signing.others = {{"x-context", " \tan access token\t "}, {"x-more", "more"}};
  const Result<std::string> token = signing.Sign();
  ASSERT_TRUE(Accepted(token));
  const std::string payload = PayloadOf(*token);
  EXPECT_NE(payload.find(R"("tth":")" + std::string(kTxnHash) + "\""), std::string::npos);
  // Outer spaces are no part of the value that is hashed.
  EXPECT_NE(payload.find(R"("oth":{"x-context":")" + std::string(kAccessHash) + R"(","x-more":")" +
                         testing::Hash("more") + "\"}"),
            std::string::npos);
}

TEST(SignWpt, HasAthInTheOldRevisionOnly) {  // WPT-3
  Signing signing;
  signing.content.access_token = kAccessToken;
  const Result<std::string> new_one = signing.Sign();
  ASSERT_TRUE(Accepted(new_one));
  EXPECT_EQ(PayloadOf(*new_one).find("ath"), std::string::npos);
  signing.content.revision = credential::WptRevision::k01;
  const Result<std::string> old_one = signing.Sign();
  ASSERT_TRUE(Accepted(old_one));
  EXPECT_EQ(PayloadOf(*old_one).find(R"({"ath":")" + std::string(kAccessHash) + "\","), 0U);
}

TEST(SignWpt, MakesAnotherJtiEachTime) {  // WPT-2
  Signing signing;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const Result<std::string> token = signing.Sign();
    ASSERT_TRUE(Accepted(token));
    jose::JwsReader reader;
    ASSERT_TRUE(Accepted(reader.Read(*token)));
    const std::optional<std::string_view> jti = reader.claims().Find("jti")->AsString();
    ASSERT_TRUE(jti.has_value());
    EXPECT_EQ(codec::Base64UrlDecode(*jti)->size(), 16U);  // 128 bits
    EXPECT_TRUE(seen.emplace(*jti).second);
  }
}

TEST(RandomId, Is128BitsInBase64Url) {  // WPT-2, SIG-9
  SeededRandom random(5);
  SeededRandom same(5);
  std::array<std::uint8_t, 16> bytes{};
  same.Fill(bytes);
  EXPECT_EQ(RandomId(random), codec::Base64UrlEncode(bytes));
  EXPECT_NE(RandomId(random), RandomId(random));
}

struct SignCase {
  const char* name;
  const char* rule;
  std::function<void(Signing&)> change;
  bool good;
};
void PrintTo(const SignCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class SignWptInput : public ::testing::TestWithParam<SignCase> {};

TEST_P(SignWptInput, IsJudged) {
  Signing signing;
  GetParam().change(signing);
  const Result<std::string> got = signing.Sign();
  if (GetParam().good) {
    EXPECT_TRUE(Accepted(got)) << GetParam().rule;
  } else {
    EXPECT_TRUE(RefusedWith(got, Errc::kWptSignInput, "WPT-2")) << GetParam().rule;
  }
}

void Rewrite(Signing& s, const std::function<void(testing::WitMaker&)>& change) {
  testing::WitMaker wit;
  change(wit);
  s.wit = wit.Token();
}

const std::vector<SignCase> kSignCases = {
    {"NothingWrong", "WPT-2", [](auto&) {}, true},
    {"AudEmpty", "WPT-2", [](auto& s) { s.content.aud = ""; }, false},
    {"AudOnlyAQuery", "WPT-2", [](auto& s) { s.content.aud = "?a=b"; }, false},
    {"AudOfTheDeployment", "WPT-2", [](auto& s) { s.content.aud = "orders"; }, true},
    {"WitOfAnotherKey", "WPT-1",
     [](auto& s) { Rewrite(s, [](auto& w) { w.Confirm(testing::kWorkload2Jwk, "ES256"); }); },
     false},
    {"WitOfAnotherAlg", "WPT-1",
     [](auto& s) {
       s.key = KeyOf(testing::kWorkloadEdJwk, Alg::kEd25519);
       Rewrite(s, [](auto& w) { w.Confirm(testing::kWorkloadEdJwk, "EdDSA"); });
     },
     false},
    {"WitOfTheSameAlg", "WPT-1",
     [](auto& s) {
       s.key = KeyOf(testing::kWorkloadEdJwk, Alg::kEdDSA);
       Rewrite(s, [](auto& w) { w.Confirm(testing::kWorkloadEdJwk, "EdDSA"); });
     },
     true},
    {"WitWithoutCnf", "WPT-1", [](auto& s) { Rewrite(s, [](auto& w) { w.with_cnf = false; }); },
     false},
    {"WitWithCnfButNoJwk", "WPT-1",
     [](auto& s) {
       Rewrite(s, [](auto& w) {
         w.with_cnf = false;
         w.claims.Set("cnf", "{}");
       });
     },
     false},
    {"WitWithoutCnfAlg", "WPT-1",
     [](auto& s) { Rewrite(s, [](auto& w) { w.cnf_jwk.Remove("alg"); }); }, false},
    {"WitUnreadable", "WPT-1", [](auto& s) { s.wit = "not a token"; }, false},
    {"ForeignWitByWaiver", "WPT-1",
     [](auto& s) {
       s.wit = "not a token";
       s.content.allow_foreign_wit = true;
     },
     true},
    {"OtherTokenInUpperCase", "WPT-3", [](auto& s) { s.others = {{"X-Context", "v"}}; }, false},
    {"OtherTokenWithoutName", "WPT-3", [](auto& s) { s.others = {{"", "v"}}; }, false},
    {"OtherTokenWithSpace", "WPT-3", [](auto& s) { s.others = {{"x context", "v"}}; }, false},
    {"OtherTokenWithDelete", "WPT-3", [](auto& s) { s.others = {{"x\x7f", "v"}}; }, false},
    {"OtherTokenTwice", "WPT-3", [](auto& s) { s.others = {{"x-a", "v"}, {"x-a", "w"}}; }, false},
    {"OtherTokenEmptyValue", "WPT-3", [](auto& s) { s.others = {{"x-a", ""}}; }, true},
};
INSTANTIATE_TEST_SUITE_P(Rules, SignWptInput, ::testing::ValuesIn(kSignCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(SignWpt, RefusesATokenOverTheLimit) {  // BCP-1
  Signing signing;
  const std::string aud = "https://orders.example.com/" + std::string(kMaxTokenBytes, 'p');
  signing.content.aud = aud;
  EXPECT_TRUE(RefusedWith(signing.Sign(), Errc::kJoseTooLong, "BCP-1"));
}

TEST(TokenHash, IsBase64UrlOfSha256) {  // WPT-3
  EXPECT_EQ(TokenHash(kAccessToken), kAccessHash);
  EXPECT_EQ(TokenHash(kTxnToken), kTxnHash);
  EXPECT_EQ(TokenHash(""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

}  // namespace
}  // namespace signet::proof
