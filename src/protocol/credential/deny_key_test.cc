#include "protocol/credential/deny_key.h"

#include "protocol/credential/wit_verify.h"
#include "protocol/crypto/digest.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"
#include "tests/support/wic_pki.h"

namespace signet::credential {
namespace {

using testing::WitMaker;

// n of P-256 (FIPS 186-4 appendix D.1.2.3).
constexpr std::uint8_t kOrder[32] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

// The same signature written the other way: s becomes n - s.
std::string Twin(const std::string& token) {
  const std::size_t dot = token.rfind('.');
  Bytes signature = *codec::Base64UrlDecode(token.substr(dot + 1));
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int difference = kOrder[i] - signature[32 + i] - borrow;
    borrow = difference < 0 ? 1 : 0;
    signature[32 + i] = static_cast<std::uint8_t>(difference + 256 * borrow);
  }
  return token.substr(0, dot + 1) + codec::Base64UrlEncode(signature);
}

Result<VerifiedWit> Verify(std::string_view token, const trust::DenyList& deny) {
  const auto trust = testing::SnapshotOf(testing::TestOrigins(), 1, deny);
  jose::JwsReader reader;
  CheckList checks;
  return VerifyWit(token, *trust, {}, testing::kNow, reader, checks);
}

TEST(DenyKey, HoldsForATokenWithItsSignatureWrittenTheOtherWay) {  // WIC-3, ATTACKS 10
  const std::string token = WitMaker().Token();
  const std::string twin = Twin(token);
  ASSERT_NE(token, twin);
  ASSERT_TRUE(testing::Accepted(Verify(twin, {})));
  trust::DenyList deny;
  deny.wits.insert(WitDenyKey(token));
  EXPECT_TRUE(testing::RefusedWith(Verify(token, deny), Errc::kWitDenied, "WIC-3"));
  EXPECT_TRUE(testing::RefusedWith(Verify(twin, deny), Errc::kWitDenied, "WIC-3"));
}

TEST(DenyKey, OfACertificateIsThatOfItsSignedPart) {  // WIC-3, ATTACKS 10
  testing::WicPki pki;
  const Bytes leaf = pki.Leaf();
  Bytes other_signature = leaf;
  other_signature.back() = static_cast<std::uint8_t>(other_signature.back() ^ 1U);
  EXPECT_EQ(WicDenyKey(leaf), WicDenyKey(other_signature));
  EXPECT_NE(WicDenyKey(leaf), WicDenyKey(pki.Leaf()));  // another serial number
  EXPECT_NE(WicDenyKey(leaf), crypto::Sha256(leaf));
  const Bytes garbage = {1, 2, 3};
  EXPECT_EQ(WicDenyKey(garbage), crypto::Sha256(garbage));
}

}  // namespace
}  // namespace signet::credential
