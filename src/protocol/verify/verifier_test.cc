#include "protocol/verify/verifier.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/expect.h"
#include "tests/support/http_scene.h"
#include "tests/support/published.h"

namespace signet::verify {
namespace {

using credential::WptRevision;
using testing::At;
using testing::HttpScene;
using testing::kNow;
using testing::RulesOf;
using testing::WitMaker;
namespace published = testing::published;

TEST(Verifier, AllowsAGoodRequestAndSaysWhose) {  // WIT-12, WPT-5, ID-13
  HttpScene scene;
  const Decision got = scene.Decide();
  ASSERT_TRUE(got.allowed()) << got.error->name();
  EXPECT_FALSE(got.error.has_value());
  EXPECT_EQ(got.http_status, 200);
  EXPECT_FALSE(got.challenge_wpt);
  ASSERT_TRUE(got.subject.has_value());
  EXPECT_EQ(got.subject->text(), testing::kCaller);
  EXPECT_EQ(got.bindings, BindingSet{Binding::kWpt});
  EXPECT_EQ(got.revision, WptRevision::k02);
  EXPECT_EQ(got.proof_id, "proof-1");
  EXPECT_EQ(got.wit_hash, testing::Hash(scene.wit));
  EXPECT_EQ(got.trust_generation, 7U);
  EXPECT_EQ(scene.guard.asked, 1);
}

const std::vector<std::string> kAllChecks = {
    "WIT-10",  "WIT-6",   "WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1",   "WIT-12.d",
    "WIT-2",   "WIT-8",   "WIT-12.e", "WIT-3",    "WIT-11",   "WIC-3",   "WIT-12.f",
    "WPT-5.1", "WPT-5.2", "WPT-5.3",  "WPT-5.4",  "WPT-5.5",  "WPT-5.6", "WPT-5.7",
    "WPT-5.8", "WPT-5.9", "WPT-5.10", "WPT-5.11", "WPT-5.12", "CRED-AZ"};

TEST(Verifier, ListsItsChecksInTheOrderOfTheDocuments) {  // replay is decided last, listed as 5.9
  HttpScene scene;
  EXPECT_EQ(RulesOf(scene.Decide().checks), kAllChecks);
  // The second time the WIT comes from the cache; the list is the same, with the replay marked.
  std::vector<std::string> replayed = kAllChecks;
  replayed[22] = "!WPT-5.9";
  EXPECT_EQ(RulesOf(scene.Decide().checks), replayed);
}

TEST(Verifier, ListsTheSameChecksForACachedWit) {
  HttpScene scene;
  scene.policy.profile = credential::WitProfile::kSpiffe;
  scene.policy.callers = identity::IdSet::AnyAuthenticated();
  scene.origins = {testing::OriginConfigOf(
      "spiffe://example.com",
      testing::JwkSet({testing::PublicJwkOf(testing::kIssuerJwk, crypto::Alg::kES256,
                                            testing::kIssuerKid, "wit-svid")}),
      trust::BundleFormat::kSpiffe)};
  scene.origins[0].issuers = {"https://issuer.example"};
  WitMaker maker;
  maker.claims.SetString("sub", "spiffe://example.com/a");
  scene.SetWit(maker);
  const std::vector<std::string> first = RulesOf(scene.Decide().checks);
  scene.SetProof([](auto& p) { p.claims.SetString("jti", "proof-2"); });
  const Decision second = scene.Decide();
  EXPECT_TRUE(second.allowed());
  EXPECT_EQ(RulesOf(second.checks), first);
  scene.policy.generation = 2;
  scene.policy.expected_issuer = "https://issuer.example";
  maker.claims.SetString("iss", "https://issuer.example");
  scene.SetWit(maker);
  scene.SetProof([](auto& p) { p.claims.SetString("jti", "proof-4"); });
  const std::vector<std::string> with_issuer = RulesOf(scene.Decide().checks);
  scene.SetProof([](auto& p) { p.claims.SetString("jti", "proof-3"); });
  EXPECT_EQ(RulesOf(scene.Decide().checks), with_issuer);
}

struct DecideCase {
  const char* name;
  const char* rule;
  std::function<void(HttpScene&)> change;
  std::optional<Errc> want;
  int status = 200;
  bool challenge = false;
};
void PrintTo(const DecideCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

class Decide : public ::testing::TestWithParam<DecideCase> {};

TEST_P(Decide, ByTheRules) {
  HttpScene scene;
  GetParam().change(scene);
  const Decision got = scene.Decide();
  EXPECT_EQ(got.http_status, GetParam().status);
  EXPECT_EQ(got.challenge_wpt, GetParam().challenge);
  if (!GetParam().want.has_value()) {
    EXPECT_TRUE(got.allowed()) << got.error->name() << " [" << got.error->rule() << "]";
    return;
  }
  ASSERT_FALSE(got.allowed()) << GetParam().rule << " was not enforced";
  EXPECT_EQ(got.error->code, *GetParam().want);
  EXPECT_EQ(got.error->rule(), GetParam().rule);
  EXPECT_EQ(got.verdict, GetParam().status == 503 ? Verdict::kUnavailable : Verdict::kDeny);
  // One check failed, and it is the one that is reported.
  int failed = 0;
  for (const Check& check : got.checks) {
    if (check.ok()) continue;
    ++failed;
    EXPECT_EQ(check.rule, GetParam().rule);
    EXPECT_EQ(check.code, *GetParam().want);
  }
  EXPECT_EQ(failed, 1);
  // A refused request spends nothing, unless it was the store that refused.
  const bool by_store = got.error->rule() == "WPT-5.9" || GetParam().status == 503;
  EXPECT_EQ(scene.guard.table.size(), 0U);
  if (!by_store) {
    EXPECT_EQ(scene.guard.asked, 0);
  }
}

const std::vector<DecideCase> kRequest = {
    {"NothingWrong", "WPT-5", [](auto&) {}, {}},
    {"Unprotected", "WIT-10", [](auto& s) { s.channel = Channel::kUnprotected; },
     Errc::kVerifyChannel, 400},
    {"UnprotectedByWaiver",
     "WIT-10",
     [](auto& s) {
       s.channel = Channel::kUnprotected;
       s.policy.waive_protected_channel = true;
     },
     {}},
    {"FieldNameWithSpace", "-", [](auto& s) { s.Add("X Y", "v"); }, Errc::kHttpFieldInvalid, 400},
    {"TooManyFields", "-",
     [](auto& s) {
       for (std::size_t i = 0; i < kMaxFieldLines; ++i) s.Add("X", "v");
     },
     Errc::kHttpTooLarge, 413},
    {"TargetWithFragment", "-", [](auto& s) { s.target = "/v1/items#f"; }, Errc::kHttpTargetInvalid,
     400},
    {"OnlyCertificatesAccepted", "TLS-2", [](auto& s) { s.policy.accept = {Binding::kMutualTls}; },
     Errc::kWicMissing, 400},
    {"OnlySignaturesAccepted", "SIG-8",
     [](auto& s) { s.policy.accept = {Binding::kHttpSignature}; }, Errc::kHttpsigMissing, 400},
    {"HttpSignatureAcceptedToo",
     "WPT-8",
     [](auto& s) { s.policy.accept = {Binding::kWpt, Binding::kHttpSignature}; },
     {}},
    // WPT-7, ATTACKS 7: what the request says of its host decides nothing.
    {"HostOfTheAttacker", "WPT-7", [](auto& s) { s.authority = "evil.example"; }, {}},
    {"HostAsAudience", "WPT-5.6",
     [](auto& s) {
       s.authority = "evil.example";
       s.SetProof([](auto& p) { p.claims.SetString("aud", "https://evil.example/v1/items"); });
       s.Add("X-Forwarded-Host", "evil.example");
       s.Add("Forwarded", "host=evil.example");
     },
     Errc::kWptAudMismatch, 401, true},
    {"AbsoluteTargetOfTheAttacker", "WPT-5.6",
     [](auto& s) {
       s.target = "https://evil.example/v1/items";
       s.SetProof([](auto& p) { p.claims.SetString("aud", "https://evil.example/v1/items"); });
     },
     Errc::kWptAudMismatch, 401, true},
    {"AbsoluteTargetCountsItsPathOnly",
     "WPT-7",
     [](auto& s) { s.target = "https://evil.example/v1/items?page=2"; },
     {}},
    {"AnotherPath", "WPT-5.6", [](auto& s) { s.target = "/v1/items/../admin"; },
     Errc::kWptAudMismatch, 401, true},
    {"AnotherQuery", "WPT-5.6", [](auto& s) { s.target = "/v1/items?page=3"; }, {}},
    {"Asterisk",
     "WPT-5.6",
     [](auto& s) {
       s.method = "OPTIONS";
       s.target = "*";
       s.SetProof([](auto& p) { p.claims.SetString("aud", "https://orders.example.com"); });
     },
     {}},
    // WPT-12: separate, untouched, not covered
    {"ProxyAuthorization",
     "WPT-12",
     [](auto& s) { s.Add("Proxy-Authorization", "Basic YTpi"); },
     {}},
    {"ProxyAuthorizationIsNoProof", "WPT-5.1",
     [](auto& s) {
       s.lines = {{"Workload-Identity-Token", s.wit}, {"Proxy-Authorization", "WPT " + s.wpt}};
     },
     Errc::kWptMissing, 401, true},
};
INSTANTIATE_TEST_SUITE_P(Request, Decide, ::testing::ValuesIn(kRequest),
                         [](const auto& p) { return std::string(p.param.name); });

const std::vector<DecideCase> kWit = {
    {"NoCredentials", "WPT-8", [](auto& s) { s.lines.clear(); }, Errc::kVerifyNoCredentials, 401,
     true},
    // WPT-8: neither WIT nor WPT, whatever else is there
    {"BearerAlone", "WIT-6", [](auto& s) { s.lines = {{"Authorization", "Bearer token"}}; },
     Errc::kWitMissing, 401, true},
    {"WitAsBearer", "WIT-6",  // WIT-5, ATTACKS 18
     [](auto& s) { s.lines = {{"Authorization", "Bearer " + s.wit}}; }, Errc::kWitMissing, 401,
     true},
    {"WptWithoutWit", "WIT-6",  // WPT-5.0
     [](auto& s) { s.lines = {{"Authorization", "WPT " + s.wpt}}; }, Errc::kWitMissing, 400},
    {"MalformedWptWithoutWit", "WIT-6", [](auto& s) { s.lines = {{"Authorization", "WPT"}}; },
     Errc::kWitMissing, 400},
    {"TwoBearersWithoutWit", "WIT-6",
     [](auto& s) { s.lines = {{"Authorization", "Bearer a"}, {"Authorization", "Bearer b"}}; },
     Errc::kWitMissing, 400},
    {"IdentifierInAPlainField", "WPT-8",  // ID-13
     [](auto& s) { s.lines = {{"X-Workload-Id", std::string(testing::kCaller)}}; },
     Errc::kVerifyNoCredentials, 401, true},
    {"TwoWits", "WIT-6",  // ATTACKS 12
     [](auto& s) { s.Add("workload-identity-token", s.wit); }, Errc::kWitDuplicate, 400},
    {"TwoWitsInAList", "WIT-12.a", [](auto& s) { s.lines[0].second = s.wit + ", " + s.wit; },
     Errc::kJoseCharacter, 400},
    {"WitWithSpacesAround", "WIT-6", [](auto& s) { s.lines[0].second = " " + s.wit + "\t"; }, {}},
    {"WitFieldInAnotherCase",
     "WIT-6",
     [](auto& s) { s.lines[0].first = "WORKLOAD-IDENTITY-TOKEN"; },
     {}},
    {"WitEmpty", "WIT-12.a", [](auto& s) { s.lines[0].second = ""; }, Errc::kJoseParts, 400},
    {"WitTooLong", "WIT-12.a",  // ATTACKS 5
     [](auto& s) { s.lines[0].second = std::string(kMaxTokenBytes + 1, 'A'); }, Errc::kJoseTooLong,
     400},
    {"WitAtTheSizeLimit", "WIT-12.a",
     [](auto& s) { s.lines[0].second = std::string(kMaxTokenBytes, 'A'); }, Errc::kJoseParts, 400},
    {"WitByTheAttacker", "WIT-12.d",
     [](auto& s) {
       WitMaker maker;
       maker.key = testing::KeyOf(testing::kAttackerJwk);
       s.SetWit(maker);
     },
     Errc::kWitSignatureInvalid, 400},
    {"WitOfAnUnknownDomain", "WIT-12.b",  // ID-11
     [](auto& s) {
       WitMaker maker;
       maker.claims.SetString("sub", "wimse://evil.example/edge");
       s.SetWit(maker);
     },
     Errc::kTrustDomainUnknown, 400},
    {"WitExpired", "WIT-8", [](auto& s) { s.now += seconds{3600 + 60}; }, Errc::kWitExpired, 400},
    {"WitOverTheDefaultLifetime", "WIT-8",
     [](auto& s) {
       WitMaker maker;
       maker.claims.Set("exp", At(24 * 3600 + 1));
       s.SetWit(maker);
     },
     Errc::kWitLifetimeTooLong, 400},
    {"WitAtTheDefaultLifetime",
     "WIT-8",
     [](auto& s) {
       WitMaker maker;
       maker.claims.Set("exp", At(24 * 3600));
       s.SetWit(maker);
     },
     {}},
    {"WitDenied", "WIC-3", [](auto& s) { s.deny.subjects.insert(std::string(testing::kCaller)); },
     Errc::kWitDenied, 400},
    {"WitOfAnotherIssuerThanExpected", "TA-2",
     [](auto& s) { s.policy.expected_issuer = "https://issuer.example"; }, Errc::kTrustIssuer, 400},
    {"WitBeforeProof", "WIT-12.c",  // WPT-5.0
     [](auto& s) {
       WitMaker maker;
       maker.header.SetString("typ", "JWT");
       s.SetWit(maker);
       s.lines.pop_back();
     },
     Errc::kWitTypMismatch, 400},
};
INSTANTIATE_TEST_SUITE_P(Wit, Decide, ::testing::ValuesIn(kWit),
                         [](const auto& p) { return std::string(p.param.name); });

const std::vector<DecideCase> kProof = {
    {"WitAlone", "WPT-5.1",  // WIT-5, ATTACKS 18
     [](auto& s) { s.lines.pop_back(); }, Errc::kWptMissing, 401, true},
    {"OldFieldOnly", "WPT-5.1",  // WPT-4: never a fallback
     [](auto& s) {
       s.lines = {{"Workload-Identity-Token", s.wit}, {"Workload-Proof-Token", s.wpt}};
     },
     Errc::kWptMissing, 401, true},
    {"StrayOldField", "WPT-4", [](auto& s) { s.Add("Workload-Proof-Token", "rubbish"); }, {}},
    {"TwoAuthorizations", "WPT-5.1",  // ATTACKS 12
     [](auto& s) { s.Add("authorization", "WPT " + s.wpt); }, Errc::kWptAuthorizationDuplicate,
     400},
    {"WptAndBearer", "WPT-5.1",  // WPT-10
     [](auto& s) { s.Add("Authorization", "Bearer token"); }, Errc::kWptAuthorizationDuplicate,
     400},
    {"Bearer", "WPT-5.1", [](auto& s) { s.lines[1].second = "Bearer token"; },
     Errc::kWptSchemeMismatch, 401, true},
    {"SchemeInLowerCase", "WPT-4", [](auto& s) { s.lines[1].second = "wpt  " + s.wpt; }, {}},
    {"SchemeWithTab", "WPT-5.2", [](auto& s) { s.lines[1].second = "WPT\t" + s.wpt; },
     Errc::kWptCredentialsMalformed, 401, true},
    {"ProofMalformed", "WPT-5.2", [](auto& s) { s.lines[1].second = "WPT a.b"; }, Errc::kJoseParts,
     401, true},
    {"ProofTooLong", "WPT-5.2",
     [](auto& s) { s.lines[1].second = "WPT " + std::string(kMaxTokenBytes + 1, 'A'); },
     Errc::kJoseTooLong, 401, true},
    {"ProofByAnotherKey", "WPT-5.4",  // a stolen WIT
     [](auto& s) { s.SetProof([](auto& p) { p.key = testing::KeyOf(testing::kAttackerJwk); }); },
     Errc::kWptSignatureInvalid, 401, true},
    {"ProofIsTheWit", "WPT-5.4",  // ATTACKS 6: signed by another key, before its typ is looked at
     [](auto& s) { s.lines[1].second = "WPT " + s.wit; }, Errc::kWptSignatureInvalid, 401, true},
    {"ProofExpired", "WPT-5.7", [](auto& s) { s.now += seconds{120}; }, Errc::kWptExpired, 401,
     true},
    {"ProofAtItsLastSecond", "WPT-5.7", [](auto& s) { s.now += seconds{119}; }, {}},
    {"ProofBeforeItsTime", "WPT-5.7", [](auto& s) { s.now -= seconds{301}; },
     Errc::kWptLifetimeTooLong, 401, true},
    {"ProofOfAnotherWit", "WPT-5.8",  // ATTACKS 26
     [](auto& s) { s.lines[0].second = WitMaker().Token(); }, Errc::kWptWthMismatch, 401, true},
    {"TxnTokenBound",
     "WPT-5.10",
     [](auto& s) {
       s.SetProof([](auto& p) { p.claims.SetString("tth", testing::Hash("txn")); });
       s.Add("Txn-Token", "txn");
     },
     {}},
    {"TxnTokenUnbound", "WPT-5.10", [](auto& s) { s.Add("Txn-Token", "txn"); },
     Errc::kWptTthMissing, 401, true},
    {"TwoTxnTokens", "WPT-5.10",
     [](auto& s) {
       s.Add("Txn-Token", "txn");
       s.Add("txn-token", "txn");
     },
     Errc::kHttpFieldDuplicate, 400},
    {"ContextFieldUnbound", "WPT-5.11",
     [](auto& s) {
       s.policy.context_fields = {"X-Ctx"};
       s.Add("x-ctx", "value");
     },
     Errc::kWptOthMissing, 401, true},
    {"ContextFieldUnknownHere", "WPT-6", [](auto& s) { s.Add("x-ctx", "value"); }, {}},
    {"CallerNotOnTheList", "CRED-AZ",
     [](auto& s) {
       s.policy.callers = {};
       s.policy.callers.Add(testing::IdOf("wimse://trust.example.com/other"));
     },
     Errc::kVerifyCallerNotAllowed, 403},
    {"NobodyOnTheList", "CRED-AZ", [](auto& s) { s.policy.callers = {}; },
     Errc::kVerifyCallerNotAllowed, 403},
    {"EverybodyByWaiver",
     "CRED-AZ",
     [](auto& s) { s.policy.callers = identity::IdSet::AnyAuthenticated(); },
     {}},
    {"SameNameUnderAnotherScheme", "CRED-AZ",  // ID-9
     [](auto& s) {
       s.policy.callers = {};
       s.policy.callers.Add(testing::IdOf("spiffe://trust.example.com/edge"));
     },
     Errc::kVerifyCallerNotAllowed, 403},
    {"SamePathOfAnotherDomain", "CRED-AZ",
     [](auto& s) {
       s.policy.callers = {};
       s.policy.callers.Add(testing::IdOf("wimse://partner.example.net/edge"));
     },
     Errc::kVerifyCallerNotAllowed, 403},
    {"PrefixOfASegment", "CRED-AZ",  // ATTACKS 20
     [](auto& s) {
       s.policy.callers = {};
       SIGNET_CHECK(
           s.policy.callers.AddSubtree(testing::OriginOf("wimse://trust.example.com"), "/ed")
               .has_value());
     },
     Errc::kVerifyCallerNotAllowed, 403},
};
INSTANTIATE_TEST_SUITE_P(Proof, Decide, ::testing::ValuesIn(kProof),
                         [](const auto& p) { return std::string(p.param.name); });

// Revision 01: the proof in its own field, 400 without a challenge [WPT-8].
const std::vector<DecideCase> kRevision01 = {
    {"OldNothingWrong", "WPT-4", [](auto& s) { s.UseRevision01(); }, {}},
    {"OldNoCredentials", "WPT-8",
     [](auto& s) {
       s.UseRevision01();
       s.lines.clear();
     },
     Errc::kVerifyNoCredentials, 400},
    {"OldBearerAlone", "WIT-6",
     [](auto& s) {
       s.UseRevision01();
       s.lines = {{"Authorization", "Bearer token"}};
     },
     Errc::kWitMissing, 400},
    {"OldProofWithoutWit", "WIT-6",
     [](auto& s) {
       s.UseRevision01();
       s.lines = {{"Workload-Proof-Token", s.wpt}};
     },
     Errc::kWitMissing, 400},
    {"OldWitAlone", "WPT-4",
     [](auto& s) {
       s.UseRevision01();
       s.lines.pop_back();
     },
     Errc::kWptFieldMissing, 400},
    {"OldProofInTheNewField", "WPT-4",
     [](auto& s) {
       s.UseRevision01();
       s.lines[1] = {"Authorization", "WPT " + s.wpt};
     },
     Errc::kWptFieldMissing, 400},
    {"OldBothForms", "WPT-4",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "WPT " + s.wpt);
     },
     Errc::kWptBothForms, 400},
    {"OldBothFormsWithATab", "WPT-4",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "wpt\t" + s.wpt);
     },
     Errc::kWptBothForms, 400},
    {"OldTwoProofs", "WPT-4",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Workload-Proof-Token", s.wpt);
     },
     Errc::kWptFieldDuplicate, 400},
    {"OldTwoAuthorizations", "WPT-5.1",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "Bearer a");
       s.Add("Authorization", "Bearer b");
     },
     Errc::kWptAuthorizationDuplicate, 400},
    {"OldProofExpired", "WPT-5.7",
     [](auto& s) {
       s.UseRevision01();
       s.now += seconds{120};
     },
     Errc::kWptExpired, 400},
    {"OldUnboundBearer", "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "Bearer token");
     },
     Errc::kWptAthMissing, 400},
    {"OldUnboundBearerInLowerCase", "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "bearer token");
     },
     Errc::kWptAthMissing, 400},
    {"OldUnboundBearerAfterATab", "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "Bearer\ttoken");
     },
     Errc::kWptAthMissing, 400},
    {"OldUnboundDpopToken", "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "DPoP token");
     },
     Errc::kWptAthMissing, 400},
    {"OldBoundBearer",
     "WPT-3",
     [](auto& s) {
       s.SetProof([](auto& p) { p.claims.SetString("ath", testing::Hash("token")); });
       s.UseRevision01();
       s.Add("Authorization", "Bearer  token ");
     },
     {}},
    {"OldBearerWithoutToken",
     "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "Bearer");
     },
     {}},
    {"OldBasicIsNoAccessToken",
     "WPT-3",
     [](auto& s) {
       s.UseRevision01();
       s.Add("Authorization", "Basic YTpi");
     },
     {}},
    {"OldCallerNotOnTheList", "CRED-AZ",
     [](auto& s) {
       s.UseRevision01();
       s.policy.callers = {};
     },
     Errc::kVerifyCallerNotAllowed, 403},
};
INSTANTIATE_TEST_SUITE_P(Revision01, Decide, ::testing::ValuesIn(kRevision01),
                         [](const auto& p) { return std::string(p.param.name); });

