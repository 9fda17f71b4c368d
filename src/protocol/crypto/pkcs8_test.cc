// PKCS#8: what is read, what is written.
#include <optional>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/private_key.h"
#include "protocol/crypto/testdata/der_mutants.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::Flipped;
using testing_support::Hex;
using testing_support::Joined;
using testing_support::ToHex;
namespace v = vectors;

const SecretAccess kAccess = SecretAccess::Grant();

std::optional<Errc> CodeOf(const Result<PrivateKey>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

struct Good {
  std::string_view der;
  std::optional<Alg> given;
  Alg alg;
  std::string_view spki;
};

const Good kGood[] = {
    {v::kP256Pkcs8, {}, Alg::kES256, v::kP256Spki},
    {v::kP256Pkcs8, Alg::kES256, Alg::kES256, v::kP256Spki},
    {v::kP384Pkcs8, {}, Alg::kES384, v::kP384Spki},
    {v::kP521Pkcs8, {}, Alg::kES512, v::kP521Spki},
    {v::kEd25519Pkcs8, {}, Alg::kEd25519, v::kEd25519Spki},
    {v::kEd25519Pkcs8, Alg::kEdDSA, Alg::kEdDSA, v::kEd25519Spki},
    {v::kRsaPkcs8, Alg::kRS256, Alg::kRS256, v::kRsaSpki},
    {v::kRsaPkcs8, Alg::kPS512, Alg::kPS512, v::kRsaSpki},
};

TEST(Pkcs8, ReadsAndWritesWhatPythonWrote) {
  for (const Good& good : kGood) {
    const auto key = PrivateKey::FromPkcs8(Hex(good.der), good.given);
    ASSERT_TRUE(key) << NameOf(good.alg) << " " << key.error().detail;
    EXPECT_EQ(key->alg(), good.alg);
    EXPECT_EQ(ToHex(key->public_key().ToSpki()), good.spki);
    EXPECT_EQ(ToHex(key->ToPkcs8(kAccess).Expose(kAccess)), good.der) << NameOf(good.alg);
  }
}

TEST(Pkcs8, OfANewKeyComesBack) {
  // RSA keys are slow to make and alike.
  for (const Alg alg :
       {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEdDSA, Alg::kEd25519, Alg::kPS384}) {
    const auto key = PrivateKey::Generate(alg);
    ASSERT_TRUE(key);
    const SecretBytes der = key->ToPkcs8(kAccess);
    const auto again = PrivateKey::FromPkcs8(der.Expose(kAccess), alg);
    ASSERT_TRUE(again) << NameOf(alg);
    EXPECT_EQ(again->public_key(), key->public_key());
    EXPECT_TRUE(again->ToPkcs8(kAccess).EqualsConstantTime(der));
  }
}

// BCP-1: the algorithm suits the key; an RSA key could have six and gets none by itself.
TEST(Pkcs8, RefusesAnAlgorithmThatDoesNotSuit) {
  EXPECT_EQ(CodeOf(PrivateKey::FromPkcs8(Hex(v::kRsaPkcs8), {})), Errc::kCryptoAlgUnsupported);
  for (const std::string_view der : {v::kP256Pkcs8, v::kEd25519Pkcs8, v::kRsaPkcs8}) {
    const KeyType type = der == v::kP256Pkcs8      ? KeyType::kEcP256
                         : der == v::kEd25519Pkcs8 ? KeyType::kEd25519
                                                   : KeyType::kRsa;
    for (int i = 0; i < kAlgCount; ++i) {
      const Alg alg = static_cast<Alg>(i);
      const auto want =
          AlgsOf(type).Has(alg) ? std::nullopt : std::optional(Errc::kCryptoAlgUnsupported);
      EXPECT_EQ(CodeOf(PrivateKey::FromPkcs8(Hex(der), alg)), want) << NameOf(alg);
    }
  }
}

// An element of up to 255 bytes.
Bytes Element(std::uint8_t tag, const Bytes& contents) {
  Bytes out = {tag};
  if (contents.size() >= 0x80) out.push_back(0x81);
  out.push_back(static_cast<std::uint8_t>(contents.size()));
  return Joined(out, contents);
}

// PKCS#8 of a P-256 key: the scalar, and whatever follows it in the ECPrivateKey.
Bytes P256With(std::string_view d, const Bytes& rest) {
  const Bytes inner = Element(0x30, Joined(Joined(Hex("020101"), Element(0x04, Hex(d))), rest));
  return Element(
      0x30, Joined(Hex("020100301306072a8648ce3d020106082a8648ce3d030107"), Element(0x04, inner)));
}

TEST(Pkcs8, ReadsTheOptionalPartsOfAnEcKey) {
  const Bytes named = Hex("a00a06082a8648ce3d030107");
  const Bytes other = Hex("a00706052b81040022");
  const Bytes point = Joined(Joined(Hex("a14403420004"), Hex(v::kP256X)), Hex(v::kP256Y));
  const Bytes wrong_point =
      Joined(Joined(Hex("a14403420004"), Hex(v::kP256SmallX)), Hex(v::kP256SmallY));
  const auto read = [](std::string_view d, const Bytes& rest) {
    return CodeOf(PrivateKey::FromPkcs8(P256With(d, rest), {}));
  };
  EXPECT_EQ(read(v::kP256D, {}), std::nullopt);
  EXPECT_EQ(read(v::kP256D, named), std::nullopt);
  EXPECT_EQ(read(v::kP256D, point), std::nullopt);
  EXPECT_EQ(read(v::kP256D, Joined(named, point)), std::nullopt);
  EXPECT_EQ(read(v::kP256D, other), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read(v::kP256D, wrong_point), Errc::kCryptoKeyMismatch);
  EXPECT_EQ(read(v::kP256D, Flipped(point, 8 * 40)), Errc::kCryptoPointInvalid);
  EXPECT_EQ(read(v::kP256D, Joined(point, named)), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read(v::kP256D, Bytes{0x05, 0x00}), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read(v::kP256D.substr(2), {}), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read("00000000000000000000000000000000000000000000000000000000000000", {}),
            Errc::kCryptoKeyMalformed);
}

// RFC 8410 section 10.3: the example with attributes and a public key (version 2).
TEST(Pkcs8, ReadsVersionTwoOfEd25519) {
  const std::string seed = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842";
  const std::string x = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
  const std::string attributes =
      "a01f301d060a2a864886f70d01090914310f0c0d437572646c6520436861697273";
  const std::string head = "020101300506032b657004220420" + seed;
  const auto read = [](const std::string& body) {
    return CodeOf(PrivateKey::FromPkcs8(Element(0x30, Hex(body)), {}));
  };
  EXPECT_EQ(read(head + attributes + "812100" + x), std::nullopt);
  EXPECT_EQ(read(head + "812100" + x), std::nullopt);
  EXPECT_EQ(read(head + attributes), std::nullopt);
  EXPECT_EQ(read(head + "812100" + std::string(v::kEd25519X)), Errc::kCryptoKeyMismatch);
  EXPECT_EQ(read(head + "812101" + x), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read(head + "812100" + x + "0500"), Errc::kCryptoKeyMalformed);
  // A public key in version 1 and a version 3 do not exist.
  EXPECT_EQ(read("020100300506032b657004220420" + seed + "812100" + x), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(read("020102300506032b657004220420" + seed), Errc::kCryptoKeyMalformed);
}

TEST(Pkcs8, RefusesOtherEncodings) {
  const Bytes p256 = Hex(v::kP256Pkcs8);
  const Bytes ed25519 = Hex(v::kEd25519Pkcs8);
  struct Case {
    const char* what;
    Bytes der;
    Errc want;
  };
  const Case cases[] = {
      {"empty", {}, Errc::kCryptoKeyMalformed},
      {"a public key", Hex(v::kP256Spki), Errc::kCryptoKeyMalformed},
      {"one byte more", Joined(p256, Bytes{0}), Errc::kCryptoKeyMalformed},
      {"X25519", Flipped(ed25519, 8 * 11), Errc::kCryptoAlgUnsupported},
      {"Ed25519 seed not wrapped",
       Joined(Hex("302c020100300506032b65700420"), Hex(v::kEd25519Seed)),
       Errc::kCryptoKeyMalformed},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CodeOf(PrivateKey::FromPkcs8(c.der, {})), c.want) << c.what;
  }
}

// Leaving out an optional element gives the same key; every other change of the tree is refused.
TEST(Pkcs8, RefusesEveryChangedElement) {
  const Bytes named = Hex("a00a06082a8648ce3d030107");
  const Bytes point = Joined(Joined(Hex("a14403420004"), Hex(v::kP256X)), Hex(v::kP256Y));
  const std::pair<Bytes, Alg> cases[] = {
      {Hex(v::kP256Pkcs8), Alg::kES256}, {P256With(v::kP256D, Joined(named, point)), Alg::kES256},
      {Hex(v::kP384Pkcs8), Alg::kES384}, {Hex(v::kEd25519Pkcs8), Alg::kEd25519},
      {Hex(v::kRsaPkcs8), Alg::kPS256},
  };
  for (const auto& [der, alg] : cases) {
    const auto good = PrivateKey::FromPkcs8(der, alg);
    ASSERT_TRUE(good);
    std::size_t accepted = 0;
    const std::vector<Bytes> mutants = testing_support::DerMutants(der);
    EXPECT_GT(mutants.size(), 50U);
    for (const Bytes& mutant : mutants) {
      const auto key = PrivateKey::FromPkcs8(mutant, alg);
      if (!key) continue;
      ++accepted;
      EXPECT_EQ(key->public_key(), good->public_key()) << ToHex(mutant);
    }
    EXPECT_LT(accepted, 10U) << NameOf(alg);
  }
}

TEST(Pkcs8, RefusesEveryPrefixAndNeverReadsBeyond) {
  for (const std::string_view text : {v::kP256Pkcs8, v::kEd25519Pkcs8, v::kRsaPkcs8}) {
    const Bytes der = Hex(text);
    for (std::size_t size = 0; size < der.size(); ++size) {
      const Bytes prefix(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_EQ(CodeOf(PrivateKey::FromPkcs8(prefix, Alg::kRS256)), Errc::kCryptoKeyMalformed);
    }
  }
}

// Most flips spoil the key; none may stop the process or give a key with another public part.
TEST(Pkcs8, SurvivesEveryFlippedBit) {
  for (const std::string_view text : {v::kP256Pkcs8, v::kEd25519Pkcs8}) {
    const Bytes der = Hex(text);
    for (std::size_t bit = 0; bit < der.size() * 8; ++bit) {
      const auto key = PrivateKey::FromPkcs8(Flipped(der, bit), {});
      if (key) {
        EXPECT_TRUE(PublicKey::FromSpki(key->public_key().ToSpki()));
      }
    }
  }
}

}  // namespace
}  // namespace signet::crypto
