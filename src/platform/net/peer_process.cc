#include "platform/net/peer_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <limits.h>
#include <optional>
#include <unistd.h>

#include <sys/stat.h>

#include "platform/net/proc_read.h"
#include "protocol/crypto/digest.h"

namespace signet::net {
namespace {

using runtime::Fd;

Error ProcError(const char* what) {
  return Error(errno == ENOENT || errno == ESRCH ? Errc::kPeerGone : Errc::kPeerUnidentified, what);
}

// The numbers of a line as "Uid:\t1\t2\t3\t4".
std::optional<std::vector<std::uint32_t>> NumbersOf(std::string_view text, std::string_view key) {
  std::size_t at = 0;
  while (text.substr(at, key.size()) != key) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  text = text.substr(at + key.size());
  text = text.substr(0, text.find('\n'));
  std::vector<std::uint32_t> numbers;
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return numbers;
    text.remove_prefix(start);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    numbers.push_back(value);
  }
}

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

Result<Digest256> HashFile(int fd, std::size_t max_bytes) {
  crypto::Sha256Stream hash;
  Bytes buffer(128 * 1024);
  std::size_t total = 0;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(ProcError("reading the binary"));
    if (got == 0) return hash.Finish();
    total += static_cast<std::size_t>(got);
    if (total > max_bytes) return Refuse(Errc::kIoTooLarge, "binary over its limit");
    hash.Update(ByteView(buffer.data(), static_cast<std::size_t>(got)));
  }
}

Result<Digest256> HashExe(int proc, const PeerProcessOptions& options) {
  // The link leads to the file itself, also when its path has been replaced or removed.
  const Fd exe(::openat(proc, "exe", O_RDONLY | O_CLOEXEC));
  struct stat before{}, after{}, running{};
  if (!exe.valid() || ::fstat(exe.get(), &before) != 0) {
    return std::unexpected(ProcError("opening the binary"));
  }
  if (before.st_size < 0 || static_cast<std::size_t>(before.st_size) > options.max_exe_bytes) {
    return Refuse(Errc::kIoTooLarge, "binary over its limit");
  }
  SIGNET_TRY_ASSIGN(const Digest256 digest, HashFile(exe.get(), options.max_exe_bytes));
  if (::fstat(exe.get(), &after) != 0 || ::fstatat(proc, "exe", &running, 0) != 0) {
    return std::unexpected(ProcError("checking the binary"));
  }
  // The second comparison catches an exec meanwhile.
  if (!SameFile(before, after) || !SameFile(before, running)) {
    return Refuse(Errc::kPeerUnidentified, "the binary changed while it was read");
  }
  return digest;
}

}  // namespace

Result<std::string> ReadProcText(int fd, std::size_t max_bytes) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(ProcError("reading /proc"));
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) return Refuse(Errc::kPeerUnidentified, "/proc has too much");
  }
}

Result<ProcStatus> ParseProcStatus(std::string_view text) {
  const auto uids = NumbersOf(text, "Uid:");
  const auto gids = NumbersOf(text, "Gid:");
  const auto groups = NumbersOf(text, "Groups:");
  // Real, effective, saved, file system.
  if (!uids || uids->size() != 4 || !gids || gids->size() != 4 || !groups) {
    return Refuse(Errc::kPeerUnidentified, "/proc/PID/status");
  }
  ProcStatus out{.uid = (*uids)[1], .gid = (*gids)[1], .groups = *groups};
  std::sort(out.groups.begin(), out.groups.end());
  return out;
}

Result<PeerProcess> ReadPeerProcess(const UnixPeer& peer, const PeerProcessOptions& options) {
  const Fd proc(
      ::open(("/proc/" + std::to_string(peer.pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc.valid()) return std::unexpected(ProcError("/proc/PID"));

  PeerProcess out;
  out.pid = peer.pid;
  out.degraded = peer.degraded;
  const Fd stat_fd(::openat(proc.get(), "stat", O_RDONLY | O_CLOEXEC));
  if (!stat_fd.valid()) return std::unexpected(ProcError("/proc/PID/stat"));
  SIGNET_TRY_ASSIGN(const std::string stat_text, ReadProcText(stat_fd.get(), 4096));
  SIGNET_TRY_ASSIGN(out.start_time, ParseStartTime(stat_text));
  if (out.start_time != peer.start_time) {
    return Refuse(Errc::kPeerGone, "another process has the number now");
  }
  const Fd status_fd(::openat(proc.get(), "status", O_RDONLY | O_CLOEXEC));
  if (!status_fd.valid()) return std::unexpected(ProcError("/proc/PID/status"));
  SIGNET_TRY_ASSIGN(const std::string status_text,
                    ReadProcText(status_fd.get(), kMaxProcStatusBytes));
  SIGNET_TRY_ASSIGN(ProcStatus status, ParseProcStatus(status_text));
  out.uid = status.uid;
  out.gid = status.gid;
  out.groups = std::move(status.groups);

  std::array<char, PATH_MAX> path;
  const ssize_t size = ::readlinkat(proc.get(), "exe", path.data(), path.size());
  if (size < 0) return std::unexpected(ProcError("/proc/PID/exe"));
  if (static_cast<std::size_t>(size) == path.size()) {
    return Refuse(Errc::kPeerUnidentified, "path of the binary too long");
  }
  out.exe_path.assign(path.data(), static_cast<std::size_t>(size));
  if (options.hash_exe) {
    SIGNET_TRY_ASSIGN(out.exe_sha256, HashExe(proc.get(), options));
  }

  // Last of all: alive now, so everything above was read of this very process (ATTACKS 27).
  if (!IsAlive(peer)) return Refuse(Errc::kPeerGone, "ended while it was looked at");
  return out;
}

}  // namespace signet::net
