#include "protocol/jose/jwk_private.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

#include "protocol/crypto/testdata/test_support.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace signet::jose {
namespace {

using crypto::Alg;
using crypto::PrivateKey;
namespace v = vectors;

const SecretAccess kAccess = SecretAccess::Grant();

std::optional<Errc> CodeOf(const Result<PrivateJwk>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

// `json` with one text replaced by another.
std::string Replaced(std::string_view json, std::string_view from, std::string_view to) {
  std::string out(json);
  const std::size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  out.replace(at, from.size(), to);
  return out;
}

std::string Text(const SecretBytes& secret) { return std::string(AsText(secret.Expose(kAccess))); }

TEST(PrivateJwk, ReadsTheKeysOfTheRfcs) {
  const auto ec = ParsePrivateJwk(v::kRfc7515A3PrivateJwk);
  ASSERT_TRUE(ec);
  EXPECT_EQ(ec->key.alg(), Alg::kES256);
  EXPECT_EQ(ec->key.public_key(), ParseJwk(v::kRfc7515A3Jwk)->key);
  EXPECT_EQ(ec->kid, "");

  const auto okp = ParsePrivateJwk(v::kRfc8037A1PrivateJwk);
  ASSERT_TRUE(okp);
  EXPECT_EQ(okp->key.alg(), Alg::kEd25519);
  EXPECT_EQ(okp->key.public_key(), ParseJwk(v::kRfc8037A2Jwk)->key);

  const auto rsa = ParsePrivateJwk(v::Rfc7517RsaPrivateJwk());
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->key.alg(), Alg::kRS256);
  EXPECT_EQ(rsa->kid, "2011-04-29");
  EXPECT_EQ(rsa->key.public_key(), ParseJwk(v::Rfc7517RsaJwk())->key);
}

// RFC 7517 appendix A.2, first key: for encryption, so not for us.
TEST(PrivateJwk, RefusesAnEncryptionKey) {
  const std::string key = R"({"kty":"EC","crv":"P-256","x":")" + std::string(v::kRfc7517EcX) +
                          R"(","y":")" + std::string(v::kRfc7517EcY) + R"(","d":")" +
                          std::string(v::kRfc7517EcD) + R"(","use":"enc","kid":"1"})";
  EXPECT_EQ(CodeOf(ParsePrivateJwk(key)), Errc::kJwkUse);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(Replaced(key, "enc", "sig"))), std::nullopt);
}

// BCP-1: one key, one algorithm.
TEST(PrivateJwk, HasOneAlgorithm) {
  const std::string rsa = Replaced(v::Rfc7517RsaPrivateJwk(), R"("alg":"RS256",)", "");
  EXPECT_EQ(CodeOf(ParsePrivateJwk(rsa)), Errc::kJwkAlgMissing);
  EXPECT_EQ(ParsePrivateJwk(rsa, Alg::kPS384)->key.alg(), Alg::kPS384);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(rsa, Alg::kES256)), Errc::kJwkAlgMismatch);
  // A stated algorithm is not overruled.
  EXPECT_EQ(ParsePrivateJwk(v::Rfc7517RsaPrivateJwk(), Alg::kPS384)->key.alg(), Alg::kRS256);
  // A curve's one algorithm needs no help.
  EXPECT_EQ(ParsePrivateJwk(v::kRfc7515A3PrivateJwk, Alg::kPS384)->key.alg(), Alg::kES256);
  EXPECT_EQ(ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kEdDSA)->key.alg(), Alg::kEdDSA);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(v::kRfc8037A1PrivateJwk, Alg::kES256)), Errc::kJwkAlgMismatch);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(
                Replaced(v::kRfc8037A1PrivateJwk, R"("kty")", R"("alg":"ES256","kty")"))),
            Errc::kJwkAlgMismatch);
}

TEST(PrivateJwk, HasAPrivatePart) {
  EXPECT_EQ(CodeOf(ParsePrivateJwk(v::kRfc7515A3Jwk)), Errc::kJwkNotPrivate);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(v::kRfc8037A2Jwk)), Errc::kJwkNotPrivate);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(v::Rfc7517RsaJwk())), Errc::kJwkNotPrivate);
  EXPECT_EQ(CodeOf(ParsePrivateJwk(R"({"kty":"oct","k":"AA"})")), Errc::kJwkSymmetric);
  EXPECT_EQ(CodeOf(ParsePrivateJwk("{}")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParsePrivateJwk("[]")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParsePrivateJwk("")), Errc::kJsonMalformed);
}

