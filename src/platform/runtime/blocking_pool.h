// BlockingPool: a few threads for work that would hold up a loop: fsync, RSA key generation, the
// database.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace signet::runtime {

class BlockingPool {
 public:
  // At least one thread. The queue holds at most `max_queued` tasks beside those that run.
  BlockingPool(std::size_t threads, std::size_t max_queued);
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();  // Stop()

  // From any thread. False if the queue is full or the pool stops: the caller answers
  // "unavailable", it never waits.
  [[nodiscard]] bool Submit(std::move_only_function<void()> task);

  // Takes no new tasks, runs what is queued, joins. Never from one of its own tasks.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::runtime
