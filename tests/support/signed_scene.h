// SignedScene: a good request with an HTTP signature, and the answer of its server. What is changed
// before Sign() is signed; what is changed after it is tampering.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "protocol/proof/httpsig/wimse_sign.h"
#include "protocol/verify/response_verifier.h"
#include "tests/support/http_scene.h"
#include "tests/support/seeded_random.h"

namespace signet::testing {

inline constexpr std::string_view kServer = "wimse://trust.example.com/orders";

struct SignedScene : HttpScene {
  SignedScene() {
    method = "POST";
    body = "{\"n\":1}";
    policy.accept = {verify::Binding::kHttpSignature};
    lines = {{"Content-Type", "application/json"}};
  }

  proof::httpsig::SignOptions options{.wit = {},
                                      .now = kNow,
                                      .expires = kNow + seconds{60},
                                      .nonce = "nonce-1",
                                      .revision = proof::httpsig::kDefaultSignatureRevision};
  proof::httpsig::RequestSignOptions request_options{
      .audience = "https://orders.example.com/v1/items", .sign_response = false};
  std::string signing_key{kWorkloadJwk};

  void Sign() {
    SeededRandom random(1);
    options.wit = wit;
    Result<proof::httpsig::SignedMessage> made = proof::httpsig::SignRequest(
        KeyOf(signing_key), Request(), options, request_options, random);
    SIGNET_CHECK(made.has_value());
    for (auto& field : made->fields) Add(std::move(field.name), std::move(field.value));
  }
  // Makes the request carry a WPT as well; before Sign(), so that the signature covers it.
  void AddWpt() { Add("Authorization", "WPT " + wpt); }

  std::string* Line(std::string_view name) {
    for (auto& [line, value] : lines) {
      if (http::EqualsIgnoreCase(line, name)) return &value;
    }
    return nullptr;
  }
  void Remove(std::string_view name) {
    std::erase_if(lines,
                  [&](const auto& line) { return http::EqualsIgnoreCase(line.first, name); });
  }
};

// The answer of kServer to a signed scene.
struct AnswerScene {
  explicit AnswerScene(SignedScene& scene) : request(scene) {
    WitMaker maker;
    maker.claims.SetString("sub", kServer);
    maker.Confirm(kWorkload2Jwk, "ES256");
    wit = maker.Token();
    rules.expected_server = IdOf(kServer);
    rules.request_nonce = "nonce-1";
  }

  SignedScene& request;
  int status = 200;
  std::string body = "done";
  std::vector<std::pair<std::string, std::string>> lines = {{"Content-Type", "text/plain"}};
  std::string wit;
  verify::ResponseRules rules;
  proof::httpsig::SignOptions options{.wit = {},
                                      .now = kNow,
                                      .expires = kNow + seconds{60},
                                      .nonce = "answer-1",
                                      .revision = proof::httpsig::kDefaultSignatureRevision};
  std::string nonce = "nonce-1";

  [[nodiscard]] http::Response Response() const {
    http::Response out;
    out.status = status;
    out.body = AsBytes(body);
    for (const auto& [name, value] : lines) out.fields.Add(name, value);
    return out;
  }
  void Sign() {
    SeededRandom random(2);
    options.wit = wit;
    Result<proof::httpsig::SignedMessage> made = proof::httpsig::SignResponse(
        KeyOf(kWorkload2Jwk), Response(), request.Request(), nonce, options, random);
    SIGNET_CHECK(made.has_value());
    for (auto& field : made->fields)
      lines.emplace_back(std::move(field.name), std::move(field.value));
  }
  void Remove(std::string_view name) {
    std::erase_if(lines,
                  [&](const auto& line) { return http::EqualsIgnoreCase(line.first, name); });
  }

  verify::ResponseDecision Verify() {
    const auto trust = SnapshotOf(request.origins, request.trust_generation, request.deny);
    return verify::VerifyResponse(Response(), request.Request(), rules, *trust, request.now,
                                  request.context);
  }
};

}  // namespace signet::testing
