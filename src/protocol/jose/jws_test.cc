#include "protocol/jose/jws.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/jose/jws_sign.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace signet::jose {
namespace {

using crypto::Alg;
using crypto::AlgSet;
namespace v = vectors;

template <typename T>
std::optional<Errc> CodeOf(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

std::string B64(std::string_view text) { return codec::Base64UrlEncode(AsBytes(text)); }

std::string Token(std::string_view header, std::string_view payload = "{}",
                  std::string_view signature = "AA") {
  return B64(header) + "." + B64(payload) + "." + std::string(signature);
}

// BCP-1, ATTACKS 5.
TEST(SplitCompactJws, TakesThreePartsOfBase64UrlOnly) {
  struct Case {
    const char* what;
    std::string token;
    std::optional<Errc> want;
  };
  const Case cases[] = {
      {"three parts", "e30.e30.AA", {}},
      {"empty", "", Errc::kJoseParts},
      {"one part", "e30", Errc::kJoseParts},
      {"two parts", "e30.e30", Errc::kJoseParts},
      {"four parts", "e30.e30.AA.AA", Errc::kJoseParts},
      {"JWE", "e30.AA.AA.AA.AA", Errc::kJoseParts},
      {"no header", ".e30.AA", Errc::kJosePartEmpty},
      {"no payload", "e30..AA", Errc::kJosePartEmpty},
      {"unsecured", "e30.e30.", Errc::kJosePartEmpty},
      {"dots only", "..", Errc::kJosePartEmpty},
      {"many dots", std::string(8192, '.'), Errc::kJoseParts},
      {"padding", "e30=.e30.AA", Errc::kJoseCharacter},
      {"white space", "e30.e30.AA ", Errc::kJoseCharacter},
      {"newline", "e30.e30.AA\n", Errc::kJoseCharacter},
      {"a list", "e30.e30.AA,e30.e30.AA", Errc::kJoseCharacter},
      {"JSON serialization", R"({"payload":"e30"})", Errc::kJoseCharacter},
      {"standard base64", "e30.e30.+/", Errc::kJoseCharacter},
      {"NUL", std::string("e30.e30.A\0A", 11), Errc::kJoseCharacter},
      {"not ASCII", "e30.e30.\xc3\xa4", Errc::kJoseCharacter},
      {"8192 bytes", "e30.e30." + std::string(kMaxTokenBytes - 8, 'A'), {}},
      {"8193 bytes", "e30.e30." + std::string(kMaxTokenBytes - 7, 'A'), Errc::kJoseTooLong},
  };
  for (const Case& c : cases) EXPECT_EQ(CodeOf(SplitCompactJws(c.token)), c.want) << c.what;
}

TEST(SplitCompactJws, GivesViewsOfTheToken) {
  const std::string token = "aGVhZA.Ym9keQ.c2ln";
  const auto parts = SplitCompactJws(token);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->header, "aGVhZA");
  EXPECT_EQ(parts->payload, "Ym9keQ");
  EXPECT_EQ(parts->signature, "c2ln");
  EXPECT_EQ(parts->signing_input, "aGVhZA.Ym9keQ");
  EXPECT_EQ(parts->header.data(), token.data());
  EXPECT_EQ(parts->signing_input.data(), token.data());
}

struct HeaderCase {
  const char* rule;
  std::string header;
  std::optional<Errc> want;
};

TEST(JwsReader, ReadsHeadersThatObeyTheRules) {
  const HeaderCase cases[] = {
      {"RFC7515-4 good", R"({"alg":"ES256","typ":"wit+jwt","kid":"k"})", {}},
      {"RFC7515-4 unknown members", R"({"alg":"ES256","x5t":"AA","cty":"a","n":{"a":[1]}})", {}},
      {"RFC7515-4.1.1 no alg", R"({"typ":"JWT"})", Errc::kJoseAlgMissing},
      {"RFC7515-4 empty header", "{}", Errc::kJoseAlgMissing},
      {"RFC7515-4 not an object", "[]", Errc::kJoseHeader},
      {"RFC7515-4 a string", R"("ES256")", Errc::kJoseHeader},
      {"RFC7515-4 alg a number", R"({"alg":256})", Errc::kJoseHeader},
      {"RFC7515-4 alg null", R"({"alg":null})", Errc::kJoseHeader},
      {"RFC7515-4 alg a list", R"({"alg":["ES256"]})", Errc::kJoseHeader},
      {"RFC7515-4 typ an object", R"({"alg":"ES256","typ":{}})", Errc::kJoseHeader},
      {"RFC7515-4 kid a number", R"({"alg":"ES256","kid":1})", Errc::kJoseHeader},
      {"RFC7515-4 duplicate", R"({"alg":"ES256","alg":"none"})", Errc::kJsonDuplicateName},
      {"RFC7515-4 escaped duplicate", R"({"alg":"ES256","\u0061lg":"none"})",
       Errc::kJsonDuplicateName},
      {"BCP-1 no JSON", "ES256", Errc::kJsonMalformed},
      {"BCP-1 trailing bytes", R"({"alg":"ES256"}x)", Errc::kJsonTrailingBytes},
      {"BCP-1 not UTF-8", "{\"alg\":\"ES256\",\"a\":\"\xff\"}", Errc::kJsonNotUtf8},
      {"ATTACKS 4 jwk", R"({"alg":"ES256","jwk":{"kty":"EC"}})", Errc::kJoseKeyInHeader},
      {"ATTACKS 4 jku", R"({"alg":"ES256","jku":"https://a.example/"})", Errc::kJoseKeyInHeader},
      {"ATTACKS 4 x5c", R"({"alg":"ES256","x5c":["MII"]})", Errc::kJoseKeyInHeader},
      {"ATTACKS 4 x5u", R"({"alg":"ES256","x5u":"https://a.example/"})", Errc::kJoseKeyInHeader},
      {"ATTACKS 4 jwk null", R"({"alg":"ES256","jwk":null})", Errc::kJoseKeyInHeader},
      {"ATTACKS 4 escaped name", R"({"alg":"ES256","j\u0077k":{}})", Errc::kJoseKeyInHeader},
      {"RFC7515-4.1.11", R"({"alg":"ES256","crit":["exp"],"exp":1})", Errc::kJoseCrit},
      {"RFC7515-4.1.11 empty list", R"({"alg":"ES256","crit":[]})", Errc::kJoseCrit},
      {"ATTACKS 5 enc", R"({"alg":"dir","enc":"A128GCM"})", Errc::kJoseNotJws},
      {"ATTACKS 5 zip", R"({"alg":"ES256","zip":"DEF"})", Errc::kJoseNotJws},
      {"RFC 7797", R"({"alg":"ES256","b64":false})", Errc::kJoseNotJws},
      {"ATTACKS 3 128 bytes", R"({"alg":"ES256","kid":")" + std::string(128, 'k') + "\"}", {}},
      {"ATTACKS 3 129 bytes", R"({"alg":"ES256","kid":")" + std::string(129, 'k') + "\"}",
       Errc::kJoseKid},
      {"ATTACKS 3 control", R"({"alg":"ES256","kid":"a\r\nb"})", Errc::kJoseKid},
      {"ATTACKS 3 empty", R"({"alg":"ES256","kid":""})", Errc::kJoseKid},
      {"ATTACKS 3 path stays opaque", R"({"alg":"ES256","kid":"../../dev/null"})", {}},
      {"ATTACKS 3 query stays opaque", R"({"alg":"ES256","kid":"x' UNION SELECT 'key"})", {}},
  };
  JwsReader reader;
  for (const HeaderCase& c : cases) {
    EXPECT_EQ(CodeOf(reader.Read(Token(c.header))), c.want) << c.rule;
  }
}

TEST(JwsReader, ReadsPayloadsThatAreObjects) {
  const HeaderCase cases[] = {
      {"RFC7519-7.2 object", R"({"sub":"a"})", {}},
      {"RFC7519-7.2 list", "[]", Errc::kJosePayload},
      {"RFC7519-7.2 string", "\"a\"", Errc::kJosePayload},
      {"RFC7519-7.2 number", "1", Errc::kJosePayload},
      {"BCP-1 no JSON", "hello", Errc::kJsonMalformed},
      {"BCP-1 two values", "{}{}", Errc::kJsonTrailingBytes},
      {"RFC7515-4 duplicate", R"({"sub":"a","sub":"b"})", Errc::kJsonDuplicateName},
      {"ATTACKS 5 depth 8", R"({"a":)" + std::string(7, '[') + std::string(7, ']') + "}", {}},
      {"ATTACKS 5 depth 9", R"({"a":)" + std::string(8, '[') + std::string(8, ']') + "}",
       Errc::kJsonTooDeep},
  };
  JwsReader reader;
  for (const HeaderCase& c : cases) {
    EXPECT_EQ(CodeOf(reader.Read(Token(R"({"alg":"ES256"})", c.header))), c.want) << c.rule;
  }
}

// ATTACKS 5: 64 members, not 65.
TEST(JwsReader, LimitsMembers) {
  const auto object = [](int members) {
    std::string out;
    for (int i = 0; i < members; ++i) {
      out += (i == 0 ? "{\"" : ",\"") + std::string("m") + std::to_string(i) + "\":0";
    }
    return out + "}";
  };
  JwsReader reader;
  EXPECT_EQ(CodeOf(reader.Read(Token(R"({"alg":"ES256"})", object(64)))), std::nullopt);
  EXPECT_EQ(CodeOf(reader.Read(Token(R"({"alg":"ES256"})", object(65)))),
            Errc::kJsonTooManyMembers);
}

// ATTACKS 10, RFC7515-2: one token has one spelling.
TEST(JwsReader, RefusesBase64UrlThatIsNotCanonical) {
  const std::string header = B64(R"({"alg":"ES256"})");
  JwsReader reader;
  EXPECT_EQ(CodeOf(reader.Read(header + ".e30.AA")), std::nullopt);
  EXPECT_EQ(CodeOf(reader.Read(header + ".e30.AB")), Errc::kBase64UrlTrailingBits);
  EXPECT_EQ(CodeOf(reader.Read(header + ".e31.AA")), Errc::kBase64UrlTrailingBits);
  EXPECT_EQ(CodeOf(reader.Read(header + ".e30.AAAAA")), Errc::kBase64UrlLength);
  EXPECT_EQ(CodeOf(reader.Read(header + ".e3.AA")), Errc::kBase64UrlTrailingBits);
  EXPECT_EQ(CodeOf(reader.Read("e.e30.AA")), Errc::kBase64UrlLength);
}

TEST(JwsReader, GivesTheValues) {
  JwsReader reader;
  const std::string token =
      Token(R"({"typ":"wit+jwt","alg":"PS384","kid":"a\/b"})", R"({"sub":"x"})", "AQID");
  ASSERT_TRUE(reader.Read(token));
  EXPECT_EQ(reader.header().alg_name, "PS384");
  EXPECT_EQ(reader.header().alg, Alg::kPS384);
  EXPECT_EQ(reader.header().typ, "wit+jwt");
  EXPECT_EQ(reader.header().kid, "a/b");
  EXPECT_EQ(reader.header_json().size(), 3U);
  EXPECT_EQ(reader.claims().Find("sub")->AsString(), "x");
  EXPECT_EQ(Bytes(reader.signature().begin(), reader.signature().end()), (Bytes{1, 2, 3}));
  EXPECT_EQ(reader.parts().signing_input, token.substr(0, token.rfind('.')));
}

TEST(JwsReader, KeepsNothingOfTheTokenBefore) {
  JwsReader reader;
  ASSERT_TRUE(
      reader.Read(Token(R"({"alg":"ES256","kid":"k","typ":"t"})", R"({"sub":"x"})", "AQID")));
  ASSERT_TRUE(reader.Read(Token(R"({"alg":"none"})")));
  EXPECT_EQ(reader.header().kid, std::nullopt);
  EXPECT_EQ(reader.header().typ, std::nullopt);
  EXPECT_EQ(reader.header().alg, std::nullopt);
  EXPECT_EQ(reader.claims().size(), 0U);
  EXPECT_EQ(reader.signature().size(), 1U);
  ASSERT_FALSE(reader.Read("x"));
  EXPECT_TRUE(reader.header().alg_name.empty());
  EXPECT_TRUE(reader.signature().empty());
  EXPECT_TRUE(reader.parts().signing_input.empty());
  EXPECT_DEATH((void)reader.claims(), "invariant");
}

// WIT-1, WIT-3, ATTACKS 1, 2.
TEST(CheckAlg, TakesAllowedAlgorithmsOnly) {
  struct Case {
    std::string_view name;
    AlgSet allowed;
    std::optional<Errc> want;
  };
  const Case cases[] = {
      {"ES256", {Alg::kES256}, {}},
      {"ES384", {Alg::kES256}, Errc::kJoseAlgNotAllowed},
      {"EdDSA", crypto::kSpiffeAlgs, Errc::kJoseAlgNotAllowed},
      {"EdDSA", {Alg::kEd25519}, Errc::kJoseAlgNotAllowed},
      {"ES256", {}, Errc::kJoseAlgNotAllowed},
      {"none", crypto::kAllAlgs, Errc::kJoseAlgNone},
      {"NONE", crypto::kAllAlgs, Errc::kJoseAlgNone},
      {"noNE", crypto::kAllAlgs, Errc::kJoseAlgNone},
      {"HS256", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
      {"RSA-OAEP", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
      {"PBES2-HS512+A256KW", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
      {"es256", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
      {"ES256 ", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
      {"", crypto::kAllAlgs, Errc::kJoseAlgUnknown},
  };
  JwsReader reader;
  for (const Case& c : cases) {
    ASSERT_TRUE(reader.Read(Token(R"({"alg":")" + std::string(c.name) + "\"}")));
    EXPECT_EQ(CodeOf(CheckAlg(reader.header(), c.allowed)), c.want) << c.name;
  }
}

// RFC 7515 appendix A.2 and A.3.
TEST(VerifyJws, AcceptsTheExamplesOfRfc7515) {
  JwsReader reader;
  const auto es256 = ParseJwk(v::kRfc7515A3Jwk);
  ASSERT_TRUE(es256 && reader.Read(v::kRfc7515A3));
  EXPECT_EQ(*CheckAlg(reader.header(), crypto::kAllAlgs), Alg::kES256);
  EXPECT_TRUE(VerifyJws(reader, Alg::kES256, *es256));
  EXPECT_EQ(reader.claims().Find("iss")->AsString(), "joe");
  EXPECT_EQ(reader.claims().Find("exp")->AsInteger(), 1300819380);
  EXPECT_EQ(reader.claims().Find("http://example.com/is_root")->AsBool(), true);

  const auto rs256 = ParseJwk(R"({"kty":"RSA","alg":"RS256","e":"AQAB","n":")" +
                              std::string(v::kRfc7515A2N) + "\"}");
  ASSERT_TRUE(rs256 && reader.Read(v::kRfc7515A2));
  EXPECT_TRUE(VerifyJws(reader, Alg::kRS256, *rs256));
}

// RFC 7515 appendix A.1 is symmetric (ATTACKS 2).
TEST(VerifyJws, HasNoSymmetricAlgorithm) {
  JwsReader reader;
  ASSERT_TRUE(reader.Read(v::kRfc7515A1));
  EXPECT_EQ(CodeOf(CheckAlg(reader.header(), crypto::kAllAlgs)), Errc::kJoseAlgUnknown);
}

// RFC 8037 appendix A.4 signs a text that is no JSON, so its parts are verified one by one.
TEST(VerifyJws, AcceptsTheExampleOfRfc8037) {
  const auto key = ParseJwk(v::kRfc8037A2Jwk);
  const auto parts = SplitCompactJws(v::kRfc8037A4);
  ASSERT_TRUE(key && parts);
  const Bytes signature = *codec::Base64UrlDecode(parts->signature);
  EXPECT_TRUE(key->key.Verify(Alg::kEdDSA, AsBytes(parts->signing_input), signature));
  JwsReader reader;
  EXPECT_EQ(CodeOf(reader.Read(v::kRfc8037A4)), Errc::kJsonMalformed);
}

// ATTACKS 2, 8: the key decides, not the token.
TEST(VerifyJws, RefusesAKeyOfAnotherAlgorithm) {
  JwsReader reader;
  const auto ec = ParseJwk(v::kRfc7515A3Jwk);
  const std::string n(v::kRfc7515A2N);
  const auto ps256 = ParseJwk(R"({"kty":"RSA","alg":"PS256","e":"AQAB","n":")" + n + "\"}");
  ASSERT_TRUE(ec && ps256);
  ASSERT_TRUE(reader.Read(v::kRfc7515A2));
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kRS256, *ec)), Errc::kJoseAlgKeyMismatch);
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kRS256, *ps256)), Errc::kJoseAlgKeyMismatch)
      << "one key has one algorithm";
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kPS256, *ps256)), Errc::kJoseAlgKeyMismatch)
      << "the token says RS256";
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kES256, *ec)), Errc::kJoseAlgKeyMismatch);
}

