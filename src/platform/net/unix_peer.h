// The process at the other end of a Unix socket, as the kernel names it.
//
// SO_PEERCRED and SO_PEERPIDFD (Linux 6.5) say who connected. Where the second is missing, a pidfd
// is opened by number and the start time compared before and after: there a process that ended
// between connect and accept can be mistaken for the one that got its number, so the peer is
// flagged `degraded`. A socket passed on with SCM_RIGHTS still names the process that connected.
#pragma once

#include <cstdint>
#include <string_view>

#include <sys/types.h>

#include "platform/runtime/fd.h"
#include "protocol/base/result.h"

namespace signet::net {

struct UnixPeer {
  pid_t pid = -1;
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  runtime::Fd pidfd{};           // readable once the process has ended
  std::uint64_t start_time = 0;  // clock ticks since boot, /proc/PID/stat field 22
  bool degraded = false;         // identified without SO_PEERPIDFD
};

struct PeerOptions {
  bool require_peerpidfd = false;
  // Test switches: behave as on a kernel without the socket option.
  bool pretend_no_peerpidfd = false;
};

// The peer of a connected Unix stream socket.
// Errors: kPeerGone (it has ended), kPeerUnidentified, kPeerPidfdUnavailable (required, but the
// kernel has no SO_PEERPIDFD)
[[nodiscard]] Result<UnixPeer> IdentifyPeer(int socket_fd, const PeerOptions& options);

// False once the process has ended. Ask after reading something of the process: if it is alive
// now, what was read was its own.
[[nodiscard]] bool IsAlive(const UnixPeer& peer);

// Field 22 of the text of /proc/PID/stat: the name in parentheses may itself hold spaces and
// parentheses, so fields count from behind the last ')'. Errors: kPeerUnidentified
[[nodiscard]] Result<std::uint64_t> ParseStartTime(std::string_view stat);

}  // namespace signet::net
