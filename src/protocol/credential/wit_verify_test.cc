#include "protocol/credential/wit_verify.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/credential/deny_key.h"
#include "protocol/crypto/digest.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::credential {
namespace {

using crypto::Alg;
using testing::Accepted;
using testing::At;
using testing::JsonText;
using testing::JwkSet;
using testing::KeyOf;
using testing::kNow;
using testing::OriginConfigOf;
using testing::PublicJwkOf;
using testing::RefusedWith;
using testing::RulesOf;
using testing::WitMaker;

// A good WIT and the recipient's side; every case changes one thing in them.
struct WitScene {
  WitMaker wit;
  WitRules rules;
  std::vector<trust::OriginConfig> origins = testing::TestOrigins();
  trust::DenyList deny;
  WallTime now = kNow;
  std::function<std::string(std::string)> edit;  // of the signed token
  CheckList checks;

  Result<VerifiedWit> Verify() {
    std::string token = wit.Token();
    if (edit) token = edit(token);
    return VerifyText(token);
  }
  Result<VerifiedWit> VerifyText(std::string_view token) {
    const auto snapshot = testing::SnapshotOf(origins, 1, deny);
    jose::JwsReader reader;
    checks.Clear();
    return VerifyWit(token, *snapshot, rules, now, reader, checks);
  }
};

struct WitCase {
  const char* name;
  const char* rule;  // that refuses, or that allows
  std::function<void(WitScene&)> change;
  std::optional<Errc> want;
};
void PrintTo(const WitCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

class WitVerify : public ::testing::TestWithParam<WitCase> {};

TEST_P(WitVerify, Decides) {
  WitScene setup;
  GetParam().change(setup);
  const Result<VerifiedWit> got = setup.Verify();
  if (!GetParam().want.has_value()) {
    EXPECT_TRUE(Accepted(got)) << GetParam().rule;
    return;
  }
  EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  // The refusal is the last entry of the list and the only failed one.
  ASSERT_GT(setup.checks.size(), 0U);
  for (const Check& check : setup.checks) {
    const bool last = &check == setup.checks.end() - 1;
    EXPECT_EQ(check.ok(), !last) << check.rule;
    if (last) {
      EXPECT_EQ(check.rule, GetParam().rule);
    }
  }
}

#define CASES(suite, list)                                              \
  INSTANTIATE_TEST_SUITE_P(suite, WitVerify, ::testing::ValuesIn(list), \
                           [](const auto& p) { return std::string(p.param.name); })

// The token's three parts, with one of them replaced.
std::string WithPart(const std::string& token, int part, std::string_view text) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  const std::string header = token.substr(0, first);
  const std::string payload = token.substr(first + 1, second - first - 1);
  const std::string signature = token.substr(second + 1);
  const auto pick = [&](int index, const std::string& old) {
    return index == part ? std::string(text) : old;
  };
  return pick(0, header) + "." + pick(1, payload) + "." + pick(2, signature);
}
std::string BytesText(std::size_t size, std::uint8_t value) {
  return codec::Base64UrlEncode(Bytes(size, value));
}

const std::vector<WitCase> kStructure = {
    {"NothingWrong", "WIT-12", [](auto&) {}, {}},
    {"Empty", "WIT-12.a", [](auto& s) { s.edit = [](auto) { return ""; }; }, Errc::kJoseParts},
    {"TwoParts", "WIT-12.a",
     [](auto& s) { s.edit = [](auto t) { return t.substr(0, t.rfind('.')); }; }, Errc::kJoseParts},
    {"FourParts", "WIT-12.a", [](auto& s) { s.edit = [](auto t) { return t + ".AA"; }; },
     Errc::kJoseParts},
    {"JweFiveParts", "WIT-12.a",  // ATTACKS 5
     [](auto& s) { s.edit = [](auto t) { return t + ".AA.AA"; }; }, Errc::kJoseParts},
    {"EmptySignature", "WIT-12.a",  // ATTACKS 1
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 2, ""); }; }, Errc::kJosePartEmpty},
    {"EmptyHeader", "WIT-12.a", [](auto& s) { s.edit = [](auto t) { return WithPart(t, 0, ""); }; },
     Errc::kJosePartEmpty},
    {"Padding", "WIT-12.a", [](auto& s) { s.edit = [](auto t) { return t + "="; }; },
     Errc::kJoseCharacter},
    {"Space", "WIT-12.a", [](auto& s) { s.edit = [](auto t) { return " " + t; }; },
     Errc::kJoseCharacter},
    {"TwoTokensInAList", "WIT-12.a",  // ATTACKS 12
     [](auto& s) { s.edit = [](auto t) { return t + "," + t; }; }, Errc::kJoseCharacter},
    {"Nul", "WIT-12.a",  // ATTACKS 22
     [](auto& s) { s.edit = [](auto t) { return t + std::string(1, '\0'); }; },
     Errc::kJoseCharacter},
    {"SetTrailingBits", "WIT-12.a",  // ATTACKS 10: 64 bytes leave four unused bits
     [](auto& s) {
       s.edit = [](auto t) {
         constexpr std::string_view kAlphabet =
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
         t.back() = kAlphabet[kAlphabet.find(t.back()) + 1];
         return t;
       };
     },
     Errc::kBase64UrlTrailingBits},
    {"TooLong", "WIT-12.a",  // ATTACKS 5
     [](auto& s) { s.wit.claims.SetString("pad", std::string(kMaxTokenBytes, 'x')); },
     Errc::kJoseTooLong},
    {"HeaderArray", "WIT-12.a",
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 0, testing::Encoded("[]")); }; },
     Errc::kJoseHeader},
    {"PayloadText", "WIT-12.a",
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 1, testing::Encoded("\"x\"")); }; },
     Errc::kJosePayload},
    {"HeaderDuplicateAlg", "WIT-12.a", [](auto& s) { s.wit.header.Append("alg", "\"none\""); },
     Errc::kJsonDuplicateName},
    {"ClaimsDuplicateSub", "WIT-12.a",
     [](auto& s) { s.wit.claims.Append("sub", "\"wimse://trust.example.com/admin\""); },
     Errc::kJsonDuplicateName},
    {"DeepClaims", "WIT-12.a",  // ATTACKS 5
     [](auto& s) { s.wit.claims.Set("deep", "[[[[[[[[1]]]]]]]]"); }, Errc::kJsonTooDeep},
    {"ManyClaims", "WIT-12.a",
     [](auto& s) {
       for (int i = 0; i < 64; ++i) s.wit.claims.Set("c" + std::to_string(i), i);
     },
     Errc::kJsonTooManyMembers},
    {"HugeInteger", "WIT-2", [](auto& s) { s.wit.claims.Set("exp", std::string(300, '9')); },
     Errc::kJwtClaimType},
    {"JwkInHeader", "WIT-12.a",  // ATTACKS 4
     [](auto& s) { s.wit.header.Set("jwk", s.wit.cnf_jwk); }, Errc::kJoseKeyInHeader},
    {"JkuInHeader", "WIT-12.a",
     [](auto& s) { s.wit.header.SetString("jku", "https://evil.example/k"); },
     Errc::kJoseKeyInHeader},
    {"X5uInHeader", "WIT-12.a",
     [](auto& s) { s.wit.header.SetString("x5u", "https://evil.example/k"); },
     Errc::kJoseKeyInHeader},
    {"X5cInHeader", "WIT-12.a", [](auto& s) { s.wit.header.Set("x5c", "[\"AA\"]"); },
     Errc::kJoseKeyInHeader},
    {"CritInHeader", "WIT-12.a", [](auto& s) { s.wit.header.Set("crit", "[\"exp\"]"); },
     Errc::kJoseCrit},
    {"ZipInHeader", "WIT-12.a",  // ATTACKS 5
     [](auto& s) { s.wit.header.SetString("zip", "DEF"); }, Errc::kJoseNotJws},
    {"AlgMissing", "WIT-12.a", [](auto& s) { s.wit.header.Remove("alg"); }, Errc::kJoseAlgMissing},
    {"KidOverLimit", "WIT-12.a",  // ATTACKS 3
     [](auto& s) { s.wit.header.SetString("kid", std::string(kMaxKidBytes + 1, 'k')); },
     Errc::kJoseKid},
    {"UnknownHeaderMember", "BCP-1", [](auto& s) { s.wit.header.SetString("x", "y"); }, {}},
};
CASES(Structure, kStructure);

