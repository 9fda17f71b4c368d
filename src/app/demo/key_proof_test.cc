#include "app/demo/key_proof.h"

#include <functional>

#include "gtest/gtest.h"

#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::app::demo {
namespace {

using testing::At;
using testing::JsonText;
using testing::kNow;

jose::Jwk KeyJwk(std::string_view jwk) {
  return *jose::ParseJwk(testing::PublicJwkOf(jwk, crypto::Alg::kES256));
}

struct Parts {
  JsonText header{{"alg", "\"ES256\""}, {"typ", "\"key-proof+jwt\""}};
  JsonText claims{{"aud", "\"issuer\""}, {"exp", std::to_string(At(60))}, {"jti", "\"1\""}};
  crypto::PrivateKey key = testing::KeyOf(testing::kWorkloadJwk);
  std::string Token() const { return testing::SignText(key, header.Text(), claims.Text()); }
};

TEST(KeyProof, IsAcceptedOnce) {
  crypto::SystemRandom random;
  KeyProofChecker checker("issuer");
  const auto proof = MakeKeyProof(testing::KeyOf(testing::kWorkloadJwk), "issuer", kNow, random);
  ASSERT_TRUE(testing::Accepted(proof));
  EXPECT_TRUE(testing::Accepted(checker.Check(*proof, KeyJwk(testing::kWorkloadJwk), kNow)));
  EXPECT_TRUE(testing::RefusedWith(checker.Check(*proof, KeyJwk(testing::kWorkloadJwk), kNow),
                                   Errc::kIssueKeyProof, "WIT-11"));
}

// WIT-11: each row changes one thing.
TEST(KeyProof, RefusesEverythingElse) {
  const std::pair<const char*, std::function<void(Parts&)>> cases[] = {
      {"typ", [](Parts& p) { p.header.SetString("typ", "wpt+jwt"); }},
      {"no typ", [](Parts& p) { p.header.Remove("typ"); }},
      {"alg", [](Parts& p) { p.header.SetString("alg", "ES384"); }},
      {"key", [](Parts& p) { p.key = testing::KeyOf(testing::kAttackerJwk); }},
      {"aud", [](Parts& p) { p.claims.SetString("aud", "another"); }},
      {"no aud", [](Parts& p) { p.claims.Remove("aud"); }},
      {"expired", [](Parts& p) { p.claims.Set("exp", At(-60)); }},
      {"too long", [](Parts& p) { p.claims.Set("exp", At(121)); }},
      {"no exp", [](Parts& p) { p.claims.Remove("exp"); }},
      {"no jti", [](Parts& p) { p.claims.Remove("jti"); }},
      {"empty jti", [](Parts& p) { p.claims.SetString("jti", ""); }},
  };
  for (const auto& [name, change] : cases) {
    Parts parts;
    change(parts);
    KeyProofChecker checker("issuer");
    EXPECT_TRUE(
        testing::RefusedWith(checker.Check(parts.Token(), KeyJwk(testing::kWorkloadJwk), kNow),
                             Errc::kIssueKeyProof, "WIT-11"))
        << name;
  }
  for (const std::int64_t exp : {At(-59), At(120)}) {
    Parts parts;
    parts.claims.Set("exp", exp);
    KeyProofChecker checker("issuer");
    EXPECT_TRUE(
        testing::Accepted(checker.Check(parts.Token(), KeyJwk(testing::kWorkloadJwk), kNow)));
  }
}

}  // namespace
}  // namespace signet::app::demo
