#include "platform/runtime/timer.h"

#include <future>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace signet::runtime {
namespace {

using std::chrono::milliseconds;

class TimerTest : public testing::Test {
 protected:
  void OnLoop(Task task) { ASSERT_TRUE(loops_->PostAndWait(0, std::move(task))); }
  // Waits until everything due within `delay` has run.
  void Wait(milliseconds delay) {
    std::promise<void> done;
    loops_->PostAfter(0, delay, [&] { done.set_value(); });
    done.get_future().wait();
  }
  std::unique_ptr<Loops> loops_ = *Loops::Start(1);
};

TEST_F(TimerTest, RunsOnceOnItsLoopNotBeforeItsTime) {
  std::optional<Timer> timer;
  std::promise<std::chrono::steady_clock::time_point> ran;
  const auto begin = std::chrono::steady_clock::now();
  OnLoop([&] {
    timer.emplace(*loops_, 0);
    timer->Arm(milliseconds{20}, [&] {
      EXPECT_EQ(loops_->Current(), 0U);
      ran.set_value(std::chrono::steady_clock::now());  // a second time would throw
    });
  });
  EXPECT_GE(ran.get_future().get() - begin, milliseconds{20});
  Wait(milliseconds{30});
  OnLoop([&] { timer.reset(); });
}

TEST_F(TimerTest, ArmingAgainReplacesEvenWhatIsDue) {
  std::optional<Timer> timer;
  std::vector<int> ran;
  OnLoop([&] {
    timer.emplace(*loops_, 0);
    timer->Arm(milliseconds{0}, [&] { ran.push_back(1); });
    // The first is due before the loop gets there.
    const auto until = std::chrono::steady_clock::now() + milliseconds{5};
    while (std::chrono::steady_clock::now() < until) {
    }
    timer->Arm(milliseconds{1}, [&] { ran.push_back(2); });
  });
  Wait(milliseconds{20});
  EXPECT_EQ(ran, std::vector<int>{2});
  OnLoop([&] { timer.reset(); });
}

TEST_F(TimerTest, TaskMayArmItAgainOrDestroyIt) {
  std::optional<Timer> timer;
  int runs = 0;
  OnLoop([&] {
    timer.emplace(*loops_, 0);
    timer->Arm(milliseconds{0}, [&] {
      ++runs;
      timer->Arm(milliseconds{0}, [&] {
        ++runs;
        timer.reset();
      });
    });
  });
  Wait(milliseconds{20});
  EXPECT_EQ(runs, 2);
  EXPECT_FALSE(timer.has_value());
}

TEST_F(TimerTest, CancelledOrGoneItDoesNotRunAndLetsGoOfItsTask) {
  const auto held = std::make_shared<int>(0);
  std::optional<Timer> timer;
  OnLoop([&] {
    timer.emplace(*loops_, 0);
    timer->Arm(milliseconds{1}, [held] { ADD_FAILURE(); });
    EXPECT_EQ(held.use_count(), 2);
    timer->Cancel();
    EXPECT_EQ(held.use_count(), 1);
    timer->Arm(milliseconds{1}, [held] { ADD_FAILURE(); });
    timer.reset();
    EXPECT_EQ(held.use_count(), 1);
  });
  Wait(milliseconds{20});
}

}  // namespace
}  // namespace signet::runtime
