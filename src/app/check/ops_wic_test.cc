// wic.verify and wic.issue: what is issued here verifies, and whom a line expects.
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "app/check/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/credential/wic_issue.h"
#include "protocol/crypto/private_key.h"
#include "tests/support/keys.h"
#include "tests/support/test_pki.h"

namespace signet::app {
namespace {

using nlohmann::json;
using test::kPkiNow;

constexpr char kId[] = "wimse://example.org/service/a";

json Answer(json line, bool* usage = nullptr) {
  crypto::SystemRandom random;
  Checker checker(random);
  line["case"] = 1;
  const std::string out = checker.Run(line.dump());
  if (usage != nullptr) *usage = checker.saw_usage_error();
  return json::parse(out);
}

class WicOps : public ::testing::Test {
 protected:
  json Trust(const char* origin = "wimse://example.org") const {
    return {{origin, {{"x509_der_b64u", {codec::Base64UrlEncode(ca_.der)}}}}};
  }
  json Line(const Bytes& leaf) const {
    return {{"op", "wic.verify"},
            {"chain_der_b64u", {codec::Base64UrlEncode(leaf)}},
            {"trust", Trust()},
            {"now", ToNumericDate(kPkiNow)},
            {"usage", "server"}};
  }
  json Good() const {
    return Line(test::MakeLeaf(ca_, "URI:" + std::string(kId) + ",DNS:a.example").der);
  }
  const test::TestCert ca_ = test::MakeCa();
};

TEST_F(WicOps, VerifySaysWhoItIs) {
  const json answer = Answer(Good());
  ASSERT_EQ(answer["ok"], true) << answer;
  EXPECT_EQ(answer["result"]["subject"], kId);
  EXPECT_EQ(answer["result"]["not_after"], ToNumericDate(kPkiNow) + 3600);
  EXPECT_EQ(answer["result"]["dns"], json::array({"a.example"}));
  EXPECT_EQ(answer["result"]["sha256"].get<std::string>().size(), 43U);
}

TEST_F(WicOps, VerifyComparesWithWhomTheLineExpects) {
  struct Row {
    const char* member;
    json value;
    const char* code;  // nullptr: accepted
    const char* rule;
  };
  const Row rows[] = {
      {"expected_id", kId, nullptr, nullptr},
      {"expected_id", "wimse://example.org/service/b", "tls.peer_unexpected", "TLS-4"},
      {"expected_id", "wimse://example.or/service/a", "tls.peer_unexpected", "TLS-1"},
      {"expected_id", "wimse://example.org.evil/service/a", "tls.peer_unexpected", "TLS-1"},
      {"expected_id", "spiffe://example.org/service/a", "tls.peer_unexpected", "TLS-1"},
      {"dns_name", "a.example", nullptr, nullptr},
      {"dns_name", "b.example", "wic.host_mismatch", "TLS-4"},
      {"usage", "client", nullptr, nullptr},
      {"now", ToNumericDate(kPkiNow) + 3601, "wic.expired", "WIC-2"},
      {"profile", "spiffe", "wic.san_invalid", "XSVID-1"},
      {"chain_der_b64u", json::array(), "wic.missing", "TLS-2"},
      {"trust", Trust("wimse://else.example"), "trust.domain_unknown", "WIC-2"},
  };
  for (const Row& row : rows) {
    json line = Good();
    line[row.member] = row.value;
    const json answer = Answer(line);
    EXPECT_EQ(answer["ok"], row.code == nullptr) << row.member << row.value << answer;
    if (row.code == nullptr) continue;
    EXPECT_EQ(answer["code"], row.code) << row.member << row.value;
    EXPECT_EQ(answer["rule"], row.rule) << row.member << row.value;
  }
}

TEST_F(WicOps, BadMembersAreUsageErrors) {
  for (const auto& [member, value] : {std::pair<const char*, json>{"usage", "both"},
                                      {"usage", 1},
                                      {"chain_der_b64u", {"="}},
                                      {"chain_der_b64u", "AA"},
                                      {"profile", "else"},
                                      {"more", 1}}) {
    json line = Good();
    line[member] = value;
    bool usage = false;
    EXPECT_EQ(Answer(line, &usage)["ok"], false) << member << value;
    EXPECT_TRUE(usage) << member << value;
  }
}

TEST(WicIssueOp, IssuesWhatVerifies) {
  const std::int64_t now = 1'900'000'000;
  crypto::SystemRandom random;
  const crypto::PrivateKey ca_key = testing::KeyOf(testing::kIssuerJwk);
  const Result<Bytes> ca =
      credential::MakeCaCertificate(ca_key,
                                    {.trust_domain_uri = "wimse://example.org",
                                     .now = WallTime{seconds{now}},
                                     .not_after = WallTime{seconds{now + 86400}}},
                                    random);
  ASSERT_TRUE(ca.has_value());
  const std::string ca_text = codec::Base64UrlEncode(*ca);
  const json line = {{"op", "wic.issue"},
                     {"ca_key", json::parse(testing::kIssuerJwk)},
                     {"ca_der_b64u", ca_text},
                     {"id", kId},
                     {"public_jwk", json::parse(testing::PublicJwkOf(testing::kWorkloadJwk))},
                     {"dns", {"a.example"}},
                     {"now", now},
                     {"ttl_s", 3600},
                     {"usage", "client"}};
  const json issued = Answer(line);
  ASSERT_EQ(issued["ok"], true) << issued;
  json verify = {{"op", "wic.verify"},
                 {"chain_der_b64u", issued["result"]["chain_der_b64u"]},
                 {"trust", {{"wimse://example.org", {{"x509_der_b64u", {ca_text}}}}}},
                 {"now", now},
                 {"usage", "client"}};
  const json verified = Answer(verify);
  ASSERT_EQ(verified["ok"], true) << verified;
  EXPECT_EQ(verified["result"]["subject"], kId);
  EXPECT_EQ(verified["result"]["not_after"], now + 3600);
  verify["usage"] = "server";
  EXPECT_EQ(Answer(verify)["code"], "wic.ext_key_usage");

  for (const auto& [member, value, code] : std::vector<std::tuple<const char*, json, const char*>>{
           {"ca_key", json::parse(testing::kIssuer2Jwk), "crypto.key_mismatch"},
           {"id", "wimse://example.org", "id.path_missing"},
           {"dns", {"A.example"}, "wic.issue_input"},
           {"ttl_s", 0, "wic.issue_input"},
           {"ca_der_b64u", "AAAA", "wic.malformed"},
           {"usage", "none", "usage.bad_member"}}) {
    json changed = line;
    changed[member] = value;
    EXPECT_EQ(Answer(changed)["code"], code) << member;
  }
  json both = line;
  both.erase("usage");
  verify["chain_der_b64u"] = Answer(both)["result"]["chain_der_b64u"];
  EXPECT_EQ(Answer(verify)["ok"], true);
}

}  // namespace
}  // namespace signet::app
