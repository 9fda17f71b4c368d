#include "protocol/jose/jwk.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"
#include "protocol/jose/testdata/rfc_vectors.h"

namespace signet::jose {
namespace {

using crypto::Alg;
using crypto::AlgSet;
using crypto::KeyType;
using crypto::testing_support::Hex;
using crypto::testing_support::Joined;
namespace cv = crypto::vectors;
namespace v = vectors;

std::optional<Errc> CodeOf(const Result<Jwk>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

std::string B64(ByteView bytes) { return codec::Base64UrlEncode(bytes); }

// A JWK of these members, each `"name":value`.
using Members = std::vector<std::pair<std::string, std::string>>;
std::string Json(const Members& members) {
  std::string out;
  for (const auto& [name, value] : members) {
    out += (out.empty() ? "{\"" : ",\"") + name + "\":" + value;
  }
  return out + "}";
}
std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// `members` with one changed, added or (empty value) removed.
Members With(Members members, const std::string& name, const std::string& value) {
  std::erase_if(members, [&name](const auto& member) { return member.first == name; });
  if (!value.empty()) members.emplace_back(name, value);
  return members;
}

Members EcMembers() {
  return {{"kty", Quoted("EC")},
          {"crv", Quoted("P-256")},
          {"x", Quoted(B64(Hex(cv::kP256X)))},
          {"y", Quoted(B64(Hex(cv::kP256Y)))}};
}
Members OkpMembers() {
  return {
      {"kty", Quoted("OKP")}, {"crv", Quoted("Ed25519")}, {"x", Quoted(B64(Hex(cv::kEd25519X)))}};
}
Members RsaMembers() {
  return {{"kty", Quoted("RSA")},
          {"alg", Quoted("PS256")},
          {"n", Quoted(v::kRfc7517N)},
          {"e", Quoted("AQAB")}};
}

TEST(Jwk, ReadsTheKeysOfRfc7517AndRfc8037) {
  const auto ec = ParseJwk(v::kRfc7515A3Jwk);
  ASSERT_TRUE(ec);
  EXPECT_EQ(ec->key.type(), KeyType::kEcP256);
  EXPECT_EQ(B64(ec->key.x()), "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  EXPECT_EQ(ec->algs, AlgSet{Alg::kES256});
  EXPECT_EQ(ec->alg, std::nullopt);
  EXPECT_EQ(ec->kid, "");
  EXPECT_EQ(ec->use, "");

  const auto rsa = ParseJwk(v::Rfc7517RsaJwk());
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->key.type(), KeyType::kRsa);
  EXPECT_EQ(B64(rsa->key.x()), v::kRfc7517N);
  EXPECT_EQ(rsa->algs, AlgSet{Alg::kRS256});
  EXPECT_EQ(rsa->alg, Alg::kRS256);
  EXPECT_EQ(rsa->kid, "2011-04-29");

  const auto okp = ParseJwk(v::kRfc8037A2Jwk);
  ASSERT_TRUE(okp);
  EXPECT_EQ(okp->key.type(), KeyType::kEd25519);
  EXPECT_EQ(okp->algs, (AlgSet{Alg::kEdDSA, Alg::kEd25519}));
}

// The first key of RFC 7517 appendix A.1 is for encryption.
TEST(Jwk, RefusesAnEncryptionKey) {
  const Members key = {{"kty", Quoted("EC")},         {"crv", Quoted("P-256")},
                       {"x", Quoted(v::kRfc7517EcX)}, {"y", Quoted(v::kRfc7517EcY)},
                       {"use", Quoted("enc")},        {"kid", Quoted("1")}};
  EXPECT_EQ(CodeOf(ParseJwk(Json(key))), Errc::kJwkUse);
  const auto other = ParseJwk(Json(With(key, "use", Quoted("sig"))));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->kid, "1");
  EXPECT_EQ(other->use, "sig");
}

struct Case {
  const char* what;
  Members members;
  std::optional<Errc> want;
};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(ParseJwk(Json(c.members))), c.want) << c.what << " " << Json(c.members);
  }
}

