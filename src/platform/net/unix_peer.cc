#include "platform/net/unix_peer.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/syscall.h>

#include "platform/net/proc_read.h"

namespace signet::net {
namespace {

using runtime::Fd;

// Linux 6.5. glibc 2.36 and the kernel headers of Debian 12 do not have it yet; this is the number
// of all architectures with the generic socket options.
#ifndef SO_PEERPIDFD
constexpr int SO_PEERPIDFD = 77;
#endif

// The pidfd of the socket itself: no window between connect and now.
// Errors: kPeerGone, kPeerPidfdUnavailable (unknown to this kernel), kPeerUnidentified
Result<Fd> PidfdOfSocket(int socket_fd, const PeerOptions& options) {
  if (options.pretend_no_peerpidfd) return Refuse(Errc::kPeerPidfdUnavailable, "switched off");
  int pidfd = -1;
  socklen_t size = sizeof(pidfd);
  if (::getsockopt(socket_fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0) return Fd(pidfd);
  // EINVAL and ENOPROTOOPT must not be mixed up: after the first, falling back to the number would
  // ask for whoever has it now.
  if (errno == EINVAL || errno == ESRCH) return Refuse(Errc::kPeerGone, "ended before accept");
  if (errno == ENOPROTOOPT) return Refuse(Errc::kPeerPidfdUnavailable, "kernel before 6.5");
  return Refuse(Errc::kPeerUnidentified, "SO_PEERPIDFD");
}

Result<std::uint64_t> ReadStartTime(pid_t pid) {
  const Fd fd(::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    return Refuse(errno == ENOENT ? Errc::kPeerGone : Errc::kPeerUnidentified, "/proc/PID/stat");
  }
  SIGNET_TRY_ASSIGN(const std::string text, ReadProcText(fd.get(), 4096));
  return ParseStartTime(text);
}

// Without SO_PEERPIDFD the number may already belong to another process. That one is at least
// caught if it runs as another user than the one that connected.
Result<void> CheckOwner(const UnixPeer& peer) {
  const Fd fd(
      ::open(("/proc/" + std::to_string(peer.pid) + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return Refuse(Errc::kPeerGone, "/proc/PID/status");
  SIGNET_TRY_ASSIGN(const std::string text, ReadProcText(fd.get(), kMaxProcStatusBytes));
  SIGNET_TRY_ASSIGN(const ProcStatus status, ParseProcStatus(text));
  if (status.uid != peer.uid || status.gid != peer.gid) {
    return Refuse(Errc::kPeerUnidentified, "the process runs as another user than the connection");
  }
  return {};
}

}  // namespace

Result<std::uint64_t> ParseStartTime(std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return Refuse(Errc::kPeerUnidentified, "stat");
  std::string_view rest = stat.substr(name_end + 1);
  // Behind the name come a space and field 3.
  for (int field = 3; field <= 22; ++field) {
    if (rest.empty() || rest.front() != ' ') return Refuse(Errc::kPeerUnidentified, "stat");
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
    if (field == 22) {
      std::uint64_t value = 0;
      const auto [at, error] = std::from_chars(rest.data(), rest.data() + end, value);
      if (error != std::errc() || at != rest.data() + end || end == 0) break;
      return value;
    }
    rest.remove_prefix(end);
  }
  return Refuse(Errc::kPeerUnidentified, "stat");
}

bool IsAlive(const UnixPeer& peer) {
  pollfd wait{peer.pidfd.get(), POLLIN, 0};
  // 0: not readable, so the process has not ended. Anything else, also a failure, counts as gone.
  return peer.pidfd.valid() && ::poll(&wait, 1, 0) == 0;
}

Result<UnixPeer> IdentifyPeer(int socket_fd, const PeerOptions& options) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return Refuse(Errc::kPeerUnidentified, "SO_PEERCRED");
  }
  // The kernel says 0 for a process outside of our pid namespace.
  if (credentials.pid <= 0) {
    return Refuse(Errc::kPeerUnidentified, "a process of another pid namespace");
  }
  UnixPeer peer{.pid = credentials.pid,
                .uid = credentials.uid,
                .gid = credentials.gid,
                .pidfd = Fd(),
                .start_time = 0,
                .degraded = false};
  Result<Fd> pidfd = PidfdOfSocket(socket_fd, options);
  if (pidfd) {
    peer.pidfd = *std::move(pidfd);
  } else if (pidfd.error().code != Errc::kPeerPidfdUnavailable || options.require_peerpidfd) {
    return std::unexpected(pidfd.error());
  } else {
    peer.degraded = true;
    peer.pidfd = Fd(static_cast<int>(::syscall(SYS_pidfd_open, peer.pid, 0)));
    // pidfd_open says EINVAL now and then for a process that is just ending.
    if (!peer.pidfd.valid()) {
      return Refuse(errno == ESRCH || errno == EINVAL ? Errc::kPeerGone : Errc::kPeerUnidentified,
                    "pidfd_open");
    }
    SIGNET_TRY(CheckOwner(peer));
  }
  SIGNET_TRY_ASSIGN(peer.start_time, ReadStartTime(peer.pid));
  // Alive after the reading: what was read under this number was its own.
  if (!IsAlive(peer)) return Refuse(Errc::kPeerGone, "ended during accept");
  return peer;
}

}  // namespace signet::net
