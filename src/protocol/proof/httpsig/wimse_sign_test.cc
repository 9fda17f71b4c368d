#include "protocol/proof/httpsig/wimse_sign.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/wimse_verify.h"
#include "tests/support/expect.h"
#include "tests/support/seeded_random.h"
#include "tests/support/signed_message.h"

namespace signet::proof::httpsig {
namespace {

using crypto::Alg;
using testing::Accepted;
using testing::At;
using testing::KeyOf;
using testing::kNow;
using testing::kRequestNonce;
using testing::NaiveBase;
using testing::RefusedWith;
using testing::SeededRandom;
using testing::StoredMessage;
using testing::WitMaker;

credential::VerifiedWit VerifiedOf(std::string_view token) {
  const auto trust = testing::SnapshotOf(testing::TestOrigins());
  jose::JwsReader reader;
  CheckList checks;
  auto wit = credential::VerifyWit(token, *trust, {}, kNow, reader, checks);
  SIGNET_CHECK(wit.has_value());
  return *std::move(wit);
}

void AddAll(const SignedMessage& signed_message, StoredMessage& message) {
  for (const SignedField& field : signed_message.fields) {
    message.lines.emplace_back(field.name, field.value);
  }
}

// A message to sign; every case changes one thing.
struct SignScene {
  std::string wit = WitMaker().Token();
  crypto::PrivateKey key = KeyOf(testing::kWorkloadJwk);
  SignOptions options{.wit = {}, .now = kNow, .expires = kNow + seconds{60}, .nonce = "n-1"};
  SeededRandom random{1};
  StoredMessage request{.method = "POST",
                        .target = "/v1/items?page=2",
                        .authority = "orders.example.com",
                        .lines = {{"Content-Type", "text/plain"},
                                  {"Txn-Token", "txn-1"},
                                  {"authorization", "Bearer x"},
                                  {"Host", "orders.example.com"}},
                        .body = "hello"};
  RequestSignOptions request_options{.audience = "https://orders.example.com/v1/items?page=2#x"};
  StoredMessage response{.status = 201, .lines = {{"Content-Type", "text/plain"}}, .body = "hi"};
  std::string request_nonce{kRequestNonce};