const std::vector<WitCase> kSubject = {
    {"SubMissing", "WIT-12.b", [](auto& s) { s.wit.claims.Remove("sub"); }, Errc::kWitSubMissing},
    {"SubArray", "WIT-12.b",  // WIT-4
     [](auto& s) { s.wit.claims.Set("sub", R"(["wimse://trust.example.com/edge"])"); },
     Errc::kWitSubInvalid},
    {"SubNumber", "WIT-12.b", [](auto& s) { s.wit.claims.Set("sub", 1); }, Errc::kWitSubInvalid},
    // ID-8: nothing is repaired on the way to the anchors.
    {"SubUpperCaseScheme", "WIT-12.b",
     [](auto& s) { s.wit.claims.SetString("sub", "WIMSE://trust.example.com/edge"); },
     Errc::kWitSubInvalid},
    {"SubUpperCaseDomain", "WIT-12.b",
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://Trust.example.com/edge"); },
     Errc::kWitSubInvalid},
    {"SubPercent", "WIT-12.b",  // ATTACKS 23
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://trust.example.com/%65dge"); },
     Errc::kWitSubInvalid},
    {"SubDotSegments", "WIT-12.b",
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://trust.example.com/a/../edge"); },
     Errc::kWitSubInvalid},
    {"SubPort", "WIT-12.b",
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://trust.example.com:1/edge"); },
     Errc::kWitSubInvalid},
    {"SubPlainName", "WIT-12.b", [](auto& s) { s.wit.claims.SetString("sub", "edge"); },
     Errc::kWitSubInvalid},
    {"SubEmpty", "WIT-12.b", [](auto& s) { s.wit.claims.SetString("sub", ""); },
     Errc::kWitSubInvalid},
    {"SubNonAscii", "WIT-12.b",  // ATTACKS 22
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://trust.example.com/\xc3\xa9"); },
     Errc::kWitSubInvalid},
    {"SubUnderIpDomain", "WIT-12.b",  // ID-11
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://192.0.2.1/edge"); },
     Errc::kWitSubInvalid},
    {"SubUnderIpDomainAllowedButUnknown", "WIT-12.b",
     [](auto& s) {
       s.rules.id_rules.allow_ip_trust_domain = true;
       s.wit.claims.SetString("sub", "wimse://192.0.2.1/edge");
     },
     Errc::kTrustDomainUnknown},
    {"DomainUnknown", "WIT-12.b",  // TA-1, ID-11
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://evil.example/edge"); },
     Errc::kTrustDomainUnknown},
    {"DomainUnderAnotherScheme", "WIT-12.b",  // TA-4, ID-9
     [](auto& s) { s.wit.claims.SetString("sub", "spiffe://trust.example.com/edge"); },
     Errc::kTrustDomainUnknown},
    {"SubdomainOfATrustedOne", "WIT-12.b",
     [](auto& s) { s.wit.claims.SetString("sub", "wimse://x.trust.example.com/edge"); },
     Errc::kTrustDomainUnknown},
    {"NothingIsTrusted", "WIT-12.b", [](auto& s) { s.origins.clear(); }, Errc::kTrustDomainUnknown},
    // The checks before see the subject, whatever the signature says.
    {"UnknownDomainBeforeTyp", "WIT-12.b",
     [](auto& s) {
       s.wit.claims.SetString("sub", "wimse://evil.example/edge");
       s.wit.header.SetString("typ", "JWT");
     },
     Errc::kTrustDomainUnknown},
};
CASES(Subject, kSubject);

const std::vector<WitCase> kTypeAndAlgorithm = {
    {"TypMissing", "WIT-12.c", [](auto& s) { s.wit.header.Remove("typ"); }, Errc::kWitTypMismatch},
    {"TypJwt", "WIT-12.c", [](auto& s) { s.wit.header.SetString("typ", "JWT"); },
     Errc::kWitTypMismatch},
    {"TypOfAWpt", "WIT-12.c",  // ATTACKS 6
     [](auto& s) { s.wit.header.SetString("typ", "wpt+jwt"); }, Errc::kWitTypMismatch},
    {"TypOf2024", "WIT-12.c", [](auto& s) { s.wit.header.SetString("typ", "wimse-id+jwt"); },
     Errc::kWitTypMismatch},
    {"TypOfAnotherTree", "WIT-12.c", [](auto& s) { s.wit.header.SetString("typ", "text/wit+jwt"); },
     Errc::kWitTypMismatch},
    {"TypWithPrefix",
     "Q9",
     [](auto& s) { s.wit.header.SetString("typ", "application/wit+jwt"); },
     {}},
    {"TypInAnotherCase", "Q9", [](auto& s) { s.wit.header.SetString("typ", "WIT+JWT"); }, {}},
    {"AlgNone", "WIT-1",  // ATTACKS 1
     [](auto& s) { s.wit.header.SetString("alg", "none"); }, Errc::kJoseAlgNone},
    {"AlgNoneInAnotherCase", "WIT-1", [](auto& s) { s.wit.header.SetString("alg", "noNE"); },
     Errc::kJoseAlgNone},
    {"AlgSymmetric", "WIT-1",  // ATTACKS 2
     [](auto& s) { s.wit.header.SetString("alg", "HS256"); }, Errc::kJoseAlgUnknown},
    {"AlgInAnotherCase", "WIT-1",  // BCP-1
     [](auto& s) { s.wit.header.SetString("alg", "es256"); }, Errc::kJoseAlgUnknown},
    {"AlgUnknown", "WIT-1", [](auto& s) { s.wit.header.SetString("alg", "ES256K"); },
     Errc::kJoseAlgUnknown},
    {"AlgOfAnotherKey", "WIT-12.d",  // ATTACKS 8, BCP-1
     [](auto& s) { s.wit.header.SetString("alg", "RS256"); }, Errc::kJoseAlgKeyMismatch},
    {"AlgNotOnTheListOfTheOrigin", "WIT-12.d", [](auto& s) { s.origins[0].algs = {Alg::kES384}; },
     Errc::kJoseAlgNotAllowed},
    {"AlgOnTheListOfTheOrigin", "WIT-12.d", [](auto& s) { s.origins[0].algs = {Alg::kES256}; }, {}},
};
CASES(TypeAndAlgorithm, kTypeAndAlgorithm);

void UseEdIssuer(WitScene& s, Alg alg, std::optional<Alg> published_alg) {
  s.origins[0] = OriginConfigOf(
      "wimse://trust.example.com",
      JwkSet({PublicJwkOf(testing::kIssuerEdJwk, published_alg, testing::kIssuerKid)}));
  s.wit.key = KeyOf(testing::kIssuerEdJwk, alg);
  s.wit.header.SetString("alg", crypto::NameOf(alg));
}

const std::vector<WitCase> kSignature = {
    {"ByTheAttacker", "WIT-12.d", [](auto& s) { s.wit.key = KeyOf(testing::kAttackerJwk); },
     Errc::kWitSignatureInvalid},
    // ATTACKS 19: an issuer of one domain asserts a name of the other
    {"ByTheIssuerOfAnotherDomain", "WIT-12.d",
     [](auto& s) { s.wit.key = KeyOf(testing::kOtherIssuerJwk); }, Errc::kWitSignatureInvalid},
    {"ByTheIssuerOfAnotherDomainUnderItsKid", "WIT-12.d",  // TA-3
     [](auto& s) {
       s.wit.key = KeyOf(testing::kOtherIssuerJwk);
       s.wit.header.SetString("kid", "partner-1");
     },
     Errc::kTrustKidUnknown},
    {"ByTheWorkloadItself", "WIT-12.d", [](auto& s) { s.wit.key = KeyOf(testing::kWorkloadJwk); },
     Errc::kWitSignatureInvalid},
    {"ClaimsChanged", "WIT-12.d",
     [](auto& s) {
       s.edit = [](auto t) {
         WitMaker other;
         other.claims.SetString("sub", "wimse://trust.example.com/admin");
         return WithPart(t, 1, testing::Encoded(other.ClaimsText()));
       };
     },
     Errc::kWitSignatureInvalid},
    {"SignatureZero", "WIT-12.d",  // ATTACKS 9
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 2, BytesText(64, 0)); }; },
     Errc::kWitSignatureInvalid},
    {"SignatureAllOnes", "WIT-12.d",
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 2, BytesText(64, 0xff)); }; },
     Errc::kWitSignatureInvalid},
    {"SignatureOneByteShort", "WIT-12.d",  // ATTACKS 10
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 2, BytesText(63, 1)); }; },
     Errc::kWitSignatureInvalid},
    {"SignatureOneByteLong", "WIT-12.d",
     [](auto& s) { s.edit = [](auto t) { return WithPart(t, 2, BytesText(65, 1)); }; },
     Errc::kWitSignatureInvalid},
    {"KidUnknown", "WIT-12.d", [](auto& s) { s.wit.header.SetString("kid", "other"); },
     Errc::kTrustKidUnknown},
    {"KidIsAPath", "WIT-12.d",  // ATTACKS 3
     [](auto& s) { s.wit.header.SetString("kid", "../../issuer-1"); }, Errc::kTrustKidUnknown},
    {"KidIsAQuery", "WIT-12.d", [](auto& s) { s.wit.header.SetString("kid", "x' OR 1=1 --"); },
     Errc::kTrustKidUnknown},
    {"KidEmpty", "WIT-12.a", [](auto& s) { s.wit.header.SetString("kid", ""); }, Errc::kJoseKid},
    {"NoKidOneKey", "TA-3", [](auto& s) { s.wit.header.Remove("kid"); }, {}},
    {"NoKidTwoKeys", "WIT-12.d",
     [](auto& s) {
       s.wit.header.Remove("kid");
       s.origins[0] = OriginConfigOf(
           "wimse://trust.example.com",
           JwkSet({PublicJwkOf(testing::kIssuerJwk), PublicJwkOf(testing::kIssuer2Jwk)}));
     },
     Errc::kTrustKidAmbiguous},
    {"NoKeys", "WIT-12.d",  // BUN-1
     [](auto& s) { s.origins[0] = OriginConfigOf("wimse://trust.example.com", JwkSet({})); },
     Errc::kTrustNoKeys},
    {"KeyForJwtSvids", "WIT-12.d",  // ATTACKS 6
     [](auto& s) {
       s.wit.claims.SetString("sub", "spiffe://trust.example.com/edge");
       s.origins[0] = OriginConfigOf(
           "spiffe://trust.example.com",
           JwkSet({PublicJwkOf(testing::kIssuerJwk, Alg::kES256, testing::kIssuerKid, "jwt-svid")}),
           trust::BundleFormat::kSpiffe);
     },
     Errc::kTrustNoKeys},
    {"EdDSAByKeyWithoutAlg", "Q1", [](auto& s) { UseEdIssuer(s, Alg::kEdDSA, {}); }, {}},
    {"Ed25519ByKeyWithoutAlg", "Q1", [](auto& s) { UseEdIssuer(s, Alg::kEd25519, {}); }, {}},
    {"EdDSAByKeyForEd25519", "WIT-12.d",
     [](auto& s) { UseEdIssuer(s, Alg::kEdDSA, Alg::kEd25519); }, Errc::kJoseAlgKeyMismatch},
    {"EdDSASwitchedOff", "WIT-12.d",
     [](auto& s) {
       UseEdIssuer(s, Alg::kEdDSA, {});
       s.rules.allow_eddsa = false;
     },
     Errc::kJoseAlgNotAllowed},
    {"Ed25519WhileEdDSAIsOff",
     "Q1",
     [](auto& s) {
       UseEdIssuer(s, Alg::kEd25519, {});
       s.rules.allow_eddsa = false;
     },
     {}},
};
CASES(Signature, kSignature);

