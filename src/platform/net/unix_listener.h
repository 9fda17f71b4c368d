// UnixListener: a listening Unix stream socket at a path.
#pragma once

#include <string>

#include <sys/types.h>

#include "platform/net/unix_peer.h"
#include "platform/runtime/fd.h"
#include "protocol/base/result.h"

namespace signet::net {

struct UnixListenConfig {
  std::string path{};  // at most 107 bytes, absolute
  // Any local process may ask who it is; what it gets depends on who it is.
  mode_t mode = 0777;
  // The directory must be owned by this user or root, and writable by nobody else unless sticky.
  bool check_directory = true;
  int backlog = 512;
  PeerOptions peer{};
};

// Removes its own socket when it dies. Not thread-safe.
class UnixListener {
 public:
  // A stale socket at the path is removed only if it is a socket and nobody answers on it.
  // Errors: kIoListen (path too long or relative, directory unsafe, something else at the path,
  // another process listens)
  [[nodiscard]] static Result<UnixListener> Open(UnixListenConfig config);

  UnixListener(UnixListener&&) noexcept = default;
  UnixListener& operator=(UnixListener&&) = delete;
  ~UnixListener();

  [[nodiscard]] int fd() const { return fd_.get(); }  // non-blocking
  [[nodiscard]] const UnixListenConfig& config() const { return config_; }

  struct Accepted {
    runtime::Fd fd;  // non-blocking
    UnixPeer peer;
  };
  // One connection, without waiting.
  // Errors: kIoTimeout (none waits), kIoRead, and those of IdentifyPeer (that connection is closed)
  [[nodiscard]] Result<Accepted> Accept();

 private:
  UnixListener(UnixListenConfig config, runtime::Fd fd, dev_t dev, ino_t ino)
      : config_(std::move(config)), fd_(std::move(fd)), dev_(dev), ino_(ino) {}
  UnixListenConfig config_;
  runtime::Fd fd_;
  dev_t dev_;
  ino_t ino_;
};

}  // namespace signet::net