// WPT-1: EdDSA and Ed25519 are different strings for one signature.
TEST(VerifyJws, TellsEdDsaFromEd25519) {
  const auto key = crypto::PrivateKey::Generate(Alg::kEd25519);
  const auto token = SignCompactJws(*key, "t", "", "{}");
  JwsReader reader;
  ASSERT_TRUE(token && reader.Read(*token));
  const auto jwk = [&key](std::optional<Alg> alg) {
    return *ParseJwk(PublicJwkJson(key->public_key(), alg));
  };
  EXPECT_TRUE(VerifyJws(reader, Alg::kEd25519, jwk(Alg::kEd25519)));
  EXPECT_TRUE(VerifyJws(reader, Alg::kEd25519, jwk(std::nullopt)));
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kEd25519, jwk(Alg::kEdDSA))), Errc::kJoseAlgKeyMismatch);
  EXPECT_EQ(CodeOf(VerifyJws(reader, Alg::kEdDSA, jwk(std::nullopt))), Errc::kJoseAlgKeyMismatch);
}

// ATTACKS 9, 10: the signature part.
TEST(VerifyJws, RefusesSignaturesOfNoWorth) {
  const auto key = ParseJwk(v::kRfc7515A3Jwk);
  const std::string token(v::kRfc7515A3);
  const std::string input = token.substr(0, token.rfind('.'));
  const auto verdict = [&key](const std::string& text) {
    JwsReader reader;
    EXPECT_TRUE(reader.Read(text));
    return CodeOf(VerifyJws(reader, Alg::kES256, *key));
  };
  EXPECT_EQ(verdict(token), std::nullopt);
  EXPECT_EQ(verdict(input + "." + codec::Base64UrlEncode(Bytes(64, 0))),
            Errc::kCryptoSignatureRange);
  EXPECT_EQ(verdict(input + ".AA"), Errc::kCryptoSignatureLength);
  EXPECT_EQ(verdict(input + "." + codec::Base64UrlEncode(Bytes(64, 1))),
            Errc::kCryptoSignatureInvalid);
  // The same claims under another header.
  EXPECT_EQ(verdict(B64(R"({"alg":"ES256","typ":"wit+jwt"})") + token.substr(token.find('.'))),
            Errc::kCryptoSignatureInvalid);
}

// ATTACKS 6, Q9.
TEST(IsMediaType, ComparesWithAndWithoutPrefixInAnyCase) {
  for (const std::string_view typ : {"wit+jwt", "WIT+JWT", "Wit+Jwt", "application/wit+jwt",
                                     "APPLICATION/wit+jwt", "Application/WIT+jwt"}) {
    EXPECT_TRUE(IsMediaType(typ, "wit+jwt")) << typ;
  }
  for (const std::string_view typ :
       {"", "wpt+jwt", "JWT", "wit", "wit+jwt ", " wit+jwt", "wit+jwtx", "xwit+jwt", "application/",
        "application/wpt+jwt", "application/application/wit+jwt", "text/wit+jwt", "/wit+jwt",
        "wit+jwt;charset=utf-8", "wit-jwt", "applicationwit+jwt"}) {
    EXPECT_FALSE(IsMediaType(typ, "wit+jwt")) << typ;
  }
  EXPECT_FALSE(IsMediaType(std::string_view("wit+jwt\0", 8), "wit+jwt"));
}

}  // namespace
}  // namespace signet::jose
