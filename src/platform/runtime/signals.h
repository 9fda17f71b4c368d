// Signals: SIGINT and SIGTERM become a callback; SIGPIPE is ignored.
#pragma once

#include <functional>
#include <memory>

#include "protocol/base/result.h"

namespace signet::runtime {

class SignalWatcher {
 public:
  // Make it first thing in main, before any thread: the signals are blocked in the calling thread,
  // and threads inherit that. `on_signal` is called on the watcher's own thread, once for each
  // signal. Errors: kIoOpen
  [[nodiscard]] static Result<std::unique_ptr<SignalWatcher>> Start(
      std::function<void(int signal)> on_signal);

  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  ~SignalWatcher();  // ends the thread and restores the signal mask of the calling thread

 private:
  struct Impl;
  explicit SignalWatcher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::runtime