TEST(PrivateJwk, HasPartsThatBelongTogether) {
  const std::string ec(v::kRfc7515A3PrivateJwk);
  const std::string okp(v::kRfc8037A1PrivateJwk);
  const std::string rsa = v::Rfc7517RsaPrivateJwk();
  struct Case {
    const char* what;
    std::string json;
    Errc want;
  };
  const Case cases[] = {
      {"EC d of another key", Replaced(ec, "jpsQnnGQmL", "kpsQnnGQmL"), Errc::kCryptoKeyMismatch},
      {"EC d short", Replaced(ec, "jpsQnnGQmL", "jpsQnn"), Errc::kJwkMalformed},
      {"EC d a number", Replaced(ec, "\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"", "1"),
       Errc::kJwkMalformed},
      {"EC d not base64url", Replaced(ec, "jpsQ", "jp+Q"), Errc::kJwkMalformed},
      {"EC point", Replaced(ec, "f83O", "g83O"), Errc::kCryptoPointInvalid},
      {"OKP d of another key", Replaced(okp, "nWGx", "mWGx"), Errc::kCryptoKeyMismatch},
      {"OKP d empty", Replaced(okp, "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", ""),
       Errc::kJwkMalformed},
      {"RSA d", Replaced(rsa, "X4cTteJY", "Y4cTteJY"), Errc::kCryptoKeyMismatch},
      {"RSA qi", Replaced(rsa, "GyM_p6Jr", "HyM_p6Jr"), Errc::kCryptoKeyMismatch},
      {"RSA without p", Replaced(rsa, "\"p\"", "\"pp\""), Errc::kJwkMalformed},
      {"RSA without qi", Replaced(rsa, "\"qi\"", "\"qii\""), Errc::kJwkMalformed},
      {"RSA of three primes", Replaced(rsa, "\"e\"", "\"oth\":[],\"e\""), Errc::kJwkKeyType},
      {"key_ops verify", Replaced(ec, "\"kty\"", R"("key_ops":["verify"],"kty")"), Errc::kJwkUse},
  };
  for (const Case& c : cases) EXPECT_EQ(CodeOf(ParsePrivateJwk(c.json)), c.want) << c.what;
  EXPECT_EQ(CodeOf(ParsePrivateJwk(Replaced(ec, "\"kty\"", R"("key_ops":["sign"],"kty")"))),
            std::nullopt);
}

TEST(PrivateJwkJson, WritesTheKeysOfTheRfcs) {
  EXPECT_EQ(Text(PrivateJwkJson(ParsePrivateJwk(v::kRfc7515A3PrivateJwk)->key, "", kAccess)),
            R"({"alg":"ES256","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",)"
            R"("kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
  EXPECT_EQ(Text(PrivateJwkJson(ParsePrivateJwk(v::kRfc8037A1PrivateJwk)->key, "k\"1", kAccess)),
            R"({"alg":"Ed25519","crv":"Ed25519",)"
            R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","kid":"k\"1","kty":"OKP",)"
            R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  const auto rsa = ParsePrivateJwk(v::Rfc7517RsaPrivateJwk());
  const std::string json = Text(PrivateJwkJson(rsa->key, rsa->kid, kAccess));
  for (const std::string_view part : {v::kRfc7517N, v::kRfc7517D, v::kRfc7517P, v::kRfc7517Q,
                                      v::kRfc7517Dp, v::kRfc7517Dq, v::kRfc7517Qi}) {
    EXPECT_NE(json.find("\"" + std::string(part) + "\""), std::string::npos);
  }
}

TEST(PrivateJwkJson, OfANewKeyComesBack) {
  for (const Alg alg :
       {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEdDSA, Alg::kEd25519, Alg::kPS256}) {
    const auto key = PrivateKey::Generate(alg);
    ASSERT_TRUE(key);
    const std::string kid(128, '\\');
    const auto again = ParsePrivateJwk(Text(PrivateJwkJson(*key, kid, kAccess)));
    ASSERT_TRUE(again) << crypto::NameOf(alg);
    EXPECT_EQ(again->key.alg(), alg);
    EXPECT_EQ(again->kid, kid);
    EXPECT_EQ(again->key.public_key(), key->public_key());
    const auto signature = again->key.Sign(AsBytes("m"));
    EXPECT_TRUE(key->public_key().Verify(alg, AsBytes("m"), *signature));
    // What is private is never read as public (WIT-11).
    const auto as_public = ParseJwk(Text(PrivateJwkJson(*key, kid, kAccess)));
    ASSERT_FALSE(as_public);
    EXPECT_EQ(as_public.error().code, Errc::kJwkPrivate);
  }
}

}  // namespace
}  // namespace signet::jose