// RFC7517-4.
TEST(Jwk, HasAKnownType) {
  const Members ec = EcMembers();
  CheckCases({
      {"EC", ec, {}},
      {"no kty", With(ec, "kty", ""), Errc::kJwkMalformed},
      {"kty a number", With(ec, "kty", "1"), Errc::kJwkMalformed},
      {"kty null", With(ec, "kty", "null"), Errc::kJwkMalformed},
      {"kty in lower case", With(ec, "kty", Quoted("ec")), Errc::kJwkKeyType},
      {"kty unknown", With(ec, "kty", Quoted("AKP")), Errc::kJwkKeyType},
      {"no crv", With(ec, "crv", ""), Errc::kJwkMalformed},
      {"crv a list", With(ec, "crv", "[\"P-256\"]"), Errc::kJwkMalformed},
      {"crv unknown", With(ec, "crv", Quoted("P-255")), Errc::kJwkKeyType},
      {"secp256k1", With(ec, "crv", Quoted("secp256k1")), Errc::kJwkKeyType},
      {"EC with the curve of OKP", With(ec, "crv", Quoted("Ed25519")), Errc::kJwkKeyType},
      {"OKP with the curve of EC", With(ec, "kty", Quoted("OKP")), Errc::kJwkKeyType},
      {"X25519", With(OkpMembers(), "crv", Quoted("X25519")), Errc::kJwkKeyType},
      {"Ed448", With(OkpMembers(), "crv", Quoted("Ed448")), Errc::kJwkKeyType},
      {"unknown member", With(ec, "wimse", "{\"x\":[1]}"), {}},
  });
}

// BCP-1, WIT-3: a published secret is no key.
TEST(Jwk, IsNotSymmetric) {
  EXPECT_EQ(
      CodeOf(ParseJwk(R"({"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko"})")),
      Errc::kJwkSymmetric);
  EXPECT_EQ(CodeOf(ParseJwk(R"({"kty":"oct"})")), Errc::kJwkSymmetric);
}

// WIT-11, ATTACKS 8: private members are not published.
TEST(Jwk, HasNoPrivateMembers) {
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
    for (const Members& members : {EcMembers(), OkpMembers(), RsaMembers()}) {
      // Whatever its value: what matters is that somebody sent it.
      for (const char* value : {"\"AQAB\"", "null", "\"\"", "[]"}) {
        const std::string json = Json(With(members, member, value));
        EXPECT_EQ(CodeOf(ParseJwk(json)), Errc::kJwkPrivate) << json;
        EXPECT_EQ(CodeOf(ParseJwk(json, {.allow_private_members = true})), std::nullopt) << json;
      }
    }
  }
}

// BCP-1, WIT-2, WIT-3, ATTACKS 8.
TEST(Jwk, HasAnAlgorithmThatSuits) {
  CheckCases({
      {"ES256 on P-256", With(EcMembers(), "alg", Quoted("ES256")), {}},
      {"ES384 on P-256", With(EcMembers(), "alg", Quoted("ES384")), Errc::kJwkAlgMismatch},
      {"RS256 on P-256", With(EcMembers(), "alg", Quoted("RS256")), Errc::kJwkAlgMismatch},
      {"EdDSA on P-256", With(EcMembers(), "alg", Quoted("EdDSA")), Errc::kJwkAlgMismatch},
      {"none", With(EcMembers(), "alg", Quoted("none")), Errc::kJwkAlgMismatch},
      {"HS256", With(EcMembers(), "alg", Quoted("HS256")), Errc::kJwkAlgMismatch},
      {"ECDH-ES", With(EcMembers(), "alg", Quoted("ECDH-ES")), Errc::kJwkAlgMismatch},
      {"lower case", With(EcMembers(), "alg", Quoted("es256")), Errc::kJwkAlgMismatch},
      {"empty", With(EcMembers(), "alg", Quoted("")), Errc::kJwkAlgMismatch},
      {"a list", With(EcMembers(), "alg", "[\"ES256\"]"), Errc::kJwkMalformed},
      {"null", With(EcMembers(), "alg", "null"), Errc::kJwkMalformed},
      {"EdDSA on Ed25519", With(OkpMembers(), "alg", Quoted("EdDSA")), {}},
      {"Ed25519 on Ed25519", With(OkpMembers(), "alg", Quoted("Ed25519")), {}},
      {"Ed448 on Ed25519", With(OkpMembers(), "alg", Quoted("Ed448")), Errc::kJwkAlgMismatch},
      {"ES256 on Ed25519", With(OkpMembers(), "alg", Quoted("ES256")), Errc::kJwkAlgMismatch},
      {"PS256 on RSA", RsaMembers(), {}},
      {"RSA-OAEP on RSA", With(RsaMembers(), "alg", Quoted("RSA-OAEP")), Errc::kJwkAlgMismatch},
      {"ES256 on RSA", With(RsaMembers(), "alg", Quoted("ES256")), Errc::kJwkAlgMismatch},
      {"no alg on RSA", With(RsaMembers(), "alg", ""), Errc::kJwkAlgMissing},
  });
  const auto ed = ParseJwk(Json(With(OkpMembers(), "alg", Quoted("Ed25519"))));
  ASSERT_TRUE(ed);
  // WPT-1: the two names are different strings.
  EXPECT_EQ(ed->algs, AlgSet{Alg::kEd25519});
  EXPECT_EQ(ed->alg, Alg::kEd25519);
}

