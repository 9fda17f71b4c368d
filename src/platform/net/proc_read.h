// Reading /proc, for unix_peer.cc and peer_process.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "protocol/base/result.h"

namespace signet::net {

// Room for 65536 supplementary groups.
inline constexpr std::size_t kMaxProcStatusBytes = 1024 * 1024;

// To the end of the file. Errors: kPeerUnidentified (too long), kPeerGone (ESRCH)
[[nodiscard]] Result<std::string> ReadProcText(int fd, std::size_t max_bytes);

struct ProcStatus {
  uid_t uid = 0;  // effective
  gid_t gid = 0;
  std::vector<gid_t> groups{};
};
// The lines Uid, Gid and Groups of /proc/PID/status. Errors: kPeerUnidentified
[[nodiscard]] Result<ProcStatus> ParseProcStatus(std::string_view text);

}  // namespace signet::net
