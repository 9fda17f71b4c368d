// Which signatures are accepted.
#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/public_key.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::Flipped;
using testing_support::Hex;
using testing_support::Joined;
namespace v = vectors;

struct Good {
  Alg alg;
  std::string_view spki;
  std::string_view signature;
};

const Good kGood[] = {
    {Alg::kES256, v::kP256Spki, v::kP256Signature},
    {Alg::kES384, v::kP384Spki, v::kP384Signature},
    {Alg::kES512, v::kP521Spki, v::kP521Signature},
    {Alg::kEdDSA, v::kEd25519Spki, v::kEd25519Signature},
    {Alg::kEd25519, v::kEd25519Spki, v::kEd25519Signature},
    {Alg::kRS256, v::kRsaSpki, v::kRs256Signature},
    {Alg::kRS384, v::kRsaSpki, v::kRs384Signature},
    {Alg::kRS512, v::kRsaSpki, v::kRs512Signature},
    {Alg::kPS256, v::kRsaSpki, v::kPs256Signature},
    {Alg::kPS384, v::kRsaSpki, v::kPs384Signature},
    {Alg::kPS512, v::kRsaSpki, v::kPs512Signature},
    {Alg::kPS512, v::kRsa3072Spki, v::kRsa3072Ps512Signature},
};

PublicKey KeyOf(std::string_view spki) {
  auto key = PublicKey::FromSpki(Hex(spki));
  EXPECT_TRUE(key) << spki;
  return *key;
}

std::optional<Errc> Verdict(std::string_view spki, Alg alg, ByteView message, ByteView signature) {
  const Result<void> result = KeyOf(spki).Verify(alg, message, signature);
  EXPECT_EQ(ERR_peek_error(), 0U) << "the error queue must not grow";
  if (result) return std::nullopt;
  return result.error().code;
}

const ByteView kMessage = AsBytes(v::kMessage);

TEST(Signature, OfAnotherImplementationVerifies) {
  for (const Good& good : kGood) {
    EXPECT_EQ(Verdict(good.spki, good.alg, kMessage, Hex(good.signature)), std::nullopt)
        << NameOf(good.alg);
  }
}

TEST(Signature, OfAnotherMessageDoesNotVerify) {
  for (const Good& good : kGood) {
    const Bytes signature = Hex(good.signature);
    for (const Bytes& message : {Flipped(kMessage, 0), Joined(kMessage, Bytes{0}), Bytes(),
                                 Bytes(kMessage.begin() + 1, kMessage.end())}) {
      EXPECT_EQ(Verdict(good.spki, good.alg, message, signature), Errc::kCryptoSignatureInvalid)
          << NameOf(good.alg);
    }
  }
}

TEST(Signature, WithAnyBitFlippedDoesNotVerify) {
  for (const Good& good : kGood) {
    const Bytes signature = Hex(good.signature);
    // Each 7th bit: all bytes, all positions in a byte.
    for (std::size_t bit = 0; bit < signature.size() * 8; bit += 7) {
      EXPECT_TRUE(Verdict(good.spki, good.alg, kMessage, Flipped(signature, bit)).has_value())
          << NameOf(good.alg) << " bit " << bit;
    }
  }
}

// RFC7515-5.2, ATTACKS 10: one length for each algorithm and key.
TEST(Signature, OfAnotherLengthIsRefused) {
  for (const Good& good : kGood) {
    const Bytes signature = Hex(good.signature);
    const Bytes cases[] = {Bytes(),
                           Bytes(1, 0),
                           Bytes(signature.begin(), signature.end() - 1),
                           Bytes(signature.begin() + 1, signature.end()),
                           Joined(signature, Bytes{0}),
                           Joined(Bytes{0}, signature),
                           Joined(signature, signature)};
    for (const Bytes& other : cases) {
      EXPECT_EQ(Verdict(good.spki, good.alg, kMessage, other), Errc::kCryptoSignatureLength)
          << NameOf(good.alg) << " " << other.size();
    }
  }
}

// RFC 7518 section 3.4: r and s, raw; never the ASN.1 form.
TEST(Signature, InDerFormIsRefused) {
  EXPECT_EQ(Verdict(v::kP256Spki, Alg::kES256, kMessage, Hex(v::kP256DerSignature)),
            Errc::kCryptoSignatureLength);
  EXPECT_EQ(Verdict(v::kP384Spki, Alg::kES384, kMessage, Hex(v::kP384DerSignature)),
            Errc::kCryptoSignatureLength);
  EXPECT_EQ(Verdict(v::kP521Spki, Alg::kES512, kMessage, Hex(v::kP521DerSignature)),
            Errc::kCryptoSignatureLength);
}

