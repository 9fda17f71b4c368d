// Which keys are accepted.
#include "protocol/crypto/public_key.h"

#include <optional>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/private_key.h"
#include "protocol/crypto/testdata/der_mutants.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::EvpFromSpki;
using testing_support::Flipped;
using testing_support::Hex;
using testing_support::Joined;
using testing_support::ToHex;
namespace v = vectors;

std::optional<Errc> CodeOf(const Result<PublicKey>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

struct EcCase {
  const char* what;
  KeyType curve;
  Bytes x;
  Bytes y;
  std::optional<Errc> want;
};

// BCP-1, ATTACKS 8: curve and length are checked, the point is on the curve.
TEST(EcKey, IsAPointOfItsCurve) {
  const Bytes x = Hex(v::kP256X);
  const Bytes y = Hex(v::kP256Y);
  const Bytes zero(32, 0);
  const Bytes all_ones(32, 0xff);
  const EcCase cases[] = {
      {"P-256", KeyType::kEcP256, x, y, {}},
      {"P-384", KeyType::kEcP384, Hex(v::kP384X), Hex(v::kP384Y), {}},
      {"P-521", KeyType::kEcP521, Hex(v::kP521X), Hex(v::kP521Y), {}},
      {"small x", KeyType::kEcP256, Hex(v::kP256SmallX), Hex(v::kP256SmallY), {}},
      {"negated y", KeyType::kEcP256, Hex(v::kP256SmallX), Hex(v::kP256SmallYNegated), {}},
      {"x + p", KeyType::kEcP256, Hex(v::kP256SmallXPlusP), Hex(v::kP256SmallY),
       Errc::kCryptoPointInvalid},
      {"x flipped", KeyType::kEcP256, Flipped(x, 255), y, Errc::kCryptoPointInvalid},
      {"y flipped", KeyType::kEcP256, x, Flipped(y, 0), Errc::kCryptoPointInvalid},
      {"x and y exchanged", KeyType::kEcP256, y, x, Errc::kCryptoPointInvalid},
      {"zero, as some write infinity", KeyType::kEcP256, zero, zero, Errc::kCryptoPointInvalid},
      {"all ones", KeyType::kEcP256, all_ones, all_ones, Errc::kCryptoPointInvalid},
      {"secp256k1 point", KeyType::kEcP256, Hex(v::kSecp256k1X), Hex(v::kSecp256k1Y),
       Errc::kCryptoPointInvalid},
      {"x of 31 bytes", KeyType::kEcP256, Bytes(x.begin() + 1, x.end()), y,
       Errc::kCryptoKeyMalformed},
      {"y of 33 bytes", KeyType::kEcP256, x, Joined(Bytes{0}, y), Errc::kCryptoKeyMalformed},
      {"empty", KeyType::kEcP256, {}, {}, Errc::kCryptoKeyMalformed},
      {"P-256 point as P-384", KeyType::kEcP384, x, y, Errc::kCryptoKeyMalformed},
      {"padded to P-384", KeyType::kEcP384, Joined(Bytes(16, 0), x), Joined(Bytes(16, 0), y),
       Errc::kCryptoPointInvalid},
      {"P-384 point as P-521", KeyType::kEcP521, Hex(v::kP384X), Hex(v::kP384Y),
       Errc::kCryptoKeyMalformed},
      {"P-521 of 65 bytes", KeyType::kEcP521, Bytes(65, 1), Bytes(65, 1),
       Errc::kCryptoKeyMalformed},
      {"P-521 above the field", KeyType::kEcP521, Bytes(66, 0xff), Hex(v::kP521Y),
       Errc::kCryptoPointInvalid},
      {"type of RSA", KeyType::kRsa, x, y, Errc::kCryptoKeyMalformed},
      {"type of Ed25519", KeyType::kEd25519, x, y, Errc::kCryptoKeyMalformed},
  };
  for (const EcCase& c : cases) {
    EXPECT_EQ(CodeOf(PublicKey::FromEcPoint(c.curve, c.x, c.y)), c.want) << c.what;
  }
  EXPECT_EQ(ERR_peek_error(), 0U) << "the error queue must not grow";
}

TEST(EcKey, GivesItsPartsBack) {
  const auto key = PublicKey::FromEcPoint(KeyType::kEcP521, Hex(v::kP521X), Hex(v::kP521Y));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type(), KeyType::kEcP521);
  EXPECT_EQ(ToHex(key->x()), v::kP521X);
  EXPECT_EQ(ToHex(key->y()), v::kP521Y);
}

