#include "protocol/verify/decision.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signet::verify {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Decision Denied(Errc code, int status, bool challenge) {
  Decision out;
  out.error = Error(code, "for the operator only");
  out.http_status = status;
  out.challenge_wpt = challenge;
  return out;
}

TEST(Decision, DeniesByDefault) {
  EXPECT_EQ(Decision{}.verdict, Verdict::kDeny);
  EXPECT_FALSE(Decision{}.allowed());
  EXPECT_EQ(Decision{}.http_status, 500);
}

TEST(Decision, OnlyAllowAllows) {
  Decision decision;
  decision.verdict = Verdict::kUnavailable;
  EXPECT_FALSE(decision.allowed());
  decision.verdict = Verdict::kAllow;
  EXPECT_TRUE(decision.allowed());
}

TEST(Names, AreThoseOfTheAuditRecord) {
  EXPECT_EQ(NameOf(Verdict::kAllow), "allow");
  EXPECT_EQ(NameOf(Verdict::kDeny), "deny");
  EXPECT_EQ(NameOf(Verdict::kUnavailable), "unavailable");
  EXPECT_EQ(NameOf(Binding::kWpt), "wpt");
  EXPECT_EQ(NameOf(Binding::kHttpSignature), "http-signature");
  EXPECT_EQ(NameOf(Binding::kMutualTls), "mtls");
}

TEST(Names, OfNothingAreNothing) {
  EXPECT_EQ(NameOf(static_cast<Binding>(99)), "");
  EXPECT_EQ(NameOf(static_cast<Verdict>(99)), "deny");
}

TEST(BindingSet, HoldsWhatWasPutIn) {
  constexpr BindingSet set{Binding::kWpt, Binding::kMutualTls};
  static_assert(set.Has(Binding::kWpt) && set.Has(Binding::kMutualTls));
  static_assert(!set.Has(Binding::kHttpSignature));
  static_assert(BindingSet().empty() && !set.empty());
}

TEST(Refusal, ChallengesWithoutParameters) {  // WPT-8
  const Refusal got = RefusalOf(Denied(Errc::kWptMissing, 401, true));
  EXPECT_EQ(got.status, 401);
  EXPECT_EQ(got.fields, (Fields{{"Content-Type", "application/problem+json"},
                                {"Cache-Control", "no-store"},
                                {"WWW-Authenticate", "WPT"}}));
}

TEST(Refusal, ListsEveryAcceptedScheme) {  // WPT-8
  const Refusal both = RefusalOf(Denied(Errc::kWptMissing, 401, true), {"Negotiate", "Basic"});
  EXPECT_THAT(both.fields, ::testing::IsSupersetOf(Fields{{"WWW-Authenticate", "WPT"},
                                                          {"WWW-Authenticate", "Negotiate"},
                                                          {"WWW-Authenticate", "Basic"}}));
  const Refusal other = RefusalOf(Denied(Errc::kWptMissing, 401, false), {"Negotiate"});
  EXPECT_EQ(other.fields.size(), 3U);
  EXPECT_EQ(other.fields.back(),
            (std::pair<std::string, std::string>("WWW-Authenticate", "Negotiate")));
}

TEST(Refusal, ChallengesOnlyWith401) {  // WIT-9, WPT-8
  for (const int status : {400, 403, 413, 500}) {
    const Refusal got = RefusalOf(Denied(Errc::kWitExpired, status, true), {"Basic"});
    EXPECT_EQ(got.status, status);
    EXPECT_EQ(got.fields.size(), 2U) << status;
  }
}

TEST(Refusal, SaysWhenToComeBackWith503) {  // RPL-2
  const Refusal got = RefusalOf(Denied(Errc::kReplayFull, 503, false));
  EXPECT_EQ(got.fields.back(), (std::pair<std::string, std::string>("Retry-After", "1")));
}

TEST(Refusal, TellsThePeerTheCodeAndNotTheDetail) {  // WIT-9, WPT-8, WPT-11
  const Refusal got = RefusalOf(Denied(Errc::kWptReplayed, 401, true));
  EXPECT_EQ(got.body, R"({"type":"urn:signet:problem:wpt.replayed",)"
                      R"("title":"The proof has been used before.","status":401,)"
                      R"("code":"wpt.replayed","rule":"WPT-5.9"})");
}

TEST(Refusal, NamesTheStepThatRefused) {
  Decision decision = Denied(Errc::kJoseCharacter, 400, false);
  decision.error = Error(Errc::kJoseCharacter).At("WIT-12.a");
  EXPECT_NE(RefusalOf(decision).body.find(R"("rule":"WIT-12.a")"), std::string::npos);
}

using RefusalDeathTest = ::testing::Test;
TEST_F(RefusalDeathTest, OfAnAllowedRequestStopsTheProcess) {
  Decision allowed;
  allowed.verdict = Verdict::kAllow;
  EXPECT_DEATH((void)RefusalOf(allowed), "");
}

}  // namespace
}  // namespace signet::verify
