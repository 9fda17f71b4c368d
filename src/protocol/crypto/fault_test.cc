// What happens when the library below us runs out of memory, at any of its allocations: a clear
// error and nothing else. Never a key that is not the one asked for, never a signature accepted.
//
// A program of its own: OpenSSL takes an allocator only before it has allocated anything.
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/cert_path.h"
#include "protocol/crypto/certificate_key.h"
#include "protocol/crypto/key_table.h"
#include "protocol/crypto/private_key.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"
#include "tests/support/openssl_fault.h"
#include "tests/support/test_pki.h"

namespace signet::crypto {
namespace {

using signet::testing::OpensslFault;
using testing_support::Flipped;
using testing_support::Hex;
using testing_support::ToHex;
namespace v = vectors;

const SecretAccess kAccess = SecretAccess::Grant();
int CutShort(const std::function<bool()>& operation) { return OpensslFault::CutShort(operation); }

template <typename T>
bool IsFault(const Result<T>& result) {
  EXPECT_EQ(result.error().code, Errc::kCryptoFailure) << result.error().detail;
  return false;
}

struct Key {
  Alg alg;
  std::string_view pkcs8, spki;
};

const Key kKeys[] = {
    {Alg::kES256, v::kP256Pkcs8, v::kP256Spki}, {Alg::kES384, v::kP384Pkcs8, v::kP384Spki},
    {Alg::kES512, v::kP521Pkcs8, v::kP521Spki}, {Alg::kRS256, v::kRsaPkcs8, v::kRsaSpki},
    {Alg::kPS512, v::kRsaPkcs8, v::kRsaSpki},
};

const Bytes kMessage = {1, 2, 3};

PrivateKey KeyOf(const Key& key) { return *PrivateKey::FromPkcs8(Hex(key.pkcs8), key.alg); }

TEST(OutOfMemory, ReadingAPublicKeyFailsOrGivesThatKey) {
  for (const Key& key : kKeys) {
    const Bytes der = Hex(key.spki);
    const int times = CutShort([&] {
      const auto read = PublicKey::FromSpki(der);
      if (read) {
        EXPECT_EQ(ToHex(read->ToSpki()), key.spki);
        return true;
      }
      return IsFault(read);
    });
    EXPECT_GT(times, 0);
  }
}

TEST(OutOfMemory, ReadingAPrivateKeyFailsOrGivesThatKey) {
  for (const Key& key : kKeys) {
    const Bytes der = Hex(key.pkcs8);
    const int times = CutShort([&] {
      const auto read = PrivateKey::FromPkcs8(der, key.alg);
      if (read) {
        EXPECT_EQ(ToHex(read->ToPkcs8(kAccess).Expose(kAccess)), key.pkcs8);
        return true;
      }
      return IsFault(read);
    });
    EXPECT_GT(times, 0);
  }
}

TEST(OutOfMemory, SigningFailsOrSigns) {
  for (const Key& key : kKeys) {
    const PrivateKey signer = KeyOf(key);
    const int times = CutShort([&] {
      const auto signature = signer.Sign(kMessage);
      if (!signature) return IsFault(signature);
      const int left = OpensslFault::SetLeft(OpensslFault::kOff);
      EXPECT_TRUE(signer.public_key().Verify(key.alg, kMessage, *signature));
      OpensslFault::SetLeft(left);
      return true;
    });
    EXPECT_GT(times, 0);
  }
}

TEST(OutOfMemory, GeneratingFailsOrMakesAKey) {
  for (const Alg alg : {Alg::kES256, Alg::kES384, Alg::kES512}) {
    const int times = CutShort([&] {
      const auto key = PrivateKey::Generate(alg);
      return key ? true : IsFault(key);
    });
    EXPECT_GT(times, 0);
  }
}

TEST(OutOfMemory, NoRsaKeyIsHalfMade) {
  // Making one takes long, so not at every allocation.
  ASSERT_TRUE(PrivateKey::Generate(Alg::kPS256));
  for (int allowed = 0; allowed < 12; ++allowed) {
    OpensslFault::SetLeft(allowed);
    const auto key = PrivateKey::Generate(Alg::kPS256);
    OpensslFault::SetLeft(OpensslFault::kOff);
    ASSERT_FALSE(key) << allowed;
    EXPECT_EQ(key.error().code, Errc::kCryptoFailure);
  }
}

// ATTACKS 34: a fault while verifying must not be taken for a valid signature.
TEST(OutOfMemory, NothingIsAcceptedThatIsNotValid) {
  for (const Key& key : kKeys) {
    const PrivateKey signer = KeyOf(key);
    const Bytes good = *signer.Sign(kMessage);
    const Bytes bad = Flipped(good, 8 * good.size() - 9);
    const int times = CutShort([&] {
      EXPECT_FALSE(signer.public_key().Verify(key.alg, kMessage, bad));
      const auto verdict = signer.public_key().Verify(key.alg, kMessage, good);
      if (verdict) return true;
      // Not everywhere does the library say that memory was the reason.
      EXPECT_TRUE(verdict.error().code == Errc::kCryptoFailure ||
                  verdict.error().code == Errc::kCryptoSignatureInvalid);
      return false;
    });
    EXPECT_GT(times, 0);
  }
}

// `verify` says whether it accepted; what it refuses is a fault, or a signature that is not valid.
bool Accepts(const Result<void>& verdict) {
  if (verdict) return true;
  EXPECT_TRUE(verdict.error().code == Errc::kCryptoFailure ||
              verdict.error().code == Errc::kCryptoSignatureInvalid);
  return false;
}

TEST(OutOfMemory, AKeyTableIsBuiltOrNotThere) {
  const PrivateKey signer = KeyOf(kKeys[0]);
  const Bytes good = *signer.Sign(kMessage);
  const int times = CutShort([&] {
    const auto table = KeyTable::Build(signer.public_key());
    if (!table) return IsFault(table);
    const int left = OpensslFault::SetLeft(OpensslFault::kOff);
    EXPECT_TRUE((*table)->Verify(kMessage, good));
    EXPECT_FALSE((*table)->Verify(kMessage, Flipped(good, 9)));
    OpensslFault::SetLeft(left);
    return true;
  });
  EXPECT_GT(times, 0);
}

// Each on a thread of its own: what a thread computes in is made at its first use. A thread that
// had no memory then can verify as soon as there is some.
TEST(OutOfMemory, AKeyTableAcceptsNothingThatIsNotValid) {  // ATTACKS 34
  const PrivateKey signer = KeyOf(kKeys[0]);
  const auto table = *KeyTable::Build(signer.public_key());
  const Bytes good = *signer.Sign(kMessage);
  const Bytes bad = Flipped(good, 8 * good.size() - 9);
  const int times = CutShort([&] {
    bool accepted = false;
    int left = OpensslFault::SetLeft(OpensslFault::kOff);
    std::thread([&] {
      OpensslFault::SetLeft(left);
      EXPECT_FALSE(table->Verify(kMessage, bad));
      accepted = Accepts(table->Verify(kMessage, good));
      left = OpensslFault::SetLeft(OpensslFault::kOff);
      EXPECT_EQ(ERR_peek_error(), 0U);
      EXPECT_TRUE(table->Verify(kMessage, good));
      EXPECT_FALSE(table->Verify(kMessage, bad));
    }).join();
    OpensslFault::SetLeft(left);
    return accepted;
  });
  EXPECT_GT(times, 0);
}

TEST(OutOfMemory, ACertificatePathIsValidOrRefused) {  // ATTACKS 34
  constexpr const char* kSan = "URI:spiffe://example.org/service/a";
  const test::TestCert ca = test::MakeCa();
  const test::TestCert middle = test::MakeCa("middle", &ca);
  const std::vector<Bytes> chain{test::MakeLeaf(middle, kSan).der, middle.der};
  const std::vector<Bytes> incomplete{chain[0]};
  const std::vector<Bytes> trusted{ca.der};
  const auto anchors = *PathAnchors::Make(trusted);
  const auto validate = [&](const std::vector<Bytes>& path) {
    return ValidatePath(path, *anchors, test::kPkiNow, CertUsage::kServer);
  };
  EXPECT_GT(CutShort([&] {
              EXPECT_FALSE(validate(incomplete));
              const Result<void> verdict = validate(chain);
              if (verdict) return true;
              // OpenSSL does not always say that memory was the reason.
              EXPECT_TRUE(verdict.error().code == Errc::kCryptoFailure ||
                          verdict.error().code == Errc::kWicUntrusted)
                  << verdict.error().name();
              return false;
            }),
            0);
  EXPECT_GT(CutShort([&] {
              const auto made = PathAnchors::Make(trusted);
              return made ? true : IsFault(made);
            }),
            0);
}

TEST(OutOfMemory, ACertificateIsReadOrRefused) {
  const Bytes der = Hex(v::kP256Certificate);
  const int times = CutShort([&] {
    const auto key = PublicKeyOfCertificate(der);
    return key.has_value();
  });
  EXPECT_GT(times, 0);
}

}  // namespace
}  // namespace signet::crypto

int main(int argc, char** argv) {
  if (!signet::testing::OpensslFault::Install()) return 2;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