const std::vector<WitCase> kTimes = {
    {"ExpMissing", "WIT-2",  // ATTACKS 33
     [](auto& s) { s.wit.claims.Remove("exp"); }, Errc::kWitExpMissing},
    {"ExpText", "WIT-2", [](auto& s) { s.wit.claims.SetString("exp", "1745513500"); },
     Errc::kJwtClaimType},
    {"ExpNull", "WIT-2", [](auto& s) { s.wit.claims.Set("exp", "null"); }, Errc::kJwtClaimType},
    {"ExpFraction", "WIT-2", [](auto& s) { s.wit.claims.Set("exp", "1745513500.5"); },
     Errc::kJwtClaimType},
    {"ExpNegative", "WIT-2", [](auto& s) { s.wit.claims.Set("exp", -1); }, Errc::kJwtClaimType},
    {"ExpBeyondRange", "WIT-2", [](auto& s) { s.wit.claims.Set("exp", kMaxNumericDate + 1); },
     Errc::kJwtClaimType},
    {"NbfText", "WIT-2", [](auto& s) { s.wit.claims.SetString("nbf", "1"); }, Errc::kJwtClaimType},
    {"IatText", "WIT-2", [](auto& s) { s.wit.claims.SetString("iat", "1"); }, Errc::kJwtClaimType},
    // ATTACKS 17: the leeway of 60 s on both sides
    {"ExpAtLastTolerated", "WIT-8", [](auto& s) { s.wit.claims.Set("exp", At(-59)); }, {}},
    {"ExpOneSecondEarlier", "WIT-8", [](auto& s) { s.wit.claims.Set("exp", At(-60)); },
     Errc::kWitExpired},
    {"ExpNowWithoutLeeway", "WIT-8",
     [](auto& s) {
       s.rules.leeway = seconds{0};
       s.wit.claims.Set("exp", At(0));
     },
     Errc::kWitExpired},
    {"ExpNextSecondWithoutLeeway",
     "WIT-8",
     [](auto& s) {
       s.rules.leeway = seconds{0};
       s.wit.claims.Set("exp", At(1));
     },
     {}},
    {"ExpAtBeginningOfTime", "WIT-8", [](auto& s) { s.wit.claims.Set("exp", 0); },
     Errc::kWitExpired},
    {"ExpAtEndOfRange", "WIT-8", [](auto& s) { s.wit.claims.Set("exp", kMaxNumericDate); }, {}},
    {"NbfAtLastTolerated", "WIT-8", [](auto& s) { s.wit.claims.Set("nbf", At(60)); }, {}},
    {"NbfOneSecondLater", "WIT-8", [](auto& s) { s.wit.claims.Set("nbf", At(61)); },
     Errc::kWitNotYetValid},
    {"IatAhead",
     "WSVID-1",  // iat bounds nothing
     [](auto& s) { s.wit.claims.Set("iat", At(1800)); },
     {}},
    {"LifetimeAtLimit", "WIT-8", [](auto& s) { s.rules.max_lifetime = seconds{3600}; }, {}},
    {"LifetimeOverLimit", "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Set("exp", At(3601));
     },
     Errc::kWitLifetimeTooLong},
    {"LifetimeFromNbf", "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Set("nbf", At(-1));
     },
     Errc::kWitLifetimeTooLong},
    {"LifetimeWithoutIatCountsFromNow",
     "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Remove("iat");
     },
     {}},
    {"LifetimeWithoutIatOverLimit", "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3599};
       s.wit.claims.Remove("iat");
     },
     Errc::kWitLifetimeTooLong},
    // An iat that lies ahead does not make a long life short.
    {"LifetimeHiddenByIatAhead", "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Set("iat", At(86400)).Set("exp", At(90000));
     },
     Errc::kWitLifetimeTooLong},
    {"IatAheadWithinLeeway",
     "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Set("iat", At(60)).Set("exp", At(3660));
     },
     {}},
    {"IatAheadBeyondLeeway", "WIT-8",
     [](auto& s) {
       s.rules.max_lifetime = seconds{3600};
       s.wit.claims.Set("iat", At(61)).Set("exp", At(3661));
     },
     Errc::kWitLifetimeTooLong},
};
CASES(Times, kTimes);

