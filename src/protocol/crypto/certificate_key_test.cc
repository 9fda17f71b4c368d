#include "protocol/crypto/certificate_key.h"

#include <optional>

#include "gtest/gtest.h"

#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace signet::crypto {
namespace {

using testing_support::Hex;
using testing_support::Joined;
namespace v = vectors;

std::optional<Errc> CodeOf(const Bytes& der) {
  const auto key = PublicKeyOfCertificate(der);
  if (key) return std::nullopt;
  return key.error().code;
}

TEST(CertificateKey, IsThatOfTheCertificate) {
  const auto p256 = PublicKeyOfCertificate(Hex(v::kP256Certificate));
  const auto p521 = PublicKeyOfCertificate(Hex(v::kP521Certificate));
  ASSERT_TRUE(p256 && p521);
  EXPECT_EQ(*p256, *PublicKey::FromSpki(Hex(v::kP256Spki)));
  EXPECT_EQ(*p521, *PublicKey::FromSpki(Hex(v::kP521Spki)));
}

TEST(CertificateKey, ObeysTheRulesOfEveryKey) {
  EXPECT_EQ(CodeOf(Hex(v::kRsa1024Certificate)), Errc::kCryptoKeySize);
  EXPECT_EQ(CodeOf(Hex(v::kSecp256k1Certificate)), Errc::kCryptoAlgUnsupported);
}

TEST(CertificateKey, NeedsOneCertificate) {
  const Bytes der = Hex(v::kP256Certificate);
  EXPECT_EQ(CodeOf({}), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(Hex(v::kP256Spki)), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(Joined(der, Bytes{0})), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(Joined(der, der)), Errc::kCryptoKeyMalformed);
  for (std::size_t size = 1; size < der.size(); size += 5) {
    const Bytes prefix(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(CodeOf(prefix), Errc::kCryptoKeyMalformed) << size;
  }
  EXPECT_EQ(CodeOf(Bytes(kMaxCertificateBytes, 0x30)), Errc::kCryptoKeyMalformed);
  EXPECT_EQ(CodeOf(Bytes(kMaxCertificateBytes + 1, 0x30)), Errc::kIoTooLarge);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace signet::crypto
