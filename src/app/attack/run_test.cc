#include "app/attack/run.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "app/attack/report.h"
#include "tests/support/attack_listener.h"

namespace signet::app::attack {
namespace {

using verify::Binding;
using verify::BindingSet;

constexpr Connectivity kTls{.tls = true};

Attack Named(std::string_view name) {
  const std::vector<std::string> names{std::string(name)};
  return SelectAttacks(names)->at(0);
}

http1::ClientResponse Answer(int status) { return {.status = status, .headers = {}, .body = {}}; }

TEST(GoodCalls, FindOutWhatTheListenerTakes) {
  for (const BindingSet accept : {BindingSet{Binding::kWpt}, BindingSet{Binding::kHttpSignature},
                                  BindingSet{Binding::kWpt, Binding::kHttpSignature}}) {
    testing::Listener listener(accept);
    listener.loot.accept = {};
    ASSERT_TRUE(
        signet::testing::Accepted(MakeGoodCalls(listener.loot, {}, kTls, listener.Sender())));
    EXPECT_EQ(listener.loot.accept, accept);
    EXPECT_EQ(listener.loot.captured_wpt.has_value(), accept.Has(Binding::kWpt));
    EXPECT_EQ(listener.loot.captured_signature.has_value(), accept.Has(Binding::kHttpSignature));
    // And still serves whom it should.
    EXPECT_EQ(MakeGoodCall(listener.loot, listener.Sender())->status, 201);
  }
}

// The refusals of a listener that serves nobody prove nothing.
TEST(GoodCalls, FailWithoutAListenerThatServes) {
  testing::Listener listener({Binding::kWpt});
  listener.loot.accept = {};
  const SendFunction deaf = [](const Message&, Via) -> Result<http1::ClientResponse> {
    return Refuse(Errc::kIoConnect, "nobody there");
  };
  EXPECT_EQ(MakeGoodCalls(listener.loot, {}, kTls, deaf).error().code, Errc::kIoConnect);
  const SendFunction broken = [](const Message&, Via) { return Answer(500); };
  EXPECT_EQ(MakeGoodCalls(listener.loot, {}, kTls, broken).error().code, Errc::kIoRead);
  // One that was asked for and is not served.
  EXPECT_EQ(
      MakeGoodCalls(listener.loot, {Binding::kHttpSignature}, kTls, listener.Sender()).error().code,
      Errc::kWptMissing);
  EXPECT_EQ(
      MakeGoodCalls(listener.loot, {Binding::kMutualTls}, kTls, listener.Sender()).error().code,
      Errc::kUsageOption);
}

TEST(Attempt, IsAsExpectedOnlyWithStatusCodeAndRule) {
  testing::Listener listener({Binding::kWpt});
  const Outcome good = TryAttack(Named("replay"), listener.loot, kTls, listener.Sender(), {});
  EXPECT_TRUE(good.as_expected);
  EXPECT_FALSE(good.accepted);
  EXPECT_EQ(good.got, RefusedWith(401, Errc::kWptReplayed));

  // Refused, and not for the reason that the attack is about.
  const SendFunction other = [](const Message&, Via) { return Answer(401); };
  const Outcome wrong = TryAttack(Named("replay"), listener.loot, kTls, other, {});
  EXPECT_FALSE(wrong.as_expected);
  EXPECT_TRUE(
      TryAttack(Named("replay"), listener.loot, kTls, other, {.any_code = true}).as_expected);
}

TEST(Attempt, ThatIsAnsweredWithoutRefusalHasSucceeded) {
  testing::Listener listener({Binding::kWpt});
  for (const int status : {200, 201, 302}) {
    const SendFunction lax = [&](const Message&, Via) { return Answer(status); };
    for (const bool any_code : {false, true}) {
      const Outcome outcome =
          TryAttack(Named("replay"), listener.loot, kTls, lax, {.any_code = any_code});
      EXPECT_TRUE(outcome.accepted) << status;
      EXPECT_FALSE(outcome.as_expected) << status;
    }
  }
  // A failure of the server is no refusal either.
  const SendFunction failing = [](const Message&, Via) { return Answer(500); };
  EXPECT_FALSE(
      TryAttack(Named("replay"), listener.loot, kTls, failing, {.any_code = true}).as_expected);
  const SendFunction gone = [](const Message&, Via) -> Result<http1::ClientResponse> {
    return Refuse(Errc::kIoClosed, "no answer");
  };
  EXPECT_FALSE(
      TryAttack(Named("replay"), listener.loot, kTls, gone, {.any_code = true}).as_expected);
}

TEST(Attempt, OnTheConnectionWantsNoAnswer) {
  testing::Listener listener({Binding::kWpt});
  const SendFunction closed = [](const Message&, Via via) -> Result<http1::ClientResponse> {
    EXPECT_EQ(via, Via::kPlainHttp);
    return Refuse(Errc::kIoClosed, "closed");
  };
  EXPECT_TRUE(TryAttack(Named("plain-http"), listener.loot, kTls, closed, {}).as_expected);
  const SendFunction served = [](const Message&, Via) { return Answer(400); };
  EXPECT_FALSE(TryAttack(Named("plain-http"), listener.loot, kTls, served, {}).as_expected);
  EXPECT_TRUE(
      TryAttack(Named("plain-http"), listener.loot, kTls, served, {.any_code = true}).as_expected);
}

TEST(Attempt, ThatCannotBeMadeIsSkippedWithTheReason) {
  testing::Listener listener({Binding::kWpt});
  listener.loot.other.reset();
  listener.loot.look_alike.reset();
  listener.loot.issuer_spki.reset();
  listener.loot.captured_wpt.reset();
  const SendFunction never = [](const Message&, Via) -> Result<http1::ClientResponse> {
    ADD_FAILURE() << "sent";
    return Refuse(Errc::kIoClosed, "");
  };
  for (const auto& [name, reason] : std::initializer_list<std::pair<const char*, const char*>>{
           {"not-on-the-list", "--other-key"},
           {"look-alike", "--other-key"},
           {"wit-hmac-public-key", "--issuer-key"},
           {"sig-replay", "takes no HTTP signature"},
           {"mtls-self-signed", "--client-cert"},
           {"replay", "no call was captured"}}) {
    const Outcome outcome = TryAttack(Named(name), listener.loot, kTls, never, {});
    EXPECT_THAT(outcome.skipped, ::testing::HasSubstr(reason)) << name;
    EXPECT_FALSE(outcome.as_expected) << name;
  }
}

TEST(AttackReport, IsGoodOnlyIfSomethingWasTriedAndAllWasRefused) {
  Report report;
  EXPECT_FALSE(report.good());  // nothing was tried
  report.outcomes.push_back(
      {.attack = Named("replay"), .skipped = "x", .expected = {}, .got = {}, .sent = {}});
  EXPECT_FALSE(report.good());  // what was skipped has not passed
  report.outcomes.push_back({.attack = Named("replay"),
                             .skipped = {},
                             .expected = {},
                             .got = {},
                             .sent = {},
                             .as_expected = true});
  EXPECT_TRUE(report.good());
  report.side_effects = 1;
  EXPECT_FALSE(report.good());
  report.side_effects = 0;
  EXPECT_TRUE(report.good());
  report.outcomes.push_back(report.outcomes.back());
  report.outcomes.back().as_expected = false;
  EXPECT_FALSE(report.good());
  const auto json = ReportJson(report);
  EXPECT_EQ(json.at("ok"), false);
  EXPECT_EQ(json.at("attacks_tried"), 2);
  EXPECT_EQ(json.at("attacks_refused"), 1);
  EXPECT_EQ(json.at("attacks").at(0).at("skipped"), "x");
  EXPECT_TRUE(json.at("attacks").at(0).at("got").is_null());
}

// WPT-11
TEST(AttackReport, ShowsNoToken) {
  testing::Listener listener({Binding::kWpt, Binding::kHttpSignature});
  for (const Attack& attack : AllAttacks()) {
    const Result<Message> message = attack.make(listener.loot);
    ASSERT_TRUE(signet::testing::Accepted(message)) << attack.name;
    EXPECT_THAT(ShortText(*message),
                ::testing::Not(::testing::ContainsRegex("eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.]")))
        << attack.name;
  }
}

}  // namespace
}  // namespace signet::app::attack
