#include "protocol/crypto/alg.h"

#include <string>

#include "gtest/gtest.h"

#include "protocol/crypto/public_key.h"

namespace signet::crypto {
namespace {

TEST(Alg, EveryNameLeadsBackToItsAlgorithm) {
  for (int i = 0; i < kAlgCount; ++i) {
    const Alg alg = static_cast<Alg>(i);
    EXPECT_EQ(AlgFromName(NameOf(alg)), alg) << NameOf(alg);
    EXPECT_TRUE(kAllAlgs.Has(alg)) << NameOf(alg);
  }
}

TEST(Alg, NamesAreThoseOfTheRegistry) {
  EXPECT_EQ(NameOf(Alg::kES256), "ES256");  // RFC 7518 section 3.1
  EXPECT_EQ(NameOf(Alg::kES384), "ES384");
  EXPECT_EQ(NameOf(Alg::kES512), "ES512");
  EXPECT_EQ(NameOf(Alg::kRS256), "RS256");
  EXPECT_EQ(NameOf(Alg::kRS384), "RS384");
  EXPECT_EQ(NameOf(Alg::kRS512), "RS512");
  EXPECT_EQ(NameOf(Alg::kPS256), "PS256");
  EXPECT_EQ(NameOf(Alg::kPS384), "PS384");
  EXPECT_EQ(NameOf(Alg::kPS512), "PS512");
  EXPECT_EQ(NameOf(Alg::kEdDSA), "EdDSA");      // RFC 8037 section 3.1
  EXPECT_EQ(NameOf(Alg::kEd25519), "Ed25519");  // RFC 9864 section 2.2
}

// BCP-1: names are compared byte by byte; ATTACKS 1, 2: nothing weak has an enumerator.
TEST(Alg, OtherNamesAreNothing) {
  for (const std::string_view name : {"",
                                      "none",
                                      "None",
                                      "noNE",
                                      "es256",
                                      "ES256 ",
                                      " ES256",
                                      "ES2566",
                                      "ES25",
                                      "ES256K",
                                      "HS256",
                                      "HS384",
                                      "HS512",
                                      "RSA-OAEP",
                                      "RSA1_5",
                                      "dir",
                                      "A128KW",
                                      "ECDH-ES",
                                      "PBES2-HS256+A128KW",
                                      "A256GCM",
                                      "eddsa",
                                      "EDDSA",
                                      "ed25519",
                                      "Ed448",
                                      "RS1",
                                      "PS255"}) {
    EXPECT_EQ(AlgFromName(name), std::nullopt) << name;
  }
  EXPECT_EQ(AlgFromName(std::string_view("ES256\0", 6)), std::nullopt);
}

// ATTACKS 1: the trap is a comparison that knows one spelling.
TEST(Alg, NoneIsNoneInAnyCase) {
  for (const std::string_view name : {"none", "None", "NONE", "noNE", "nOnE"}) {
    EXPECT_TRUE(IsNoneName(name)) << name;
  }
  for (const std::string_view name : {"", "non", "nonee", "n0ne", "ES256"}) {
    EXPECT_FALSE(IsNoneName(name)) << name;
  }
}

// WIT-3: symmetric and encryption algorithms.
TEST(Alg, SymmetricAndEncryptionNamesAreKnownAsSuch) {
  for (const std::string_view name :
       {"HS256", "HS384", "HS512", "RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "A128KW", "A256KW", "dir",
        "ECDH-ES", "ECDH-ES+A128KW", "A128GCMKW", "PBES2-HS256+A128KW", "A128CBC-HS256",
        "A256GCM"}) {
    EXPECT_TRUE(IsSymmetricOrEncryptionName(name)) << name;
  }
  for (int i = 0; i < kAlgCount; ++i) {
    EXPECT_FALSE(IsSymmetricOrEncryptionName(NameOf(static_cast<Alg>(i))));
  }
  EXPECT_FALSE(IsSymmetricOrEncryptionName("unheard-of"));
}

TEST(AlgSet, HoldsWhatWasAdded) {
  AlgSet set{Alg::kES256, Alg::kPS512};
  EXPECT_TRUE(set.Has(Alg::kES256));
  EXPECT_TRUE(set.Has(Alg::kPS512));
  EXPECT_FALSE(set.Has(Alg::kES384));
  EXPECT_FALSE(set.empty());
  EXPECT_TRUE(AlgSet{}.empty());
  EXPECT_EQ(set.And({Alg::kPS512, Alg::kRS256}), AlgSet{Alg::kPS512});
  EXPECT_TRUE(set.And({Alg::kRS256}).empty());
}

// WSVID-1: SPIFFE leaves out EdDSA under both names and nothing else.
TEST(AlgSet, SpiffeHasNoEdDsa) {
  for (int i = 0; i < kAlgCount; ++i) {
    const Alg alg = static_cast<Alg>(i);
    EXPECT_EQ(kSpiffeAlgs.Has(alg), alg != Alg::kEdDSA && alg != Alg::kEd25519) << NameOf(alg);
  }
}

// BCP-1: each algorithm suits one key type.
TEST(AlgSet, KeyTypesShareNoAlgorithm) {
  constexpr KeyType kTypes[] = {KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521,
                                KeyType::kEd25519, KeyType::kRsa};
  for (int i = 0; i < kAlgCount; ++i) {
    int count = 0;
    for (const KeyType type : kTypes) count += AlgsOf(type).Has(static_cast<Alg>(i)) ? 1 : 0;
    EXPECT_EQ(count, 1) << NameOf(static_cast<Alg>(i));
  }
}

}  // namespace
}  // namespace signet::crypto
