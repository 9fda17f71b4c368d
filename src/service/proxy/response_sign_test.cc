// Signed answers: what an enforcement point does with wimse-sign-response, end to end with the
// client's verifier of responses.
#include "service/proxy/response_sign.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"

#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/signed_scene.h"

namespace signet::proxy {
namespace {

using testing::kNow;
using testing::SignedScene;

class FailingSigner final : public ResponseSigner {
 public:
  Result<std::vector<http1::Header>> Sign(const http::Response&, const http::Request&,
                                          std::string_view) override {
    return Refuse(Errc::kCryptoFailure, "out of entropy");
  }
};

class ResponseSigning : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::WitMaker maker;
    maker.claims.SetString("sub", testing::kServer);
    maker.Confirm(testing::kWorkload2Jwk, "ES256");
    credential_ = std::make_shared<const SigningCredential>(
        SigningCredential{.key = testing::KeyOf(testing::kWorkload2Jwk), .wit = maker.Token()});
    signer_ = std::make_unique<WitResponseSigner>(credential_, clock_, random_);
    scene_.policy.waive_replay_protection = true;
    scene_.request_options.sign_response = true;
  }

  // The answer of an enforcement point to the scene as it is.
  http1::Response Ask(ResponseSigner* signer, bool sign_all = false) {
    auto point = EnforcementPoint::Make(
        scene_.policy, {.loops = *loops_,
                        .clock = clock_,
                        .logger = logger_,
                        .trust = testing::SnapshotOf(scene_.origins, scene_.trust_generation),
                        .handler =
                            [this](const http1::RequestContext&, const identity::WorkloadId&) {
                              ++handled_;
                              return answer_;
                            },
                        .response_signer = signer,
                        .sign_all_responses = sign_all});
    EXPECT_TRUE(testing::Accepted(point));
    const http::Request request = scene_.Request();
    return (*point)->Handle(
        {.request = request, .channel = channel_, .loop = 0, .channel_protected = true});
  }

  // What the client makes of it.
  verify::ResponseDecision Read(const http1::Response& response) {
    http::Response view;
    view.status = response.status;
    view.body = AsBytes(response.body);
    for (const http1::Header& header : response.headers) view.fields.Add(header.name, header.value);
    verify::ResponseRules rules;
    rules.expected_server = testing::IdOf(testing::kServer);
    rules.signature_required = scene_.request_options.sign_response;
    rules.request_nonce = "nonce-1";
    return verify::VerifyResponse(view, scene_.Request(), rules,
                                  *testing::SnapshotOf(scene_.origins), kNow, scene_.context);
  }

  SignedScene scene_;
  test::ManualClock clock_{kNow};
  testing::SeededRandom random_{9};
  telemetry::Logger logger_{{.sink = [](std::string_view) {}}};
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(1);
  net::StreamInfo channel_{.transport = net::Transport::kTls};
  std::shared_ptr<const SigningCredential> credential_;
  std::unique_ptr<WitResponseSigner> signer_;
  http1::Response answer_{.status = 201, .headers = {{"Content-Type", "text/plain"}}, .body = "ok"};
  int handled_ = 0;
};

TEST_F(ResponseSigning, SignsWhatWasDemanded) {  // SIG-11, SIG-6
  scene_.Sign();
  const http1::Response response = Ask(signer_.get());
  EXPECT_EQ(response.status, 201);
  const verify::ResponseDecision got = Read(response);
  ASSERT_TRUE(got.accepted()) << got.error->name() << " " << got.error->detail;
  EXPECT_TRUE(got.is_signed);
}

TEST_F(ResponseSigning, LeavesOtherAnswersUnsigned) {  // SIG-5a
  scene_.request_options.sign_response = false;
  scene_.Sign();
  const http1::Response response = Ask(signer_.get());
  EXPECT_EQ(http1::FindHeader(response.headers, "Signature"), nullptr);
  EXPECT_FALSE(Read(response).is_signed);
}

TEST_F(ResponseSigning, SignsEverythingByLocalPolicy) {  // SIG-11
  scene_.request_options.sign_response = false;
  scene_.Sign();
  EXPECT_TRUE(Read(Ask(signer_.get(), /*sign_all=*/true)).is_signed);
}

// SIG-11: no successful unsigned response; and the application must not have acted.
TEST_F(ResponseSigning, WithoutAKeyRefusesBeforeItActs) {
  scene_.Sign();
  const http1::Response response = Ask(nullptr);
  EXPECT_EQ(response.status, 501);
  EXPECT_NE(response.body.find("\"httpsig.cannot_sign\""), std::string::npos) << response.body;
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(Read(response).error->code, Errc::kHttpsigResponseUnsigned);  // SIG-12
}

TEST_F(ResponseSigning, ThatFailsIsAnError) {  // SIG-11
  scene_.Sign();
  FailingSigner failing;
  EXPECT_EQ(Ask(&failing).status, 501);
  EXPECT_EQ(Ask(&failing, /*sign_all=*/true).status, 501);
}

TEST_F(ResponseSigning, WithoutACredentialIsAnError) {
  scene_.Sign();
  signer_->Replace(nullptr);
  EXPECT_EQ(Ask(signer_.get()).status, 501);
  signer_->Replace(credential_);
  EXPECT_EQ(Ask(signer_.get()).status, 201);
}

TEST_F(ResponseSigning, SignsTheRefusalOfAKnownCaller) {
  scene_.policy.callers = {};
  scene_.policy.callers.Add(testing::IdOf("wimse://trust.example.com/other"));
  scene_.Sign();
  const http1::Response response = Ask(signer_.get());
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(Read(response).is_signed);
}

TEST_F(ResponseSigning, GivesStrangersNoSignature) {
  scene_.Sign();
  scene_.body = "changed";
  const http1::Response response = Ask(signer_.get());
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(http1::FindHeader(response.headers, "Signature"), nullptr);
}

TEST_F(ResponseSigning, OfHeadCoversNoContent) {  // SIG-3
  scene_.method = "HEAD";
  scene_.body.clear();
  scene_.Sign();
  http1::Response response = Ask(signer_.get());
  EXPECT_EQ(http1::FindHeader(response.headers, "Content-Digest"), nullptr);
  response.body.clear();  // as it arrives
  EXPECT_TRUE(Read(response).is_signed);
}

TEST_F(ResponseSigning, WantsOneHandler) {
  const auto make = [&](bool sync, bool async) {
    EnforcementParts parts{.loops = *loops_,
                           .clock = clock_,
                           .logger = logger_,
                           .trust = testing::SnapshotOf(scene_.origins)};
    if (sync) parts.handler = [](const auto&, const auto&) { return http1::Response{}; };
    if (async) parts.async_handler = [](const auto&, const auto&, Answer) {};
    return EnforcementPoint::Make(scene_.policy, std::move(parts));
  };
  EXPECT_TRUE(make(true, false).has_value());
  EXPECT_TRUE(make(false, true).has_value());
  EXPECT_EQ(make(true, true).error().code, Errc::kVerifyConfiguration);
  EXPECT_EQ(make(false, false).error().code, Errc::kVerifyConfiguration);
}

}  // namespace
}  // namespace signet::proxy