// WIT-2: cnf.jwk.alg.
TEST(Jwk, HasAnAlgorithmWhereItMust) {
  for (const Members& members : {EcMembers(), OkpMembers(), With(RsaMembers(), "alg", "")}) {
    EXPECT_EQ(CodeOf(ParseJwk(Json(members), {.require_alg = true})), Errc::kJwkAlgMissing);
  }
  EXPECT_TRUE(ParseJwk(Json(With(EcMembers(), "alg", Quoted("ES256"))), {.require_alg = true}));
}

// TD-2: the key of a certificate entry is compared, not used.
TEST(Jwk, OfACertificateEntryNeedsNoAlgorithm) {
  const auto rsa = ParseJwk(Json(With(RsaMembers(), "alg", "")), {.key_only = true});
  ASSERT_TRUE(rsa);
  EXPECT_TRUE(rsa->algs.empty());
  EXPECT_EQ(rsa->alg, std::nullopt);
}

// RFC 7517 section 4.3.
TEST(Jwk, MayVerify) {
  const Members ec = EcMembers();
  CheckCases({
      {"verify", With(ec, "key_ops", R"(["verify"])"), {}},
      {"two", With(ec, "key_ops", R"(["sign","verify"])"), {}},
      {"sign only", With(ec, "key_ops", R"(["sign"])"), Errc::kJwkUse},
      {"encrypt", With(ec, "key_ops", R"(["encrypt"])"), Errc::kJwkUse},
      {"empty", With(ec, "key_ops", "[]"), Errc::kJwkUse},
      {"a string", With(ec, "key_ops", Quoted("verify")), Errc::kJwkMalformed},
      {"not strings", With(ec, "key_ops", "[\"verify\",1]"), Errc::kJwkMalformed},
      {"twice", With(ec, "key_ops", R"(["verify","verify"])"), Errc::kJwkMalformed},
      {"use a number", With(ec, "use", "1"), Errc::kJwkMalformed},
      {"use of SPIFFE", With(ec, "use", Quoted("wit-svid")), {}},
  });
}

// ATTACKS 3: an opaque, short and printable map key.
TEST(Jwk, HasASaneKid) {
  const Members ec = EcMembers();
  CheckCases({
      {"128 bytes", With(ec, "kid", Quoted(std::string(128, 'k'))), {}},
      {"129 bytes", With(ec, "kid", Quoted(std::string(129, 'k'))), Errc::kJoseKid},
      {"empty", With(ec, "kid", Quoted("")), Errc::kJoseKid},
      {"newline", With(ec, "kid", R"("a\nb")"), Errc::kJoseKid},
      {"DEL", With(ec, "kid", R"("a\u007f")"), Errc::kJoseKid},
      {"number", With(ec, "kid", "1"), Errc::kJwkMalformed},
      {"a path, opaque", With(ec, "kid", Quoted("../../etc/passwd")), {}},
      {"a query, opaque", With(ec, "kid", Quoted("' OR 1=1 --")), {}},
  });
}

