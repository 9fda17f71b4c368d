#include "protocol/jose/jws_sign.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/jose/jwk_private.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace signet::jose {
namespace {

using crypto::Alg;
using crypto::PrivateKey;
using crypto::testing_support::EvpFromSpki;
using crypto::testing_support::EvpVerify;
namespace v = vectors;

std::string HeaderOf(std::string_view token) {
  const Bytes bytes = *codec::Base64UrlDecode(token.substr(0, token.find('.')));
  return std::string(AsText(bytes));
}

TEST(SignCompactJws, MakesTokensThatTheOtherImplementationVerifies) {
  for (const Alg alg : {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEdDSA, Alg::kEd25519,
                        Alg::kRS256, Alg::kPS512}) {
    const auto key = PrivateKey::Generate(alg);
    ASSERT_TRUE(key);
    const auto token = SignCompactJws(*key, "wit+jwt", "k1", R"({"sub":"a"})");
    ASSERT_TRUE(token);
    const auto parts = SplitCompactJws(*token);
    ASSERT_TRUE(parts);
    EXPECT_EQ(HeaderOf(*token), R"({"alg":")" + std::string(crypto::NameOf(alg)) +
                                    R"(","kid":"k1","typ":"wit+jwt"})");
    EXPECT_EQ(parts->payload, "eyJzdWIiOiJhIn0");
    const auto other = EvpFromSpki(key->public_key().ToSpki());
    EXPECT_TRUE(EvpVerify(other.get(), alg, AsBytes(parts->signing_input),
                          *codec::Base64UrlDecode(parts->signature)));
  }
}

// RFC 7515 appendix A.2 has a deterministic signature, but no kid and typ: leaving both out gives
// its header, and its payload is ours.
TEST(SignCompactJws, MakesTheDeterministicTokenOfPython) {
  const auto key = ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kEdDSA);
  ASSERT_TRUE(key);
  const auto token = SignCompactJws(key->key, "", "", "Example of Ed25519 signing");
  ASSERT_TRUE(token);
  EXPECT_EQ(*token, v::kRfc8037A4);
}

TEST(SignCompactJws, LeavesOutWhatIsEmpty) {
  const auto key = ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kEdDSA);
  EXPECT_EQ(HeaderOf(*SignCompactJws(key->key, "t", "", "{}")), R"({"alg":"EdDSA","typ":"t"})");
  EXPECT_EQ(HeaderOf(*SignCompactJws(key->key, "", "k", "{}")), R"({"alg":"EdDSA","kid":"k"})");
}

// A kid that could close its string must not add members to the header.
TEST(SignCompactJws, EscapesKidAndTyp) {
  const auto key = ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kEdDSA);
  const std::string kid = R"(a","alg":"none)";
  const auto token = SignCompactJws(key->key, R"(t"\)", kid, "{}");
  JwsReader reader;
  ASSERT_TRUE(token && reader.Read(*token));
  EXPECT_EQ(reader.header().kid, kid);
  EXPECT_EQ(reader.header().typ, R"(t"\)");
  EXPECT_EQ(reader.header().alg, Alg::kEdDSA);
}

// ATTACKS 5: what we make, we can read.
TEST(SignCompactJws, RefusesTokensOverTheLimit) {
  const auto key = ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kEdDSA);
  const auto sign = [&key](std::size_t bytes) {
    return SignCompactJws(key->key, "t", "", "{\"a\":\"" + std::string(bytes - 8, 'a') + "\"}");
  };
  // Header of 25 bytes: 34 characters; signature: 86; two dots; 8070 remain for the payload: 6052
  // bytes.
  ASSERT_EQ(HeaderOf(*sign(8)).size(), 25U);
  const auto longest = sign(6052);
  ASSERT_TRUE(longest);
  EXPECT_LE(longest->size(), kMaxTokenBytes);
  EXPECT_TRUE(JwsReader().Read(*longest));
  for (const std::size_t bytes : {6053U, 9000U, 1000000U}) {
    const auto token = sign(bytes);
    ASSERT_FALSE(token) << bytes;
    EXPECT_EQ(token.error().code, Errc::kJoseTooLong);
  }
}

}  // namespace
}  // namespace signet::jose