const std::vector<WitCase> kIssuer = {
    {"IssWithoutList",
     "TA-2",
     [](auto& s) { s.wit.claims.SetString("iss", "https://anyone.example"); },
     {}},
    {"IssNumber", "TA-2", [](auto& s) { s.wit.claims.Set("iss", 1); }, Errc::kJwtClaimType},
    {"IssOnTheList",
     "TA-2",
     [](auto& s) {
       s.origins[0].issuers = {"https://a.example", "https://b.example"};
       s.wit.claims.SetString("iss", "https://b.example");
     },
     {}},
    {"IssNotOnTheList", "TA-2",
     [](auto& s) {
       s.origins[0].issuers = {"https://a.example"};
       s.wit.claims.SetString("iss", "https://evil.example");
     },
     Errc::kTrustIssuer},
    {"IssAbsentWithAList", "Q7", [](auto& s) { s.origins[0].issuers = {"https://a.example"}; }, {}},
    {"IssExpected",
     "TA-2",
     [](auto& s) {
       s.rules.expected_issuer = "https://a.example";
       s.wit.claims.SetString("iss", "https://a.example");
     },
     {}},
    {"IssOtherThanExpected", "TA-2",
     [](auto& s) {
       s.rules.expected_issuer = "https://a.example";
       s.wit.claims.SetString("iss", "https://a.example/");
     },
     Errc::kTrustIssuer},
    {"IssAbsentButExpected", "TA-2", [](auto& s) { s.rules.expected_issuer = "https://a.example"; },
     Errc::kTrustIssuer},
};
CASES(Issuer, kIssuer);

