#include "platform/net/unix_listener.h"

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace signet::net {
namespace {

using runtime::Fd;

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string::npos) {
    return Refuse(Errc::kIoListen, "the path of a socket must be absolute");
  }
  if (path.size() >= sizeof(address.sun_path)) {
    return Refuse(Errc::kIoListen, "the path of a socket has at most 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Who may write the directory may replace the socket and answer in our place.
Result<void> CheckDirectory(const std::string& path) {
  const std::string directory = path.rfind('/') == 0 ? "/" : path.substr(0, path.rfind('/'));
  struct stat info{};
  if (::stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return Refuse(Errc::kIoListen, "the directory of the socket does not exist");
  }
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return Refuse(Errc::kIoListen, "the directory of the socket belongs to another user");
  }
  if ((info.st_mode & 0022) != 0 && (info.st_mode & S_ISVTX) == 0) {
    return Refuse(Errc::kIoListen, "the directory of the socket is writable by others");
  }
  return {};
}

// Only a refused connection proves that nobody listens; everything else leaves the path alone.
Result<void> RemoveStale(const std::string& path, const sockaddr_un& address) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return Refuse(Errc::kIoListen, "lstat of the socket");
  }
  if (!S_ISSOCK(info.st_mode)) return Refuse(Errc::kIoListen, "the path exists and is no socket");
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe.valid()) return Refuse(Errc::kIoListen, "socket");
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno != ECONNREFUSED) {
    return Refuse(Errc::kIoListen, "another process listens on this socket");
  }
  if (::unlink(path.c_str()) != 0) return Refuse(Errc::kIoListen, "removing a stale socket");
  return {};
}

}  // namespace

Result<UnixListener> UnixListener::Open(UnixListenConfig config) {
  SIGNET_TRY_ASSIGN(const sockaddr_un address, AddressOf(config.path));
  if (config.check_directory) SIGNET_TRY(CheckDirectory(config.path));
  SIGNET_TRY(RemoveStale(config.path, address));
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The mode of the descriptor becomes that of the path, minus the umask: no moment at which the
  // path is more open than asked for.
  if (!fd.valid() || ::fchmod(fd.get(), config.mode) != 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Refuse(Errc::kIoListen, std::string("bind: ") + ::strerrordesc_np(errno));
  }
  struct stat info{};
  if (::chmod(config.path.c_str(), config.mode) != 0 || ::lstat(config.path.c_str(), &info) != 0 ||
      ::listen(fd.get(), config.backlog) != 0) {
    ::unlink(config.path.c_str());
    return Refuse(Errc::kIoListen, std::string("listen: ") + ::strerrordesc_np(errno));
  }
  return UnixListener(std::move(config), std::move(fd), info.st_dev, info.st_ino);
}

UnixListener::~UnixListener() {
  if (!fd_.valid()) return;
  struct stat info{};
  // Another process may have put its own socket there.
  if (::lstat(config_.path.c_str(), &info) == 0 && info.st_dev == dev_ && info.st_ino == ino_) {
    ::unlink(config_.path.c_str());
  }
}

Result<UnixListener::Accepted> UnixListener::Accept() {
  Fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd.valid()) {
    if (errno == EAGAIN) return Refuse(Errc::kIoTimeout, "no connection waits");
    return Refuse(Errc::kIoRead, std::string("accept: ") + ::strerrordesc_np(errno));
  }
  SIGNET_TRY_ASSIGN(UnixPeer peer, IdentifyPeer(fd.get(), config_.peer));
  return Accepted{std::move(fd), std::move(peer)};
}

}  // namespace signet::net
