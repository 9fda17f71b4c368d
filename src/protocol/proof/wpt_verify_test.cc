#include "protocol/proof/wpt_verify.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/support/expect.h"
#include "tests/support/published.h"
#include "tests/support/tokens.h"

namespace signet::proof {
namespace {

using credential::VerifiedWit;
using credential::WptRevision;
using crypto::Alg;
using testing::Accepted;
using testing::At;
using testing::Hash;
using testing::JsonText;
using testing::KeyOf;
using testing::kNow;
using testing::RefusedWith;
using testing::RulesOf;
using testing::WitMaker;
using testing::WptMaker;
namespace published = testing::published;

VerifiedWit VerifiedOf(std::string_view token, const trust::TrustSnapshot& trust) {
  jose::JwsReader reader;
  CheckList checks;
  Result<VerifiedWit> wit = credential::VerifyWit(token, trust, {}, kNow, reader, checks);
  SIGNET_CHECK(wit.has_value());
  return *std::move(wit);
}
AudienceSet AudienceOf(std::string_view entry) {
  AudienceSet out;
  SIGNET_CHECK(out.Add(entry).has_value());
  return out;
}

// A good proof, its WIT and the request that carried it; every case changes one thing.
struct WptScene {
  explicit WptScene(WitMaker maker = {})
      : wit_text(maker.Token()),
        wit(VerifiedOf(wit_text, *testing::SnapshotOf(testing::TestOrigins()))),
        proof(wit_text) {}

  std::string wit_text;
  VerifiedWit wit;
  WptMaker proof;
  AudienceSet audiences = AudienceOf(testing::kAudience);
  std::string path = "/v1/items";
  std::optional<std::string> txn_token;
  std::optional<std::string> access_token;
  http::Fields fields;
  std::vector<std::string> context_fields;
  WptRevision revision = WptRevision::k02;
  seconds leeway = kDefaultLeeway;
  seconds max_ahead = kDefaultMaxProofAhead;
  WallTime now = kNow;
  std::function<std::string(std::string)> edit;
  CheckList checks;

