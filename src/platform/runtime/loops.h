// Loops: N threads, each running one event loop.
//
// A connection lives and dies on one loop, so what it owns needs no lock. Loops share immutable
// snapshots only: whoever replaces one posts the new shared_ptr to each loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/result.h"

namespace boost::asio {
class io_context;
}

namespace signet::runtime {

using Task = std::move_only_function<void()>;

inline constexpr std::size_t kMaxLoops = 256;

class Loops {
 public:
  // Starts `count` threads, named "<name>-<index>". Errors: kIoOpen (count is 0 or over kMaxLoops,
  // or a thread cannot be started)
  [[nodiscard]] static Result<std::unique_ptr<Loops>> Start(std::size_t count,
                                                            std::string name = "loop");

  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;
  ~Loops();  // Stop() and Join()

  [[nodiscard]] std::size_t size() const;

  // Runs `task` on loop `index`, after what was posted there before. From any thread. After Stop()
  // the task may be destroyed without being run. A task that throws stops the process.
  void Post(std::size_t index, Task task);

  // The same, not before `delay` has passed.
  void PostAfter(std::size_t index, std::chrono::milliseconds delay, Task task);

  // Posts `task` and waits until it has run. Never from a loop. False if the loops stop before.
  [[nodiscard]] bool PostAndWait(std::size_t index, Task task);

  // The loop that runs the calling thread, or size() if none of these does.
  [[nodiscard]] std::size_t Current() const;

  void Stop();  // from any thread, also from a loop; returns at once
  void Join();  // waits for the threads; never from a loop

  // For files of the platform that include Asio.
  [[nodiscard]] boost::asio::io_context& ContextOf(std::size_t index);

 private:
  struct Impl;
  explicit Loops(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::runtime
