// Making, importing and using private keys.
#include "protocol/crypto/private_key.h"

#include <algorithm>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::EvpFromSpki;
using testing_support::EvpVerify;
using testing_support::Flipped;
using testing_support::Hex;
using testing_support::Joined;
using testing_support::ToHex;
namespace v = vectors;

const ByteView kMessage = AsBytes(v::kMessage);
const SecretAccess kAccess = SecretAccess::Grant();

std::optional<Errc> CodeOf(const Result<PrivateKey>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

SecretBytes Secret(std::string_view hex) { return SecretBytes(Hex(hex)); }

PrivateKey::RsaParts RsaParts() {
  return {.n = Hex(v::kRsaN),
          .e = Hex(v::kRsaE),
          .d = Secret(v::kRsaD),
          .p = Secret(v::kRsaP),
          .q = Secret(v::kRsaQ),
          .dp = Secret(v::kRsaDp),
          .dq = Secret(v::kRsaDq),
          .qi = Secret(v::kRsaQi)};
}

// Our signature, the other implementation's verdict.
void ExpectSignaturesHold(const PrivateKey& key) {
  const auto other = EvpFromSpki(key.public_key().ToSpki());
  ASSERT_TRUE(other != nullptr) << NameOf(key.alg());
  const auto signature = key.Sign(kMessage);
  ASSERT_TRUE(signature) << NameOf(key.alg());
  EXPECT_TRUE(EvpVerify(other.get(), key.alg(), kMessage, *signature)) << NameOf(key.alg());
  EXPECT_FALSE(EvpVerify(other.get(), key.alg(), AsBytes("other"), *signature));
  EXPECT_TRUE(key.public_key().Verify(key.alg(), kMessage, *signature)) << NameOf(key.alg());
}

TEST(PrivateKeyGenerate, MakesAKeyWhoseSignaturesHold) {
  // RSA keys are slow to make and alike.
  for (const Alg alg :
       {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEdDSA, Alg::kEd25519, Alg::kRS256}) {
    const auto key = PrivateKey::Generate(alg);
    ASSERT_TRUE(key) << NameOf(alg);
    EXPECT_EQ(key->alg(), alg);
    EXPECT_TRUE(AlgsOf(key->public_key().type()).Has(alg));
    ExpectSignaturesHold(*key);
  }
}

TEST(PrivateKeyGenerate, MakesAnotherKeyEachTime) {
  for (const Alg alg : {Alg::kES256, Alg::kEd25519}) {
    std::set<std::string> seen;
    for (int i = 0; i < 8; ++i) seen.insert(ToHex(PrivateKey::Generate(alg)->public_key().x()));
    EXPECT_EQ(seen.size(), 8U);
  }
}

TEST(PrivateKeyGenerate, MakesRsaKeysOf2048Bits) {
  const auto key = PrivateKey::Generate(Alg::kPS256);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->public_key().x().size(), 256U);
  EXPECT_GE(key->public_key().x()[0], 0x80);
  EXPECT_EQ(ToHex(key->public_key().y()), "010001");
}

TEST(PrivateKeyImport, SignsForTheKeyGiven) {
  ExpectSignaturesHold(
      *PrivateKey::FromEc(Alg::kES256, Secret(v::kP256D), Hex(v::kP256X), Hex(v::kP256Y)));
  ExpectSignaturesHold(
      *PrivateKey::FromEc(Alg::kES384, Secret(v::kP384D), Hex(v::kP384X), Hex(v::kP384Y)));
  ExpectSignaturesHold(
      *PrivateKey::FromEc(Alg::kES512, Secret(v::kP521D), Hex(v::kP521X), Hex(v::kP521Y)));
  for (const Alg alg : {Alg::kEdDSA, Alg::kEd25519}) {
    ExpectSignaturesHold(*PrivateKey::FromEd25519(alg, Secret(v::kEd25519Seed), Hex(v::kEd25519X)));
  }
  for (const Alg alg :
       {Alg::kRS256, Alg::kRS384, Alg::kRS512, Alg::kPS256, Alg::kPS384, Alg::kPS512}) {
    ExpectSignaturesHold(*PrivateKey::FromRsa(alg, RsaParts()));
  }
}

