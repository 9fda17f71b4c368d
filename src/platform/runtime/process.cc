#include "platform/runtime/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>
#include <utility>

#include <sys/syscall.h>
#include <sys/wait.h>

#include "platform/runtime/file.h"

namespace signet::runtime {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  Fd read, write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Refuse(Errc::kIoOpen, "pipe2");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// Waits until `fd` has one of `events` or `deadline` has passed.
Result<void> WaitFor(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{fd, events, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::clamp<long>(left, 0, 1'000'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Refuse(Errc::kIoRead, "poll");
    if (ready == 0 && left <= 0) return Refuse(Errc::kIoTimeout, "the child was too slow");
  }
}

// Reads once into `text`. False at the end.
Result<bool> ReadSome(int fd, std::string& text, std::size_t max_bytes,
                      Clock::time_point deadline) {
  if (fd < 0) return Refuse(Errc::kIoRead, "no pipe was asked for");
  SIGNET_TRY(WaitFor(fd, POLLIN, deadline));
  std::array<char, 4096> buffer;
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got < 0) {
    if (errno == EINTR) return true;
    return Refuse(Errc::kIoRead, "read from the child");
  }
  text.append(buffer.data(), static_cast<std::size_t>(got));
  if (text.size() > max_bytes) return Refuse(Errc::kIoTooLarge, "the child wrote too much");
  return got > 0;
}

Result<std::string> ReadToEnd(int fd, std::string text, std::size_t max_bytes,
                              std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    SIGNET_TRY_ASSIGN(const bool more, ReadSome(fd, text, max_bytes, deadline));
    if (!more) return text;
  }
}

