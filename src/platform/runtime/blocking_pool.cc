#include "platform/runtime/blocking_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace signet::runtime {

struct BlockingPool::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> queue;
  std::size_t max_queued = 0;
  bool stopping = false;
  std::vector<std::thread> threads;

  void Run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      auto task = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      task();
      task = nullptr;  // what it owns dies outside of the lock
      lock.lock();
    }
  }
};

BlockingPool::BlockingPool(std::size_t threads, std::size_t max_queued)
    : impl_(std::make_unique<Impl>()) {
  impl_->max_queued = max_queued;
  const std::size_t count = threads == 0 ? 1 : threads;
  for (std::size_t i = 0; i < count; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->Run(); });
  }
}

BlockingPool::~BlockingPool() { Stop(); }

bool BlockingPool::Submit(std::move_only_function<void()> task) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->queue.size() >= impl_->max_queued) return false;
    impl_->queue.push_back(std::move(task));
  }
  impl_->wake.notify_one();
  return true;
}

void BlockingPool::Stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (auto& thread : impl_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace signet::runtime
