#include "app/demo/forge.h"

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "tests/support/tokens.h"

namespace signet::app::demo {
namespace {

std::string Hex(const Digest256& digest) {
  std::string out;
  for (const std::uint8_t byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

// RFC 4231 sections 4.2, 4.3 and 4.7 (a key longer than a block).
TEST(HmacSha256, GivesTheValuesOfTheRfc) {
  EXPECT_EQ(Hex(HmacSha256(Bytes(20, 0x0b), AsBytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256(AsBytes("Jefe"), AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(Bytes(131, 0xaa),
                           AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Forge, ChangesNothingButTheAlgorithm) {
  const std::string token = testing::WitMaker().Token();
  const std::string none = *WithAlgNone(token, true);
  EXPECT_EQ(none.substr(none.find('.')), token.substr(token.find('.')));
  const Bytes header = *codec::Base64UrlDecode(std::string_view(none).substr(0, none.find('.')));
  EXPECT_EQ(AsText(header), R"({"alg":"none","kid":"issuer-1","typ":"wit+jwt"})");
  EXPECT_TRUE(WithAlgNone(token, false)->ends_with('.'));
}

}  // namespace
}  // namespace signet::app::demo