const std::vector<WitCase> kConfirmation = {
    {"CnfMissing", "WIT-12.e", [](auto& s) { s.wit.with_cnf = false; }, Errc::kWitCnfMissing},
    {"CnfText", "WIT-12.e",
     [](auto& s) {
       s.wit.with_cnf = false;
       s.wit.claims.SetString("cnf", "key");
     },
     Errc::kWitCnfMissing},
    {"CnfByThumbprintOnly", "WIT-12.e",
     [](auto& s) {
       s.wit.with_cnf = false;
       s.wit.claims.Set("cnf", R"({"jkt":"Leg0QdIplOfK1DXBkTqnBbZsK78mho_M1B3nnic4pjg"})");
     },
     Errc::kWitCnfMissing},
    {"CnfJwkText", "WIT-12.e",
     [](auto& s) {
       s.wit.with_cnf = false;
       s.wit.claims.Set("cnf", R"({"jwk":"key"})");
     },
     Errc::kWitCnfMissing},
    {"CnfAlgMissing", "WIT-12.e", [](auto& s) { s.wit.cnf_jwk.Remove("alg"); },
     Errc::kWitCnfAlgMissing},
    {"CnfAlgNone", "WIT-3", [](auto& s) { s.wit.cnf_jwk.SetString("alg", "none"); },
     Errc::kWitCnfAlgForbidden},
    {"CnfAlgSymmetric", "WIT-3", [](auto& s) { s.wit.cnf_jwk.SetString("alg", "HS256"); },
     Errc::kWitCnfAlgForbidden},
    {"CnfAlgEncryption", "WIT-3", [](auto& s) { s.wit.cnf_jwk.SetString("alg", "ECDH-ES"); },
     Errc::kWitCnfAlgForbidden},
    {"CnfAlgInAnotherCase", "WIT-3", [](auto& s) { s.wit.cnf_jwk.SetString("alg", "es256"); },
     Errc::kWitCnfAlgForbidden},
    {"CnfAlgNumber", "WIT-3", [](auto& s) { s.wit.cnf_jwk.Set("alg", 256); },
     Errc::kWitCnfAlgForbidden},
    {"CnfAlgOfAnotherCurve", "WIT-12.e",  // ATTACKS 8
     [](auto& s) { s.wit.cnf_jwk.SetString("alg", "ES384"); }, Errc::kWitCnfKeyInvalid},
    {"CnfPrivateKey", "WIT-11", [](auto& s) { s.wit.cnf_jwk.SetString("d", "AAAA"); },
     Errc::kWitCnfPrivate},
    {"CnfSymmetricKey", "WIT-12.e",
     [](auto& s) { s.wit.cnf_jwk.SetString("kty", "oct").SetString("k", "AAAA"); },
     Errc::kWitCnfKeyInvalid},
    {"CnfPointNotOnCurve", "WIT-12.e",
     [](auto& s) { s.wit.cnf_jwk.SetString("x", BytesText(32, 1)); }, Errc::kWitCnfKeyInvalid},
    {"CnfShortCoordinate", "WIT-12.e",
     [](auto& s) { s.wit.cnf_jwk.SetString("x", BytesText(31, 1)); }, Errc::kWitCnfKeyInvalid},
    {"CnfUnknownKty", "WIT-12.e", [](auto& s) { s.wit.cnf_jwk.SetString("kty", "AKP"); },
     Errc::kWitCnfKeyInvalid},
    {"CnfUseSig", "WIT-12.e", [](auto& s) { s.wit.cnf_jwk.SetString("use", "sig"); }, {}},
    {"CnfUseOfAnIssuerKey", "WIT-12.e", [](auto& s) { s.wit.cnf_jwk.SetString("use", "wit-svid"); },
     Errc::kWitCnfKeyInvalid},
    {"JtiNumber", "WIT-2", [](auto& s) { s.wit.claims.Set("jti", 1); }, {}},
    {"CnfUseEnc", "WIT-12.e", [](auto& s) { s.wit.cnf_jwk.SetString("use", "enc"); },
     Errc::kWitCnfKeyInvalid},
    {"CnfEdDSA", "WIT-3", [](auto& s) { s.wit.Confirm(testing::kWorkloadEdJwk, "EdDSA"); }, {}},
    {"CnfEdDSASwitchedOff", "WIT-3",
     [](auto& s) {
       s.wit.Confirm(testing::kWorkloadEdJwk, "EdDSA");
       s.rules.allow_eddsa = false;
     },
     Errc::kWitCnfAlgNotAllowed},
    {"CnfEd25519WhileEdDSAIsOff",
     "WIT-3",
     [](auto& s) {
       s.wit.Confirm(testing::kWorkloadEdJwk, "Ed25519");
       s.rules.allow_eddsa = false;
     },
     {}},
    {"CnfIssuersKey", "WIT-11", [](auto& s) { s.wit.Confirm(testing::kIssuerJwk, "ES256"); },
     Errc::kWitCnfIssuerKey},
    {"CnfOtherMembersIgnored",
     "WIT-7",
     [](auto& s) {
       s.wit.with_cnf = false;
       s.wit.claims.Set("cnf", JsonText().Set("jwk", s.wit.cnf_jwk).SetString("kid", "x"));
     },
     {}},
    {"UnknownClaims",
     "WIT-12.f",  // WIT-7
     [](auto& s) { s.wit.claims.Set("example.com/x", R"({"a":[1,null]})"); },
     {}},
    // Q8: ignored in the wimse profile
    {"Aud", "WIT-7", [](auto& s) { s.wit.claims.SetString("aud", "x"); }, {}},
    {"SubjectDenied", "WIC-3",
     [](auto& s) { s.deny.subjects.insert(std::string(testing::kCaller)); }, Errc::kWitDenied},
    {"TokenDenied", "WIC-3",
     [](auto& s) {
       // ECDSA signatures differ from time to time: the token is made once.
       const std::string token = s.wit.Token();
       s.edit = [token](auto) { return token; };
       s.deny.wits.insert(WitDenyKey(token));
     },
     Errc::kWitDenied},
    {"AnotherSubjectDenied",
     "WIC-3",
     [](auto& s) { s.deny.subjects.insert("wimse://trust.example.com/edg"); },
     {}},
};
CASES(Confirmation, kConfirmation);

