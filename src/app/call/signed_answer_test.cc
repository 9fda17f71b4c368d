#include "app/call/signed_answer.h"

#include "gtest/gtest.h"

#include "app/call/message_view.h"
#include "app/call/prove.h"
#include "protocol/proof/httpsig/wimse_sign.h"
#include "tests/support/expect.h"
#include "tests/support/seeded_random.h"
#include "tests/support/tokens.h"

namespace signet::app {
namespace {

using testing::kNow;

constexpr std::string_view kServer = "wimse://trust.example.com/orders";

// A signed call, and what its server answers.
struct Exchange {
  http1::ClientRequest request{.method = "POST",
                               .target = "/v1/items",
                               .headers = {},
                               .body = "{}",
                               .host = "orders.example.com"};
  http1::ClientResponse response{
      .status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = "done"};
  AnswerRules rules;
  std::string wit = testing::WitMaker().Token();
  testing::SeededRandom random{1};

  Exchange() {
    rules.trust = testing::SnapshotOf(testing::TestOrigins());
    rules.response.expected_server = *identity::WorkloadId::Parse(kServer);
    rules.response.signature_required = true;
    const auto proven = ProveRequest(testing::KeyOf(testing::kWorkloadJwk),
                                     {.wit = wit,
                                      .audience = "https://orders.example.com/v1/items",
                                      .now = kNow,
                                      .wpt = false,
                                      .to_sign = &request,
                                      .sign_response = true},
                                     random);
    EXPECT_TRUE(testing::Accepted(proven));
    rules.response.request_nonce = proven->nonce;
    request.headers = proven->fields;
  }

  void SignAnswer() {
    testing::WitMaker maker;
    maker.claims.SetString("sub", kServer);
    maker.Confirm(testing::kWorkload2Jwk, "ES256");
    const std::string server_wit = maker.Token();
    http::Response view{.status = response.status, .fields = {}, .body = AsBytes(response.body)};
    for (const auto& header : response.headers) view.fields.Add(header.name, header.value);
    const auto made = proof::httpsig::SignResponse(
        testing::KeyOf(testing::kWorkload2Jwk), view, ViewOf(request), rules.response.request_nonce,
        {.wit = server_wit, .now = kNow, .expires = kNow + seconds{60}, .nonce = {}}, random);
    ASSERT_TRUE(testing::Accepted(made));
    for (const auto& field : made->fields) response.headers.push_back({field.name, field.value});
  }

  verify::ResponseDecision Check() { return CheckAnswer(response, request, rules, kNow); }
};

// SIG-12
TEST(SignedAnswer, IsTheExpectedServersAnswerToThisRequest) {
  Exchange exchange;
  exchange.SignAnswer();
  const verify::ResponseDecision decision = exchange.Check();
  ASSERT_TRUE(decision.accepted()) << decision.error->name();
  EXPECT_TRUE(decision.is_signed);
  EXPECT_EQ(decision.server->text(), kServer);
}

TEST(SignedAnswer, IsRefusedIfAnythingIsAnother) {
  const auto code_after = [](const auto& change) {
    Exchange exchange;
    exchange.SignAnswer();
    change(exchange);
    const verify::ResponseDecision decision = exchange.Check();
    return decision.accepted() ? std::string_view("accepted") : decision.error->name();
  };
  EXPECT_EQ(code_after([](Exchange& e) { e.response.body = "none"; }), "digest.mismatch");
  EXPECT_EQ(code_after([](Exchange& e) { e.response.status = 201; }), "httpsig.signature_invalid");
  EXPECT_EQ(code_after([](Exchange& e) { e.request.target = "/v1/other"; }),
            "httpsig.signature_invalid");
  EXPECT_EQ(code_after([](Exchange& e) { e.rules.response.request_nonce = "another"; }),
            "httpsig.req_nonce_mismatch");  // SIG-6
  EXPECT_EQ(code_after([](Exchange& e) {
              e.rules.response.expected_server =
                  *identity::WorkloadId::Parse("wimse://trust.example.com/other");
            }),
            "verify.server_unexpected");  // TLS-4
}

// SIG-12
TEST(SignedAnswer, IsDemanded) {
  Exchange exchange;
  const verify::ResponseDecision decision = exchange.Check();
  ASSERT_FALSE(decision.accepted());
  EXPECT_EQ(decision.error->code, Errc::kHttpsigResponseUnsigned);
  exchange.rules.response.signature_required = false;
  EXPECT_TRUE(exchange.Check().accepted());
}

}  // namespace
}  // namespace signet::app
