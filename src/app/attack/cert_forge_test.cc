#include "app/attack/cert_forge.h"

#include "gtest/gtest.h"

#include "protocol/credential/certificate.h"
#include "protocol/credential/wic_verify.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::app::attack {
namespace {

using testing::kNow;

constexpr const char* kId = "wimse://trust.example.com/shop/edge";

std::shared_ptr<const trust::TrustSnapshot> Trusting(const Bytes& anchor) {
  std::vector<trust::OriginConfig> origins;
  origins.push_back({.origin = testing::OriginOf("wimse://trust.example.com"),
                     .bundle = {},
                     .extra_x509 = {anchor},
                     .issuers = {},
                     .algs = {}});
  return testing::SnapshotOf(std::move(origins));
}

Result<credential::VerifiedWic> Verify(const net::TlsIdentity& forged, const Bytes& anchor) {
  CheckList checks;
  return credential::VerifyWic(forged.chain, *Trusting(anchor), crypto::CertUsage::kClient, {},
                               kNow, checks);
}

// Whoever trusts the attacker's authority accepts the certificate: nothing else is wrong with it.
TEST(CertForge, IsWellFormed) {
  crypto::SystemRandom random;
  const auto forged = ForgeCertificate({.uris = {kId}, .now = kNow}, random);
  ASSERT_TRUE(testing::Accepted(forged));
  ASSERT_EQ(forged->chain.size(), 2U);
  const auto verified = Verify(*forged, forged->chain.back());
  ASSERT_TRUE(testing::Accepted(verified));
  EXPECT_EQ(verified->subject().text(), kId);
}

TEST(CertForge, SpoilsOneThing) {
  crypto::SystemRandom random;
  const auto genuine = ForgeCertificate({.uris = {kId}, .now = kNow}, random);
  ASSERT_TRUE(testing::Accepted(genuine));
  const Bytes& anchor = genuine->chain.back();

  const auto own = ForgeCertificate({.uris = {kId}, .now = kNow}, random);
  EXPECT_TRUE(testing::RefusedWith(Verify(*own, anchor), Errc::kWicUntrusted, "WIC-2"));
  const auto self = ForgeCertificate({.uris = {kId}, .own_authority = false, .now = kNow}, random);
  ASSERT_EQ(self->chain.size(), 1U);
  EXPECT_TRUE(testing::RefusedWith(Verify(*self, anchor), Errc::kWicUntrusted, "WIC-2"));
  const auto two = ForgeCertificate({.uris = {kId, "wimse://a/b"}, .now = kNow}, random);
  EXPECT_TRUE(testing::RefusedWith(Verify(*two, two->chain.back()), Errc::kWicSanMany, "WIC-1"));
  const auto authority =
      ForgeCertificate({.uris = {kId}, .is_authority = true, .now = kNow}, random);
  EXPECT_TRUE(
      testing::RefusedWith(Verify(*authority, authority->chain.back()), Errc::kWicIsCa, "XSVID-1"));
}

}  // namespace
}  // namespace signet::app::attack