// A WIT-SVID in the spiffe profile; `change` starts from a good one.
void UseSpiffe(WitScene& s) {
  s.rules.profile = WitProfile::kSpiffe;
  s.wit.claims.SetString("sub", "spiffe://example.com/my-workload");
  s.origins = {OriginConfigOf(
      "spiffe://example.com",
      JwkSet({PublicJwkOf(testing::kIssuerJwk, Alg::kES256, testing::kIssuerKid, "wit-svid")}),
      trust::BundleFormat::kSpiffe)};
}
const std::vector<WitCase> kSpiffe = {
    {"SpiffeNothingWrong", "WSVID-1", [](auto& s) { UseSpiffe(s); }, {}},
    {"SpiffeKidMissing", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.header.Remove("kid");
     },
     Errc::kWitKidMissing},
    {"SpiffeTypWithPrefix", "WIT-12.c",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.header.SetString("typ", "application/wit+jwt");
     },
     Errc::kWitTypMismatch},
    {"SpiffeTypInAnotherCase", "WIT-12.c",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.header.SetString("typ", "WIT+jwt");
     },
     Errc::kWitTypMismatch},
    {"SpiffeAud", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.SetString("aud", "x");
     },
     Errc::kWitAudPresent},
    {"SpiffeAudEmptyArray", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.Set("aud", "[]");
     },
     Errc::kWitAudPresent},
    {"SpiffeWimseSubject", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.SetString("sub", "wimse://example.com/my-workload");
     },
     Errc::kWitSubNotSpiffe},
    {"SpiffeTildeInPath", "WIT-12.b",  // Q2
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.SetString("sub", "spiffe://example.com/a~b");
     },
     Errc::kWitSubInvalid},
    {"SpiffeCnfEdDSA", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.Confirm(testing::kWorkloadEdJwk, "EdDSA");
     },
     Errc::kWitCnfAlgNotAllowed},
    {"SpiffeCnfEd25519", "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.Confirm(testing::kWorkloadEdJwk, "Ed25519");
     },
     Errc::kWitCnfAlgNotAllowed},
    {"SpiffeCnfES384",
     "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.Confirm(testing::kWorkloadP384Jwk, "ES384");
     },
     {}},
    {"SpiffeSignedEd25519", "WIT-12.d",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.key = KeyOf(testing::kIssuerEdJwk, Alg::kEd25519);
       s.wit.header.SetString("alg", "Ed25519");
     },
     Errc::kJoseAlgNotAllowed},
    {"SpiffeNbfAhead", "WIT-8",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.Set("nbf", At(61));
     },
     Errc::kWitNotYetValid},
    {"SpiffeIatAhead",
     "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.wit.claims.Set("iat", At(1800));
     },
     {}},
    // The profile is a setting: a spiffe subject alone does not choose it.
    {"SpiffeSubjectInWimseProfile",
     "WSVID-1",
     [](auto& s) {
       UseSpiffe(s);
       s.rules.profile = WitProfile::kWimse;
       s.wit.header.Remove("kid");
       s.wit.claims.SetString("aud", "x");
     },
     {}},
};
CASES(Spiffe, kSpiffe);

