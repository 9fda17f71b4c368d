// Child processes, and the boot id of this machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "platform/runtime/fd.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::runtime {

struct SpawnOptions {
  // argv[0] is a path, never searched for in PATH; no shell. At least one element.
  std::vector<std::string> argv{};
  // The whole environment as NAME=value; empty: an empty environment; absent: ours.
  std::optional<std::vector<std::string>> environment{};
  bool pipe_stdin = false;   // else /dev/null
  bool pipe_stdout = false;  // else ours
  bool pipe_stderr = false;  // else ours
};

struct ExitStatus {
  bool exited = false;  // by itself; else by a signal
  int code = 0;         // exit code, or number of the signal
};

// A child. The destructor kills it (SIGKILL) and reaps it. Not thread-safe.
class ChildProcess {
 public:
  // Errors: kIoOpen (also: argv[0] cannot be executed)
  [[nodiscard]] static Result<ChildProcess> Spawn(const SpawnOptions& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Errors: kIoWrite, kIoTimeout
  [[nodiscard]] Result<void> WriteStdin(ByteView bytes, std::chrono::milliseconds timeout);
  void CloseStdin() { stdin_.Reset(); }
  // What the pipe gives until its end, or one line without its newline (empty optional at the end).
  // Errors: kIoRead, kIoTimeout, kIoTooLarge
  [[nodiscard]] Result<std::string> ReadStdout(std::size_t max_bytes,
                                               std::chrono::milliseconds timeout);
  [[nodiscard]] Result<std::optional<std::string>> ReadStdoutLine(
      std::size_t max_bytes, std::chrono::milliseconds timeout);
  [[nodiscard]] Result<std::string> ReadStderr(std::size_t max_bytes,
                                               std::chrono::milliseconds timeout);

  // Errors: kIoTimeout (the child still runs)
  [[nodiscard]] Result<ExitStatus> Wait(std::chrono::milliseconds timeout);
  void Kill(int signal);  // nothing if it has been waited for

 private:
  ChildProcess() = default;
  void End() noexcept;
  pid_t pid_ = -1;
  Fd pidfd_;
  std::optional<ExitStatus> status_;
  Fd stdin_, stdout_, stderr_;
  std::string stdout_rest_;
};

// The random id of the running boot, as "b1d0...-...": two processes that name the same boot run
// on the same kernel. Errors: kIoOpen, kIoRead
[[nodiscard]] Result<std::string> ReadBootId();

}  // namespace signet::runtime
