#include "protocol/base/bounded_text.h"

#include <string>

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(BoundedText, HoldsUpToItsLimit) {
  EXPECT_TRUE(BoundedText<4>().empty());
  EXPECT_EQ(BoundedText<4>().view(), "");
  EXPECT_EQ(BoundedText<4>("abc").view(), "abc");
  EXPECT_EQ(BoundedText<4>("abcd").view(), "abcd");
  EXPECT_FALSE(BoundedText<4>("abcd").empty());
  EXPECT_EQ(BoundedText<4>(std::string_view("a\0b", 3)).view(), std::string_view("a\0b", 3));
}

TEST(BoundedText, ComparesWhatItHolds) {
  BoundedText<8> text("abcdefgh");
  text = BoundedText<8>("ab");
  EXPECT_EQ(text, BoundedText<8>("ab"));
  EXPECT_EQ(text, "ab");
  EXPECT_NE(text, BoundedText<8>("abc"));
  EXPECT_NE(text, "abc");
  EXPECT_NE(text, "");
}

TEST(BoundedText, IsACopyOfItsOwn) {
  std::string source = "first";
  const BoundedText<8> text(source);
  source = "other";
  const BoundedText<8> copy = text;  // NOLINT: a copy is what is tested
  EXPECT_EQ(copy.view(), "first");
  EXPECT_NE(copy.view().data(), text.view().data());
}

TEST(BoundedTextDeathTest, MoreThanItsLimitIsAFaultOfTheProgram) {
  EXPECT_DEATH(BoundedText<4>(std::string_view("abcde")), "invariant broken");
}

}  // namespace
}  // namespace signet
