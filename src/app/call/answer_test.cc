#include "app/call/answer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signet::app {
namespace {

http1::ClientResponse Problem(std::string body) {
  return {.status = 401,
          .headers = {{"content-type", "application/problem+json"}},
          .body = std::move(body)};
}

TEST(Answer, NamesCodeRuleAndTheCommandThatExplains) {
  const auto response =
      Problem(R"({"type":"urn:signet:problem:wpt.replayed","title":"Used.","status":401,)"
              R"("code":"wpt.replayed","rule":"WPT-5.9"})");
  const auto problem = ProblemOf(response);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->code, "wpt.replayed");
  EXPECT_EQ(problem->rule, "WPT-5.9");
  const std::string text = RefusalText(response);
  EXPECT_THAT(text, ::testing::HasSubstr("wpt.replayed [WPT-5.9]: Used."));
  EXPECT_THAT(text, ::testing::HasSubstr("signet explain wpt.replayed"));
}

TEST(Answer, TakesTheCodeFromTheTypeWhereThereIsNoMember) {
  EXPECT_EQ(ProblemOf(Problem(R"({"type":"urn:signet:problem:wit.expired"})"))->code,
            "wit.expired");
}

TEST(Answer, IsNoProblemWithoutItsMediaTypeOrAnObject) {
  EXPECT_FALSE(ProblemOf(Problem("[]")).has_value());
  EXPECT_FALSE(ProblemOf(Problem("{")).has_value());
  EXPECT_FALSE(ProblemOf({.status = 401, .headers = {}, .body = "{}"}).has_value());
}

// A server's words never reach the terminal raw.
TEST(Answer, MakesThePeersTextPrintable) {
  const std::string text =
      RefusalText(Problem("{\"code\":\"a\\u001b[31m\",\"title\":\"\\u202e\"}"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
}

TEST(Answer, IsOneJsonObject) {
  const auto json = AnswerJson({.status = 204, .headers = {{"A", "1"}, {"A", "2"}}, .body = ""});
  EXPECT_EQ(json.dump(),
            R"({"ok":true,"status":204,"headers":[["A","1"],["A","2"]],"body":"","problem":null})");
}

}  // namespace
}  // namespace signet::app
