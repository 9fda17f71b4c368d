#include "platform/net/listener.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "platform/net/stream_impl.h"

namespace signet::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Fd;

// Connections taken in one go before other work of the loop has its turn.
constexpr int kAcceptBatch = 64;
// Pause after accept has failed for lack of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

Result<socklen_t> FillAddress(const std::string& text, std::uint16_t port, SocketAddress& out) {
  out = {};
  if (::inet_pton(AF_INET, text.c_str(), &out.v4.sin_addr) == 1) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(port);
    return static_cast<socklen_t>(sizeof(out.v4));
  }
  if (::inet_pton(AF_INET6, text.c_str(), &out.v6.sin6_addr) == 1) {
    out.v6.sin6_family = AF_INET6;
    out.v6.sin6_port = htons(port);
    return static_cast<socklen_t>(sizeof(out.v6));
  }
  return Refuse(Errc::kIoListen, "not an IP address");
}

Result<Fd> ListenTcp(const std::string& text, std::uint16_t port) {
  SocketAddress address;
  SIGNET_TRY_ASSIGN(const socklen_t size, FillAddress(text, port, address));
  Fd fd(::socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!fd.valid() || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(fd.get(), &address.any, size) != 0 || ::listen(fd.get(), 1024) != 0) {
    return Refuse(Errc::kIoListen, ::strerrordesc_np(errno));
  }
  return fd;
}

std::string ShowAddress(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.any.sa_family == AF_INET) {
    ::inet_ntop(AF_INET, &address.v4.sin_addr, text.data(), text.size());
    return std::string(text.data()) + ":" + std::to_string(ntohs(address.v4.sin_port));
  }
  ::inet_ntop(AF_INET6, &address.v6.sin6_addr, text.data(), text.size());
  return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(address.v6.sin6_port));
}

std::uint16_t PortOf(int fd) {
  SocketAddress address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd, &address.any, &size);
  return ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
}

}  // namespace

// Accepts on loop 0 and deals out in turn: with few long connections that spreads better than one
// listening socket for each loop, where the kernel throws dice.
struct Listener::Impl : std::enable_shared_from_this<Listener::Impl> {
  Impl(runtime::Loops& l, OnStream s, OnError e)
      : loops(l),
        on_stream(std::move(s)),
        on_error(std::move(e)),
        acceptor(l.ContextOf(0)),
        pause(l.ContextOf(0)),
        connections(std::make_shared<std::atomic<std::size_t>>(0)) {}

  runtime::Loops& loops;
  OnStream on_stream;
  OnError on_error;
  Transport transport = Transport::kPlainTcp;
  std::chrono::milliseconds handshake_timeout{};
  std::size_t max_connections = 0;
  std::uint16_t port = 0;
  // On loop 0 only.
  asio::posix::stream_descriptor acceptor;  // waits on a duplicate of listen_fd
  asio::steady_timer pause;
  Fd listen_fd;
  std::optional<UnixListener> unix;
  std::size_t next_loop = 0;
  // Entry i belongs to loop i.
  std::vector<std::shared_ptr<const TlsContext>> tls;
  std::shared_ptr<std::atomic<std::size_t>> connections;
  std::atomic<bool> stopped = false;

  struct Taken {
    Fd fd;
    std::string remote;
    std::optional<UnixPeer> peer;
  };

  void Report(const Error& error) const {
    if (on_error) on_error(error);
  }

