#include "app/attack/forge.h"

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "tests/support/tokens.h"

namespace signet::app::attack {
namespace {

TEST(Forge, ChangesNothingButTheAlgorithm) {
  const std::string token = testing::WitMaker().Token();
  const std::string none = *WithAlgNone(token, true);
  EXPECT_EQ(none.substr(none.find('.')), token.substr(token.find('.')));
  const Bytes header = *codec::Base64UrlDecode(std::string_view(none).substr(0, none.find('.')));
  EXPECT_EQ(AsText(header), R"({"alg":"none","kid":"issuer-1","typ":"wit+jwt"})");
  EXPECT_TRUE(WithAlgNone(token, false)->ends_with('.'));
}

TEST(Forge, ChangesNothingButTheSignature) {
  const std::string token = testing::WitMaker().Token();
  const std::size_t signature = token.rfind('.') + 1;
  const std::string zero = *WithZeroSignature(token);
  EXPECT_EQ(zero.substr(0, signature), token.substr(0, signature));
  EXPECT_EQ(*codec::Base64UrlDecode(std::string_view(zero).substr(signature)), Bytes(64, 0));

  EXPECT_EQ(WithPadding(token), token + "==");

  // One character, and only in bits that are dropped.
  const std::string bits = *WithUnusedBits(token);
  EXPECT_EQ(bits.substr(0, bits.size() - 1), token.substr(0, token.size() - 1));
  EXPECT_NE(bits.back(), token.back());
  EXPECT_FALSE(codec::Base64UrlDecode(std::string_view(bits).substr(signature)).has_value());
}

TEST(Forge, PutsATokenTogetherAsItWas) {
  const std::string token = testing::WitMaker().Token();
  EXPECT_EQ(JoinToken(*OpenToken(token)), token);
  EXPECT_FALSE(OpenToken("a.b").has_value());
}

}  // namespace
}  // namespace signet::app::attack