void Force(HttpScene& s, proof::ReplayVerdict verdict) { s.guard.forced = verdict; }
const std::vector<DecideCase> kStore = {
    {"NoGuard", "RPL-2", [](auto& s) { s.with_guard = false; }, Errc::kReplayUnavailable, 503},
    {"NoGuardByWaiver",
     "RPL-1",
     [](auto& s) {
       s.with_guard = false;
       s.policy.waive_replay_protection = true;
     },
     {}},
    {"Replayed", "WPT-5.9",  // ATTACKS 16
     [](auto& s) { Force(s, proof::ReplayVerdict::kReplayed); }, Errc::kWptReplayed, 401, true},
    {"ReplayedInTheOldRevision", "WPT-5.9",
     [](auto& s) {
       s.UseRevision01();
       Force(s, proof::ReplayVerdict::kReplayed);
     },
     Errc::kWptReplayed, 400},
    {"Quota", "RPL-2", [](auto& s) { Force(s, proof::ReplayVerdict::kSenderQuota); },
     Errc::kReplaySenderQuota, 503},
    {"Full", "RPL-2", [](auto& s) { Force(s, proof::ReplayVerdict::kFull); }, Errc::kReplayFull,
     503},
    {"Unavailable", "RPL-2", [](auto& s) { Force(s, proof::ReplayVerdict::kUnavailable); },
     Errc::kReplayUnavailable, 503},
    {"WarmingUp", "RPL-3", [](auto& s) { Force(s, proof::ReplayVerdict::kWarmingUp); },
     Errc::kReplayWarmingUp, 503},
};
INSTANTIATE_TEST_SUITE_P(Store, Decide, ::testing::ValuesIn(kStore),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Verifier, AProofIsGoodForOneRequest) {  // RPL-1, ATTACKS 16
  HttpScene scene;
  ASSERT_TRUE(scene.Decide().allowed());
  scene.now += seconds{5};
  const Decision again = scene.Decide();
  EXPECT_EQ(again.error->code, Errc::kWptReplayed);
  EXPECT_EQ(again.first_seen, kNow);
  EXPECT_EQ(again.verdict, Verdict::kDeny);
}

