// The operations on HTTP signatures: RFC 9421's own cases, and what is signed here verifies.
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "app/check/check.h"
#include "protocol/crypto/private_key.h"
#include "tests/support/message_file.h"
#include "tests/support/tokens.h"

namespace signet::app {
namespace {

using nlohmann::json;
using testing::PublishedMessage;
using testing::PublishedText;
using testing::StoredMessage;

json Answer(json line, bool* usage = nullptr) {
  crypto::SystemRandom random;
  Checker checker(random);
  line["case"] = 1;
  const std::string out = checker.Run(line.dump());
  if (usage != nullptr) *usage = checker.saw_usage_error();
  return json::parse(out);
}

json HeadersOf(const StoredMessage& message) {
  json out = json::array();
  for (const auto& [name, value] : message.lines) out.push_back({name, value});
  return out;
}
json RequestOf(const StoredMessage& message) {
  return {{"method", message.method},
          {"target", message.target},
          {"authority", message.authority},
          {"headers", HeadersOf(message)},
          {"body", message.body}};
}
json ResponseOf(const StoredMessage& message) {
  return {{"status", message.status}, {"headers", HeadersOf(message)}, {"body", message.body}};
}

json RfcKey(const std::string& name) {
  json key = json::parse(PublishedText("rfc9421/keys.json")).at(name);
  return key;
}
json RequestLine(const std::string& file, const std::string& label, const std::string& key) {
  return {{"op", "http.sig_verify"},
          {"request", RequestOf(PublishedMessage(file))},
          {"label", label},
          {"jwk", RfcKey(key)}};
}

// A shared secret of the RFC, as base64url.
std::string SharedSecret() {
  std::string text = RfcKey("test-shared-secret");
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (text.ends_with('=')) text.pop_back();
  return text;
}

TEST(HttpSigVerify, AcceptsThePublishedOnes) {  // RFC9421-3.2, RFC9421-3.3
  json pss = RequestLine("rfc9421/b22.txt", "sig-b22", "test-key-rsa-pss");
  pss["alg"] = "rsa-pss-sha512";
  EXPECT_EQ(Answer(pss)["result"]["alg"], "rsa-pss-sha512");
  EXPECT_EQ(Answer(RequestLine("rfc9421/b26.txt", "sig-b26", "test-key-ed25519"))["result"]["alg"],
            "ed25519");
  EXPECT_EQ(Answer(RequestLine("rfc9421/b3.txt", "ttrp", "test-key-ecc-p256"))["result"]["alg"],
            "ecdsa-p256-sha256");
  json hmac = RequestLine("rfc9421/b25.txt", "sig-b25", "test-key-ed25519");
  hmac.erase("jwk");
  hmac["hmac_b64u"] = SharedSecret();
  EXPECT_EQ(Answer(hmac)["result"]["alg"], "hmac-sha256");
  json response = RequestLine("rfc9421/s24-request.txt", "reqres", "test-key-ecc-p256");
  response["response"] = ResponseOf(PublishedMessage("rfc9421/s24-response.txt"));
  EXPECT_EQ(Answer(response)["ok"], true);
}

TEST(HttpSigVerify, RefusesAlgorithmsThatDisagree) {  // RFC9421-3.3
  const json good = RequestLine("rfc9421/b26.txt", "sig-b26", "test-key-ed25519");
  const auto code = [](const json& line) { return Answer(line)["code"]; };
  json line = good;
  line["alg"] = "ecdsa-p256-sha256";  // of another key
  EXPECT_EQ(code(line), "httpsig.alg");
  line = good;
  line["alg"] = "hmac-sha256";
  EXPECT_EQ(code(line), "httpsig.alg");
  line = good;
  line["jwk"]["alg"] = "EdDSA";  // another name of the same
  EXPECT_TRUE(code(line).is_null());
  line = RequestLine("rfc9421/b22.txt", "sig-b22", "test-key-rsa-pss");
  EXPECT_EQ(code(line), "httpsig.alg");  // nothing says which
  line["jwk"]["alg"] = "PS512";
  EXPECT_TRUE(code(line).is_null());
  line["alg"] = "rsa-v1_5-sha256";
  EXPECT_EQ(code(line), "httpsig.alg");
  line = RequestLine("rfc9421/b22.txt", "sig-b22", "test-key-rsa-pss");
  line["jwk"]["alg"] = "PS256";  // of no name in RFC 9421
  EXPECT_EQ(code(line), "httpsig.alg");
  line = RequestLine("rfc9421/b25.txt", "sig-b25", "test-key-ed25519");
  line.erase("jwk");
  line["hmac_b64u"] = SharedSecret();
  line["alg"] = "ed25519";
  EXPECT_EQ(code(line), "httpsig.alg");
  line["alg"] = "hmac-sha256";
  line["hmac_b64u"] = "AAAA";
  EXPECT_EQ(code(line), "httpsig.signature_invalid");
  // The alg parameter, known and not.
  for (const auto& [alg, want] :
       std::vector<std::pair<std::string, std::string>>{{"ed25519", "httpsig.signature_invalid"},
                                                        {"rsa-pss-sha512", "httpsig.alg"},
                                                        {"x", "httpsig.alg"}}) {
    StoredMessage message = PublishedMessage("rfc9421/b26.txt");
    message.Set("Signature-Input", message.Value("Signature-Input") + ";alg=\"" + alg + "\"");
    line = good;
    line["request"] = RequestOf(message);
    EXPECT_EQ(code(line), want) << alg;
  }
}

TEST(HttpSigVerify, ChecksTimesIfThereIsANow) {  // SIG-14
  StoredMessage message = PublishedMessage("2026-09/sigs-request-a-b.txt");
  json line = {{"op", "http.sig_verify"},
               {"request", RequestOf(message)},
               {"label", "sig1"},
               {"jwk", json::parse(PublishedText("2026-09/sigs-svca-jwk.json"))}};
  EXPECT_EQ(Answer(line)["ok"], true);
  const auto code_at = [&](std::int64_t now) {
    line["now"] = now;
    return Answer(line)["code"];
  };
  EXPECT_TRUE(code_at(1789405435 + 59).is_null());
  EXPECT_EQ(code_at(1789405435 + 60), "httpsig.expired");
  EXPECT_TRUE(code_at(1789405135 - 60).is_null());
  EXPECT_EQ(code_at(1789405135 - 61), "httpsig.created_ahead");
}

TEST(HttpSigVerify, RefusesWhatIsNotThere) {
  json line = RequestLine("rfc9421/b26.txt", "sig-b27", "test-key-ed25519");
  EXPECT_EQ(Answer(line)["code"], "httpsig.missing");
  line["label"] = "sig-b26";
  line["request"]["target"] = "/bar";
  EXPECT_EQ(Answer(line)["code"], "httpsig.signature_invalid");
}

TEST(HttpSignatureBase, IsThePublishedOne) {  // RFC9421-2.5
  const StoredMessage request = PublishedMessage("2026-09/sigs-request-b-c.txt");
  const StoredMessage response = PublishedMessage("2026-09/sigs-response-c-b.txt");
  json line = {{"op", "http.signature_base"},
               {"request", RequestOf(request)},
               {"signature_input", request.Value("Signature-Input")},
               {"label", "sig1"}};
  EXPECT_EQ(Answer(line)["result"]["base"], PublishedText("2026-09/sigs-request-b-c.sigbase.txt"));
  line["response"] = ResponseOf(response);
  line["signature_input"] = response.Value("Signature-Input");
  EXPECT_EQ(Answer(line)["result"]["base"], PublishedText("2026-09/sigs-response-c-b.sigbase.txt"));
  line["signature_input"] = "sig1=(\"@status\" \"x-none\")";
  EXPECT_EQ(Answer(line)["code"], "httpsig.unresolvable");
}

// Lines that sign a request of kCaller, and the response to it.
json SignLine(std::string_view op) {
  return {{"op", op},
          {"key", json::parse(testing::kWorkloadJwk)},
          {"wit", testing::WitMaker().Token()},
          {"now", ToNumericDate(testing::kNow)},
          {"ttl_s", 60},
          {"audience", "https://orders.example.com/v1"},
          {"request",
           {{"method", "GET"}, {"target", "/v1"}, {"headers", json::array({{"Host", "h"}})}}}};
}
json VerifyLine(json request) {
  return {{"op", "http.sig_verify"},
          {"request", std::move(request)},
          {"label", "wimse"},
          {"now", ToNumericDate(testing::kNow)},
          {"jwk", json::parse(testing::kWorkloadJwk)}};
}

TEST(HttpSign, MakesWhatVerifies) {  // SIG-1, SIG-2, SIG-6
  json line = SignLine("http.sign_request");
  line["nonce"] = "n-1";
  line["sign_response"] = true;
  const json made = Answer(line);
  ASSERT_EQ(made["ok"], true) << made;
  json request = line["request"];
  for (const json& header : made["result"]["headers"]) request["headers"].push_back(header);
  EXPECT_EQ(made["result"]["headers"].size(), 3U);
  EXPECT_EQ(Answer(VerifyLine(request))["ok"], true);

  json answer = SignLine("http.sign_response");
  answer["request"] = request;
  answer["response"] = {{"status", 200}, {"headers", json::array()}, {"body", "hi"}};
  const json answered = Answer(answer);
  ASSERT_EQ(answered["ok"], true) << answered;
  const std::string input = answered["result"]["headers"][2][1];
  EXPECT_NE(input.find("wimse-req-nonce=\"n-1\""), std::string::npos);
  json check = VerifyLine(request);
  check["response"] = answer["response"];
  check["response"]["headers"] = answered["result"]["headers"];
  EXPECT_EQ(Answer(check)["ok"], true);
  answer["request_nonce"] = "other";
  EXPECT_NE(Answer(answer)["result"]["headers"][2][1].get<std::string>().find("=\"other\""),
            std::string::npos);
}

TEST(HttpSign, FollowsTheRevision) {  // SIG-1
  for (const auto& [revision, want] : std::vector<std::pair<std::string, std::string>>{
           {"http-signature-06", "(\"@method\" \"@request-target\" \"workload"},
           {"http-signature-07", "(\"@method\" \"@path\" \"@query\" \"workload"},
           {"both-sign", "(\"@method\" \"@path\" \"@query\" \"@request-target\" \"workload"}}) {
    json line = SignLine("http.sign_request");
    line["revision"] = revision;
    EXPECT_NE(Answer(line)["result"]["headers"][1][1].get<std::string>().find(want),
              std::string::npos);
  }
}

TEST(HttpSign, RefusesARequestWithoutOneNonce) {  // SIG-6, SIG-8
  json line = SignLine("http.sign_response");
  line["response"] = {{"status", 200}, {"headers", json::array()}};
  EXPECT_EQ(Answer(line)["code"], "httpsig.missing");
  const std::string tag = "();tag=\"wimse-workload-to-workload\"";
  line["request"]["headers"] =
      json::array({{"Signature-Input", "a=" + tag + ", b=" + tag + ", c=()"},
                   {"Signature", "a=:AA==:, b=:AA==:, c=:AA==:"}});
  EXPECT_EQ(Answer(line)["code"], "httpsig.duplicate");
}

TEST(HttpSignature, UsageIsNamed) {
  const auto expect = [](json line, const char* code) {
    bool usage = false;
    EXPECT_EQ(Answer(line, &usage)["code"], code) << line;
    EXPECT_TRUE(usage) << line;
  };
  const json verify = RequestLine("rfc9421/b26.txt", "sig-b26", "test-key-ed25519");
  json line = verify;
  line["alg"] = "ES256";
  expect(line, "usage.bad_member");
  line = verify;
  line["hmac_b64u"] = "=";
  expect(line, "usage.bad_member");
  line["hmac_b64u"] = "AA";  // one key of the two
  expect(line, "usage.unknown_member");
  line = verify;
  line.erase("jwk");
  expect(line, "usage.missing_member");
  line = verify;
  line["now"] = -1;
  expect(line, "usage.bad_member");
  line = SignLine("http.sign_request");
  line["revision"] = "wpt-02";
  expect(line, "usage.bad_member");
  line = SignLine("http.sign_response");
  expect(line, "usage.missing_member");
  line["response"] = {{"headers", json::array()}};
  expect(line, "usage.missing_member");
  line["response"]["status"] = 1000;
  expect(line, "usage.bad_member");
  line["response"] = {{"status", 200}, {"headers", json::array()}, {"x", 1}};
  expect(line, "usage.unknown_member");
}

}  // namespace
}  // namespace signet::app
