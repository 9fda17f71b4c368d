#include "app/demo/report.h"

#include "gtest/gtest.h"

namespace signet::app::demo {
namespace {

AttackOutcome Good() {
  return {.hop = "edge -> orders",
          .group = "proofs",
          .name = "replay",
          .what = "a captured call, sent again",
          .expected = attack::RefusedWith(401, Errc::kWptReplayed),
          .got = {.status = 401, .code = "wpt.replayed", .rule = "WPT-5.9"}};
}

TEST(DemoVerdict, IsGoodOnlyIfAllIsExactlyAsExpected) {
  Findings good;
  good.attacks = {Good(), Good()};
  good.hops.resize(2);
  EXPECT_TRUE(AllAsExpected(good));
  EXPECT_FALSE(AllAsExpected(Findings{}));  // nothing was tried

  for (int what = 0; what < 6; ++what) {
    Findings bad = good;
    if (what == 0) bad.attacks[1].got.status = 400;
    if (what == 1) bad.attacks[1].got.code = "wpt.expired";
    if (what == 2) bad.attacks[1].got.rule = "WPT-5.7";
    if (what == 3) bad.attacks[1].side_effect = true;
    if (what == 4) bad.hops[1].side_effects = 1;
    // Nor does one service make up for the other.
    if (what == 5) bad.hops[0].side_effects = -1, bad.hops[1].side_effects = 1;
    EXPECT_FALSE(AllAsExpected(bad)) << what;
    EXPECT_FALSE(ReportJson(bad).at("ok").get<bool>());
  }
}

TEST(DecisionTimes, AreMeanAndNinetyNinthPercentile) {
  std::vector<double> times;
  for (int i = 200; i >= 1; --i) times.push_back(i);
  EXPECT_DOUBLE_EQ(TimesOf(times).mean_us, 100.5);
  EXPECT_DOUBLE_EQ(TimesOf(times).p99_us, 198);
  EXPECT_DOUBLE_EQ(TimesOf({7}).p99_us, 7);
  EXPECT_DOUBLE_EQ(TimesOf({}).mean_us, 0);
}

}  // namespace
}  // namespace signet::app::demo