// BCP-1, ATTACKS 2: a key verifies with the algorithms of its type and with no other.
TEST(Signature, OfEachAlgorithmIsRefusedByKeysOfOtherTypes) {
  for (const Good& good : kGood) {
    for (const std::string_view spki :
         {v::kP256Spki, v::kP384Spki, v::kP521Spki, v::kEd25519Spki, v::kRsaSpki}) {
      const PublicKey key = KeyOf(spki);
      if (AlgsOf(key.type()).Has(good.alg)) continue;
      EXPECT_EQ(Verdict(spki, good.alg, kMessage, Hex(good.signature)), Errc::kCryptoAlgUnsupported)
          << NameOf(good.alg) << " with key " << static_cast<int>(key.type());
    }
  }
}

// One RSA key could hold six algorithms: a signature by one is none by another.
TEST(Signature, OfOneRsaAlgorithmIsNoneOfAnother) {
  for (const Good& good : kGood) {
    if (good.spki != v::kRsaSpki) continue;
    for (const Alg other :
         {Alg::kRS256, Alg::kRS384, Alg::kRS512, Alg::kPS256, Alg::kPS384, Alg::kPS512}) {
      EXPECT_EQ(Verdict(v::kRsaSpki, other, kMessage, Hex(good.signature)),
                other == good.alg ? std::nullopt : std::optional(Errc::kCryptoSignatureInvalid))
          << NameOf(good.alg) << " as " << NameOf(other);
    }
  }
}

// RFC 7518 section 3.5: MGF1 and salt by the digest of the algorithm.
TEST(Signature, WithOtherPssParametersDoesNotVerify) {
  for (const std::string_view signature :
       {v::kPs256SaltOfMaximum, v::kPs256SaltEmpty, v::kPs256SaltOf31, v::kPs256MgfSha1}) {
    EXPECT_EQ(Verdict(v::kRsaSpki, Alg::kPS256, kMessage, Hex(signature)),
              Errc::kCryptoSignatureInvalid);
  }
  EXPECT_EQ(Verdict(v::kRsaSpki, Alg::kRS256, kMessage, Hex(v::kRs256WithSha1)),
            Errc::kCryptoSignatureInvalid);
}

TEST(Signature, RsaNumbersOfNoMeaningDoNotVerify) {
  const Bytes n = Hex(v::kRsaN);
  Bytes one(n.size(), 0);
  one.back() = 1;
  Bytes n_minus_one = n;
  n_minus_one.back() = static_cast<std::uint8_t>(n_minus_one.back() - 1);  // n is odd
  for (const Alg alg : {Alg::kRS256, Alg::kPS256}) {
    for (const Bytes& number : {Bytes(n.size(), 0), one, n, n_minus_one, Bytes(n.size(), 0xff)}) {
      EXPECT_EQ(Verdict(v::kRsaSpki, alg, kMessage, number), Errc::kCryptoSignatureInvalid);
    }
  }
}

struct Order {
  Alg alg;
  std::string_view spki;
  std::string_view signature;
  std::string_view n;
};

// FIPS 186-4 appendix D.1.2.
const Order kOrders[] = {
    {Alg::kES256, v::kP256Spki, v::kP256Signature,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
    {Alg::kES384, v::kP384Spki, v::kP384Signature,
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52"
     "9"
     "73"},
    {Alg::kES512, v::kP521Spki, v::kP521Signature,
     "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f"
     "7"
     "09a5d03bb5c9b8899c47aebb6fb71e91386409"},
};

// ATTACKS 9: r = s = 0 was once a signature of everything.
TEST(Signature, OfEcdsaHasNumbersFromOneToTheOrder) {
  for (const Order& order : kOrders) {
    const Bytes n = Hex(order.n);
    Bytes above = n;
    above.back() = static_cast<std::uint8_t>(above.back() + 1);
    Bytes below = n;
    below.back() = static_cast<std::uint8_t>(below.back() - 1);
    Bytes one(n.size(), 0);
    one.back() = 1;
    const Bytes good = Hex(order.signature);
    const auto half = static_cast<std::ptrdiff_t>(n.size());
    const Bytes r(good.begin(), good.begin() + half);
    const Bytes s(good.begin() + half, good.end());
    const Bytes out_of_range[] = {Bytes(n.size(), 0), n, above, Bytes(n.size(), 0xff)};
    for (const Bytes& bad : out_of_range) {
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(bad, s)),
                Errc::kCryptoSignatureRange);
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(r, bad)),
                Errc::kCryptoSignatureRange);
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(bad, bad)),
                Errc::kCryptoSignatureRange);
    }
    for (const Bytes& in_range : {one, below}) {
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(in_range, s)),
                Errc::kCryptoSignatureInvalid);
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(r, in_range)),
                Errc::kCryptoSignatureInvalid);
      EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(in_range, in_range)),
                Errc::kCryptoSignatureInvalid);
    }
    EXPECT_EQ(Verdict(order.spki, order.alg, kMessage, Joined(s, r)), Errc::kCryptoSignatureInvalid)
        << "r and s exchanged";
  }
}

