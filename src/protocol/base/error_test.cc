#include "protocol/base/error.h"

#include <set>

#include "gtest/gtest.h"

#include "protocol/base/check.h"
#include "protocol/base/result.h"

namespace signet {
namespace {

TEST(Errors, AreListedInAscendingOrderWithUniqueNames) {
  std::set<std::string_view> names;
  std::set<std::string_view> symbols;
  int last = 0;
  for (const ErrorInfo& info : AllErrors()) {
    EXPECT_GT(static_cast<int>(info.code), last) << info.name;
    last = static_cast<int>(info.code);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(symbols.insert(info.symbol).second) << info.symbol;
  }
  EXPECT_GT(names.size(), 100U);
}

// Audit records of earlier versions hold these ids and names.
TEST(Errors, KeepTheirIds) {
  EXPECT_EQ(static_cast<int>(Errc::kBase64UrlCharacter), 300);
  EXPECT_EQ(static_cast<int>(Errc::kIdEmpty), 500);
  EXPECT_EQ(static_cast<int>(Errc::kWitMissing), 900);
  EXPECT_EQ(static_cast<int>(Errc::kWptReplayed), 1016);
  EXPECT_EQ(InfoOf(Errc::kWptReplayed).name, "wpt.replayed");
}

bool IsName(std::string_view name) {
  return name.find('.') != std::string_view::npos && name.front() != '.' && name.back() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos;
}

TEST(Errors, AreCompleteAndPrintable) {
  for (const ErrorInfo& info : AllErrors()) {
    EXPECT_TRUE(IsName(info.name)) << info.name;
    EXPECT_EQ(info.symbol.front(), 'k') << info.name;
    EXPECT_FALSE(info.rule.empty()) << info.name;
    EXPECT_FALSE(info.text.empty()) << info.name;
    EXPECT_FALSE(info.fix.empty()) << info.name;
    EXPECT_FALSE(info.oauth_error.empty()) << info.name;
    EXPECT_GE(info.http_status, 400) << info.name;
    EXPECT_LE(info.http_status, 599) << info.name;
    EXPECT_GE(info.grpc_code, 1) << info.name;
    EXPECT_LE(info.grpc_code, 16) << info.name;
    for (const std::string_view text : {info.text, info.fix, info.rule}) {
      for (const char c : text) EXPECT_TRUE(c >= 0x20 && c <= 0x7e) << info.name;
    }
  }
}

TEST(Errors, AreFoundByCodeAndByName) {
  for (const ErrorInfo& info : AllErrors()) {
    EXPECT_EQ(&InfoOf(info.code), &info);
    EXPECT_EQ(FindErrorByName(info.name), &info);
  }
  EXPECT_EQ(FindErrorByName("no.such_error"), nullptr);
  EXPECT_EQ(FindErrorByName(""), nullptr);
}

TEST(ErrorsDeathTest, WithAnUnlistedCodeStopTheProcess) {
  EXPECT_DEATH((void)InfoOf(static_cast<Errc>(1)), "invariant broken");
  EXPECT_DEATH((void)InfoOf(static_cast<Errc>(65535)), "invariant broken");
}

TEST(Error, KeepsItsDetailShortAndPrintable) {
  EXPECT_EQ(Error(Errc::kIdEmpty, std::string(kMaxErrorDetailBytes, 'x')).detail.size(),
            kMaxErrorDetailBytes);
  EXPECT_EQ(Error(Errc::kIdEmpty, std::string(kMaxErrorDetailBytes + 1, 'x')).detail.size(),
            kMaxErrorDetailBytes);
  EXPECT_EQ(Error(Errc::kIdEmpty, "a\nb\x1b[31m\x7f\xc3\xa9~ ").detail, "a?b?[31m???~ ");
  EXPECT_EQ(Error(Errc::kIdEmpty, std::string("a\0b", 3)).detail, "a?b");
}

TEST(Error, NamesTheRuleOfTheListUnlessAStepIsGiven) {
  EXPECT_EQ(Error(Errc::kIdTooLong).rule(), "ID-3");
  const Error at = Error(Errc::kIdTooLong, "d").At("WIT-12.b");
  EXPECT_EQ(at.rule(), "WIT-12.b");
  EXPECT_EQ(at.code, Errc::kIdTooLong);
  EXPECT_EQ(at.detail, "d");
  EXPECT_EQ(at.name(), "id.too_long");
}

Result<int> Half(int value) {
  if (value % 2 != 0) return Refuse(Errc::kUsageBadMember, "odd");
  return value / 2;
}

Result<int> Quarter(int value) {
  SIGNET_TRY_ASSIGN(const int half, Half(value));
  SIGNET_TRY(Half(half));
  return half / 2;
}

TEST(Result, PassesErrorsUpUnchanged) {
  EXPECT_EQ(Quarter(8).value(), 2);
  for (const int value : {6, 3}) {
    const Result<int> got = Quarter(value);
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code, Errc::kUsageBadMember);
    EXPECT_EQ(got.error().detail, "odd");
  }
}

TEST(Result, CarriesTheStepItWasRefusedAt) {
  const Result<int> got = RefuseAt("WPT-5.2", Errc::kJsonMalformed);
  EXPECT_EQ(got.error().rule(), "WPT-5.2");
}

TEST(ResultDeathTest, ReadingTheAbsentSideStopsTheProcess) {
  const Result<int> bad = Half(1);
  EXPECT_DEATH((void)(*bad + 1), "has_value|_M_has_value");
}

TEST(CheckDeathTest, NamesTheBrokenInvariant) {
  SIGNET_CHECK(1 + 1 == 2);
  EXPECT_DEATH(SIGNET_CHECK(1 + 1 == 3), "invariant broken at .*error_test.cc:.*1 \\+ 1 == 3");
}

}  // namespace
}  // namespace signet
