#include "platform/net/connect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <optional>
#include <poll.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "platform/net/tls_session.h"
#include "platform/runtime/fd.h"

namespace signet::net {
namespace {

using Time = std::chrono::steady_clock::time_point;
using runtime::Fd;

Result<void> WaitUntil(int fd, short events, Time deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    pollfd wait{fd, events, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::clamp<long>(left, 0, 1'000'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Refuse(Errc::kIoRead, "poll");
    if (ready == 0 && left <= 0) return Refuse(Errc::kIoTimeout, "the peer was too slow");
  }
}

short EventsOf(TlsWait wait) { return wait == TlsWait::kWritable ? POLLOUT : POLLIN; }

Result<Fd> ConnectSocket(const sockaddr* address, socklen_t size, Time deadline) {
  Fd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return Refuse(Errc::kIoConnect, "socket");
  if (::connect(fd.get(), address, size) == 0) return fd;
  if (errno != EINPROGRESS) return Refuse(Errc::kIoConnect, ::strerrordesc_np(errno));
  SIGNET_TRY(WaitUntil(fd.get(), POLLOUT, deadline));
  int error = 0;
  socklen_t error_size = sizeof(error);
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &error_size) != 0 || error != 0) {
    return Refuse(Errc::kIoConnect, ::strerrordesc_np(error));
  }
  return fd;
}

Result<Fd> ConnectTcp(const std::string& host, std::uint16_t port, Time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  // AI_ADDRCONFIG leaves out loopback literals on a machine that has only loopback.
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) {
    hints.ai_flags = AI_NUMERICSERV;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (failed != 0) return Refuse(Errc::kIoConnect, ::gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, &::freeaddrinfo);
  Result<Fd> last = Refuse(Errc::kIoConnect, "the name has no address");
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    last = ConnectSocket(at->ai_addr, at->ai_addrlen, deadline);
    if (last) {
      const int on = 1;
      ::setsockopt(last->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      break;
    }
  }
  return last;
}

Result<Fd> ConnectUnix(const std::string& path, Time deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Refuse(Errc::kIoConnect, "the path of a socket has 1 to 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return ConnectSocket(reinterpret_cast<const sockaddr*>(&address), sizeof(address), deadline);
}

}  // namespace

struct BlockingStream::Impl {
  Fd fd;
  std::optional<TlsSession> tls;  // declared behind fd, so it goes first
  bool is_unix = false;
  std::vector<Bytes> no_chain;

  Result<TlsStep> TryRead(MutableByteView into) {
    if (tls) return tls->Read(into);
    const ssize_t got = ::recv(fd.get(), into.data(), into.size(), 0);
    if (got > 0) return TlsStep{TlsWait::kNothing, static_cast<std::size_t>(got)};
    if (got == 0) return Refuse(Errc::kIoClosed, "end of the stream");
    if (errno == EAGAIN || errno == EINTR) return TlsStep{TlsWait::kReadable, 0};
    return Refuse(Errc::kIoRead, ::strerrordesc_np(errno));
  }

  Result<TlsStep> TryWrite(ByteView bytes) {
    if (tls) return tls->Write(bytes);
    const ssize_t put = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) return TlsStep{TlsWait::kNothing, static_cast<std::size_t>(put)};
    if (errno == EAGAIN || errno == EINTR) return TlsStep{TlsWait::kWritable, 0};
    const bool closed = errno == EPIPE || errno == ECONNRESET;
    return Refuse(closed ? Errc::kIoClosed : Errc::kIoWrite, ::strerrordesc_np(errno));
  }

  Result<void> Handshake(const TlsTarget& target, Time deadline) {
    SIGNET_TRY_ASSIGN(
        TlsSession session,
        TlsSession::Connect(target.tls, fd.get(), target.verifier,
                            target.server_name.empty() ? target.host : target.server_name));
    tls.emplace(std::move(session));
    for (;;) {
      SIGNET_TRY_ASSIGN(const TlsStep step, tls->Handshake());
      if (step.wait == TlsWait::kNothing) return {};
      SIGNET_TRY(WaitUntil(fd.get(), EventsOf(step.wait), deadline));
    }
  }
};

BlockingStream::BlockingStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BlockingStream::BlockingStream(BlockingStream&&) noexcept = default;
BlockingStream& BlockingStream::operator=(BlockingStream&&) noexcept = default;
BlockingStream::~BlockingStream() {
  if (impl_ != nullptr) Close();
}

Result<BlockingStream> BlockingStream::Connect(const ConnectTarget& target,
                                               std::chrono::milliseconds timeout) {
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  auto impl = std::make_unique<Impl>();
  if (const auto* const tls = std::get_if<TlsTarget>(&target)) {
    // Before a packet goes out: a client that cannot verify does not even connect.
    if (tls->tls == nullptr || !tls->verifier) {
      return Refuse(Errc::kTlsConfiguration, "TLS wants a context and a verifier");
    }
    SIGNET_TRY_ASSIGN(impl->fd, ConnectTcp(tls->host, tls->port, deadline));
    SIGNET_TRY(impl->Handshake(*tls, deadline));
  } else if (const auto* const plain = std::get_if<PlainTcpTarget>(&target)) {
    SIGNET_TRY_ASSIGN(impl->fd, ConnectTcp(plain->host, plain->port, deadline));
  } else if (const auto* const path = std::get_if<UnixTarget>(&target)) {
    SIGNET_TRY_ASSIGN(impl->fd, ConnectUnix(path->path, deadline));
    impl->is_unix = true;
  }
  return BlockingStream(std::move(impl));
}

Result<std::size_t> BlockingStream::Read(MutableByteView into, std::chrono::milliseconds timeout) {
  if (!impl_->fd.valid()) return Refuse(Errc::kIoClosed, "closed here");
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    SIGNET_TRY_ASSIGN(const TlsStep step, impl_->TryRead(into));
    if (step.wait == TlsWait::kNothing) return step.bytes;
    SIGNET_TRY(WaitUntil(impl_->fd.get(), EventsOf(step.wait), deadline));
  }
}

Result<void> BlockingStream::Write(ByteView bytes, std::chrono::milliseconds timeout) {
  if (!impl_->fd.valid()) return Refuse(Errc::kIoClosed, "closed here");
  const Time deadline = std::chrono::steady_clock::now() + timeout;
  while (!bytes.empty()) {
    SIGNET_TRY_ASSIGN(const TlsStep step, impl_->TryWrite(bytes));
    bytes = bytes.subspan(step.bytes);
    if (step.wait == TlsWait::kNothing) continue;
    SIGNET_TRY(WaitUntil(impl_->fd.get(), EventsOf(step.wait), deadline));
  }
  return {};
}

void BlockingStream::Close() {
  if (impl_->tls) impl_->tls->Shutdown();
  impl_->tls.reset();
  impl_->fd.Reset();
}

bool BlockingStream::is_protected() const { return impl_->tls.has_value() || impl_->is_unix; }

std::shared_ptr<const PeerInfo> BlockingStream::peer() const {
  return impl_->tls ? impl_->tls->peer() : nullptr;
}

const std::vector<Bytes>& BlockingStream::peer_chain() const {
  return impl_->tls ? impl_->tls->peer_chain() : impl_->no_chain;
}

}  // namespace signet::net
