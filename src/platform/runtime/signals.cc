#include "platform/runtime/signals.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <thread>
#include <unistd.h>

#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include "platform/runtime/fd.h"

namespace signet::runtime {

// A signalfd instead of a handler: the callback may do anything, and nothing global is needed.
struct SignalWatcher::Impl {
  Fd signals;
  Fd stop;
  sigset_t previous{};
  std::function<void(int)> on_signal;
  std::thread thread;

  void Run() const {
    for (;;) {
      std::array<pollfd, 2> wait{{{signals.get(), POLLIN, 0}, {stop.get(), POLLIN, 0}}};
      if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
      if (wait[1].revents != 0) return;
      signalfd_siginfo info{};
      if (::read(signals.get(), &info, sizeof(info)) != sizeof(info)) continue;
      on_signal(static_cast<int>(info.ssi_signo));
    }
  }
};

SignalWatcher::SignalWatcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<SignalWatcher>> SignalWatcher::Start(
    std::function<void(int signal)> on_signal) {
  auto impl = std::make_unique<Impl>();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (pthread_sigmask(SIG_BLOCK, &set, &impl->previous) != 0) {
    return Refuse(Errc::kIoOpen, "pthread_sigmask");
  }
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  impl->signals = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  impl->stop = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!impl->signals.valid() || !impl->stop.valid()) {
    pthread_sigmask(SIG_SETMASK, &impl->previous, nullptr);
    return Refuse(Errc::kIoOpen, "signalfd");
  }
  impl->on_signal = std::move(on_signal);
  impl->thread = std::thread([watch = impl.get()] { watch->Run(); });
  return std::unique_ptr<SignalWatcher>(new SignalWatcher(std::move(impl)));
}

SignalWatcher::~SignalWatcher() {
  const std::uint64_t one = 1;
  // An eventfd that nobody reads cannot be full after one write.
  [[maybe_unused]] const auto written = ::write(impl_->stop.get(), &one, sizeof(one));
  impl_->thread.join();
  pthread_sigmask(SIG_SETMASK, &impl_->previous, nullptr);
}

}  // namespace signet::runtime
