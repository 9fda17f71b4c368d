// Requests with an HTTP signature: what the whole decision makes of them. The rules of the
// signature itself are tested in proof/httpsig.
#include <functional>
#include <string>
#include <vector>

#include "tests/support/expect.h"
#include "tests/support/signed_scene.h"

namespace signet::verify {
namespace {

using testing::kNow;
using testing::RulesOf;
using testing::SignedScene;

struct Refused {
  Errc code;
  std::string_view rule;
  int status;
};

void ExpectRefused(SignedScene& scene, const Refused& want, std::string_view what) {
  const Decision got = scene.Decide();
  ASSERT_FALSE(got.allowed()) << what;
  EXPECT_EQ(got.error->code, want.code) << what << " " << got.error->detail;
  EXPECT_EQ(got.error->rule(), want.rule) << what;
  EXPECT_EQ(got.http_status, want.status) << what;
  EXPECT_FALSE(got.challenge_wpt && want.status != 401) << what;
}

TEST(SignedRequest, IsAllowedAndSaysWhose) {  // SIG-10, ID-13
  SignedScene scene;
  scene.Sign();
  const Decision got = scene.Decide();
  ASSERT_TRUE(got.allowed()) << got.error->name() << " " << got.error->detail;
  EXPECT_EQ(got.subject->text(), testing::kCaller);
  EXPECT_EQ(got.bindings, BindingSet{Binding::kHttpSignature});
  EXPECT_EQ(NameOf(got.bindings), "http-signature");
  EXPECT_EQ(got.proof_id, "nonce-1");
  ASSERT_TRUE(got.signature.has_value());
  EXPECT_FALSE(got.signature->sign_response());
  EXPECT_TRUE(got.signature->Covers("content-type"));
  EXPECT_FALSE(got.signature->Covers("x-user"));
  EXPECT_EQ(scene.guard.asked, 1);
}

TEST(SignedRequest, ListsItsChecksInOrder) {
  SignedScene scene;
  scene.Sign();
  const std::vector<std::string> want = {
      "WIT-10", "WIT-6",    "WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1",    "WIT-12.d", "WIT-2",
      "WIT-8",  "WIT-12.e", "WIT-3",    "WIT-11",   "WIC-3",    "WIT-12.f", "SIG-8",    "SIG-4",
      "SIG-7",  "SIG-1",    "SIG-5",    "SIG-14",   "SIG-9",    "SIG-3",    "SIG-10",   "CRED-AZ"};
  EXPECT_EQ(RulesOf(scene.Decide().checks), want);
  std::vector<std::string> replayed = want;
  replayed[20] = "!SIG-9";
  EXPECT_EQ(RulesOf(scene.Decide().checks), replayed);
}

TEST(SignedRequest, IsGoodOnce) {  // SIG-9, RPL-1
  SignedScene scene;
  scene.Sign();
  ASSERT_TRUE(scene.Decide().allowed());
  const Decision again = scene.Decide();
  EXPECT_EQ(again.error->code, Errc::kHttpsigReplayed);
  EXPECT_EQ(again.error->rule(), "SIG-9");
  EXPECT_EQ(again.http_status, 400);
  EXPECT_FALSE(again.challenge_wpt);
  EXPECT_TRUE(again.first_seen.has_value());
}

TEST(SignedRequest, SpendsNothingIfItIsRefused) {  // RPL-1
  SignedScene scene;
  scene.Sign();
  scene.policy.callers = identity::IdSet();
  scene.policy.callers.Add(testing::IdOf("wimse://trust.example.com/other"));
  ExpectRefused(scene, {Errc::kVerifyCallerNotAllowed, "CRED-AZ", 403}, "caller");
  EXPECT_EQ(scene.guard.asked, 0);
}

TEST(SignedRequest, IsUnavailableWithoutAStore) {  // RPL-2
  SignedScene scene;
  scene.Sign();
  scene.with_guard = false;
  const Decision got = scene.Decide();
  EXPECT_EQ(got.verdict, Verdict::kUnavailable);
  EXPECT_EQ(got.http_status, 503);
}

struct TamperCase {
  std::string_view what;
  std::function<void(SignedScene&)> tamper;
  Refused want;
};

TEST(SignedRequest, IsRefusedAfterAnyChange) {  // ATTACKS 12-15
  const TamperCase cases[] = {
      {"method [SIG-1]",
       [](SignedScene& s) { s.method = "PUT"; },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"query [SIG-1]",
       [](SignedScene& s) { s.target = "/v1/items?page=3"; },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"query gone [SIG-1]",
       [](SignedScene& s) { s.target = "/v1/items"; },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"path [SIG-5]",
       [](SignedScene& s) { s.target = "/v1/other?page=2"; },
       {Errc::kHttpsigAudMismatch, "SIG-5", 400}},
      {"body [SIG-3]",
       [](SignedScene& s) { s.body = "{\"n\":2}"; },
       {Errc::kDigestMismatch, "SIG-3", 400}},
      {"body and its digest [SIG-1]",
       [](SignedScene& s) {
         s.body = "{\"n\":2}";
         *s.Line("Content-Digest") = proof::ContentDigestOf(AsBytes(s.body));
       },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"digest gone [SIG-3]",
       [](SignedScene& s) { s.Remove("Content-Digest"); },
       {Errc::kDigestMissing, "SIG-3", 400}},
      {"content type [SIG-1]",
       [](SignedScene& s) { *s.Line("Content-Type") = "text/html"; },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"a field that was not there [SIG-1]",
       [](SignedScene& s) { s.Add("Authorization", "Bearer x"); },
       {Errc::kHttpsigComponentMissing, "SIG-1", 400}},
      {"a Txn-Token that was not there [SIG-1]",
       [](SignedScene& s) { s.Add("Txn-Token", "a.b.c"); },
       {Errc::kHttpsigComponentMissing, "SIG-1", 400}},
      {"two Txn-Tokens",
       [](SignedScene& s) {
         s.Add("Txn-Token", "a.b.c");
         s.Add("Txn-Token", "a.b.d");
       },
       {Errc::kHttpFieldDuplicate, "SIG-1", 400}},
      {"two Authorization fields",
       [](SignedScene& s) {
         s.Add("Authorization", "Bearer x");
         s.Add("Authorization", "Bearer y");
       },
       {Errc::kHttpFieldDuplicate, "SIG-1", 400}},
      {"signature gone [SIG-8]",
       [](SignedScene& s) { s.Remove("Signature"); },
       {Errc::kHttpsigMalformed, "SIG-8", 400}},
      {"both gone [SIG-8]",
       [](SignedScene& s) {
         s.Remove("Signature");
         s.Remove("Signature-Input");
       },
       {Errc::kHttpsigMissing, "SIG-8", 400}},
      {"no WIT [WIT-6]",
       [](SignedScene& s) { s.Remove("Workload-Identity-Token"); },
       {Errc::kWitMissing, "WIT-6", 400}},
      {"two WITs [WIT-6]",
       [](SignedScene& s) { s.Add("Workload-Identity-Token", s.wit); },
       {Errc::kWitDuplicate, "WIT-6", 400}},
      {"nothing at all [SIG-8]",
       [](SignedScene& s) { s.lines.clear(); },
       {Errc::kVerifyNoCredentials, "SIG-8", 400}},
      {"too late [SIG-14]",
       [](SignedScene& s) { s.now = kNow + seconds{120}; },
       {Errc::kHttpsigExpired, "SIG-14", 400}},
      {"another recipient [SIG-5]",
       [](SignedScene& s) {
         s.policy.audiences = {};
         SIGNET_CHECK(s.policy.audiences.Add("https://other.example.com").has_value());
       },
       {Errc::kHttpsigAudMismatch, "SIG-5", 400}},
      {"the other revision [SIG-1]",
       [](SignedScene& s) { s.policy.signature_revision = proof::httpsig::SignatureRevision::k06; },
       {Errc::kHttpsigComponentMissing, "SIG-1", 400}},
      {"an algorithm the domain does not allow [SIG-7]",
       [](SignedScene& s) { s.origins[0].algs = crypto::AlgSet{crypto::Alg::kES384}; },
       {Errc::kJoseAlgNotAllowed, "WIT-12.d", 400}},
      {"over a channel without TLS [WIT-10]",
       [](SignedScene& s) { s.channel = Channel::kUnprotected; },
       {Errc::kVerifyChannel, "WIT-10", 400}},
  };
  for (const TamperCase& c : cases) {
    SignedScene scene;
    scene.Sign();
    c.tamper(scene);
    ExpectRefused(scene, c.want, c.what);
  }
}

// The WIT's issuer may use what its workloads may not: the proof key is judged by itself.
TEST(SignedRequest, NeedsAnAlgorithmAcceptableForItsDomain) {  // SIG-7
  SignedScene scene;
  testing::WitMaker maker;
  maker.Confirm(testing::kWorkloadEdJwk, "Ed25519");
  scene.wit = maker.Token();
  scene.signing_key = testing::kWorkloadEdJwk;
  scene.Sign();
  ASSERT_TRUE(scene.Decide().allowed());
  scene.guard.table = proof::ReplayTable{proof::ReplayLimits{}};
  scene.origins[0].algs = crypto::AlgSet{crypto::Alg::kES256};
  scene.trust_generation = 8;
  ExpectRefused(scene, {Errc::kHttpsigAlg, "SIG-7", 400}, "Ed25519");
}

TEST(SignedRequest, ByAnotherKeyThanTheWitsIsRefused) {  // a stolen WIT; SIG-10
  SignedScene scene;
  scene.options.allow_foreign_wit = true;
  scene.signing_key = testing::kAttackerJwk;
  scene.Sign();
  ExpectRefused(scene, {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}, "attacker's key");
}

TEST(SignedRequest, OfRevision06IsAcceptedWhereThatIsSet) {
  for (const auto revision :
       {proof::httpsig::SignatureRevision::k06, proof::httpsig::SignatureRevision::k06And07}) {
    SignedScene scene;
    scene.options.revision = revision;
    scene.Sign();
    scene.policy.signature_revision = proof::httpsig::SignatureRevision::k06;
    EXPECT_TRUE(scene.Decide().allowed());
  }
}

TEST(BothProofs, MustBothPass) {  // NQ4
  const TamperCase cases[] = {
      {"WPT of another audience [WPT-5.6]",
       [](SignedScene& s) {
         s.SetProof([](testing::WptMaker& maker) {
           maker.claims.SetString("aud", "https://evil.example");
         });
         s.lines = {{"Authorization", "WPT " + s.wpt}};
         s.Sign();
       },
       {Errc::kWptAudMismatch, "WPT-5.6", 401}},
      {"WPT swapped after signing [SIG-10]",
       [](SignedScene& s) {
         s.AddWpt();
         s.Sign();
         s.lines.erase(s.lines.begin() + 1);
         testing::WptMaker maker(s.wit);
         maker.claims.SetString("jti", "proof-2");
         s.Add("Authorization", "WPT " + maker.Token());
       },
       {Errc::kHttpsigSignatureInvalid, "SIG-10", 400}},
      {"WPT added after signing [SIG-1]",
       [](SignedScene& s) {
         s.Sign();
         s.AddWpt();
       },
       {Errc::kHttpsigComponentMissing, "SIG-1", 400}},
      {"WPT gone [SIG-10]",
       [](SignedScene& s) {
         s.AddWpt();
         s.Sign();
         s.Remove("Authorization");
       },
       {Errc::kHttpsigUnresolvable, "SIG-10", 400}},
      {"body changed [SIG-3]",
       [](SignedScene& s) {
         s.AddWpt();
         s.Sign();
         s.body = "x";
       },
       {Errc::kDigestMismatch, "SIG-3", 400}},
      {"neither [WPT-5.1]",
       [](SignedScene& s) {
         s.AddWpt();
         s.Sign();
         for (const auto* name : {"Authorization", "Signature", "Signature-Input"}) s.Remove(name);
       },
       {Errc::kWptMissing, "WPT-5.1", 401}},
  };
  for (const TamperCase& c : cases) {
    SignedScene scene;
    scene.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
    c.tamper(scene);
    ExpectRefused(scene, c.want, c.what);
  }
}

TEST(BothProofs, AreBothSpent) {  // RPL-1
  SignedScene scene;
  scene.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  scene.AddWpt();
  scene.Sign();
  const Decision got = scene.Decide();
  ASSERT_TRUE(got.allowed()) << got.error->name() << got.error->detail;
  EXPECT_EQ(NameOf(got.bindings), "both");
  EXPECT_EQ(got.proof_id, "proof-1");
  EXPECT_EQ(scene.guard.asked, 2);
  const std::vector<std::string> rules = RulesOf(got.checks);
  const auto wpt = std::find(rules.begin(), rules.end(), "WPT-5.9");
  const auto signature = std::find(rules.begin(), rules.end(), "SIG-9");
  ASSERT_TRUE(wpt != rules.end() && signature != rules.end());
  EXPECT_EQ(*(wpt + 1), "WPT-5.10");
  EXPECT_EQ(*(signature - 1), "SIG-14");

  // Neither half can be used again without the other.
  SignedScene wpt_again;
  wpt_again.policy.accept = {Binding::kWpt};
  wpt_again.AddWpt();
  wpt_again.Add("Workload-Identity-Token", wpt_again.wit);
  wpt_again.guard.table = std::move(scene.guard.table);
  EXPECT_EQ(wpt_again.Decide().error->code, Errc::kWptReplayed);
}

TEST(BothProofs, OneIsEnoughWhereOneIsSent) {
  SignedScene signature_only;
  signature_only.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  signature_only.Sign();
  EXPECT_EQ(NameOf(signature_only.Decide().bindings), "http-signature");

  SignedScene wpt_only;
  wpt_only.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  wpt_only.AddWpt();
  wpt_only.Add("Workload-Identity-Token", wpt_only.wit);
  EXPECT_EQ(NameOf(wpt_only.Decide().bindings), "wpt");
}

// SIG-8, SIG-16: a signature of somebody else beside the WPT is none of our business.
// Without a demand, a signature that is taken off leaves a request with a WPT, and the other way
// round; with one, each that is demanded must be there [NQ4].
TEST(BothProofs, WhatIsDemandedMustBeThere) {
  const BindingSet both{Binding::kWpt, Binding::kHttpSignature};
  const auto decide = [&both](BindingSet demand, const std::vector<std::string_view>& removed) {
    SignedScene scene;
    scene.policy.accept = both;
    scene.policy.demand = demand;
    scene.AddWpt();
    scene.Sign();
    for (const std::string_view name : removed) scene.Remove(name);
    return scene.Decide();
  };
  const std::vector<std::string_view> signature = {"Signature", "Signature-Input"};
  const std::vector<std::string_view> wpt = {"Authorization"};
  EXPECT_TRUE(decide(both, {}).allowed());
  EXPECT_TRUE(decide({}, signature).allowed());
  EXPECT_TRUE(decide({Binding::kWpt}, signature).allowed());
  const Decision unsigned_one = decide(both, signature);
  ASSERT_FALSE(unsigned_one.allowed());
  EXPECT_EQ(unsigned_one.error->code, Errc::kHttpsigMissing);
  EXPECT_EQ(decide({Binding::kHttpSignature}, signature).error->code, Errc::kHttpsigMissing);
  const Decision unproven = decide(both, wpt);
  ASSERT_FALSE(unproven.allowed());
  EXPECT_EQ(unproven.error->code, Errc::kWptMissing);
  SignedScene never_proven;  // its signature is good
  never_proven.policy.accept = both;
  never_proven.policy.demand = both;
  never_proven.Sign();
  const Decision got = never_proven.Decide();
  ASSERT_FALSE(got.allowed());
  EXPECT_EQ(got.error->code, Errc::kWptMissing);
}

TEST(BothProofs, ASignatureWithAnotherTagDoesNotCount) {
  SignedScene scene;
  scene.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  scene.AddWpt();
  scene.Add("Workload-Identity-Token", scene.wit);
  scene.Add("Signature-Input", "proxy=(\"@method\");created=1;tag=\"proxy\"");
  scene.Add("Signature", "proxy=:AAAA:");
  const Decision got = scene.Decide();
  EXPECT_TRUE(got.allowed()) << got.error->name();
  EXPECT_EQ(NameOf(got.bindings), "wpt");
}

TEST(BothProofs, ASignatureThatCannotBeReadIsRefused) {  // SIG-8
  SignedScene scene;
  scene.policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  scene.AddWpt();
  scene.Add("Workload-Identity-Token", scene.wit);
  scene.Add("Signature-Input", "wimse=(");
  scene.Add("Signature", "wimse=:AAAA:");
  ExpectRefused(scene, {Errc::kSfvMalformed, "SIG-8", 400}, "half a signature");
}

}  // namespace
}  // namespace signet::verify