  // Errors: kIoTimeout (none waits), kIoRead (accept itself failed), kPeer... (refused)
  Result<Taken> TakeOne() {
    if (unix) {
      SIGNET_TRY_ASSIGN(UnixListener::Accepted accepted, unix->Accept());
      return Taken{std::move(accepted.fd), "unix", std::move(accepted.peer)};
    }
    SocketAddress address{};
    socklen_t size = sizeof(address);
    Fd fd(::accept4(listen_fd.get(), &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd.valid()) {
      const bool empty = errno == EAGAIN || errno == EWOULDBLOCK;
      return Refuse(empty ? Errc::kIoTimeout : Errc::kIoRead, ::strerrordesc_np(errno));
    }
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return Taken{std::move(fd), ShowAddress(address), std::nullopt};
  }

  void WaitForConnections() {
    if (stopped) return;
    acceptor.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = shared_from_this()](const error_code& error) {
                          if (!error) self->AcceptSome();
                        });
  }

  void AcceptSome() {
    for (int i = 0; i < kAcceptBatch && !stopped; ++i) {
      Result<Taken> taken = TakeOne();
      if (taken) {
        Deal(*std::move(taken));
        continue;
      }
      if (taken.error().code == Errc::kIoTimeout) break;
      Report(taken.error());
      if (taken.error().code != Errc::kIoRead) continue;  // this caller only
      // Out of descriptors or memory: trying again at once would burn the processor.
      pause.expires_after(kAcceptPause);
      pause.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) self->WaitForConnections();
      });
      return;
    }
    WaitForConnections();
  }

  void Deal(Taken taken) {
    if (connections->load() >= max_connections) {
      Report(Error(Errc::kIoClosed, "limit of connections reached"));
      return;
    }
    ++*connections;
    ConnectionCount count(connections);
    const std::size_t loop = next_loop;
    next_loop = (next_loop + 1) % loops.size();
    loops.Post(loop, [self = shared_from_this(), loop, taken = std::move(taken),
                      count = std::move(count)]() mutable {
      self->Begin(loop, std::move(taken), std::move(count));
    });
  }

  void Begin(std::size_t loop, Taken taken, ConnectionCount count) {
    StreamInfo info{.transport = transport,
                    .loop = loop,
                    .tls_peer_chain = {},
                    .tls_peer = {},
                    .unix_peer = std::move(taken.peer),
                    .remote = std::move(taken.remote)};
    MakeStream(loops.ContextOf(loop), std::move(taken.fd), std::move(info), std::move(count),
               TlsRole{.context = tls[loop]}, handshake_timeout,
               [self = shared_from_this()](Result<std::shared_ptr<Stream>> stream) {
                 if (!stream) return self->Report(stream.error());
                 if (self->stopped) return (*stream)->Close();
                 self->on_stream(*std::move(stream));
               });
  }

  void CloseAcceptor() {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    listen_fd.Reset();
    unix.reset();  // removes the path
  }

  Result<void> Open(ListenConfig config) {
    handshake_timeout = config.handshake_timeout;
    max_connections = config.max_connections;
    tls.resize(loops.size());
    if (auto* const where = std::get_if<TlsListen>(&config.where)) {
      transport = Transport::kTls;
      if (where->tls == nullptr || !where->tls->is_server()) {
        return Refuse(Errc::kTlsConfiguration, "no server context");
      }
      tls.assign(loops.size(), where->tls);
      SIGNET_TRY_ASSIGN(listen_fd, ListenTcp(where->address, where->port));
    } else if (auto* const plain = std::get_if<PlainTcpListen>(&config.where)) {
      transport = Transport::kPlainTcp;
      SIGNET_TRY_ASSIGN(listen_fd, ListenTcp(plain->address, plain->port));
    } else if (auto* const path = std::get_if<UnixListenConfig>(&config.where)) {
      transport = Transport::kUnix;
      SIGNET_TRY_ASSIGN(UnixListener opened, UnixListener::Open(std::move(*path)));
      unix.emplace(std::move(opened));
    }
    if (!unix) port = PortOf(listen_fd.get());
    const int waited = ::dup(unix ? unix->fd() : listen_fd.get());
    error_code error;
    if (waited >= 0) acceptor.assign(waited, error);
    if (waited < 0 || error) return Refuse(Errc::kIoListen, "dup of the listening socket");
    return {};
  }
};

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Listener>> Listener::Start(runtime::Loops& loops, ListenConfig config,
                                                  OnStream on_stream, OnError on_error) {
  auto impl = std::make_shared<Impl>(loops, std::move(on_stream), std::move(on_error));
  SIGNET_TRY(impl->Open(std::move(config)));
  loops.Post(0, [impl] { impl->WaitForConnections(); });
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::~Listener() { StopAccepting(); }

std::uint16_t Listener::port() const { return impl_->port; }
std::size_t Listener::connections() const { return impl_->connections->load(); }

void Listener::ReplaceTls(const std::shared_ptr<const TlsContext>& tls) {
  // A listener that began with TLS never goes without.
  if (tls == nullptr || !tls->is_server() || impl_->transport != Transport::kTls) return;
  for (std::size_t i = 0; i < impl_->loops.size(); ++i) {
    impl_->loops.Post(i, [impl = impl_, tls, i] { impl->tls[i] = tls; });
  }
}

void Listener::StopAccepting() {
  if (impl_->stopped.exchange(true)) return;
  const auto close = [impl = impl_] { impl->CloseAcceptor(); };
  if (impl_->loops.Current() < impl_->loops.size()) {
    impl_->loops.Post(0, close);
  } else {
    static_cast<void>(impl_->loops.PostAndWait(0, close));
  }
}

}  // namespace signet::net