  Result<VerifiedWpt> Verify() {
    std::string token = proof.Token();
    if (edit) token = edit(token);
    return VerifyText(token);
  }
  Result<VerifiedWpt> VerifyText(std::string_view token) {
    const WptExpectation expected{.audiences = audiences,
                                  .request_path = path,
                                  .txn_token = txn_token,
                                  .access_token = access_token,
                                  .fields = fields,
                                  .context_fields = context_fields,
                                  .revision = revision,
                                  .leeway = leeway,
                                  .max_ahead = max_ahead};
    jose::JwsReader reader;
    checks.Clear();
    return VerifyWpt(token, wit, expected, now, reader, checks);
  }
};

struct WptCase {
  const char* name;
  const char* rule;
  std::function<void(WptScene&)> change;
  std::optional<Errc> want;
};
void PrintTo(const WptCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

class WptVerify : public ::testing::TestWithParam<WptCase> {};

TEST_P(WptVerify, Decides) {
  WptScene scene;
  GetParam().change(scene);
  const Result<VerifiedWpt> got = scene.Verify();
  if (!GetParam().want.has_value()) {
    EXPECT_TRUE(Accepted(got)) << GetParam().rule;
    return;
  }
  EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  ASSERT_GT(scene.checks.size(), 0U);
  for (const Check& check : scene.checks) {
    const bool last = &check == scene.checks.end() - 1;
    EXPECT_EQ(check.ok(), !last) << check.rule;
    if (last) {
      EXPECT_EQ(check.code, GetParam().want);
    }
  }
}

const std::vector<WptCase> kJose = {
    {"NothingWrong", "WPT-5", [](auto&) {}, {}},
    {"Empty", "WPT-5.2", [](auto& s) { s.edit = [](auto) { return ""; }; }, Errc::kJoseParts},
    {"TwoParts", "WPT-5.2",
     [](auto& s) { s.edit = [](auto t) { return t.substr(0, t.rfind('.')); }; }, Errc::kJoseParts},
    {"EmptySignature", "WPT-5.2",  // ATTACKS 1
     [](auto& s) { s.edit = [](auto t) { return t.substr(0, t.rfind('.') + 1); }; },
     Errc::kJosePartEmpty},
    {"Padding", "WPT-5.2", [](auto& s) { s.edit = [](auto t) { return t + "="; }; },
     Errc::kJoseCharacter},
    {"TooLong", "WPT-5.2",  // ATTACKS 5
     [](auto& s) { s.proof.claims.SetString("pad", std::string(kMaxTokenBytes, 'x')); },
     Errc::kJoseTooLong},
    {"ClaimsArray", "WPT-5.2",
     [](auto& s) {
       s.edit = [&s](auto) { return testing::SignText(s.proof.key, s.proof.header.Text(), "[]"); };
     },
     Errc::kJosePayload},
    {"DuplicateJti", "WPT-5.2", [](auto& s) { s.proof.claims.Append("jti", "\"x\""); },
     Errc::kJsonDuplicateName},
    {"JwkInHeader", "WPT-5.2",  // ATTACKS 4
     [](auto& s) { s.proof.header.Set("jwk", testing::PublicMembers(testing::kAttackerJwk)); },
     Errc::kJoseKeyInHeader},
    {"Crit", "WPT-5.2", [](auto& s) { s.proof.header.Set("crit", "[\"b64\"]"); }, Errc::kJoseCrit},
    {"AlgMissing", "WPT-5.2", [](auto& s) { s.proof.header.Remove("alg"); }, Errc::kJoseAlgMissing},
    {"AlgNone", "WPT-5.3",  // ATTACKS 1
     [](auto& s) { s.proof.header.SetString("alg", "none"); }, Errc::kWptAlgMismatch},
    {"AlgSymmetric", "WPT-5.3",  // ATTACKS 2
     [](auto& s) { s.proof.header.SetString("alg", "HS256"); }, Errc::kWptAlgMismatch},
    {"AlgInAnotherCase", "WPT-5.3", [](auto& s) { s.proof.header.SetString("alg", "es256"); },
     Errc::kWptAlgMismatch},
    {"AlgOfAnotherCurve", "WPT-5.3",  // ATTACKS 8
     [](auto& s) { s.proof.header.SetString("alg", "ES384"); }, Errc::kWptAlgMismatch},
    {"KeyOfTheAttacker", "WPT-5.4",  // ATTACKS 18: a stolen WIT
     [](auto& s) { s.proof.key = KeyOf(testing::kAttackerJwk); }, Errc::kWptSignatureInvalid},
    {"KeyOfTheIssuer", "WPT-5.4", [](auto& s) { s.proof.key = KeyOf(testing::kIssuerJwk); },
     Errc::kWptSignatureInvalid},
    {"ClaimsChangedAfterSigning", "WPT-5.4",
     [](auto& s) {
       s.edit = [&s](std::string t) {
         JsonText claims = s.proof.claims;
         claims.Set("exp", At(61));
         return t.substr(0, t.find('.') + 1) + testing::Encoded(claims.Text()) +
                t.substr(t.rfind('.'));
       };
     },
     Errc::kWptSignatureInvalid},
    {"SignatureZero", "WPT-5.4",  // ATTACKS 9
     [](auto& s) {
       s.edit = [](std::string t) {
         return t.substr(0, t.rfind('.') + 1) + codec::Base64UrlEncode(Bytes(64, 0));
       };
     },
     Errc::kWptSignatureInvalid},
    {"TypMissing", "WPT-5.5", [](auto& s) { s.proof.header.Remove("typ"); }, Errc::kWptTypMismatch},
    {"TypOfAWit", "WPT-5.5",  // ATTACKS 6
     [](auto& s) { s.proof.header.SetString("typ", "wit+jwt"); }, Errc::kWptTypMismatch},
    {"TypDpop", "WPT-5.5", [](auto& s) { s.proof.header.SetString("typ", "dpop+jwt"); },
     Errc::kWptTypMismatch},
    {"TypOf2024", "WPT-5.5", [](auto& s) { s.proof.header.SetString("typ", "wimse-proof+jwt"); },
     Errc::kWptTypMismatch},
    {"TypWithPrefix",
     "Q9",
     [](auto& s) { s.proof.header.SetString("typ", "application/wpt+jwt"); },
     {}},
    {"TypInAnotherCase", "Q9", [](auto& s) { s.proof.header.SetString("typ", "WPT+JWT"); }, {}},
};
INSTANTIATE_TEST_SUITE_P(Jose, WptVerify, ::testing::ValuesIn(kJose),
                         [](const auto& p) { return std::string(p.param.name); });

const std::vector<WptCase> kClaims = {
    {"AudMissing", "WPT-5.6", [](auto& s) { s.proof.claims.Remove("aud"); }, Errc::kWptAudMissing},
    {"AudOfAnotherPath", "WPT-5.6",  // ATTACKS 7
     [](auto& s) { s.proof.claims.SetString("aud", "https://orders.example.com/v1/other"); },
     Errc::kWptAudMismatch},
    {"AudOfAnotherHost", "WPT-5.6",
     [](auto& s) { s.proof.claims.SetString("aud", "https://stock.example.com/v1/items"); },
     Errc::kWptAudMismatch},
    {"AudWithQuery",
     "WPT-5.6",
     [](auto& s) { s.proof.claims.SetString("aud", "https://orders.example.com/v1/items?q"); },
     {}},
    {"AudArrayOfOne",
     "WPT-9",
     [](auto& s) { s.proof.claims.Set("aud", R"(["https://orders.example.com/v1/items"])"); },
     {}},
    {"AudArrayOfTwo", "WPT-5.6",
     [](auto& s) {
       s.proof.claims.Set("aud", R"(["https://orders.example.com/v1/items","https://b.example/"])");
     },
     Errc::kWptAudMismatch},
    {"AudEmptyArray", "WPT-5.6", [](auto& s) { s.proof.claims.Set("aud", "[]"); },
     Errc::kWptAudMismatch},
    {"AudArrayOfANumber", "WPT-5.6", [](auto& s) { s.proof.claims.Set("aud", "[1]"); },
     Errc::kWptAudMismatch},
    {"AudNumber", "WPT-5.6", [](auto& s) { s.proof.claims.Set("aud", 1); }, Errc::kWptAudMismatch},
    {"AudNull", "WPT-5.6", [](auto& s) { s.proof.claims.Set("aud", "null"); },
     Errc::kWptAudMismatch},
    {"NoAudienceConfigured", "WPT-5.6", [](auto& s) { s.audiences = {}; }, Errc::kWptAudMismatch},
    {"AudAlias",
     "WPT-5.6",
     [](auto& s) {
       s.audiences = AudienceOf("orders");
       s.proof.claims.SetString("aud", "orders");
     },
     {}},
    {"ExpMissing", "WPT-5.7",  // ATTACKS 33
     [](auto& s) { s.proof.claims.Remove("exp"); }, Errc::kWptExpMissing},
    {"ExpText", "WPT-5.7", [](auto& s) { s.proof.claims.SetString("exp", "1745509960"); },
     Errc::kJwtClaimType},
    {"ExpFraction", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", "1745509960.5"); },
     Errc::kJwtClaimType},
    // ATTACKS 17: both sides, with the leeway of 60 s
    {"ExpAtLastTolerated", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", At(-59)); }, {}},
    {"ExpOneSecondEarlier", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", At(-60)); },
     Errc::kWptExpired},
    {"ExpTwoMinutesAgo", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", At(-120)); },
     Errc::kWptExpired},
    {"ExpNowWithoutLeeway", "WPT-5.7",
     [](auto& s) {
       s.leeway = seconds{0};
       s.proof.claims.Set("exp", At(0));
     },
     Errc::kWptExpired},
    {"ExpNextSecondWithoutLeeway",
     "WPT-5.7",
     [](auto& s) {
       s.leeway = seconds{0};
       s.proof.claims.Set("exp", At(1));
     },
     {}},
    {"ExpAtFurthest", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", At(360)); }, {}},
    {"ExpBeyondFurthest", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", At(361)); },
     Errc::kWptLifetimeTooLong},
    {"ExpBeyondASetting", "WPT-5.7",
     [](auto& s) {
       s.max_ahead = seconds{10};
       s.leeway = seconds{0};
       s.proof.claims.Set("exp", At(11));
     },
     Errc::kWptLifetimeTooLong},
    {"NbfNow", "WPT-5.7", [](auto& s) { s.proof.claims.Set("nbf", At(0)); }, {}},
    {"NbfWithinLeeway", "WPT-5.7", [](auto& s) { s.proof.claims.Set("nbf", At(60)); }, {}},
    {"NbfAhead", "WPT-5.7", [](auto& s) { s.proof.claims.Set("nbf", At(61)); },
     Errc::kWptNotYetValid},
    {"NbfNoNumber", "WPT-5.7", [](auto& s) { s.proof.claims.SetString("nbf", "soon"); },
     Errc::kJwtClaimType},
    {"ExpAtASetting",
     "WPT-5.7",
     [](auto& s) {
       s.max_ahead = seconds{10};
       s.leeway = seconds{0};
       s.proof.claims.Set("exp", At(10));
     },
     {}},
    {"ExpAtEndOfRange", "WPT-5.7", [](auto& s) { s.proof.claims.Set("exp", kMaxNumericDate); },
     Errc::kWptLifetimeTooLong},
    {"WthMissing", "WPT-5.8", [](auto& s) { s.proof.claims.Remove("wth"); }, Errc::kWptWthMissing},
    {"WthNumber", "WPT-5.8", [](auto& s) { s.proof.claims.Set("wth", 1); }, Errc::kJwtClaimType},
    {"WthOfAnotherWit", "WPT-5.8",  // ATTACKS 26
     [](auto& s) { s.proof.claims.SetString("wth", Hash("another")); }, Errc::kWptWthMismatch},
    {"WthPadded", "WPT-5.8", [](auto& s) { s.proof.claims.SetString("wth", s.wit.hash() + "="); },
     Errc::kWptWthMismatch},
    {"JtiMissing", "WPT-5.9", [](auto& s) { s.proof.claims.Remove("jti"); }, Errc::kWptJtiMissing},
    {"JtiEmpty", "WPT-5.9", [](auto& s) { s.proof.claims.SetString("jti", ""); },
     Errc::kWptJtiInvalid},
    {"JtiNumber", "WPT-5.9", [](auto& s) { s.proof.claims.Set("jti", 7); }, Errc::kWptJtiInvalid},
    {"JtiOneByte", "WPT-5.9", [](auto& s) { s.proof.claims.SetString("jti", "x"); }, {}},
    {"JtiAtLimit",
     "WPT-5.9",
     [](auto& s) { s.proof.claims.SetString("jti", std::string(kMaxJtiBytes, 'j')); },
     {}},
    {"JtiOverLimit", "WPT-5.9",
     [](auto& s) { s.proof.claims.SetString("jti", std::string(kMaxJtiBytes + 1, 'j')); },
     Errc::kWptJtiInvalid},
    {"UnknownClaims", "WPT-9", [](auto& s) { s.proof.claims.Set("example.com/x", "[{}]"); }, {}},
    {"Iss", "WPT-9", [](auto& s) { s.proof.claims.SetString("iss", "anybody"); }, {}},
};
INSTANTIATE_TEST_SUITE_P(Claims, WptVerify, ::testing::ValuesIn(kClaims),
                         [](const auto& p) { return std::string(p.param.name); });

// ATTACKS 26: every token of the request is hashed in the proof, in both directions.
const std::vector<WptCase> kOtherTokens = {
    {"TxnTokenBound",
     "WPT-5.10",
     [](auto& s) {
       s.txn_token = "txn";
       s.proof.claims.SetString("tth", Hash("txn"));
     },
     {}},
    {"TxnTokenUnbound", "WPT-5.10", [](auto& s) { s.txn_token = "txn"; }, Errc::kWptTthMissing},
    {"TxnTokenOfAnotherProof", "WPT-5.10",
     [](auto& s) {
       s.txn_token = "txn";
       s.proof.claims.SetString("tth", Hash("other"));
     },
     Errc::kWptTthMismatch},
    {"TxnTokenEmpty", "WPT-5.10", [](auto& s) { s.txn_token = ""; }, Errc::kWptTthMissing},
    {"TxnTokenTakenOut", "WPT-5.10", [](auto& s) { s.proof.claims.SetString("tth", Hash("txn")); },
     Errc::kWptTthWithoutToken},
    {"TthNumber", "WPT-5.10", [](auto& s) { s.proof.claims.Set("tth", 1); }, Errc::kJwtClaimType},
    // -02: an ath is an unknown claim, never counted as a binding.
    {"AthIgnoredIn02", "WPT-3", [](auto& s) { s.proof.claims.SetString("ath", "anything"); }, {}},
    {"AthNumberIgnoredIn02", "WPT-3", [](auto& s) { s.proof.claims.Set("ath", 1); }, {}},
    {"AccessTokenBoundIn01",
     "WPT-3",
     [](auto& s) {
       s.revision = WptRevision::k01;
       s.access_token = "access";
       s.proof.claims.SetString("ath", Hash("access"));
     },
     {}},
    {"NoAccessTokenIn01", "WPT-3", [](auto& s) { s.revision = WptRevision::k01; }, {}},
    {"AccessTokenUnboundIn01", "WPT-3",
     [](auto& s) {
       s.revision = WptRevision::k01;
       s.access_token = "access";
     },
     Errc::kWptAthMissing},
    {"AccessTokenOfAnotherProofIn01", "WPT-3",
     [](auto& s) {
       s.revision = WptRevision::k01;
       s.access_token = "access";
       s.proof.claims.SetString("ath", Hash("other"));
     },
     Errc::kWptAthMismatch},
    {"AccessTokenTakenOutIn01", "WPT-3",
     [](auto& s) {
       s.revision = WptRevision::k01;
       s.proof.claims.SetString("ath", Hash("access"));
     },
     Errc::kWptAthMismatch},
    {"AthNumberIn01", "WPT-3",
     [](auto& s) {
       s.revision = WptRevision::k01;
       s.proof.claims.Set("ath", 1);
     },
     Errc::kJwtClaimType},
};
INSTANTIATE_TEST_SUITE_P(OtherTokens, WptVerify, ::testing::ValuesIn(kOtherTokens),
                         [](const auto& p) { return std::string(p.param.name); });

// A request with the context field "X-Ctx: value", covered by oth.
void UseContext(WptScene& s) {
  s.context_fields = {"X-Ctx"};
  s.fields.Add("X-Ctx", " value ");
  s.proof.claims.Set("oth", JsonText().SetString("x-ctx", Hash("value")));
}
const std::vector<WptCase> kContext = {
    {"ContextCovered", "WPT-5.11", [](auto& s) { UseContext(s); }, {}},
    {"ContextAbsentFromRequest", "WPT-5.11", [](auto& s) { s.context_fields = {"X-Ctx"}; }, {}},
    {"ContextWithoutOth", "WPT-5.11",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Remove("oth");
     },
     Errc::kWptOthMissing},
    {"ContextMissingInOth", "WPT-5.11",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Set("oth", "{}");
     },
     Errc::kWptOthMissing},
    {"ContextChanged", "WPT-5.11",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Set("oth", JsonText().SetString("x-ctx", Hash("other")));
     },
     Errc::kWptOthMismatch},
    {"ContextHashOfUntrimmedValue", "WPT-5.11",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Set("oth", JsonText().SetString("x-ctx", Hash(" value ")));
     },
     Errc::kWptOthMismatch},
    {"ContextTwice", "WPT-5.12",  // ATTACKS 12
     [](auto& s) {
       UseContext(s);
       s.fields.Add("x-ctx", "value");
     },
     Errc::kWptOthUnknown},
    {"ContextTakenOut", "WPT-5.12",
     [](auto& s) {
       UseContext(s);
       s.fields.Clear();
     },
     Errc::kWptOthUnknown},
    {"OthNameInUpperCase", "WPT-5.12",
     [](auto& s) {
       s.fields.Add("X-Ctx", "value");
       s.proof.claims.Set("oth", JsonText().SetString("X-Ctx", Hash("value")));
     },
     Errc::kWptOthUnknown},
    {"OthOfAFieldThatIsNotConfigured",
     "WPT-5.12",
     [](auto& s) {
       s.fields.Add("X-More", "value");
       s.proof.claims.Set("oth", JsonText().SetString("x-more", Hash("value")));
     },
     {}},
    {"OthOfAnUnconfiguredFieldChanged", "WPT-5.11",
     [](auto& s) {
       s.fields.Add("X-More", "changed");
       s.proof.claims.Set("oth", JsonText().SetString("x-more", Hash("value")));
     },
     Errc::kWptOthMismatch},
    {"OthUnknownEntryBesideAGoodOne", "WPT-5.12",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Set(
           "oth", JsonText().SetString("x-ctx", Hash("value")).SetString("vendor", Hash("v")));
     },
     Errc::kWptOthUnknown},
    {"OthEmpty", "WPT-5.12", [](auto& s) { s.proof.claims.Set("oth", "{}"); }, {}},
    {"OthText", "WPT-5.12", [](auto& s) { s.proof.claims.SetString("oth", Hash("value")); },
     Errc::kWptOthMalformed},
    {"OthArray", "WPT-5.12", [](auto& s) { s.proof.claims.Set("oth", "[]"); },
     Errc::kWptOthMalformed},
    {"OthEntryNumber", "WPT-5.12",
     [](auto& s) {
       UseContext(s);
       s.proof.claims.Set("oth", R"({"x-ctx":1})");
     },
     Errc::kWptOthMalformed},
    // WPT-6: a field that no configuration names is no context, covered or not.
    {"UncoveredOtherField", "WPT-6", [](auto& s) { s.fields.Add("X-More", "value"); }, {}},
};
INSTANTIATE_TEST_SUITE_P(Context, WptVerify, ::testing::ValuesIn(kContext),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(WptVerify, MakesItsChecksInTheOrderOfTheDocument) {  // WPT-5
  WptScene scene;
  const Result<VerifiedWpt> proof = scene.Verify();
  ASSERT_TRUE(Accepted(proof));
  EXPECT_EQ(RulesOf(scene.checks),
            (std::vector<std::string>{"WPT-5.2", "WPT-5.3", "WPT-5.4", "WPT-5.5", "WPT-5.6",
                                      "WPT-5.7", "WPT-5.8", "WPT-5.10", "WPT-5.11", "WPT-5.12"}));
  EXPECT_EQ(proof->replay_check_position(), 7U);  // where 5.9 belongs
  scene.revision = WptRevision::k01;
  ASSERT_TRUE(Accepted(scene.Verify()));
  EXPECT_EQ(RulesOf(scene.checks)[8], "WPT-3");
}

TEST(VerifiedWpt, SaysWhatIsToBeRemembered) {  // RPL-1
  WptScene scene;
  const Result<VerifiedWpt> proof = scene.Verify();
  ASSERT_TRUE(Accepted(proof));
  EXPECT_EQ(proof->jti(), "proof-1");
  EXPECT_EQ(proof->exp(), kNow + seconds{60});
  // The end of the proof's validity, with the one leeway.
  EXPECT_EQ(proof->replay_entry().expires, kNow + seconds{120});
  const ReplayEntry same =
      MakeReplayEntry(ProofKind::kWpt, scene.wit.subject(), scene.wit.confirmation_thumbprint(),
                      "proof-1", kNow + seconds{120});
  EXPECT_EQ(proof->replay_entry().key, same.key);
  EXPECT_EQ(proof->replay_entry().sender, same.sender);
}

TEST(VerifiedWpt, AnotherSignatureOfTheSameProofIsTheSameProof) {  // RPL-1, ATTACKS 10
  WptScene scene;
  const std::string one = scene.proof.Token();
  // Other bytes, the same identifier: a JSON object in another order.
  scene.proof.claims = {{"jti", "\"proof-1\""},
                        {"wth", testing::Quoted(scene.wit.hash())},
                        {"exp", std::to_string(At(60))},
                        {"aud", "\"https://orders.example.com/v1/items\""}};
  const std::string two = scene.proof.Token();
  ASSERT_NE(one, two);
  const Result<VerifiedWpt> first = scene.VerifyText(one);
  const Result<VerifiedWpt> second = scene.VerifyText(two);
  ASSERT_TRUE(Accepted(first));
  ASSERT_TRUE(Accepted(second));
  EXPECT_EQ(first->replay_entry().key, second->replay_entry().key);
}

TEST(WptVerify, PinsTheNameOfTheAlgorithm) {  // WPT-1, Q1
  for (const auto& [cnf, alg, good] :
       {std::tuple("EdDSA", Alg::kEdDSA, true), std::tuple("Ed25519", Alg::kEd25519, true),
        std::tuple("EdDSA", Alg::kEd25519, false), std::tuple("Ed25519", Alg::kEdDSA, false)}) {
    WptScene scene(WitMaker().Confirm(testing::kWorkloadEdJwk, cnf));
    scene.proof.key = KeyOf(testing::kWorkloadEdJwk, alg);
    scene.proof.header.SetString("alg", crypto::NameOf(alg));
    if (good) {
      EXPECT_TRUE(Accepted(scene.Verify())) << cnf;
    } else {
      EXPECT_TRUE(RefusedWith(scene.Verify(), Errc::kWptAlgMismatch, "WPT-5.3")) << cnf;
    }
  }
}

TEST(WptVerify, WorksWithoutARequest) {  // the core is protocol independent
  WptScene scene;
  scene.path.clear();
  scene.audiences = AudienceOf("https://orders.example.com/v1/items");
  EXPECT_TRUE(Accepted(scene.Verify()));
}

struct CredentialsCase {
  const char* name;
  std::string field;
  std::optional<Errc> want;
  const char* rule;
  std::string token;
};
void PrintTo(const CredentialsCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class WptCredentials : public ::testing::TestWithParam<CredentialsCase> {};

TEST_P(WptCredentials, AreRead) {
  const Result<std::string_view> got = WptOfAuthorization(GetParam().field);
  if (GetParam().want.has_value()) {
    EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  } else {
    ASSERT_TRUE(Accepted(got));
    EXPECT_EQ(*got, GetParam().token);
  }
}
const std::vector<CredentialsCase> kCredentials = {
    {"OneSpace", "WPT a.b.c", {}, "WPT-4", "a.b.c"},
    {"ManySpaces", "WPT   a.b.c", {}, "WPT-4", "a.b.c"},
    {"SchemeInLowerCase", "wpt a.b.c", {}, "WPT-4", "a.b.c"},
    {"SchemeInMixedCase", "wPt a.b.c", {}, "WPT-4", "a.b.c"},
    {"OuterSpaces", " WPT a.b.c\t", {}, "WPT-4", "a.b.c"},
    {"Empty", "", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"Bearer", "Bearer a.b.c", Errc::kWptSchemeMismatch, "WPT-5.1", ""},  // WPT-10
    {"Basic", "Basic YTpi", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"DPoP", "DPoP a.b.c", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"TokenAlone", "a.b.c", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"LongerScheme", "WPTX a.b.c", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"SchemeWithColon", "WPT: a.b.c", Errc::kWptSchemeMismatch, "WPT-5.1", ""},
    {"SchemeAlone", "WPT", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"SchemeAndSpaces", "WPT   ", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Tab", "WPT\ta.b.c", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"SpaceThenTab", "WPT \ta.b.c", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"TwoTokens", "WPT a.b.c d.e.f", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"List", "WPT a.b.c, WPT d.e.f", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Padding", "WPT a.b.c=", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Parameter", "WPT token=\"a.b.c\"", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Token68Plus", "WPT a.b+.c", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Token68Slash", "WPT a.b/.c", Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
    {"Nul", std::string("WPT a.b\0.c", 10), Errc::kWptCredentialsMalformed, "WPT-5.2", ""},
};
INSTANTIATE_TEST_SUITE_P(Rules, WptCredentials, ::testing::ValuesIn(kCredentials),
                         [](const auto& p) { return std::string(p.param.name); });

// The examples of the documents, at the moment that suits them all.
struct PublishedCase {
  const char* name;
  std::string_view wit;
  std::string_view wpt;
  WptRevision revision;
  std::optional<std::string> access_token;
  std::optional<Errc> want;
  const char* rule;
  std::int64_t now = published::kExampleNow;
};
void PrintTo(const PublishedCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class PublishedWpt : public ::testing::TestWithParam<PublishedCase> {};

TEST_P(PublishedWpt, IsJudged) {
  const auto trust = testing::SnapshotOf({testing::OriginConfigOf(
      "wimse://example.com", testing::JwkSet({std::string(published::kWitIssuerJwk)}))});
  WptScene scene;
  scene.wit = VerifiedOf(GetParam().wit, *trust);
  scene.audiences = AudienceOf("https://workload.example.com");
  scene.path = "/path";
  scene.revision = GetParam().revision;
  scene.access_token = GetParam().access_token;
  scene.now = WallTime{seconds{GetParam().now}};
  const Result<VerifiedWpt> got = scene.VerifyText(GetParam().wpt);
  if (GetParam().want.has_value()) {
    EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  } else {
    ASSERT_TRUE(Accepted(got));
    EXPECT_EQ(got->jti(), "__bwc4ESC3acc2LTC1-_x");
    EXPECT_EQ(ToNumericDate(got->exp()), 1745510016);
  }
}
const std::vector<PublishedCase> kPublished = {
    {"Wpt02", published::kWit02, published::kWpt02, WptRevision::k02, {}, {}, "WPT-5"},
    {"Wpt03", published::kWit03, published::kWpt03, WptRevision::k02, {}, {}, "WPT-5"},
    {"Wpt01",
     published::kWit01,
     published::kWpt01,
     WptRevision::k01,
     "16_mAd0GiwaZokU26_0902100",
     {},
     "WPT-3"},
    // The key is the same in all: the name of the algorithm and the hash of the WIT tell them
    // apart.
    {"Wpt03WithWit02",
     published::kWit02,
     published::kWpt03,
     WptRevision::k02,
     {},
     Errc::kWptAlgMismatch,
     "WPT-5.3"},
    {"Wpt02WithWit03",
     published::kWit03,
     published::kWpt02,
     WptRevision::k02,
     {},
     Errc::kWptAlgMismatch,
     "WPT-5.3"},
    {"Wpt01WithWit02", published::kWit02, published::kWpt01, WptRevision::k01,
     "16_mAd0GiwaZokU26_0902100", Errc::kWptWthMismatch, "WPT-5.8"},
    {"Wpt02WithWit01",
     published::kWit01,
     published::kWpt02,
     WptRevision::k02,
     {},
     Errc::kWptWthMismatch,
     "WPT-5.8"},
    {"Wpt01WithoutItsBearerToken",
     published::kWit01,
     published::kWpt01,
     WptRevision::k01,
     {},
     Errc::kWptAthMismatch,
     "WPT-3"},
    {"Wpt01WithAnotherBearerToken", published::kWit01, published::kWpt01, WptRevision::k01, "x",
     Errc::kWptAthMismatch, "WPT-3"},
    {"Wpt02AtItsLastSecond",
     published::kWit02,
     published::kWpt02,
     WptRevision::k02,
     {},
     {},
     "WPT-5.7",
     1745510016 + 59},
    {"Wpt02Expired",
     published::kWit02,
     published::kWpt02,
     WptRevision::k02,
     {},
     Errc::kWptExpired,
     "WPT-5.7",
     1745510016 + 60},
    {"Wpt02AtItsFirstSecond",
     published::kWit02,
     published::kWpt02,
     WptRevision::k02,
     {},
     {},
     "WPT-5.7",
     1745510016 - 360},
    {"Wpt02TooFarAhead",
     published::kWit02,
     published::kWpt02,
     WptRevision::k02,
     {},
     Errc::kWptLifetimeTooLong,
     "WPT-5.7",
     1745510016 - 361},
};
INSTANTIATE_TEST_SUITE_P(Documents, PublishedWpt, ::testing::ValuesIn(kPublished),
                         [](const auto& p) { return std::string(p.param.name); });

}  // namespace
}  // namespace signet::proof
