#include "platform/runtime/loops.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <set>
#include <signal.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"

#include "platform/runtime/blocking_pool.h"
#include "platform/runtime/clock.h"
#include "platform/runtime/signals.h"
#include "tests/support/manual_clock.h"

namespace signet::runtime {
namespace {

TEST(Loops, RunEachTaskOnItsOwnThreadInOrder) {
  auto loops = Loops::Start(3);
  ASSERT_TRUE(loops);
  std::vector<std::vector<int>> seen(3);  // each written by one loop only
  std::vector<std::thread::id> ids(3);
  for (int n = 0; n < 50; ++n) {
    for (std::size_t i = 0; i < 3; ++i) {
      (*loops)->Post(i, [&, i, n] {
        EXPECT_EQ((*loops)->Current(), i);
        ids[i] = std::this_thread::get_id();
        seen[i].push_back(n);
      });
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    std::promise<void> done;
    (*loops)->Post(i, [&] { done.set_value(); });
    done.get_future().wait();
  }
  EXPECT_EQ((*loops)->Current(), 3U);
  EXPECT_EQ(std::set<std::thread::id>(ids.begin(), ids.end()).size(), 3U);
  for (const auto& values : seen) {
    ASSERT_EQ(values.size(), 50U);
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
  }
}

TEST(Loops, PostAfterKeepsTheOrderOfDeadlines) {
  auto loops = Loops::Start(1);
  ASSERT_TRUE(loops);
  std::vector<int> order;
  std::promise<void> done;
  (*loops)->Post(0, [&] {
    (*loops)->PostAfter(0, std::chrono::milliseconds(20), [&] {
      order.push_back(2);
      done.set_value();
    });
    (*loops)->PostAfter(0, std::chrono::milliseconds(1), [&] { order.push_back(1); });
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Loops, StopFromALoopAndDestroyWithTasksPending) {
  auto loops = Loops::Start(2);
  ASSERT_TRUE(loops);
  const auto owned = std::make_shared<int>(1);
  (*loops)->PostAfter(1, std::chrono::hours(1), [owned] { FAIL(); });
  (*loops)->Post(0, [&] { (*loops)->Stop(); });
  (*loops)->Join();
  loops->reset();
  EXPECT_EQ(owned.use_count(), 1);
}

TEST(Loops, RefusesSillyCounts) {
  EXPECT_EQ(Loops::Start(0).error().code, Errc::kIoOpen);
  EXPECT_EQ(Loops::Start(kMaxLoops + 1).error().code, Errc::kIoOpen);
}

TEST(BlockingPool, RunsWhatWasTakenAndRefusesBeyondItsQueue) {
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::promise<void> started;
  std::atomic<int> ran = 0;
  BlockingPool pool(1, 2);
  ASSERT_TRUE(pool.Submit([&, open] {
    started.set_value();
    open.wait();
    ++ran;
  }));
  started.get_future().wait();  // the one thread is busy, the queue empty
  EXPECT_TRUE(pool.Submit([&] { ++ran; }));
  EXPECT_TRUE(pool.Submit([&] { ++ran; }));
  EXPECT_FALSE(pool.Submit([&] { ++ran; }));
  gate.set_value();
  pool.Stop();
  EXPECT_EQ(ran, 3);
  EXPECT_FALSE(pool.Submit([&] { ++ran; }));
}

TEST(SignalWatcher, TurnsSignalsIntoCallsAndSurvivesSigpipe) {
  std::promise<int> got;
  {
    auto watcher = SignalWatcher::Start([&](int signal) { got.set_value(signal); });
    ASSERT_TRUE(watcher);
    ::kill(::getpid(), SIGTERM);
    EXPECT_EQ(got.get_future().get(), SIGTERM);
    ::raise(SIGPIPE);
  }
  auto again = SignalWatcher::Start([](int) {});
  EXPECT_TRUE(again);
}

TEST(SystemClock, AgreesWithTheMachine) {
  const SystemClock clock;
  const WallTime before = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  EXPECT_GE(clock.Now(), before);
  EXPECT_LE(clock.Now(), before + seconds(60));
  const SteadyTime first = clock.Steady();
  EXPECT_GE(clock.Steady(), first);
}

TEST(ManualClock, StandsStillUntilMoved) {
  test::ManualClock clock(WallTime{seconds{100}});
  const SteadyTime steady = clock.Steady();
  EXPECT_EQ(ToNumericDate(clock.Now()), 100);
  clock.Advance(seconds(5));
  clock.StepWall(seconds(-50));
  EXPECT_EQ(ToNumericDate(clock.Now()), 55);
  EXPECT_EQ(clock.Steady() - steady, seconds(5));
}

}  // namespace
}  // namespace signet::runtime
