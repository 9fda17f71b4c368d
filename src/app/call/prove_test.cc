#include "app/call/prove.h"

#include "gtest/gtest.h"

#include "protocol/verify/verifier.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::app {
namespace {

using testing::kNow;

verify::Decision DecideOn(const std::vector<http1::Header>& fields,
                          credential::WptRevision revision,
                          verify::BindingSet accept = {verify::Binding::kWpt}) {
  verify::Policy policy;
  policy.accept = accept;
  EXPECT_TRUE(policy.audiences.Add(testing::kAudience).has_value());
  policy.callers = identity::IdSet::AnyAuthenticated();
  policy.wpt_revision = revision;
  policy.waive_replay_protection = true;
  const auto verifier = verify::Verifier::Make(std::move(policy));
  http::Request request{.method = "GET",
                        .authority = "orders.example.com",
                        .target = "/v1/items",
                        .fields = {},
                        .body = {}};
  for (const http1::Header& field : fields) request.fields.Add(field.name, field.value);
  const auto trust = testing::SnapshotOf(testing::TestOrigins());
  verify::VerifyContext context;
  return verifier->Decide(request, verify::Channel::kProtected, *trust, nullptr, kNow, context);
}

// WPT-4: each revision in its own field, and only there.
TEST(ProveRequest, IsAcceptedUnderItsRevisionAndNoOther) {
  const crypto::PrivateKey key = testing::KeyOf(testing::kWorkloadJwk);
  const std::string wit = testing::WitMaker().Token();
  crypto::SystemRandom random;
  for (const auto revision : {credential::WptRevision::k01, credential::WptRevision::k02}) {
    const auto proven = ProveRequest(key,
                                     {.wit = wit,
                                      .audience = "https://orders.example.com/v1/items",
                                      .now = kNow,
                                      .txn_token = "a.b.c",
                                      .revision = revision},
                                     random);
    ASSERT_TRUE(testing::Accepted(proven));
    const bool is_02 = revision == credential::WptRevision::k02;
    const std::string* authorization = http1::FindHeader(proven->fields, "Authorization");
    const std::string* old_field = http1::FindHeader(proven->fields, "Workload-Proof-Token");
    ASSERT_EQ(authorization != nullptr, is_02);
    ASSERT_EQ(old_field != nullptr, !is_02);
    EXPECT_EQ(is_02 ? *authorization : "WPT " + *old_field, "WPT " + proven->wpt);
    EXPECT_EQ(*http1::FindHeader(proven->fields, "Txn-Token"), "a.b.c");

    EXPECT_TRUE(DecideOn(proven->fields, revision).allowed());
    const auto other = is_02 ? credential::WptRevision::k01 : credential::WptRevision::k02;
    EXPECT_FALSE(DecideOn(proven->fields, other).allowed());
  }
}

// SIG-1, SIG-16: the signature covers the WPT beside it.
TEST(ProveRequest, SignsTheRequestToo) {
  const crypto::PrivateKey key = testing::KeyOf(testing::kWorkloadJwk);
  const std::string wit = testing::WitMaker().Token();
  crypto::SystemRandom random;
  const http1::ClientRequest request{.target = "/v1/items", .host = "orders.example.com"};
  for (const bool wpt : {false, true}) {
    const auto proven = ProveRequest(key,
                                     {.wit = wit,
                                      .audience = "https://orders.example.com/v1/items",
                                      .now = kNow,
                                      .txn_token = "a.b.c",
                                      .wpt = wpt,
                                      .to_sign = &request,
                                      .sign_response = true},
                                     random);
    ASSERT_TRUE(testing::Accepted(proven));
    EXPECT_EQ(proven->wpt.empty(), !wpt);
    EXPECT_FALSE(proven->nonce.empty());
    const verify::Decision decision =
        DecideOn(proven->fields, credential::kDefaultWptRevision,
                 {verify::Binding::kWpt, verify::Binding::kHttpSignature});
    ASSERT_TRUE(decision.allowed()) << decision.error->name();
    EXPECT_EQ(verify::NameOf(decision.bindings), wpt ? "both" : "http-signature");
    EXPECT_EQ(decision.signature->nonce(), proven->nonce);
    EXPECT_TRUE(decision.signature->sign_response());
    EXPECT_TRUE(decision.signature->Covers("txn-token"));
    EXPECT_EQ(decision.signature->Covers("authorization"), wpt);
  }
}

// WIT-11
TEST(ProveRequest, RefusesAKeyThatTheWitDoesNotConfirm) {
  crypto::SystemRandom random;
  const std::string wit = testing::WitMaker().Token();
  const auto proven =
      ProveRequest(testing::KeyOf(testing::kAttackerJwk),
                   {.wit = wit, .audience = "https://orders.example.com/", .now = kNow}, random);
  ASSERT_FALSE(proven.has_value());
  EXPECT_EQ(proven.error().code, Errc::kWptSignInput);
}

}  // namespace
}  // namespace signet::app