  Result<SignedMessage> Sign() {
    options.wit = wit;
    return SignRequest(key, request.View(), options, request_options, random);
  }
  Result<SignedMessage> SignAnswer() {
    options.wit = wit;
    return SignResponse(key, response.ResponseView(), request.View(), request_nonce, options,
                        random);
  }
};

std::vector<std::string> NamesOf(const SignedMessage& message) {
  std::vector<std::string> out;
  for (const SignedField& field : message.fields) out.push_back(field.name);
  return out;
}
std::string ValueOf(const SignedMessage& message, std::string_view name) {
  for (const SignedField& field : message.fields) {
    if (field.name == name) return field.value;
  }
  return "";
}

// The signature over the base of the second implementation.
::testing::AssertionResult SignedBy(const crypto::PrivateKey& key, const SignedMessage& made,
                                    StoredMessage message, const StoredMessage* request) {
  AddAll(made, message);
  const std::string input = ValueOf(made, "Signature-Input");
  const std::string label = input.substr(0, input.find('='));
  const std::string value = ValueOf(made, "Signature");
  if (!value.starts_with(label + "=:")) return ::testing::AssertionFailure() << value;
  const std::string encoded = value.substr(label.size() + 2, value.size() - label.size() - 3);
  const auto base = NaiveBase(input.substr(label.size() + 1), message, request);
  const auto verified = key.public_key().Verify(key.alg(), AsBytes(base.value_or("")),
                                                codec::Base64Decode(encoded).value());
  return Accepted(verified);
}

TEST(SignRequest, EmitsTheProfile) {  // SIG-1, SIG-3, SIG-4, SIG-5, SIG-8
  SignScene scene;
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_EQ(NamesOf(*made), (std::vector<std::string>{"Workload-Identity-Token", "Content-Digest",
                                                      "Signature-Input", "Signature"}));
  EXPECT_EQ(ValueOf(*made, "Workload-Identity-Token"), scene.wit);
  EXPECT_EQ(ValueOf(*made, "Content-Digest"), testing::ContentDigestText("hello"));
  EXPECT_EQ(ValueOf(*made, "Signature-Input"),
            R"(wimse=("@method" "@path" "@query" "content-type" "content-digest" "authorization" )"
            R"("txn-token" "workload-identity-token");created=1745509900;expires=1745509960)"
            R"(;nonce="n-1";tag="wimse-workload-to-workload")"
            R"(;wimse-aud="https://orders.example.com/v1/items")");
  EXPECT_EQ(made->nonce, "n-1");
  EXPECT_TRUE(SignedBy(scene.key, *made, scene.request, nullptr));
}

TEST(SignRequest, CoversOnlyWhatIsThere) {  // SIG-1
  SignScene scene;
  scene.request.lines = {{"Host", "orders.example.com"}};
  scene.request.body.clear();
  scene.request_options.sign_response = true;
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_EQ(NamesOf(*made),
            (std::vector<std::string>{"Workload-Identity-Token", "Signature-Input", "Signature"}));
  EXPECT_EQ(ValueOf(*made, "Signature-Input"),
            R"(wimse=("@method" "@path" "@query" "workload-identity-token");created=1745509900)"
            R"(;expires=1745509960;nonce="n-1";tag="wimse-workload-to-workload")"
            R"(;wimse-aud="https://orders.example.com/v1/items";wimse-sign-response)");
  EXPECT_TRUE(SignedBy(scene.key, *made, scene.request, nullptr));
}

TEST(SignRequest, CoversWhatTheRevisionSays) {  // SIG-1
  struct Row {
    SignatureRevision revision;
    const char* start;
  };
  for (const Row& row :
       {Row{SignatureRevision::k06, R"(wimse=("@method" "@request-target" "content-type" )"},
        Row{SignatureRevision::k06And07,
            R"(wimse=("@method" "@path" "@query" "@request-target" "content-type" )"}}) {
    SignScene scene;
    scene.options.revision = row.revision;
    const Result<SignedMessage> made = scene.Sign();
    ASSERT_TRUE(Accepted(made));
    EXPECT_TRUE(ValueOf(*made, "Signature-Input").starts_with(row.start));
    EXPECT_TRUE(SignedBy(scene.key, *made, scene.request, nullptr));
  }
}

TEST(SignRequest, CoversWhatIsAskedForBesides) {
  SignScene scene;
  scene.options.extra = {Plain("host"), Plain("@method"), {.name = "txn-token", .bs = true}};
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_NE(ValueOf(*made, "Signature-Input")
                .find(R"("workload-identity-token" "host" "txn-token";bs);created)"),
            std::string::npos);
}

TEST(SignRequest, AddsNothingThatIsThere) {  // SIG-3
  SignScene scene;
  scene.request.Set("workload-identity-token", scene.wit);
  scene.request.Set("Content-Digest", testing::ContentDigestText("hello"));
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_EQ(NamesOf(*made), (std::vector<std::string>{"Signature-Input", "Signature"}));
  EXPECT_TRUE(SignedBy(scene.key, *made, scene.request, nullptr));
}

TEST(SignRequest, MakesTheDigestThatIsAskedFor) {  // SIG-3; RFC 9530 appendix D
  SignScene scene;
  scene.request.body = "{\"hello\": \"world\"}\n";
  scene.options.digest = DigestAlg::kSha512;
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_EQ(ValueOf(*made, "Content-Digest"),
            "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCs"
            "yRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:");
}

TEST(SignRequest, TakesAFreshNonce) {  // SIG-9
  SignScene scene;
  scene.options.nonce = {};
  const std::string first = scene.Sign()->nonce;
  EXPECT_EQ(first.size(), 22U);  // 128 bits in base64url
  EXPECT_NE(scene.Sign()->nonce, first);
}

TEST(SignRequest, LeavesOtherSignaturesAlone) {  // SIG-16
  SignScene scene;
  for (const char* label : {"wimse", "wimse-2"}) {
    scene.request.lines.emplace_back("Signature-Input", std::string(label) + "=();tag=\"proxy\"");
    scene.request.lines.emplace_back("Signature", std::string(label) + "=:AA==:");
  }
  const Result<SignedMessage> made = scene.Sign();
  ASSERT_TRUE(Accepted(made));
  EXPECT_TRUE(ValueOf(*made, "Signature-Input").starts_with("wimse-3=("));
  EXPECT_TRUE(ValueOf(*made, "Signature").starts_with("wimse-3=:"));
  EXPECT_TRUE(SignedBy(scene.key, *made, scene.request, nullptr));
}

struct BadSign {
  const char* name;
  std::function<void(SignScene&)> change;
  Errc want = Errc::kHttpsigSignInput;
  const char* rule = "SIG-4";
};

TEST(SignRequest, RefusesWhatNobodyWouldAccept) {
  const std::vector<BadSign> cases = {
      {"audience empty", [](auto& s) { s.request_options.audience = "?x"; }},
      {"audience no String",
       [](auto& s) { s.request_options.audience = "https://\xc3\xa4.example"; },
       Errc::kSfvUnserializable, "RFC9651-4.1"},
      {"expires now", [](auto& s) { s.options.expires = kNow; }},
      {"expires late", [](auto& s) { s.options.expires = kNow + seconds{301}; }},
      {"nonce long",
       [](auto& s) {
         static const std::string kLong(kMaxNonceBytes + 1, 'x');
         s.options.nonce = kLong;
       }},
      {"nonce no String", [](auto& s) { s.options.nonce = "\n"; }, Errc::kSfvUnserializable,
       "RFC9651-4.1"},
      {"wit unreadable", [](auto& s) { s.wit = "x"; }},
      {"wit without cnf",
       [](auto& s) {
         WitMaker maker;
         maker.with_cnf = false;
         s.wit = maker.Token();
       }},
      {"cnf without alg",
       [](auto& s) {
         WitMaker maker;
         maker.cnf_jwk.Remove("alg");
         s.wit = maker.Token();
       }},
      {"wit of another key", [](auto& s) { s.key = KeyOf(testing::kWorkload2Jwk); }},
      {"wit of another alg",
       [](auto& s) {
         s.wit = WitMaker().Confirm(testing::kWorkloadEdJwk, "EdDSA").Token();
         s.key = KeyOf(testing::kWorkloadEdJwk, Alg::kEd25519);
       }},
      {"another wit there", [](auto& s) { s.request.Set("Workload-Identity-Token", "x"); }},
      {"wit twice",
       [](auto& s) {
         s.request.lines.emplace_back("Workload-Identity-Token", s.wit);
         s.request.lines.emplace_back("Workload-Identity-Token", s.wit);
       }},
      {"signed already",  // SIG-16
       [](auto& s) {
         s.request.Set("Signature-Input", "x=();tag=\"wimse-workload-to-workload\"");
         s.request.Set("Signature", "x=:AA==:");
       }},
      {"signatures unreadable", [](auto& s) { s.request.Set("Signature", "x=:AA==:"); }},
      {"digest wrong",
       [](auto& s) { s.request.Set("Content-Digest", testing::ContentDigestText("x")); },
       Errc::kDigestMismatch, "SIG-3"},
      {"extra not there", [](auto& s) { s.options.extra = {Plain("x-none")}; },
       Errc::kHttpsigUnresolvable, "SIG-1"},
      {"extra invalid", [](auto& s) { s.options.extra = {Plain("Host")}; },
       Errc::kHttpsigComponentInvalid, "SIG-1"},
      {"extra no component",
       [](auto& s) {
         s.options.extra = {Plain("host")};
         s.options.extra[0].identifier = "(";
       },
       Errc::kHttpsigComponentInvalid, "SIG-1"},
      {"extra no String", [](auto& s) { s.options.extra = {Plain("\xff")}; },
       Errc::kSfvUnserializable, "RFC9651-4.1"},
      {"extra too many",
       [](auto& s) {
         for (std::size_t i = 0; i < kMaxCoveredComponents; ++i) {
           s.options.extra.push_back(Plain("x" + std::to_string(i)));
         }
       },
       Errc::kHttpsigComponentInvalid, "SIG-1"},
  };
  for (const BadSign& bad : cases) {
    SignScene scene;
    bad.change(scene);
    EXPECT_TRUE(RefusedWith(scene.Sign(), bad.want, bad.rule)) << bad.name;
  }
}

TEST(SignRequest, SignsForAForeignWitIfToldTo) {
  SignScene scene;
  scene.key = KeyOf(testing::kWorkload2Jwk);
  scene.options.allow_foreign_wit = true;
  EXPECT_TRUE(Accepted(scene.Sign()));
}

TEST(SignRequest, IsAcceptedByTheRecipient) {  // SIG-1 to SIG-10
  for (const auto revision : {SignatureRevision::k06, SignatureRevision::k07}) {
    for (const auto signed_for : {revision, SignatureRevision::k06And07}) {
      SignScene scene;
      scene.options.revision = signed_for;
      scene.request_options.sign_response = true;
      const Result<SignedMessage> made = scene.Sign();
      ASSERT_TRUE(Accepted(made));
      StoredMessage sent = scene.request;
      AddAll(*made, sent);
      AudienceSet audiences;
      ASSERT_TRUE(audiences.Add("https://orders.example.com").has_value());
      CheckList checks;
      const auto verified = VerifyRequestSignature(sent.View(), "/v1/items", VerifiedOf(scene.wit),
                                                   audiences, {.revision = revision}, kNow, checks);
      ASSERT_TRUE(Accepted(verified));
      EXPECT_TRUE(verified->sign_response());
      EXPECT_EQ(verified->nonce(), made->nonce);
    }
  }
}

TEST(SignResponse, EmitsTheProfile) {  // SIG-2, SIG-6
  SignScene scene;
  const Result<SignedMessage> made = scene.SignAnswer();
  ASSERT_TRUE(Accepted(made));
  EXPECT_EQ(NamesOf(*made), (std::vector<std::string>{"Workload-Identity-Token", "Content-Digest",
                                                      "Signature-Input", "Signature"}));
  EXPECT_EQ(ValueOf(*made, "Signature-Input"),
            R"(wimse=("@status" "@method";req "@path";req "@query";req "content-type" )"
            R"("content-digest" "workload-identity-token");created=1745509900;expires=1745509960)"
            R"(;nonce="n-1";tag="wimse-workload-to-workload";wimse-req-nonce="request-nonce-1")");
  EXPECT_TRUE(SignedBy(scene.key, *made, scene.response, &scene.request));
}

TEST(SignResponse, IsAcceptedByTheClient) {  // SIG-2, SIG-6
  SignScene scene;
  scene.options.revision = SignatureRevision::k06And07;
  const Result<SignedMessage> made = scene.SignAnswer();
  ASSERT_TRUE(Accepted(made));
  StoredMessage sent = scene.response;
  AddAll(*made, sent);
  for (const auto revision : {SignatureRevision::k06, SignatureRevision::k07}) {
    CheckList checks;
    EXPECT_TRUE(Accepted(VerifyResponseSignature(sent.ResponseView(), scene.request.View(),
                                                 kRequestNonce, VerifiedOf(scene.wit),
                                                 {.revision = revision}, kNow, checks)));
  }
}

TEST(SignResponse, RefusesWhatNobodyWouldAccept) {  // SIG-6
  const std::vector<BadSign> cases = {
      {"no request nonce", [](auto& s) { s.request_nonce.clear(); }},
      {"request nonce no String", [](auto& s) { s.request_nonce = "\n"; }, Errc::kSfvUnserializable,
       "RFC9651-4.1"},
      {"expires late", [](auto& s) { s.options.expires = kNow + seconds{301}; }},
      {"another wit there", [](auto& s) { s.response.Set("Workload-Identity-Token", "x"); }},
      {"status", [](auto& s) { s.response.status = 7; }, Errc::kHttpsigUnresolvable, "SIG-1"},
      {"digest wrong",
       [](auto& s) { s.response.Set("Content-Digest", testing::ContentDigestText("x")); },
       Errc::kDigestMismatch, "SIG-3"},
  };
  for (const BadSign& bad : cases) {
    SignScene scene;
    bad.change(scene);
    EXPECT_TRUE(RefusedWith(scene.SignAnswer(), bad.want, bad.rule)) << bad.name;
  }
}

TEST(AcceptSignature, ListsTheProfile) {  // SIG-13
  EXPECT_EQ(AcceptSignatureForRequests(SignatureRevision::k07),
            R"(wimse=("@method" "@path" "@query" "content-type" "content-digest" "authorization" )"
            R"("txn-token" "workload-identity-token");created;expires)"
            R"(;tag="wimse-workload-to-workload")");
  EXPECT_EQ(AcceptSignatureForRequests(SignatureRevision::k06),
            R"(wimse=("@method" "@request-target" "content-type" "content-digest" "authorization" )"
            R"("txn-token" "workload-identity-token");created;expires)"
            R"(;tag="wimse-workload-to-workload")");
  EXPECT_EQ(AcceptSignatureForResponses(SignatureRevision::k07),
            R"(wimse=("@status" "@method";req "@path";req "@query";req "content-type" )"
            R"("content-digest" "workload-identity-token");created;expires)"
            R"(;tag="wimse-workload-to-workload")");
}

}  // namespace
}  // namespace signet::proof::httpsig