TEST(Verifier, ARefusedRequestNamesItsCallerButIsDenied) {  // ID-13
  HttpScene scene;
  scene.SetProof([](auto& p) { p.claims.Remove("wth"); });
  const Decision got = scene.Decide();
  EXPECT_FALSE(got.allowed());
  ASSERT_TRUE(got.subject.has_value());
  EXPECT_EQ(got.subject->text(), testing::kCaller);
  // A WIT that was not verified names nobody.
  WitMaker forged;
  forged.key = testing::KeyOf(testing::kAttackerJwk);
  scene.SetWit(forged);
  const Decision nobody = scene.Decide();
  EXPECT_FALSE(nobody.subject.has_value());
  EXPECT_EQ(nobody.wit_hash, testing::Hash(scene.wit));
}

TEST(Verifier, ADecisionHoldsNoToken) {  // WPT-11
  HttpScene scene;
  const Decision got = scene.Decide();
  for (const std::string_view text : {got.proof_id.view(), got.wit_hash.view()}) {
    EXPECT_EQ(text.find(scene.wit), std::string::npos);
    EXPECT_EQ(text.find(scene.wpt), std::string::npos);
  }
}

// The examples of the documents as whole requests.
void UsePublished(HttpScene& scene, std::string_view wit, std::string_view wpt) {
  scene.wit = wit;
  scene.wpt = wpt;
  scene.lines = {{"Host", "workload.example.com"},
                 {"Content-Type", "application/json"},
                 {"Workload-Identity-Token", scene.wit},
                 {"Authorization", "WPT " + scene.wpt}};
  scene.method = "POST";
  scene.target = "/path";
  scene.authority = "workload.example.com";
  scene.now = WallTime{seconds{published::kExampleNow}};
  scene.origins = {testing::OriginConfigOf(
      "wimse://example.com", testing::JwkSet({std::string(published::kWitIssuerJwk)}))};
  scene.policy.audiences = {};
  SIGNET_CHECK(scene.policy.audiences.Add("https://workload.example.com").has_value());
  scene.policy.callers.Add(testing::IdOf("wimse://example.com/specific-workload"));
}