// What posix_spawn wants, released in any case.
struct SpawnSetup {
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  // A child starts with no signal blocked and none ignored, whatever SignalWatcher has done here.
  void ResetSignals() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// write(2) to a pipe whose reader has gone: EPIPE and no signal, whatever this process does with
// SIGPIPE.
ssize_t WriteQuietly(int fd, ByteView bytes) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t put = ::write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (put < 0 && error == EPIPE && sigismember(&pending, SIGPIPE) == 0) {
    const timespec at_once{};
    sigtimedwait(&pipe_signal, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return put;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Result<ChildProcess> ChildProcess::Spawn(const SpawnOptions& options) {
  if (options.argv.empty()) return Refuse(Errc::kIoOpen, "no program");
  ChildProcess child;
  Pipe in, out, err;
  SpawnSetup setup;
  setup.ResetSignals();
  if (options.pipe_stdin) {
    SIGNET_TRY_ASSIGN(in, MakePipe());
    posix_spawn_file_actions_adddup2(&setup.actions, in.read.get(), 0);
  } else {
    posix_spawn_file_actions_addopen(&setup.actions, 0, "/dev/null", O_RDONLY, 0);
  }
  if (options.pipe_stdout) {
    SIGNET_TRY_ASSIGN(out, MakePipe());
    posix_spawn_file_actions_adddup2(&setup.actions, out.write.get(), 1);
  }
  if (options.pipe_stderr) {
    SIGNET_TRY_ASSIGN(err, MakePipe());
    posix_spawn_file_actions_adddup2(&setup.actions, err.write.get(), 2);
  }
  std::vector<std::string> argv = options.argv;
  std::vector<std::string> environment = options.environment.value_or(std::vector<std::string>{});
  const std::vector<char*> argv_pointers = Pointers(argv);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const int error = ::posix_spawn(&child.pid_, argv[0].c_str(), &setup.actions, &setup.attributes,
                                  argv_pointers.data(),
                                  options.environment ? environment_pointers.data() : ::environ);
  if (error != 0) {
    child.pid_ = -1;
    return Refuse(Errc::kIoOpen, std::string("posix_spawn: ") + ::strerrordesc_np(error));
  }
  // Our own child cannot be reaped behind our back, so its number is still its own.
  child.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid_, 0)));
  if (!child.pidfd_.valid()) return Refuse(Errc::kIoOpen, "pidfd_open");
  child.stdin_ = std::move(in.write);
  if (child.stdin_.valid()) ::fcntl(child.stdin_.get(), F_SETFL, O_NONBLOCK);
  child.stdout_ = std::move(out.read);
  child.stderr_ = std::move(err.read);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_(std::exchange(other.status_, std::nullopt)),
      stdin_(std::move(other.stdin_)),
      stdout_(std::move(other.stdout_)),
      stderr_(std::move(other.stderr_)),
      stdout_rest_(std::move(other.stdout_rest_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    End();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    status_ = std::exchange(other.status_, std::nullopt);
    stdin_ = std::move(other.stdin_);
    stdout_ = std::move(other.stdout_);
    stderr_ = std::move(other.stderr_);
    stdout_rest_ = std::move(other.stdout_rest_);
  }
  return *this;
}

ChildProcess::~ChildProcess() { End(); }

void ChildProcess::End() noexcept {
  if (pid_ < 0 || status_) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

Result<void> ChildProcess::WriteStdin(ByteView bytes, std::chrono::milliseconds timeout) {
  if (!stdin_.valid()) return Refuse(Errc::kIoWrite, "no pipe was asked for");
  const auto deadline = Clock::now() + timeout;
  while (!bytes.empty()) {
    SIGNET_TRY(WaitFor(stdin_.get(), POLLOUT, deadline));
    const ssize_t put = WriteQuietly(stdin_.get(), bytes);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (put < 0) return Refuse(Errc::kIoWrite, "write to the child");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::string> ChildProcess::ReadStdout(std::size_t max_bytes,
                                             std::chrono::milliseconds timeout) {
  return ReadToEnd(stdout_.get(), std::exchange(stdout_rest_, {}), max_bytes, timeout);
}

Result<std::string> ChildProcess::ReadStderr(std::size_t max_bytes,
                                             std::chrono::milliseconds timeout) {
  return ReadToEnd(stderr_.get(), {}, max_bytes, timeout);
}

Result<std::optional<std::string>> ChildProcess::ReadStdoutLine(std::size_t max_bytes,
                                                                std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    const std::size_t newline = stdout_rest_.find('\n');
    if (newline != std::string::npos) {
      std::string line = stdout_rest_.substr(0, newline);
      stdout_rest_.erase(0, newline + 1);
      return line;
    }
    SIGNET_TRY_ASSIGN(const bool more, ReadSome(stdout_.get(), stdout_rest_, max_bytes, deadline));
    if (more) continue;
    if (stdout_rest_.empty()) return std::optional<std::string>();
    return std::exchange(stdout_rest_, {});
  }
}

Result<ExitStatus> ChildProcess::Wait(std::chrono::milliseconds timeout) {
  if (status_) return *status_;
  SIGNET_TRY(WaitFor(pidfd_.get(), POLLIN, Clock::now() + timeout));
  int raw = 0;
  if (::waitpid(pid_, &raw, 0) != pid_) return Refuse(Errc::kIoRead, "waitpid");
  status_ = ExitStatus{.exited = WIFEXITED(raw),
                       .code = WIFEXITED(raw) ? WEXITSTATUS(raw) : WTERMSIG(raw)};
  return *status_;
}

void ChildProcess::Kill(int signal) {
  if (pid_ >= 0 && !status_) ::kill(pid_, signal);
}

Result<std::string> ReadBootId() {
  SIGNET_TRY_ASSIGN(std::string text, ReadTextFile("/proc/sys/kernel/random/boot_id", 64));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const auto is_id_character = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  };
  if (text.size() != 36 || !std::all_of(text.begin(), text.end(), is_id_character)) {
    return Refuse(Errc::kIoRead, "boot_id is no UUID");
  }
  return text;
}

}  // namespace signet::runtime
