#include "protocol/jose/jwt.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace signet::jose {
namespace {

// RFC 7519 section 4: present with another type is never taken for absent.
TEST(StringClaim, IsAStringOrAbsent) {
  struct Case {
    std::string_view json;
    bool good;
    std::optional<std::string_view> want;
  };
  const Case cases[] = {
      {R"({"sub":"a"})", true, "a"},
      {R"({"sub":""})", true, ""},
      {R"({"sub":"a\u0062"})", true, "ab"},
      {R"({"Sub":"a"})", true, {}},
      {"{}", true, {}},
      {R"({"sub":null})", false, {}},
      {R"({"sub":1})", false, {}},
      {R"({"sub":true})", false, {}},
      {R"({"sub":["a"]})", false, {}},
      {R"({"sub":{"a":"b"}})", false, {}},
  };
  for (const Case& c : cases) {
    codec::JsonDocument document;
    ASSERT_TRUE(document.Parse(c.json));
    const auto claim = StringClaim(document.root(), "sub");
    ASSERT_EQ(claim.has_value(), c.good) << c.json;
    if (claim) {
      EXPECT_EQ(*claim, c.want) << c.json;
    } else {
      EXPECT_EQ(claim.error().code, Errc::kJwtClaimType) << c.json;
    }
  }
}

// WIT-2, RFC 7519 section 2 (NumericDate); CONVENTIONS: integers in range.
TEST(TimeClaim, IsAWholeNumberOfSecondsInRange) {
  struct Case {
    std::string_view exp;
    std::optional<std::int64_t> want;  // nullopt: refused
  };
  const Case cases[] = {
      {"1300819380", 1300819380},
      {"0", 0},
      {"253402300799", 253402300799},
      {"253402300800", {}},
      {"-1", {}},
      {"-0", {}},
      {"1.0", {}},
      {"1300819380.5", {}},
      {"1e9", {}},
      {"9223372036854775807", {}},
      {"9223372036854775808", {}},
      {"99999999999999999999999999", {}},
      {"\"1300819380\"", {}},
      {"null", {}},
      {"true", {}},
      {"[1]", {}},
      {"{}", {}},
  };
  for (const Case& c : cases) {
    codec::JsonDocument document;
    ASSERT_TRUE(document.Parse(R"({"exp":)" + std::string(c.exp) + "}"));
    const auto claim = TimeClaim(document.root(), "exp");
    ASSERT_EQ(claim.has_value(), c.want.has_value()) << c.exp;
    if (claim) {
      EXPECT_EQ(ToNumericDate(**claim), *c.want) << c.exp;
    } else {
      EXPECT_EQ(claim.error().code, Errc::kJwtClaimType) << c.exp;
    }
  }
}

TEST(TimeClaim, IsAbsentWhereNothingStands) {
  codec::JsonDocument document;
  ASSERT_TRUE(document.Parse("{}"));
  const auto claim = TimeClaim(document.root(), "exp");
  ASSERT_TRUE(claim);
  EXPECT_EQ(*claim, std::nullopt);
}

}  // namespace
}  // namespace signet::jose
