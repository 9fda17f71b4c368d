// The frame of `signet check`: what is a usage error and what a line looks like. The operations
// themselves are tested by the vectors of tests/vectors.
#include "app/check/check.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/private_key.h"

namespace signet::app {
namespace {

using nlohmann::json;

json RunLine(std::string_view line, bool* usage = nullptr) {
  crypto::SystemRandom random;
  Checker checker(random);
  const std::string out = checker.Run(line);
  if (usage != nullptr) *usage = checker.saw_usage_error();
  return json::parse(out);
}

struct UsageCase {
  const char* name;
  std::string line;
  std::string code;
};

class CheckUsage : public testing::TestWithParam<UsageCase> {};

TEST_P(CheckUsage, IsNamed) {
  bool usage = false;
  const json out = RunLine(GetParam().line, &usage);
  EXPECT_TRUE(usage);
  EXPECT_EQ(out["ok"], false);
  EXPECT_EQ(out["code"], GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, CheckUsage,
    testing::ValuesIn(std::vector<UsageCase>{
        {"NotJson", "{", "usage.not_json"},
        {"NotAnObject", "[1]", "usage.not_json"},
        {"TwoValues", "{} {}", "usage.not_json"},
        {"NameTwice", R"({"case":1,"case":2,"op":"id.parse","id":"x"})", "usage.not_json"},
        {"NotUtf8", "{\"case\":\"\xff\"}", "usage.not_json"},
        {"NoCase", R"({"op":"id.parse","id":"wimse://a/b"})", "usage.missing_member"},
        {"NoOp", R"({"case":1})", "usage.missing_member"},
        {"OpIsNumber", R"({"case":1,"op":7})", "usage.bad_member"},
        {"UnknownOp", R"({"case":1,"op":"id.repair","id":"x"})", "usage.unknown_op"},
        {"OpInAnotherCase", R"({"case":1,"op":"ID.parse","id":"x"})", "usage.unknown_op"},
        {"MissingMember", R"({"case":1,"op":"id.parse"})", "usage.missing_member"},
        {"UnknownMember", R"({"case":1,"op":"id.parse","id":"wimse://a/b","x":1})",
         "usage.unknown_member"},
        {"WrongType", R"({"case":1,"op":"id.parse","id":7})", "usage.bad_member"},
    }),
    [](const auto& p) { return std::string(p.param.name); });

TEST(Check, AnswersWithEveryMemberAndTheCaseAsGiven) {
  bool usage = true;
  const json out =
      RunLine(R"({"case":["a",1.50],"op":"id.parse","id":"wimse://a.example/b"})", &usage);
  EXPECT_FALSE(usage);
  EXPECT_EQ(out["case"], json::parse(R"(["a",1.5])"));
  EXPECT_EQ(out["ok"], true);
  EXPECT_TRUE(out["code"].is_null());
  EXPECT_TRUE(out["rule"].is_null());
  EXPECT_EQ(out["detail"], "");
  EXPECT_EQ(out["result"], json::parse(R"({"scheme":"wimse","trust_domain":"a.example","path":"/b",
                                           "origin":"wimse://a.example"})"));
}

TEST(Check, RefusalIsNoUsageErrorAndNamesItsRule) {
  bool usage = true;
  const json out = RunLine(R"({"case":"x","op":"id.parse","id":"wimse://a.example/b/"})", &usage);
  EXPECT_FALSE(usage);
  EXPECT_EQ(out["ok"], false);
  EXPECT_EQ(out["code"], "id.path_trailing_slash");
  EXPECT_EQ(out["rule"], "ID-6");
}

}  // namespace
}  // namespace signet::app
