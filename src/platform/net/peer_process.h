// What /proc says of the process at the other end of a Unix socket: the evidence that a workload
// is attested by.
//
// Everything is read through one descriptor of the process directory, and the process is asked to
// be alive after the last read (ATTACKS 27). Command line, environment and ancestry are not here:
// the workload itself can choose them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "platform/net/unix_peer.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::net {

struct PeerProcess {
  pid_t pid = -1;
  uid_t uid = 0;  // effective, of the process now
  gid_t gid = 0;
  std::vector<gid_t> groups{};   // supplementary, ascending
  std::string exe_path{};        // as the kernel sees it; ends in " (deleted)" after an update
  Digest256 exe_sha256{};        // of the very file that runs, not of what is at the path
  std::uint64_t start_time = 0;  // clock ticks since boot
  bool degraded = false;         // from UnixPeer
};

struct PeerProcessOptions {
  std::size_t max_exe_bytes = 512 * 1024 * 1024;
  bool hash_exe = true;
};

// Blocks while it reads and hashes the file: use the blocking pool for large binaries.
// Errors: kPeerGone, kPeerUnidentified (no access to /proc, the file changed while it was read),
// kIoTooLarge (binary over max_exe_bytes)
[[nodiscard]] Result<PeerProcess> ReadPeerProcess(const UnixPeer& peer,
                                                  const PeerProcessOptions& options = {});

}  // namespace signet::net
