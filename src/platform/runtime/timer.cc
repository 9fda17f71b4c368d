#include "platform/runtime/timer.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace signet::runtime {

struct Timer::Impl {
  explicit Impl(boost::asio::io_context& context) : timer(context) {}
  boost::asio::steady_timer timer;
  Task task;
  std::uint64_t armed = 0;  // which Arm the task is of
};

Timer::Timer(Loops& loops, std::size_t loop)
    : impl_(std::make_shared<Impl>(loops.ContextOf(loop))) {}

Timer::~Timer() { Cancel(); }

void Timer::Arm(std::chrono::milliseconds delay, Task task) {
  impl_->task = std::move(task);
  const std::uint64_t armed = ++impl_->armed;
  impl_->timer.expires_after(delay);
  // Weak: a timer that is gone has nothing to run. The number: its handler may be on the way
  // already when it is armed anew.
  impl_->timer.async_wait(
      [weak = std::weak_ptr<Impl>(impl_), armed](const boost::system::error_code& error) {
        const std::shared_ptr<Impl> self = weak.lock();
        if (error || self == nullptr || self->armed != armed || !self->task) return;
        // Out of the timer first: the task may arm it again, or destroy it.
        Task due = std::move(self->task);
        self->task = nullptr;
        due();
      });
}

void Timer::Cancel() {
  ++impl_->armed;
  impl_->task = nullptr;
  impl_->timer.cancel();
}

}  // namespace signet::runtime
