// Timer: something to do on a loop after a while, that can be called off.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "platform/runtime/loops.h"

namespace signet::runtime {

// Everything on the thread of its loop, the destructor too.
class Timer {
 public:
  // `loops` outlives the timer.
  Timer(Loops& loops, std::size_t loop);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();  // Cancel()

  // Runs `task` once, not before `delay` has passed, never from inside the call. Replaces what was
  // armed before: that will not run any more, even if its time has come already.
  void Arm(std::chrono::milliseconds delay, Task task);
  // The task is destroyed without being run.
  void Cancel();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::runtime
