#include "platform/http2/flood_guard.h"

#include "gtest/gtest.h"

namespace signet::http2 {
namespace {

using std::chrono::milliseconds;
constexpr SteadyTime kStart{std::chrono::hours{5}};

TEST(FloodGuard, LetsABurstThroughAndNoMore) {
  FloodGuard guard(3, 0, kStart);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(guard.Take(kStart));
  EXPECT_FALSE(guard.Take(kStart));
  EXPECT_FALSE(guard.Take(kStart + std::chrono::hours{100}));
}

TEST(FloodGuard, TimeGivesTokensBackAtItsRate) {
  FloodGuard guard(10, 4, kStart);  // one in 250 ms
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(guard.Take(kStart));
  EXPECT_FALSE(guard.Take(kStart + milliseconds{249}));
  EXPECT_TRUE(guard.Take(kStart + milliseconds{250}));
  EXPECT_FALSE(guard.Take(kStart + milliseconds{499}));
  EXPECT_TRUE(guard.Take(kStart + milliseconds{500}));
  // However often it is asked, it gives the same.
  for (int ms = 501; ms < 750; ++ms) EXPECT_FALSE(guard.Take(kStart + milliseconds{ms}));
  EXPECT_TRUE(guard.Take(kStart + milliseconds{750}));
}

TEST(FloodGuard, NeverHoldsMoreThanABurst) {
  FloodGuard guard(2, 1'000'000, kStart);
  guard.Earn(4'000'000'000U);
  const SteadyTime later = kStart + std::chrono::hours{24 * 365 * 100};
  EXPECT_TRUE(guard.Take(later));
  EXPECT_TRUE(guard.Take(later));
  EXPECT_FALSE(guard.Take(later));
}

TEST(FloodGuard, WhatWeSendEarnsAnswers) {
  FloodGuard guard(5, 0, kStart);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(guard.Take(kStart));
  guard.Earn(2);
  EXPECT_TRUE(guard.Take(kStart));
  EXPECT_TRUE(guard.Take(kStart));
  EXPECT_FALSE(guard.Take(kStart));
}

TEST(FloodGuard, AClockThatGoesBackGivesNothing) {
  FloodGuard guard(1, 1000, kStart);
  EXPECT_TRUE(guard.Take(kStart));
  EXPECT_FALSE(guard.Take(kStart - milliseconds{500}));
}

}  // namespace
}  // namespace signet::http2
