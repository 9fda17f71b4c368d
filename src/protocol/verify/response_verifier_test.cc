#include "protocol/verify/response_verifier.h"

#include <functional>
#include <string>

#include "tests/support/expect.h"
#include "tests/support/signed_scene.h"

namespace signet::verify {
namespace {

using testing::AnswerScene;
using testing::kNow;
using testing::SignedScene;

TEST(Response, SignedByTheServerIsAccepted) {  // SIG-2, SIG-6, SIG-12
  SignedScene request;
  request.request_options.sign_response = true;
  request.Sign();
  AnswerScene answer(request);
  answer.rules.signature_required = true;
  answer.Sign();
  const ResponseDecision got = answer.Verify();
  ASSERT_TRUE(got.accepted()) << got.error->name() << " " << got.error->detail;
  EXPECT_TRUE(got.is_signed);
  EXPECT_EQ(got.server->text(), testing::kServer);
  EXPECT_EQ(got.wit_hash, testing::Hash(answer.wit));
}

TEST(Response, UnsignedIsAcceptedUnlessItWasDemanded) {  // SIG-12, SIG-17
  SignedScene request;
  request.Sign();
  AnswerScene answer(request);
  const ResponseDecision got = answer.Verify();
  EXPECT_TRUE(got.accepted());
  EXPECT_FALSE(got.is_signed);
  EXPECT_FALSE(got.server.has_value());
  answer.rules.signature_required = true;
  const ResponseDecision refused = answer.Verify();
  EXPECT_EQ(refused.error->code, Errc::kHttpsigResponseUnsigned);
  EXPECT_EQ(refused.error->rule(), "SIG-12");
}

// SIG-8: a proxy's own signature makes a response no signed one.
TEST(Response, SignedByAProxyOnlyCountsAsUnsigned) {
  SignedScene request;
  request.Sign();
  AnswerScene answer(request);
  answer.lines.emplace_back("Signature-Input", "proxy=(\"@status\");created=1;tag=\"proxy\"");
  answer.lines.emplace_back("Signature", "proxy=:AAAA:");
  EXPECT_TRUE(answer.Verify().accepted());
  answer.rules.signature_required = true;
  EXPECT_EQ(answer.Verify().error->code, Errc::kHttpsigResponseUnsigned);
}

TEST(Response, EveryStatusAndAnEmptyBodyCanBeSigned) {
  for (const int status : {200, 204, 404, 503}) {
    SignedScene request;
    request.Sign();
    AnswerScene answer(request);
    answer.status = status;
    answer.body.clear();
    answer.lines.clear();
    answer.Sign();
    EXPECT_TRUE(answer.Verify().is_signed) << status;
  }
}

struct Case {
  std::string_view what;
  std::function<void(AnswerScene&)> before;  // signing
  std::function<void(AnswerScene&)> after;
  Errc code;
  std::string_view rule;
};

const auto kNothing = [](AnswerScene&) {};

TEST(Response, OfAnotherServerOrRequestIsRefused) {
  const Case cases[] = {
      {"another workload of the domain [TLS-4]", kNothing,
       [](AnswerScene& a) {
         a.rules.expected_server = testing::IdOf("wimse://trust.example.com/other");
       },
       Errc::kVerifyServerUnexpected, "TLS-4"},
      {"no expectation and no waiver [TLS-4]", kNothing,
       [](AnswerScene& a) { a.rules.expected_server.reset(); }, Errc::kVerifyConfiguration,
       "TLS-4"},
      {"of another request [SIG-6]", [](AnswerScene& a) { a.nonce = "nonce-of-another"; }, kNothing,
       Errc::kHttpsigReqNonceMismatch, "SIG-6"},
      {"to a request that was not signed [SIG-6]", kNothing,
       [](AnswerScene& a) { a.rules.request_nonce.clear(); }, Errc::kHttpsigReqNonceMismatch,
       "SIG-6"},
      {"status [SIG-2]", kNothing, [](AnswerScene& a) { a.status = 201; },
       Errc::kHttpsigSignatureInvalid, "SIG-10"},
      {"request method [SIG-2]", kNothing, [](AnswerScene& a) { a.request.method = "PUT"; },
       Errc::kHttpsigSignatureInvalid, "SIG-10"},
      {"request path [SIG-2]", kNothing, [](AnswerScene& a) { a.request.target = "/v1/other"; },
       Errc::kHttpsigSignatureInvalid, "SIG-10"},
      {"body [SIG-3]", kNothing, [](AnswerScene& a) { a.body = "gone"; }, Errc::kDigestMismatch,
       "SIG-3"},
      {"content type [SIG-2]", kNothing, [](AnswerScene& a) { a.lines[0].second = "text/html"; },
       Errc::kHttpsigSignatureInvalid, "SIG-10"},
      {"content type added [SIG-2]", [](AnswerScene& a) { a.lines.clear(); },
       [](AnswerScene& a) { a.lines.emplace_back("Content-Type", "text/html"); },
       Errc::kHttpsigComponentMissing, "SIG-2"},
      {"WIT gone [WIT-6]", kNothing, [](AnswerScene& a) { a.Remove("Workload-Identity-Token"); },
       Errc::kWitMissing, "WIT-6"},
      {"two WITs [WIT-6]", kNothing,
       [](AnswerScene& a) { a.lines.emplace_back("Workload-Identity-Token", a.wit); },
       Errc::kWitDuplicate, "WIT-6"},
      {"signature gone, its input left [SIG-8]", kNothing,
       [](AnswerScene& a) { a.Remove("Signature"); }, Errc::kHttpsigMalformed, "SIG-8"},
      {"the caller's own WIT sent back [SIG-10]", kNothing,
       [](AnswerScene& a) {
         a.Remove("Workload-Identity-Token");
         a.lines.emplace_back("Workload-Identity-Token", a.request.wit);
         a.rules.expected_server = testing::IdOf(testing::kCaller);
       },
       Errc::kHttpsigSignatureInvalid, "SIG-10"},
      {"too late [SIG-14]", kNothing, [](AnswerScene& a) { a.request.now = kNow + seconds{120}; },
       Errc::kHttpsigExpired, "SIG-14"},
      {"denied WIT [WIC-3]", kNothing,
       [](AnswerScene& a) { a.request.deny.subjects.insert(std::string(testing::kServer)); },
       Errc::kWitDenied, "WIC-3"},
  };
  for (const Case& c : cases) {
    SignedScene request;
    request.Sign();
    AnswerScene answer(request);
    c.before(answer);
    answer.Sign();
    c.after(answer);
    const ResponseDecision got = answer.Verify();
    ASSERT_FALSE(got.accepted()) << c.what;
    EXPECT_EQ(got.error->code, c.code) << c.what << " " << got.error->detail;
    EXPECT_EQ(got.error->rule(), c.rule) << c.what;
    EXPECT_FALSE(got.is_signed) << c.what;
  }
}

TEST(Response, OfAnyTrustedServerNeedsTheWaiver) {
  SignedScene request;
  request.Sign();
  AnswerScene answer(request);
  answer.Sign();
  answer.rules.expected_server.reset();
  answer.rules.waive_expected_server = true;
  const ResponseDecision got = answer.Verify();
  EXPECT_TRUE(got.accepted());
  EXPECT_EQ(got.server->text(), testing::kServer);
}

}  // namespace
}  // namespace signet::verify