// RFC 8032 section 7.1, tests 1 to 3: these signatures are deterministic.
TEST(PrivateKeySign, MakesTheSignaturesOfRfc8032) {
  struct Vector {
    std::string_view seed, x, message, signature;
  };
  const Vector vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const Vector& vector : vectors) {
    const auto key = PrivateKey::FromEd25519(Alg::kEd25519, Secret(vector.seed), Hex(vector.x));
    ASSERT_TRUE(key);
    EXPECT_EQ(ToHex(*key->Sign(Hex(vector.message))), vector.signature);
  }
}

// RSASSA-PKCS1-v1_5 is deterministic too.
TEST(PrivateKeySign, MakesTheRsaSignaturesOfPython) {
  EXPECT_EQ(ToHex(*PrivateKey::FromRsa(Alg::kRS256, RsaParts())->Sign(kMessage)),
            v::kRs256Signature);
  EXPECT_EQ(ToHex(*PrivateKey::FromRsa(Alg::kRS384, RsaParts())->Sign(kMessage)),
            v::kRs384Signature);
  EXPECT_EQ(ToHex(*PrivateKey::FromRsa(Alg::kRS512, RsaParts())->Sign(kMessage)),
            v::kRs512Signature);
}

// A nonce used twice gives the key away.
TEST(PrivateKeySign, NeverUsesAnEcdsaNonceTwice) {
  const auto key =
      PrivateKey::FromEc(Alg::kES256, Secret(v::kP256D), Hex(v::kP256X), Hex(v::kP256Y));
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto signature = key->Sign(kMessage);
    ASSERT_TRUE(signature);
    ASSERT_EQ(signature->size(), 64U);
    seen.insert(ToHex(ByteView(*signature).first(32)));
  }
  EXPECT_EQ(seen.size(), 50U);
}

// r and s have a fixed length even where they begin with a zero byte: 1 in 128 signatures.
TEST(PrivateKeySign, PadsEcdsaNumbers) {
  const auto key = PrivateKey::Generate(Alg::kES256);
  bool seen = false;
  for (int i = 0; i < 5000 && !seen; ++i) {
    const auto signature = key->Sign(kMessage);
    ASSERT_EQ(signature->size(), 64U);
    if ((*signature)[0] != 0 && (*signature)[32] != 0) continue;
    seen = true;
    EXPECT_TRUE(key->public_key().Verify(Alg::kES256, kMessage, *signature));
  }
  EXPECT_TRUE(seen);
}

TEST(PrivateKeySign, WorksOnSeveralThreadsWithOneKey) {
  const PrivateKey keys[] = {
      *PrivateKey::FromEc(Alg::kES256, Secret(v::kP256D), Hex(v::kP256X), Hex(v::kP256Y)),
      *PrivateKey::FromEd25519(Alg::kEd25519, Secret(v::kEd25519Seed), Hex(v::kEd25519X)),
      *PrivateKey::FromRsa(Alg::kPS256, RsaParts()),
  };
  for (const PrivateKey& key : keys) {
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&count, &key] {
        for (int i = 0; i < 10; ++i) {
          const auto signature = key.Sign(kMessage);
          count += signature && key.public_key().Verify(key.alg(), kMessage, *signature) ? 0 : 1;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0)) << NameOf(key.alg());
  }
}

struct EcCase {
  const char* what;
  Alg alg;
  Bytes d, x, y;
  Errc want;
};