TEST(VerifiedWit, SaysWhatTheTokenSaid) {  // WIT-12, ID-13
  WitScene setup;
  setup.wit.claims.SetString("iss", "https://a.example").Set("nbf", At(-5));
  const std::string token = setup.wit.Token();
  const Result<VerifiedWit> wit = setup.VerifyText(token);
  ASSERT_TRUE(Accepted(wit));
  EXPECT_EQ(wit->subject().text(), testing::kCaller);
  EXPECT_EQ(wit->exp(), kNow + seconds{3600});
  EXPECT_EQ(wit->nbf(), kNow - seconds{5});
  EXPECT_EQ(wit->kid(), testing::kIssuerKid);
  EXPECT_EQ(wit->issuer(), "https://a.example");
  EXPECT_EQ(wit->jti(), "wit-1");
  EXPECT_EQ(wit->confirmation_alg(), Alg::kES256);
  EXPECT_TRUE(wit->confirmation_key() == KeyOf(testing::kWorkloadJwk).public_key());
  // Python's hashlib over the RFC 7638 form of the workload's key.
  EXPECT_EQ(wit->confirmation_thumbprint(), "Leg0QdIplOfK1DXBkTqnBbZsK78mho_M1B3nnic4pjg");
  EXPECT_EQ(wit->digest(), crypto::Sha256(AsBytes(token)));
  EXPECT_EQ(wit->hash(), testing::Hash(token));
}