// ATTACKS 10: (r, n - s) is a second signature of the same message. It is valid ECDSA and cannot be
// refused; nothing may take a signature's bytes for the identity of a token.
TEST(Signature, OfEcdsaHasATwin) {
  const Bytes good = Hex(v::kP256Signature);
  const Bytes n = Hex(kOrders[0].n);
  BIGNUM* const order = BN_bin2bn(n.data(), 32, nullptr);
  BIGNUM* const s = BN_bin2bn(good.data() + 32, 32, nullptr);
  ASSERT_EQ(BN_sub(s, order, s), 1);
  Bytes twin = good;
  ASSERT_EQ(BN_bn2binpad(s, twin.data() + 32, 32), 32);
  BN_free(order);
  BN_free(s);
  EXPECT_NE(twin, good);
  EXPECT_EQ(Verdict(v::kP256Spki, Alg::kES256, kMessage, twin), std::nullopt);
}

// ATTACKS 10: S + L is the same number modulo L; RFC 8032 section 5.1.7 refuses it.
TEST(Signature, OfEd25519HasACanonicalScalar) {
  EXPECT_EQ(Verdict(v::kEd25519Spki, Alg::kEd25519, kMessage, Hex(v::kEd25519NonCanonicalS)),
            Errc::kCryptoSignatureInvalid);
  EXPECT_EQ(Verdict(v::kEd25519Spki, Alg::kEd25519, kMessage, Bytes(64, 0)),
            Errc::kCryptoSignatureInvalid);
}

// RFC 6979 appendix A.2.5 to A.2.7, message "sample", the curve's own digest.
TEST(Signature, OfRfc6979Verifies) {
  struct Vector {
    KeyType curve;
    Alg alg;
    std::string_view x, y, r, s;
  };
  const Vector vectors[] = {
      {KeyType::kEcP256, Alg::kES256,
       "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
       "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
       "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
       "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
      {KeyType::kEcP384, Alg::kES384,
       "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A25451548"
       "0BC13",
       "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD25332"
       "64720",
       "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80F"
       "ABE46",
       "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A386"
       "28AC8"},
      {KeyType::kEcP521, Alg::kES512,
       "01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD371123D46E45DB6B5D5370A7F20"
       "FB633155D38FFA16D2BD761DCAC474B9A2F5023A4",
       "00493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A28A0DB25741B5B34A828008B22A"
       "CC23F924FAAFBD4D33F81EA66956DFEAA2BFDFCF5",
       "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD1"
       "52B534931D7D4E8455CC91F9B15BF05EC36E377FA",
       "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37"
       "FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"},
  };
  for (const Vector& vector : vectors) {
    const auto key = PublicKey::FromEcPoint(vector.curve, Hex(vector.x), Hex(vector.y));
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->Verify(vector.alg, AsBytes("sample"), Joined(Hex(vector.r), Hex(vector.s))));
  }
}

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Signature, OfRfc8032Verifies) {
  struct Vector {
    std::string_view x, message, signature;
  };
  const Vector vectors[] = {
      {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const Vector& vector : vectors) {
    const auto key = PublicKey::FromEd25519(Hex(vector.x));
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->Verify(Alg::kEdDSA, Hex(vector.message), Hex(vector.signature)));
  }
}

// A key is immutable: four threads use the same one, first of all for the caches that the library
// fills lazily inside it.
TEST(Signature, VerifiesOnSeveralThreadsWithOneKey) {
  for (const Good& good : kGood) {
    const PublicKey key = KeyOf(good.spki);
    const Bytes signature = Hex(good.signature);
    const Bytes bad = Flipped(signature, 100);
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&count, &key, &good, &signature, &bad] {
        for (int i = 0; i < 10; ++i) {
          count += key.Verify(good.alg, kMessage, signature) ? 0 : 1;
          count += key.Verify(good.alg, kMessage, bad) ? 1 : 0;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0)) << NameOf(good.alg);
  }
}

}  // namespace
}  // namespace signet::crypto
