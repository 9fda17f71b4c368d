#include "protocol/http/problem.h"

#include "gtest/gtest.h"

#include "protocol/codec/json.h"

namespace signet::http {
namespace {

TEST(ProblemJson, HasTheDocumentedMembers) {  // RFC 9457 section 3
  EXPECT_EQ(
      ProblemJson(Error(Errc::kWptReplayed), 401),
      R"({"type":"urn:signet:problem:wpt.replayed","title":"The proof has been used before.",)"
      R"("status":401,"code":"wpt.replayed","rule":"WPT-5.9"})");
}

TEST(ProblemJson, NamesTheStepThatRefused) {
  const std::string got = ProblemJson(Error(Errc::kJsonMalformed).At("WIT-12.a"), 400);
  EXPECT_NE(got.find(R"("rule":"WIT-12.a")"), std::string::npos);
}

TEST(ProblemJson, LeavesOutTheRuleWhereThereIsNone) {
  EXPECT_EQ(ProblemJson(Error(Errc::kHttpNotFound), 404).find("rule"), std::string::npos);
}

TEST(ProblemJson, NeverHoldsTheDetail) {
  const std::string got = ProblemJson(Error(Errc::kIoOpen, "secret-path"), 500);
  EXPECT_EQ(got.find("secret"), std::string::npos);
}

TEST(ProblemJson, IsJsonForEveryError) {
  codec::JsonDocument doc;
  for (const ErrorInfo& info : AllErrors()) {
    ASSERT_TRUE(doc.Parse(ProblemJson(Error(info.code), info.http_status)).has_value());
    const codec::JsonValue root = doc.root();
    EXPECT_EQ(root.Find("code")->AsString(), info.name);
    EXPECT_EQ(root.Find("title")->AsString(), info.text);
    EXPECT_EQ(root.Find("status")->AsInteger(), info.http_status);
    EXPECT_EQ(root.Find("type")->AsString(), "urn:signet:problem:" + std::string(info.name));
  }
}

}  // namespace
}  // namespace signet::http