// Points of order 1, 2, 4 and 8 and encodings of them that are not canonical: the list of "Taming
// the many EdDSAs" (Chalkias, Garillot, Nikolaenko), table 6.
TEST(Ed25519Key, IsOfTheMainSubgroup) {
  for (const std::string_view point : {
           "0100000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000080",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
           // Not on the curve.
           "0200000000000000000000000000000000000000000000000000000000000000",
           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       }) {
    EXPECT_EQ(CodeOf(PublicKey::FromEd25519(Hex(point))), Errc::kCryptoPointInvalid) << point;
  }
  EXPECT_EQ(CodeOf(PublicKey::FromEd25519(Bytes(31, 9))), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(PublicKey::FromEd25519(Bytes(33, 9))), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(PublicKey::FromEd25519({})), Errc::kCryptoKeyMalformed);
  const auto key = PublicKey::FromEd25519(Hex(v::kEd25519X));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->type(), KeyType::kEd25519);
  EXPECT_EQ(ToHex(key->x()), v::kEd25519X);
  EXPECT_TRUE(key->y().empty());
}

// An odd number of so many bits.
Bytes OddNumber(int bits) {
  Bytes out(static_cast<std::size_t>((bits + 7) / 8), 0xa5);
  const unsigned top = 1U << static_cast<unsigned>((bits - 1) % 8);
  out[0] = static_cast<std::uint8_t>(top | (out[0] & (top - 1)));
  return out;
}

TEST(RsaKey, HasAModulusAndAnExponentInRange) {
  const Bytes n = Hex(v::kRsaN);
  const Bytes e = {1, 0, 1};
  Bytes even = n;
  even.back() = static_cast<std::uint8_t>(even.back() & 0xfeU);
  struct Case {
    const char* what;
    Bytes n;
    Bytes e;
    std::optional<Errc> want;
  };
  const Case cases[] = {
      {"2048 bits", n, e, {}},
      {"8192 bits", OddNumber(8192), e, {}},
      {"3001 bits", OddNumber(3001), e, {}},
      {"2047 bits", OddNumber(2047), e, Errc::kCryptoKeySize},
      {"1024 bits", OddNumber(1024), e, Errc::kCryptoKeySize},
      {"8193 bits", OddNumber(8193), e, Errc::kCryptoKeySize},
      {"8200 bits", OddNumber(8200), e, Errc::kCryptoKeySize},
      {"modulus 1", {1}, e, Errc::kCryptoKeySize},
      {"no modulus", {}, e, Errc::kCryptoKeyMalformed},
      {"modulus 0", {0}, e, Errc::kCryptoKeyMalformed},
      {"leading zero in n", Joined(Bytes{0}, n), e, Errc::kCryptoKeyMalformed},
      {"even modulus", even, e, Errc::kCryptoKeyMalformed},
      {"exponent 3", n, {3}, {}},
      {"exponent 2^32 - 1", n, {255, 255, 255, 255}, {}},
      {"exponent 2^32 + 1", n, {1, 0, 0, 0, 1}, Errc::kCryptoKeyMalformed},
      {"exponent 1", n, {1}, Errc::kCryptoKeyMalformed},
      {"exponent 2", n, {2}, Errc::kCryptoKeyMalformed},
      {"exponent 0", n, {0}, Errc::kCryptoKeyMalformed},
      {"exponent even", n, {1, 0, 0}, Errc::kCryptoKeyMalformed},
      {"no exponent", n, {}, Errc::kCryptoKeyMalformed},
      {"leading zero in e", n, {0, 1, 0, 1}, Errc::kCryptoKeyMalformed},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(PublicKey::FromRsa(c.n, c.e)), c.want) << c.what;
  }
}

