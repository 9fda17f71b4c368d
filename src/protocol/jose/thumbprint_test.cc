#include <optional>
#include <string>

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace signet::jose {
namespace {

using crypto::Alg;
using crypto::testing_support::EvpFromSpki;
using crypto::testing_support::Hex;
namespace cv = crypto::vectors;
namespace v = vectors;

TEST(Thumbprint, IsThatOfRfc7638AndRfc8037) {
  EXPECT_EQ(Thumbprint(ParseJwk(v::Rfc7517RsaJwk())->key), v::kRfc7638Thumbprint);
  EXPECT_EQ(Thumbprint(ParseJwk(v::kRfc8037A2Jwk)->key), v::kRfc8037A3Thumbprint);
}

// RFC 7638 section 3.2: crv, kty, x, y. The value comes from Python: hashlib.sha256 over
// json.dumps(sort_keys=True, separators=(",", ":")) of the key of RFC 7515 appendix A.3.
TEST(Thumbprint, OfAnEcKeyIsThatOfPython) {
  EXPECT_EQ(Thumbprint(ParseJwk(v::kRfc7515A3Jwk)->key),
            "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

TEST(Thumbprint, IsTheDigestInBase64Url) {
  const auto key = ParseJwk(v::kRfc8037A2Jwk)->key;
  EXPECT_EQ(codec::Base64UrlEncode(ThumbprintDigest(key)), v::kRfc8037A3Thumbprint);
}

// ATTACKS 37: the name of a key depends on the key alone.
TEST(Thumbprint, IgnoresKidUseAndAlg) {
  const auto named =
      ParseJwk(R"({"kid":"other","use":"sig","alg":"Ed25519","crv":"Ed25519","kty":"OKP",)"
               R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  ASSERT_TRUE(named);
  EXPECT_EQ(Thumbprint(named->key), v::kRfc8037A3Thumbprint);
}

TEST(PublicJwkJson, WritesMembersInOrder) {
  const auto ec = ParseJwk(v::kRfc7515A3Jwk)->key;
  EXPECT_EQ(PublicJwkJson(ec, Alg::kES256, "k1", "wit-svid"),
            R"({"alg":"ES256","crv":"P-256","kid":"k1","kty":"EC","use":"wit-svid",)"
            R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  EXPECT_EQ(PublicJwkJson(ParseJwk(v::kRfc8037A2Jwk)->key, std::nullopt),
            R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  EXPECT_EQ(PublicJwkJson(ParseJwk(v::Rfc7517RsaJwk())->key, Alg::kRS256, "2011-04-29"),
            R"({"alg":"RS256","e":"AQAB","kid":"2011-04-29","kty":"RSA","n":")" +
                std::string(v::kRfc7517N) + "\"}");
}

TEST(PublicJwkJson, EscapesKidAndUse) {
  const auto key = ParseJwk(v::kRfc8037A2Jwk)->key;
  const std::string json = PublicJwkJson(key, Alg::kEdDSA, R"(a"b\c)", R"(u"v)");
  const auto again = ParseJwk(json);
  ASSERT_TRUE(again) << json;
  EXPECT_EQ(again->kid, R"(a"b\c)");
  EXPECT_EQ(again->use, R"(u"v)");
}

TEST(PublicJwkJson, OfEveryKeyTypeComesBack) {
  for (const std::string_view spki :
       {cv::kP256Spki, cv::kP384Spki, cv::kP521Spki, cv::kEd25519Spki, cv::kRsaSpki}) {
    const auto key = crypto::PublicKey::FromSpki(Hex(spki));
    ASSERT_TRUE(key);
    for (int i = 0; i < crypto::kAlgCount; ++i) {
      const Alg alg = static_cast<Alg>(i);
      if (!crypto::AlgsOf(key->type()).Has(alg)) continue;
      const auto again = ParseJwk(PublicJwkJson(*key, alg, "kid"), {.require_alg = true});
      ASSERT_TRUE(again);
      EXPECT_EQ(again->key, *key);
      EXPECT_EQ(again->alg, alg);
      EXPECT_EQ(Thumbprint(again->key), Thumbprint(*key));
    }
  }
}

}  // namespace
}  // namespace signet::jose
