#include "protocol/trust/bundle.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/codec/base64url.h"
#include "protocol/crypto/cert_path.h"
#include "tests/support/certificates.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::trust {
namespace {

using testing::Accepted;
using testing::JsonText;
using testing::JwkSet;
using testing::kIssuer2Jwk;
using testing::kIssuerEdJwk;
using testing::kIssuerJwk;
using testing::kIssuerP384Jwk;
using testing::kIssuerRsaJwk;
using testing::Quoted;
using testing::RefusedWith;

// RFC 7638 thumbprints, computed with Python's hashlib over the JWKs of tests/support/keys.h.
constexpr std::string_view kIssuerThumbprint = "CYTbjUDXZDUb-2R0I2-8IlPGcfxOUqXvevolazJrhq0";
constexpr std::string_view kCaThumbprint = "wYK5iGgs8uz5mOS97DHFfAt98gmLRhSvj-ZOaWfltaQ";

JsonText Entry(std::string_view jwk, std::string_view use, std::string_view kid,
               std::string_view alg) {
  JsonText out = testing::PublicMembers(jwk);
  if (!use.empty()) out.SetString("use", use);
  if (!kid.empty()) out.SetString("kid", kid);
  if (!alg.empty()) out.SetString("alg", alg);
  return out;
}
JsonText WitSvid(std::string_view kid = "w1", std::string_view jwk = kIssuerJwk) {
  return Entry(jwk, "wit-svid", kid, "ES256");
}
JsonText WimseJwt(std::string_view kid = "w1", std::string_view jwk = kIssuerJwk) {
  return Entry(jwk, "wimse-jwt", kid, "ES256");
}
JsonText X509(std::string_view use, std::string_view certificates) {
  return JsonText().SetString("use", use).Set("x5c", "[" + std::string(certificates) + "]");
}
std::string Certificate() { return Quoted(testing::kCaCertificate); }
std::string Certificate2() { return Quoted(testing::kCa2Certificate); }
// {members of the CA's key, use, x5c}
std::string WimseX509(std::string_view x5c) {
  return "{" + std::string(testing::kCaJwkMembers) + R"(,"use":"wimse-x509","x5c":)" +
         std::string(x5c) + "}";
}
std::string Keys(std::initializer_list<JsonText> entries) {
  std::string out = "[";
  for (const JsonText& entry : entries) out += (out.size() > 1 ? "," : "") + entry.Text();
  return out + "]";
}

TEST(ParseBundle, ReadsEveryUseOfSpiffe) {  // BUN-1
  const std::string json =
      JsonText()
          .Set("keys", Keys({X509("x509-svid", Certificate()),
                             Entry(kIssuerRsaJwk, "jwt-svid", "j1", "RS256"), WitSvid()}))
          .Set("spiffe_sequence", 7)
          .Set("spiffe_refresh_hint", 600)
          .Text();

  const Result<Bundle> got = ParseBundle(json, BundleFormat::kSpiffe);

  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(got->sequence, 7U);
  EXPECT_EQ(got->refresh_hint, seconds{600});
  ASSERT_EQ(got->keys.size(), 3U);
  EXPECT_EQ(got->keys[0].use, KeyUse::kX509);
  EXPECT_EQ(got->keys[0].use_name, "x509-svid");
  EXPECT_EQ(got->keys[0].thumbprint, kCaThumbprint);
  EXPECT_TRUE(got->keys[0].algs.empty());
  EXPECT_EQ(codec::Base64Encode(got->keys[0].certificate), testing::kCaCertificate);
  EXPECT_EQ(got->keys[1].use, KeyUse::kJwtSvid);
  EXPECT_EQ(got->keys[1].kid, "j1");
  EXPECT_EQ(got->keys[1].alg, crypto::Alg::kRS256);
  EXPECT_EQ(got->keys[2].use, KeyUse::kWit);
  EXPECT_EQ(got->keys[2].use_name, "wit-svid");
  EXPECT_EQ(got->keys[2].thumbprint, kIssuerThumbprint);
  EXPECT_TRUE(got->keys[2].certificate.empty());
}

TEST(ParseBundle, ReadsBothUsesOfWimse) {  // TD-1, TD-2
  const std::string json = R"({"keys":[)" + WimseX509("[" + Certificate() + "]") + "," +
                           WimseJwt("").Text() + R"(],"sequence_number":7,"refresh_hint":600})";

  const Result<Bundle> got = ParseBundle(json, BundleFormat::kWimse);

  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(got->sequence, 7U);
  EXPECT_EQ(got->refresh_hint, seconds{600});
  ASSERT_EQ(got->keys.size(), 2U);
  EXPECT_EQ(got->keys[0].use, KeyUse::kX509);
  EXPECT_EQ(got->keys[1].use, KeyUse::kWit);
  EXPECT_EQ(got->keys[1].kid, "");
}

TEST(ParseBundle, ReadsAPlainJwkSet) {  // TA-3
  const Result<Bundle> got = ParseBundle(
      JsonText().Set("keys", Keys({Entry(kIssuerEdJwk, "", "", "")})).Text(), BundleFormat::kRaw);

  ASSERT_TRUE(Accepted(got));
  EXPECT_FALSE(got->sequence.has_value());
  EXPECT_FALSE(got->refresh_hint.has_value());
  ASSERT_EQ(got->keys.size(), 1U);
  EXPECT_EQ(got->keys[0].use_name, "");
  EXPECT_FALSE(got->keys[0].alg.has_value());
  EXPECT_EQ(got->keys[0].algs, (crypto::AlgSet{crypto::Alg::kEdDSA, crypto::Alg::kEd25519}));
}

// The three formats take each other's uses and numbers for unknown [Q19].
struct KeptCase {
  const char* name;
  const char* rule;
  BundleFormat format;
  std::string entry;
  std::size_t kept;
};
void PrintTo(const KeptCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class BundleEntry : public ::testing::TestWithParam<KeptCase> {};

TEST_P(BundleEntry, IsKeptOrIgnored) {
  const Result<Bundle> got =
      ParseBundle(R"({"keys":[)" + GetParam().entry + "]}", GetParam().format);
  ASSERT_TRUE(Accepted(got)) << GetParam().rule;
  EXPECT_EQ(got->keys.size(), GetParam().kept);
}

const std::vector<KeptCase> kKeptCases = {
    {"SpiffeWit", "BUN-1", BundleFormat::kSpiffe, WitSvid().Text(), 1},
    {"SpiffeUnknownUse", "BUN-1", BundleFormat::kSpiffe,
     WitSvid().SetString("use", "cwt-svid").Text(), 0},
    {"SpiffeUseInAnotherCase", "BUN-1", BundleFormat::kSpiffe,
     WitSvid().SetString("use", "WIT-SVID").Text(), 0},
    {"SpiffeNoUse", "BUN-1", BundleFormat::kSpiffe, WitSvid().Remove("use").Text(), 0},
    {"SpiffeUseNumber", "BUN-1", BundleFormat::kSpiffe, WitSvid().Set("use", 1).Text(), 0},
    {"SpiffeUseOfWimse", "Q19", BundleFormat::kSpiffe, WimseJwt().Text(), 0},
    {"SpiffeUnknownKty", "BUN-1", BundleFormat::kSpiffe, WitSvid().SetString("kty", "AKP").Text(),
     0},
    {"SpiffeUnknownCurve", "BUN-1", BundleFormat::kSpiffe,
     WitSvid().SetString("crv", "secp256k1").Text(), 0},
    {"SpiffeUnknownAlg", "BUN-1", BundleFormat::kSpiffe, WitSvid().SetString("alg", "ES999").Text(),
     0},
    {"SpiffeEncryptionAlg", "BUN-1", BundleFormat::kSpiffe,
     WitSvid().SetString("alg", "ECDH-ES").Text(), 0},
    {"SpiffeFirstOfTwoCertificates", "Q19", BundleFormat::kSpiffe,
     X509("x509-svid", Certificate() + "," + Certificate2()).Text(), 1},
    {"SpiffeCertificateWithKid", "BUN-1", BundleFormat::kSpiffe,
     X509("x509-svid", Certificate()).SetString("kid", "x").Text(), 1},
    {"WimseJwt", "TD-2", BundleFormat::kWimse, WimseJwt().Text(), 1},
    {"WimseJwtWithoutKid", "TD-2", BundleFormat::kWimse, WimseJwt("").Text(), 1},
    {"WimseUnknownUse", "TD-2", BundleFormat::kWimse, WimseJwt().SetString("use", "sig").Text(), 0},
    {"WimseNoUse", "TD-2", BundleFormat::kWimse, WimseJwt().Remove("use").Text(), 0},
    {"WimseUseOfSpiffe", "Q19", BundleFormat::kWimse, WitSvid().Text(), 0},
    {"WimseRsaCertificateKeyWithoutAlg", "TD-2", BundleFormat::kWimse,
     "{" + std::string(testing::kRsaCaJwkMembers) + R"(,"use":"wimse-x509","x5c":[)" +
         Quoted(testing::kRsaCaCertificate) + "]}",
     1},
    {"RawNoUse", "TA-3", BundleFormat::kRaw, Entry(kIssuerJwk, "", "", "").Text(), 1},
    {"RawWitSvid", "TA-3", BundleFormat::kRaw, WitSvid().Text(), 1},
    {"RawWimseJwt", "TA-3", BundleFormat::kRaw, WimseJwt().Text(), 1},
    {"RawJwtSvid", "TA-3", BundleFormat::kRaw, WitSvid().SetString("use", "jwt-svid").Text(), 0},
    {"RawUseSig", "TA-3", BundleFormat::kRaw, WitSvid().SetString("use", "sig").Text(), 0},
    {"RawUseEnc", "TA-3", BundleFormat::kRaw, WitSvid().SetString("use", "enc").Text(), 0},
    {"RawCertificate", "TA-3", BundleFormat::kRaw, X509("x509-svid", Certificate()).Text(), 0},
};
INSTANTIATE_TEST_SUITE_P(Formats, BundleEntry, ::testing::ValuesIn(kKeptCases),
                         [](const auto& p) { return std::string(p.param.name); });

struct BadBundle {
  const char* name;
  const char* rule;
  BundleFormat format;
  std::string json;
  Errc want;
};
void PrintTo(const BadBundle& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class BadBundles : public ::testing::TestWithParam<BadBundle> {};

TEST_P(BadBundles, AreRefusedWhole) {
  EXPECT_TRUE(RefusedWith(ParseBundle(GetParam().json, GetParam().format), GetParam().want,
                          GetParam().rule));
}

std::string SpiffeOf(const JsonText& entry) {
  return JsonText().Set("keys", Keys({WitSvid("good", kIssuer2Jwk), entry})).Text();
}
std::string WithNumber(std::string_view name, std::string json) {
  return JsonText().Set("keys", "[]").Set(name, std::move(json)).Text();
}
constexpr BundleFormat kS = BundleFormat::kSpiffe;
constexpr BundleFormat kW = BundleFormat::kWimse;

const std::vector<BadBundle> kBadBundles = {
    {"NotJson", "BCP-1", kS, "{", Errc::kJsonMalformed},
    {"DuplicateName", "RFC7515-4", kS, R"({"keys":[],"keys":[]})", Errc::kJsonDuplicateName},
    {"TrailingBytes", "BCP-1", kS, R"({"keys":[]}x)", Errc::kJsonTrailingBytes},
    {"Array", "BUN-1", kS, "[]", Errc::kBundleMalformed},
    {"KeysMissing", "BUN-1", kS, "{}", Errc::kBundleMalformed},
    {"KeysObject", "BUN-1", kS, R"({"keys":{}})", Errc::kBundleMalformed},
    {"EntryString", "BUN-1", kS, R"({"keys":["k"]})", Errc::kBundleMalformed},
    {"SequenceNegative", "BUN-1", kS, WithNumber("spiffe_sequence", "-1"), Errc::kBundleSequence},
    {"SequenceFraction", "BUN-1", kS, WithNumber("spiffe_sequence", "1.5"), Errc::kBundleSequence},
    {"SequenceString", "BUN-1", kS, WithNumber("spiffe_sequence", "\"1\""), Errc::kBundleSequence},
    {"SequenceOverInt64", "BUN-1", kS, WithNumber("spiffe_sequence", "9223372036854775808"),
     Errc::kBundleSequence},
    {"HintNegative", "BUN-1", kS, WithNumber("spiffe_refresh_hint", "-1"), Errc::kBundleSequence},
    {"HintOutOfRange", "BUN-1", kS, WithNumber("spiffe_refresh_hint", "253402300800"),
     Errc::kBundleSequence},
    {"WimseSequenceString", "BUN-1", kW, WithNumber("sequence_number", "\"1\""),
     Errc::kBundleSequence},
    {"WimseHintNegative", "BUN-1", kW, WithNumber("refresh_hint", "-1"), Errc::kBundleSequence},
    {"WitWithoutKid", "BUN-1", kS, SpiffeOf(WitSvid("")), Errc::kBundleKidMissing},
    {"JwtWithoutKid", "BUN-1", kS, SpiffeOf(Entry(kIssuerRsaJwk, "jwt-svid", "", "RS256")),
     Errc::kBundleKidMissing},
    {"KidTwice", "BUN-1", kS, SpiffeOf(WitSvid("good")), Errc::kBundleKidDuplicate},
    {"KidTwiceOverUses", "BUN-1", kS, SpiffeOf(Entry(kIssuerRsaJwk, "jwt-svid", "good", "RS256")),
     Errc::kBundleKidDuplicate},
    {"WimseKidTwice", "BUN-1", kW,
     JsonText().Set("keys", Keys({WimseJwt(), WimseJwt("w1", kIssuer2Jwk)})).Text(),
     Errc::kBundleKidDuplicate},
    {"KeyForTwoAlgs", "BCP-1", kS,
     JsonText()
         .Set("keys", Keys({Entry(kIssuerRsaJwk, "wit-svid", "a", "RS256"),
                            Entry(kIssuerRsaJwk, "wit-svid", "b", "PS256")}))
         .Text(),
     Errc::kBundleKeyTwoAlgs},
    {"X5cMissing", "TD-2", kS, SpiffeOf(JsonText().SetString("use", "x509-svid")),
     Errc::kBundleX5c},
    {"X5cString", "TD-2", kS, SpiffeOf(X509("x509-svid", "").Set("x5c", Certificate())),
     Errc::kBundleX5c},
    {"X5cEmpty", "TD-2", kS, SpiffeOf(X509("x509-svid", "")), Errc::kBundleX5c},
    {"X5cNumber", "TD-2", kS, SpiffeOf(X509("x509-svid", "1")), Errc::kBundleX5c},
    {"X5cNotBase64", "TD-2", kS, SpiffeOf(X509("x509-svid", "\"%%%%\"")), Errc::kBundleX5c},
    {"X5cBase64Url", "TD-2", kS, SpiffeOf(X509("x509-svid", "\"MA_-\"")), Errc::kBundleX5c},
    {"X5cNoCertificate", "TD-2", kS, SpiffeOf(X509("x509-svid", "\"bm8=\"")), Errc::kBundleX5c},
    {"AnchorThatIsALeaf", "TD-2", kS,
     SpiffeOf(X509("x509-svid", Quoted(testing::kLeafCertificate))), Errc::kBundleX5c},
    {"WimseTwoCertificates", "TD-2", kW,
     R"({"keys":[)" + WimseX509("[" + Certificate() + "," + Certificate2() + "]") + "]}",
     Errc::kBundleX5c},
    {"WimseCertificateOfAnotherKey", "TD-2", kW,
     R"({"keys":[)" + WimseX509("[" + Certificate2() + "]") + "]}", Errc::kBundleX5c},
    {"WimseCertificateWithoutKey", "TD-2", kW,
     JsonText().Set("keys", Keys({X509("wimse-x509", Certificate())})).Text(), Errc::kBundleX5c},
    {"PrivateKey", "WIT-11", kS, SpiffeOf(WitSvid().SetString("d", "AAAA")), Errc::kJwkPrivate},
    {"SymmetricKey", "BCP-1", kS,  // ATTACKS 2
     SpiffeOf(JsonText{
         {"kty", "\"oct\""}, {"k", "\"AAAA\""}, {"kid", "\"s\""}, {"use", "\"wit-svid\""}}),
     Errc::kJwkSymmetric},
    {"AlgOfAnotherCurve", "BCP-1", kS, SpiffeOf(WitSvid().SetString("alg", "ES384")),
     Errc::kJwkAlgMismatch},
    {"PointNotOnCurve", "BCP-1", kS,
     SpiffeOf(WitSvid().SetString("x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
     Errc::kCryptoPointInvalid},
    {"KidTooLong", "BCP-1", kS, SpiffeOf(WitSvid(std::string(kMaxKidBytes + 1, 'k'))),
     Errc::kJoseKid},
};
INSTANTIATE_TEST_SUITE_P(Formats, BadBundles, ::testing::ValuesIn(kBadBundles),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(ParseBundle, TakesAsManyAnchorsAsASnapshotDoes) {  // BUN-1
  const auto of = [](std::size_t count) {
    std::string keys;
    for (std::size_t i = 0; i < count; ++i) {
      keys += (i > 0 ? "," : "") + X509("x509-svid", Certificate()).Text();
    }
    return ParseBundle(R"({"keys":[)" + keys + "]}", kS);
  };
  EXPECT_TRUE(Accepted(of(crypto::kMaxPathAnchors)));
  EXPECT_TRUE(RefusedWith(of(crypto::kMaxPathAnchors + 1), Errc::kBundleX5c, "TD-2"));
}

TEST(ParseBundle, NumbersOfTheOtherFormatAreUnknown) {  // TD-1, Q19
  const std::string spiffe_numbers = R"({"keys":[],"spiffe_sequence":1,"spiffe_refresh_hint":2})";
  const std::string wimse_numbers = R"({"keys":[],"sequence_number":1,"refresh_hint":2})";
  for (const auto& [json, format] : {std::pair(spiffe_numbers, kW), std::pair(wimse_numbers, kS)}) {
    const Result<Bundle> got = ParseBundle(json, format);
    ASSERT_TRUE(Accepted(got));
    EXPECT_FALSE(got->sequence.has_value());
    EXPECT_FALSE(got->refresh_hint.has_value());
  }
}

TEST(ParseBundle, TakesNumbersUpToTheirLimits) {  // BUN-1
  const Result<Bundle> zero =
      ParseBundle(R"({"keys":[],"spiffe_sequence":0,"spiffe_refresh_hint":0})", kS);
  ASSERT_TRUE(Accepted(zero));
  EXPECT_EQ(zero->sequence, 0U);
  EXPECT_EQ(zero->refresh_hint, seconds{0});
  const Result<Bundle> most = ParseBundle(
      R"({"keys":[],"spiffe_sequence":9223372036854775807,"spiffe_refresh_hint":253402300799})",
      kS);
  ASSERT_TRUE(Accepted(most));
  EXPECT_EQ(most->sequence, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

TEST(ParseBundle, AnEmptyBundleIsValidAndTrustsNothing) {  // BUN-1
  const Result<Bundle> got = ParseBundle(R"({"keys":[]})", kS);
  ASSERT_TRUE(Accepted(got));
  EXPECT_TRUE(got->keys.empty());
}

TEST(ParseBundle, RsaWithoutAlgLosesNoSpiffeBundle) {  // BUN-1
  const std::string text = R"({"keys":)" +
                           Keys({Entry(kIssuerRsaJwk, "jwt-svid", "j1", ""),
                                 Entry(kIssuerRsaJwk, "wit-svid", "w0", ""), WitSvid()}) +
                           "}";
  const Result<Bundle> bundle = ParseBundle(text, BundleFormat::kSpiffe);
  ASSERT_TRUE(Accepted(bundle));
  ASSERT_EQ(bundle->keys.size(), 2U);
  EXPECT_EQ(bundle->keys[0].use, KeyUse::kJwtSvid);
  EXPECT_TRUE(bundle->keys[0].algs.empty());
  EXPECT_EQ(bundle->keys[1].kid, "w1");
}

TEST(ParseBundle, OneKeyMayHaveTwoKidsButOneAlgorithm) {  // BCP-1
  const Result<Bundle> got =
      ParseBundle(JsonText().Set("keys", Keys({WitSvid("a"), WitSvid("b")})).Text(), kS);
  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(got->keys.size(), 2U);
}

TEST(ParseBundle, KeysWithoutKidDoNotCollide) {  // TD-2
  EXPECT_TRUE(Accepted(ParseBundle(
      JsonText().Set("keys", Keys({WimseJwt(""), WimseJwt("", kIssuer2Jwk)})).Text(), kW)));
}

TEST(ParseBundle, ReadsUpToItsSizeLimit) {  // ATTACKS 5
  const std::string bare = R"({"keys":[]})";
  EXPECT_TRUE(Accepted(ParseBundle(bare + std::string(kMaxBundleBytes - bare.size(), ' '), kS)));
  EXPECT_TRUE(
      RefusedWith(ParseBundle(bare + std::string(kMaxBundleBytes - bare.size() + 1, ' '), kS),
                  Errc::kJsonTooLarge, "BCP-1"));
}

// Updates. `old` has sequence 10 and the keys w1 and w2, unless a case changes that.
Bundle SpiffeBundle(std::optional<std::int64_t> sequence, std::initializer_list<JsonText> entries) {
  JsonText json;
  json.Set("keys", Keys(entries));
  if (sequence.has_value()) json.Set("spiffe_sequence", *sequence);
  return testing::BundleOf(json.Text(), kS);
}

struct UpdateCase {
  const char* name;
  const char* rule;
  Bundle current;
  Bundle next;
  std::optional<Errc> want;
  std::vector<std::string> added;
  std::vector<std::string> removed;
};
void PrintTo(const UpdateCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }

const std::vector<UpdateCase>& UpdateCases() {
  const JsonText w1 = WitSvid("w1");
  const JsonText w2 = WitSvid("w2", kIssuer2Jwk);
  const JsonText ca = X509("x509-svid", Certificate());
  const JsonText ca2 = X509("x509-svid", Certificate2());
  static const std::vector<UpdateCase> cases = {
      {"Same", "TD-1", SpiffeBundle(10, {w1}), SpiffeBundle(10, {w1}), {}, {}, {}},
      {"SameInAnotherOrder",
       "TD-1",
       SpiffeBundle(10, {w1, w2}),
       SpiffeBundle(10, {w2, w1}),
       {},
       {},
       {}},
      {"KeyAdded", "TD-3", SpiffeBundle(10, {w1}), SpiffeBundle(11, {w1, w2}), {}, {"w2"}, {}},
      {"KeyRemoved", "TD-3", SpiffeBundle(10, {w1, w2}), SpiffeBundle(11, {w2}), {}, {}, {"w1"}},
      {"EverythingRemoved", "BUN-1", SpiffeBundle(10, {w1}), SpiffeBundle(11, {}), {}, {}, {"w1"}},
      {"CertificateExchanged",
       "TD-3",
       SpiffeBundle(10, {ca}),
       SpiffeBundle(11, {ca2}),
       {},
       {testing::BundleOf(JwkSet({ca2.Text()}), kS).keys[0].thumbprint},
       {std::string(kCaThumbprint)}},
      {"NoSequenceBefore",
       "TD-1",
       SpiffeBundle({}, {w1}),
       SpiffeBundle({}, {w2}),
       {},
       {"w2"},
       {"w1"}},
      {"SequenceBegins", "TD-1", SpiffeBundle({}, {w1}), SpiffeBundle(1, {w1}), {}, {}, {}},
      {"OneLower",
       "TD-3",
       SpiffeBundle(10, {w1}),
       SpiffeBundle(9, {w1}),
       Errc::kBundleRollback,
       {},
       {}},
      {"SequenceLost",
       "TD-3",
       SpiffeBundle(10, {w1}),
       SpiffeBundle({}, {w1}),
       Errc::kBundleSequenceLost,
       {},
       {}},
      {"AddedUnderTheSameSequence",
       "TD-1",
       SpiffeBundle(10, {w1}),
       SpiffeBundle(10, {w1, w2}),
       Errc::kBundleNotIncreased,
       {},
       {}},
      {"RemovedUnderTheSameSequence",
       "TD-1",
       SpiffeBundle(10, {w1, w2}),
       SpiffeBundle(10, {w1}),
       Errc::kBundleNotIncreased,
       {},
       {}},
      {"CertificateUnderTheSameSequence",
       "TD-1",
       SpiffeBundle(10, {ca}),
       SpiffeBundle(10, {ca2}),
       Errc::kBundleNotIncreased,
       {},
       {}},
      {"AlgUnderTheSameSequence",
       "TD-1",
       SpiffeBundle(10, {Entry(kIssuerRsaJwk, "wit-svid", "r", "RS256")}),
       SpiffeBundle(10, {Entry(kIssuerRsaJwk, "wit-svid", "r", "PS256")}),
       Errc::kBundleNotIncreased,
       {},
       {}},
      {"UseUnderTheSameSequence",
       "TD-1",
       SpiffeBundle(10, {w1}),
       SpiffeBundle(10, {Entry(kIssuerJwk, "jwt-svid", "w1", "ES256")}),
       Errc::kBundleNotIncreased,
       {},
       {}},
      // ATTACKS 37
      {"KidOfAnotherKey",
       "BUN-1",
       SpiffeBundle(10, {w1}),
       SpiffeBundle(11, {WitSvid("w1", kIssuer2Jwk)}),
       Errc::kBundleKidReused,
       {},
       {}},
      {"KidReusedWithoutSequence",
       "BUN-1",
       SpiffeBundle({}, {w1}),
       SpiffeBundle({}, {WitSvid("w1", kIssuer2Jwk)}),
       Errc::kBundleKidReused,
       {},
       {}},
      {"KidReusedForAnotherUse",
       "BUN-1",
       SpiffeBundle(10, {w1}),
       SpiffeBundle(11, {Entry(kIssuerP384Jwk, "jwt-svid", "w1", "ES384")}),
       Errc::kBundleKidReused,
       {},
       {}},
  };
  return cases;
}

class BundleUpdate : public ::testing::TestWithParam<UpdateCase> {};
TEST_P(BundleUpdate, IsJudged) {
  const Result<BundleChange> got = CheckBundleUpdate(GetParam().current, GetParam().next);
  if (GetParam().want.has_value()) {
    EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
    return;
  }
  ASSERT_TRUE(Accepted(got)) << GetParam().rule;
  EXPECT_EQ(got->added, GetParam().added);
  EXPECT_EQ(got->removed, GetParam().removed);
}
INSTANTIATE_TEST_SUITE_P(Rules, BundleUpdate, ::testing::ValuesIn(UpdateCases()),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(BundleUpdate, NamesAKeyWithoutKidByItsThumbprint) {  // TD-3
  const Bundle with = testing::BundleOf(JwkSet({WimseJwt("").Text()}), kW);
  const Bundle without = testing::BundleOf(JwkSet({}), kW);
  const Result<BundleChange> got = CheckBundleUpdate(with, without);
  ASSERT_TRUE(Accepted(got));
  EXPECT_EQ(got->removed, std::vector<std::string>{std::string(kIssuerThumbprint)});
}

}  // namespace
}  // namespace signet::trust