TEST(PrivateKeyImport, RefusesEcPartsThatDoNotBelongTogether) {
  const Bytes d = Hex(v::kP256D);
  const Bytes x = Hex(v::kP256X);
  const Bytes y = Hex(v::kP256Y);
  const Bytes n = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const EcCase cases[] = {
      {"d of another key", Alg::kES256, Flipped(d, 255), x, y, Errc::kCryptoKeyMismatch},
      {"point of another key", Alg::kES256, d, Hex(v::kP256SmallX), Hex(v::kP256SmallY),
       Errc::kCryptoKeyMismatch},
      {"point off the curve", Alg::kES256, d, x, Flipped(y, 1), Errc::kCryptoPointInvalid},
      {"d is 0", Alg::kES256, Bytes(32, 0), x, y, Errc::kCryptoKeyMalformed},
      {"d is n", Alg::kES256, n, x, y, Errc::kCryptoKeyMalformed},
      {"d above n", Alg::kES256, Bytes(32, 0xff), x, y, Errc::kCryptoKeyMalformed},
      {"d short", Alg::kES256, Bytes(d.begin() + 1, d.end()), x, y, Errc::kCryptoKeyMalformed},
      {"d long", Alg::kES256, Joined(Bytes{0}, d), x, y, Errc::kCryptoKeyMalformed},
      {"no d", Alg::kES256, {}, x, y, Errc::kCryptoKeyMalformed},
      {"no point", Alg::kES256, d, {}, {}, Errc::kCryptoKeyMalformed},
      {"alg of another curve", Alg::kES384, d, x, y, Errc::kCryptoKeyMalformed},
      {"alg of RSA", Alg::kRS256, d, x, y, Errc::kCryptoAlgUnsupported},
      {"alg of Ed25519", Alg::kEdDSA, d, x, y, Errc::kCryptoAlgUnsupported},
  };
  for (const EcCase& c : cases) {
    EXPECT_EQ(CodeOf(PrivateKey::FromEc(c.alg, SecretBytes(c.d), c.x, c.y)), c.want) << c.what;
  }
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(PrivateKeyImport, RefusesEd25519PartsThatDoNotBelongTogether) {
  const Bytes seed = Hex(v::kEd25519Seed);
  const Bytes x = Hex(v::kEd25519X);
  const Bytes other = Hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const auto import = [](Alg alg, const Bytes& secret, const Bytes& point) {
    return CodeOf(PrivateKey::FromEd25519(alg, SecretBytes(secret), point));
  };
  EXPECT_EQ(import(Alg::kEd25519, seed, x), std::nullopt);
  EXPECT_EQ(import(Alg::kEd25519, Flipped(seed, 0), x), Errc::kCryptoKeyMismatch);
  EXPECT_EQ(import(Alg::kEd25519, seed, other), Errc::kCryptoKeyMismatch);
  EXPECT_EQ(import(Alg::kEd25519, seed, Bytes(32, 0)), Errc::kCryptoPointInvalid);
  EXPECT_EQ(import(Alg::kEd25519, seed, {}), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(import(Alg::kEd25519, Joined(seed, x), x), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(import(Alg::kEd25519, {}, x), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(import(Alg::kES256, seed, x), Errc::kCryptoAlgUnsupported);
}

TEST(PrivateKeyImport, RefusesRsaPartsThatDoNotBelongTogether) {
  using Parts = PrivateKey::RsaParts;
  struct Case {
    const char* what;
    void (*change)(Parts&);
    Errc want;
  };
  const Case cases[] = {
      {"n", [](Parts& p) { p.n = Flipped(p.n, 1000); }, Errc::kCryptoKeyMismatch},
      {"e", [](Parts& p) { p.e = {3}; }, Errc::kCryptoKeyMismatch},
      {"d", [](Parts& p) { p.d = SecretBytes(Flipped(Hex(v::kRsaD), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"p", [](Parts& p) { p.p = SecretBytes(Flipped(Hex(v::kRsaP), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"q", [](Parts& p) { p.q = SecretBytes(Flipped(Hex(v::kRsaQ), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"dp", [](Parts& p) { p.dp = SecretBytes(Flipped(Hex(v::kRsaDp), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"dq", [](Parts& p) { p.dq = SecretBytes(Flipped(Hex(v::kRsaDq), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"qi", [](Parts& p) { p.qi = SecretBytes(Flipped(Hex(v::kRsaQi), 1000)); },
       Errc::kCryptoKeyMismatch},
      {"p and q exchanged", [](Parts& p) { std::swap(p.p, p.q); }, Errc::kCryptoKeyMismatch},
      {"no d", [](Parts& p) { p.d = SecretBytes(); }, Errc::kCryptoKeyMalformed},
      {"no qi", [](Parts& p) { p.qi = SecretBytes(); }, Errc::kCryptoKeyMalformed},
      {"d too long", [](Parts& p) { p.d = SecretBytes(Bytes(1025, 1)); },
       Errc::kCryptoKeyMalformed},
      {"p is 0", [](Parts& p) { p.p = SecretBytes(Bytes(128, 0)); }, Errc::kCryptoKeyMismatch},
      {"n too small", [](Parts& p) { p.n = Bytes(128, 0xff); }, Errc::kCryptoKeySize},
      {"n with leading zero", [](Parts& p) { p.n = Joined(Bytes{0}, p.n); },
       Errc::kCryptoKeyMalformed},
  };
  for (const Case& c : cases) {
    Parts parts = RsaParts();
    c.change(parts);
    EXPECT_EQ(CodeOf(PrivateKey::FromRsa(Alg::kRS256, parts)), c.want) << c.what;
  }
  EXPECT_EQ(CodeOf(PrivateKey::FromRsa(Alg::kES256, RsaParts())), Errc::kCryptoAlgUnsupported);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(PrivateKeyExport, GivesTheSecretsBack) {
  const auto ec =
      PrivateKey::FromEc(Alg::kES512, Secret(v::kP521D), Hex(v::kP521X), Hex(v::kP521Y));
  EXPECT_EQ(ToHex(ec->RawSecret(kAccess).Expose(kAccess)), v::kP521D);
  EXPECT_TRUE(ec->ToRsaParts(kAccess).n.empty());
  const auto ed = PrivateKey::FromEd25519(Alg::kEdDSA, Secret(v::kEd25519Seed), Hex(v::kEd25519X));
  EXPECT_EQ(ToHex(ed->RawSecret(kAccess).Expose(kAccess)), v::kEd25519Seed);
  const auto rsa = PrivateKey::FromRsa(Alg::kRS256, RsaParts());
  EXPECT_TRUE(rsa->RawSecret(kAccess).empty());
  const PrivateKey::RsaParts parts = rsa->ToRsaParts(kAccess);
  EXPECT_EQ(ToHex(parts.n), v::kRsaN);
  EXPECT_EQ(ToHex(parts.e), v::kRsaE);
  EXPECT_EQ(ToHex(parts.d.Expose(kAccess)), v::kRsaD);
  EXPECT_EQ(ToHex(parts.p.Expose(kAccess)), v::kRsaP);
  EXPECT_EQ(ToHex(parts.q.Expose(kAccess)), v::kRsaQ);
  EXPECT_EQ(ToHex(parts.dp.Expose(kAccess)), v::kRsaDp);
  EXPECT_EQ(ToHex(parts.dq.Expose(kAccess)), v::kRsaDq);
  EXPECT_EQ(ToHex(parts.qi.Expose(kAccess)), v::kRsaQi);
}

TEST(SystemRandom, FillsTheWholeBuffer) {
  SystemRandom random;
  random.Fill({});
  // 64 zero bytes in a row do not happen.
  Bytes small(64, 0);
  random.Fill(small);
  EXPECT_NE(small, Bytes(64, 0));
  Bytes large((1U << 20U) + 64, 0);
  random.Fill(large);
  EXPECT_FALSE(std::all_of(large.end() - 64, large.end(), [](std::uint8_t b) { return b == 0; }));
  EXPECT_FALSE(
      std::all_of(large.begin(), large.begin() + 64, [](std::uint8_t b) { return b == 0; }));
}

}  // namespace
}  // namespace signet::crypto