TEST(PublicKeySpki, ReadsAndWritesWhatPythonWrote) {
  struct Case {
    KeyType type;
    std::string_view spki;
    std::string_view x;
    std::string_view y;
  };
  const Case cases[] = {
      {KeyType::kEcP256, v::kP256Spki, v::kP256X, v::kP256Y},
      {KeyType::kEcP384, v::kP384Spki, v::kP384X, v::kP384Y},
      {KeyType::kEcP521, v::kP521Spki, v::kP521X, v::kP521Y},
      {KeyType::kEd25519, v::kEd25519Spki, v::kEd25519X, ""},
      {KeyType::kRsa, v::kRsaSpki, v::kRsaN, v::kRsaE},
  };
  for (const Case& c : cases) {
    const auto key = PublicKey::FromSpki(Hex(c.spki));
    ASSERT_TRUE(key) << c.spki;
    EXPECT_EQ(key->type(), c.type);
    EXPECT_EQ(ToHex(key->x()), c.x);
    EXPECT_EQ(ToHex(key->y()), c.y);
    EXPECT_EQ(ToHex(key->ToSpki()), c.spki);
    EXPECT_TRUE(EvpFromSpki(key->ToSpki()) != nullptr);
  }
}

TEST(PublicKeySpki, RefusesOtherKeysAndOtherEncodings) {
  const Bytes p256 = Hex(v::kP256Spki);
  const Bytes ed25519 = Hex(v::kEd25519Spki);
  Bytes compressed = p256;
  compressed[26] = 0x02;
  Bytes unused_bits = p256;
  unused_bits[25] = 0x01;
  Bytes indefinite = p256;
  indefinite[1] = 0x80;
  Bytes long_length = Joined(Bytes{0x30, 0x81}, Bytes(p256.begin() + 1, p256.end()));
  Bytes off_curve = p256;
  off_curve.back() = static_cast<std::uint8_t>(off_curve.back() ^ 1U);
  Bytes explicit_curve = p256;
  explicit_curve[13] = 0x30;  // parameters are a SEQUENCE and not a name
  struct Case {
    const char* what;
    Bytes der;
    Errc want;
  };
  const Case cases[] = {
      {"empty", {}, Errc::kCryptoKeyMalformed},
      {"one byte more", Joined(p256, Bytes{0}), Errc::kCryptoKeyMalformed},
      {"one byte less", Bytes(p256.begin(), p256.end() - 1), Errc::kCryptoKeyMalformed},
      {"indefinite length", indefinite, Errc::kCryptoKeyMalformed},
      {"length not minimal", long_length, Errc::kCryptoKeyMalformed},
      {"unused bits", unused_bits, Errc::kCryptoKeyMalformed},
      {"compressed point", compressed, Errc::kCryptoKeyMalformed},
      {"point off the curve", off_curve, Errc::kCryptoPointInvalid},
      {"explicit curve", explicit_curve, Errc::kCryptoAlgUnsupported},
      {"secp256k1", Hex(v::kSecp256k1Spki), Errc::kCryptoAlgUnsupported},
      {"RSA of 1024 bits", Hex(v::kRsa1024Spki), Errc::kCryptoKeySize},
      {"X25519", Flipped(ed25519, 8 * 8), Errc::kCryptoAlgUnsupported},
      {"Ed25519 with parameters", Joined(Hex("302c300706032b65700500032100"), Hex(v::kEd25519X)),
       Errc::kCryptoKeyMalformed},
      {"Ed25519 of 31 bytes", Joined(Hex("3029300506032b6570032000"), Bytes(31, 1)),
       Errc::kCryptoKeyMalformed},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(PublicKey::FromSpki(c.der)), c.want) << c.what;
  }
}

