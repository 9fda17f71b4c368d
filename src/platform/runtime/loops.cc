#include "platform/runtime/loops.h"

#include <future>
#include <optional>
#include <pthread.h>
#include <system_error>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "protocol/base/check.h"

namespace signet::runtime {
namespace {

namespace asio = boost::asio;

// One thread runs it, so Asio needs no lock around the handlers' own state.
struct Loop {
  asio::io_context context{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
      asio::make_work_guard(context)};
  std::thread thread;
};

}  // namespace

struct Loops::Impl {
  std::vector<std::unique_ptr<Loop>> loops;
};

Loops::Loops(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Loops>> Loops::Start(std::size_t count, std::string name) {
  if (count == 0 || count > kMaxLoops) return Refuse(Errc::kIoOpen, "count of loops out of range");
  auto impl = std::make_unique<Impl>();
  for (std::size_t i = 0; i < count; ++i) impl->loops.push_back(std::make_unique<Loop>());
  std::unique_ptr<Loops> out(new Loops(std::move(impl)));
  for (std::size_t i = 0; i < count; ++i) {
    Loop* const loop = out->impl_->loops[i].get();
    try {
      loop->thread = std::thread([loop] { loop->context.run(); });
    } catch (const std::system_error&) {
      return Refuse(Errc::kIoOpen, "cannot start a thread");
    }
    // The kernel keeps 15 characters.
    pthread_setname_np(loop->thread.native_handle(),
                       (name + "-" + std::to_string(i)).substr(0, 15).c_str());
  }
  return out;
}

Loops::~Loops() {
  Stop();
  Join();
}

std::size_t Loops::size() const { return impl_->loops.size(); }

void Loops::Post(std::size_t index, Task task) {
  SIGNET_CHECK(index < size());
  asio::post(impl_->loops[index]->context, std::move(task));
}

void Loops::PostAfter(std::size_t index, std::chrono::milliseconds delay, Task task) {
  SIGNET_CHECK(index < size());
  auto timer = std::make_unique<asio::steady_timer>(impl_->loops[index]->context, delay);
  asio::steady_timer& armed = *timer;
  armed.async_wait([timer = std::move(timer),
                    task = std::move(task)](const boost::system::error_code& error) mutable {
    if (!error) task();
  });
}

bool Loops::PostAndWait(std::size_t index, Task task) {
  SIGNET_CHECK(Current() == size());
  std::promise<void> done;
  std::future<void> ran = done.get_future();
  Post(index, [task = std::move(task), done = std::move(done)]() mutable {
    task();
    done.set_value();
  });
  // A stopped loop keeps the task without running it, so the future alone would wait for ever.
  constexpr std::chrono::milliseconds kCheckStopped{20};
  while (ran.wait_for(kCheckStopped) != std::future_status::ready) {
    if (impl_->loops[index]->context.stopped()) return false;
  }
  return true;
}

std::size_t Loops::Current() const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (impl_->loops[i]->thread.get_id() == std::this_thread::get_id()) return i;
  }
  return size();
}

void Loops::Stop() {
  for (const auto& loop : impl_->loops) loop->context.stop();
}

void Loops::Join() {
  SIGNET_CHECK(Current() == size());
  for (const auto& loop : impl_->loops) {
    if (loop->thread.joinable()) loop->thread.join();
  }
}

boost::asio::io_context& Loops::ContextOf(std::size_t index) {
  SIGNET_CHECK(index < size());
  return impl_->loops[index]->context;
}

}  // namespace signet::runtime