// RFC 7518 section 6.2.1: coordinates have the full length and no other.
TEST(Jwk, HasEcCoordinatesOfExactLength) {
  const Bytes x = Hex(cv::kP256X);
  const Bytes y = Hex(cv::kP256Y);
  const Members ec = EcMembers();
  const auto member = [](const Bytes& bytes) { return Quoted(B64(bytes)); };
  CheckCases({
      {"x short", With(ec, "x", member(Bytes(x.begin() + 1, x.end()))), Errc::kJwkMalformed},
      {"y long", With(ec, "y", member(Joined(Bytes{0}, y))), Errc::kJwkMalformed},
      {"no x", With(ec, "x", ""), Errc::kJwkMalformed},
      {"no y", With(ec, "y", ""), Errc::kJwkMalformed},
      {"x empty", With(ec, "x", Quoted("")), Errc::kJwkMalformed},
      {"x huge", With(ec, "x", Quoted(std::string(7000, 'A'))), Errc::kJwkMalformed},
      {"x a number", With(ec, "x", "1"), Errc::kJwkMalformed},
      {"x padded", With(ec, "x", Quoted(B64(x) + "=")), Errc::kJwkMalformed},
      {"x in standard base64", With(ec, "x", Quoted("+" + B64(x).substr(1))), Errc::kJwkMalformed},
      {"y of another point", With(ec, "y", member(Hex(cv::kP256SmallY))),
       Errc::kCryptoPointInvalid},
      {"point as P-384", With(ec, "crv", Quoted("P-384")), Errc::kJwkMalformed},
      {"at infinity", With(With(ec, "x", member(Bytes(32, 0))), "y", member(Bytes(32, 0))),
       Errc::kCryptoPointInvalid},
  });
  // 256 bits in 43 characters leave two bits: they must be zero (ATTACKS 10).
  std::string trailing = B64(x);
  trailing.back() = static_cast<char>(trailing.back() + 1);
  EXPECT_EQ(CodeOf(ParseJwk(Json(With(ec, "x", Quoted(trailing))))), Errc::kJwkMalformed);
}

TEST(Jwk, HasAnEd25519PointOfExactLength) {
  const auto member = [](const Bytes& bytes) { return Quoted(B64(bytes)); };
  CheckCases({
      {"good", OkpMembers(), {}},
      {"short", With(OkpMembers(), "x", member(Bytes(31, 7))), Errc::kJwkMalformed},
      {"long", With(OkpMembers(), "x", member(Bytes(33, 7))), Errc::kJwkMalformed},
      {"small order", With(OkpMembers(), "x", member(Bytes(32, 0))), Errc::kCryptoPointInvalid},
  });
}

TEST(Jwk, HasRsaNumbersInRange) {
  const Bytes n = *codec::Base64UrlDecode(v::kRfc7517N);
  const auto member = [](const Bytes& bytes) { return Quoted(B64(bytes)); };
  CheckCases({
      {"no n", With(RsaMembers(), "n", ""), Errc::kJwkMalformed},
      {"no e", With(RsaMembers(), "e", ""), Errc::kJwkMalformed},
      {"n of 1024 bits", With(RsaMembers(), "n", member(Bytes(128, 0xff))), Errc::kCryptoKeySize},
      {"n with a leading zero", With(RsaMembers(), "n", member(Joined(Bytes{0}, n))),
       Errc::kCryptoKeyMalformed},
      {"e with a leading zero", With(RsaMembers(), "e", Quoted("AAEAAQ")),
       Errc::kCryptoKeyMalformed},
      {"e is 1", With(RsaMembers(), "e", Quoted("AQ")), Errc::kCryptoKeyMalformed},
      {"n over 8192 bits", With(RsaMembers(), "n", member(Bytes(1025, 0xff))), Errc::kJwkMalformed},
      {"n empty", With(RsaMembers(), "n", Quoted("")), Errc::kCryptoKeyMalformed},
  });
}

// BCP-1, RFC7515-4: the JSON itself.
TEST(Jwk, IsOneJsonObject) {
  EXPECT_EQ(CodeOf(ParseJwk("[]")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParseJwk("\"EC\"")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParseJwk("null")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParseJwk("{}")), Errc::kJwkMalformed);
  EXPECT_EQ(CodeOf(ParseJwk("")), Errc::kJsonMalformed);
  EXPECT_EQ(CodeOf(ParseJwk(Json(EcMembers()) + "{}")), Errc::kJsonTrailingBytes);
  Members twice = EcMembers();
  twice.emplace_back("kty", Quoted("oct"));
  EXPECT_EQ(CodeOf(ParseJwk(Json(twice))), Errc::kJsonDuplicateName);
}

// A refusal says which member, never what was in it.
TEST(Jwk, RefusalsHoldNothingOfTheKey) {
  const std::string json = Json(With(EcMembers(), "x", Quoted("SECRETSECRETSECRET")));
  const auto result = ParseJwk(json);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail.find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace signet::jose