TEST(PublishedRequest, IsAllowedOnce) {  // wpt-02 and the text of 2026-09-22
  for (const auto& [wit, wpt] : {std::pair(published::kWit02, published::kWpt02),
                                 std::pair(published::kWit03, published::kWpt03)}) {
    HttpScene scene;
    UsePublished(scene, wit, wpt);
    const Decision got = scene.Decide();
    EXPECT_TRUE(got.allowed()) << got.error->name();
    EXPECT_EQ(scene.Decide().error->code, Errc::kWptReplayed);
  }
}

TEST(PublishedRequest, DoesNotMixWithTheOther) {
  HttpScene crossed;
  UsePublished(crossed, published::kWit02, published::kWpt03);
  EXPECT_EQ(crossed.Decide().error->code, Errc::kWptAlgMismatch);
  HttpScene reverse;
  UsePublished(reverse, published::kWit03, published::kWpt02);
  EXPECT_EQ(reverse.Decide().error->code, Errc::kWptAlgMismatch);
}

TEST(PublishedRequest, OfAugustIsAllowedUnderItsOwnRevision) {  // wpt-01 with its Bearer token
  HttpScene scene;
  UsePublished(scene, published::kWit01, published::kWpt01);
  scene.lines.back() = {"Workload-Proof-Token", scene.wpt};
  scene.Add("Authorization", std::string(published::kWpt01Authorization));
  // The new revision takes neither its field nor its bearer token.
  EXPECT_EQ(scene.Decide().error->code, Errc::kWptSchemeMismatch);
  scene.policy.wpt_revision = WptRevision::k01;
  const Decision got = scene.Decide();
  EXPECT_TRUE(got.allowed()) << got.error->name();
  EXPECT_EQ(got.revision, WptRevision::k01);
  const std::vector<std::string> rules = RulesOf(got.checks);
  EXPECT_NE(std::ranges::find(rules, "WPT-4"), rules.end());
  EXPECT_NE(std::ranges::find(rules, "WPT-3"), rules.end());
  scene.lines.back().second = "Bearer another";
  scene.guard.table = proof::ReplayTable(proof::ReplayLimits{});
  EXPECT_EQ(scene.Decide().error->code, Errc::kWptAthMismatch);
}

}  // namespace
}  // namespace signet::verify