// No bytes cut from a valid encoding make another valid one, and none is read beyond its end.
TEST(PublicKeySpki, RefusesEveryPrefix) {
  for (const std::string_view text : {v::kP256Spki, v::kEd25519Spki, v::kRsaSpki}) {
    const Bytes der = Hex(text);
    for (std::size_t size = 0; size < der.size(); ++size) {
      const Bytes prefix(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(CodeOf(PublicKey::FromSpki(prefix)), Errc::kCryptoKeyMalformed) << size;
    }
  }
}

// One key, one encoding: what is accepted is what would be written.
TEST(PublicKeySpki, RefusesEveryChangedElement) {
  for (const std::string_view text : {v::kP256Spki, v::kEd25519Spki, v::kRsaSpki}) {
    const std::vector<Bytes> mutants = testing_support::DerMutants(Hex(text));
    EXPECT_GT(mutants.size(), 30U);
    for (const Bytes& mutant : mutants) {
      const auto key = PublicKey::FromSpki(mutant);
      if (!key) continue;
      EXPECT_EQ(ToHex(key->ToSpki()), ToHex(mutant));
    }
  }
}

TEST(PublicKey, IsEqualToTheSameKeyOnly) {
  const auto a = PublicKey::FromSpki(Hex(v::kP256Spki));
  const auto b = PublicKey::FromEcPoint(KeyType::kEcP256, Hex(v::kP256X), Hex(v::kP256Y));
  const auto c = PublicKey::FromEcPoint(KeyType::kEcP256, Hex(v::kP256SmallX), Hex(v::kP256SmallY));
  const auto d =
      PublicKey::FromEcPoint(KeyType::kEcP256, Hex(v::kP256SmallX), Hex(v::kP256SmallYNegated));
  const auto e = PublicKey::FromEd25519(Hex(v::kEd25519X));
  ASSERT_TRUE(a && b && c && d && e);
  EXPECT_EQ(*a, *b);
  EXPECT_FALSE(*a == *c);
  EXPECT_FALSE(*c == *d) << "same x, other y";
  EXPECT_FALSE(*a == *e);
  PublicKey copy = *c;
  copy = *a;
  EXPECT_EQ(copy, *a);
}

// What the check of the point leaves out, verification refuses all the same.
TEST(Ed25519Key, UncheckedVerifiesNothingWithoutAPoint) {
  EXPECT_EQ(PublicKey::FromEd25519Unchecked(Bytes(31)).error().code, Errc::kCryptoKeyMalformed);
  for (int y = 0; y < 3; ++y) {  // order 4, neutral element, not on the curve
    Bytes x(32);
    x[0] = static_cast<std::uint8_t>(y);
    EXPECT_EQ(PublicKey::FromEd25519(x).error().code, Errc::kCryptoPointInvalid);
    const auto key = PublicKey::FromEd25519Unchecked(x);
    ASSERT_TRUE(key.has_value());
    EXPECT_FALSE(key->HasValidPoint());
    // S = 0 and R the neutral element: B times 0 is R plus anything times the neutral element.
    Bytes signature(64);
    signature[0] = 1;
    for (std::uint8_t n = 0; n < 16; ++n) {
      EXPECT_EQ(key->Verify(Alg::kEd25519, Bytes{n}, signature).error().code,
                Errc::kCryptoSignatureInvalid);
    }
  }
  const PublicKey good =
      *PublicKey::FromEd25519Unchecked(PrivateKey::Generate(Alg::kEd25519)->public_key().x());
  EXPECT_TRUE(good.HasValidPoint());
  EXPECT_TRUE(PrivateKey::Generate(Alg::kES256)->public_key().HasValidPoint());
}

}  // namespace
}  // namespace signet::crypto