TEST(WitVerify, MakesItsChecksInTheOrderOfTheDocument) {  // WIT-12
  WitScene setup;
  ASSERT_TRUE(Accepted(setup.Verify()));
  EXPECT_EQ(
      RulesOf(setup.checks),
      (std::vector<std::string>{"WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1", "WIT-12.d", "WIT-2",
                                "WIT-8", "WIT-12.e", "WIT-3", "WIT-11", "WIC-3", "WIT-12.f"}));
  setup.wit.claims.SetString("iss", "https://a.example");
  UseSpiffe(setup);
  ASSERT_TRUE(Accepted(setup.Verify()));
  EXPECT_EQ(RulesOf(setup.checks),
            (std::vector<std::string>{"WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1", "WIT-12.d",
                                      "WIT-2", "WIT-8", "TA-2", "WIT-12.e", "WIT-3", "WIT-11",
                                      "WSVID-1", "WIC-3", "WIT-12.f"}));
}

TEST(WitVerify, OneReaderServesManyTokens) {
  const auto snapshot = testing::SnapshotOf(testing::TestOrigins());
  jose::JwsReader reader;
  CheckList checks;
  const std::string good = WitMaker().Token();
  for (int i = 0; i < 3; ++i) {
    checks.Clear();
    EXPECT_TRUE(Accepted(VerifyWit(good, *snapshot, {}, kNow, reader, checks)));
    checks.Clear();
    EXPECT_FALSE(VerifyWit("bad", *snapshot, {}, kNow, reader, checks).has_value());
  }
}

TEST(CheckWitTime, RepeatsTheRulesOfTheTimeOnly) {  // WIT-8, ATTACKS 17
  WitScene setup;
  setup.wit.claims.Set("nbf", At(0)).Set("exp", At(100));
  const Result<VerifiedWit> wit = setup.Verify();
  ASSERT_TRUE(Accepted(wit));
  const auto at = [&](std::int64_t after) { return CheckWitTime(*wit, {}, kNow + seconds{after}); };
  EXPECT_TRUE(RefusedWith(at(-61), Errc::kWitNotYetValid, "WIT-8"));
  EXPECT_TRUE(Accepted(at(-60)));
  EXPECT_TRUE(Accepted(at(159)));
  EXPECT_TRUE(RefusedWith(at(160), Errc::kWitExpired, "WIT-8"));
}

}  // namespace
}  // namespace signet::credential
