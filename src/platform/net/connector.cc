#include "platform/net/connector.h"

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "platform/net/stream_impl.h"

namespace signet::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Fd;
using Time = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

// A socket address of any family.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text{};
};

Result<Address> UnixAddress(const std::string& path) {
  Address out{.text = "unix"};
  auto* const address = reinterpret_cast<sockaddr_un*>(&out.storage);
  if (path.empty() || path.size() >= sizeof(address->sun_path)) {
    return Refuse(Errc::kIoConnect, "the path of a socket has 1 to 107 bytes");
  }
  address->sun_family = AF_UNIX;
  std::memcpy(address->sun_path, path.data(), path.size());
  out.size = sizeof(*address);
  return out;
}

// One attempt, from the name to the stream. Owned by whatever is under way.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(asio::io_context& context, std::size_t loop, ConnectTarget target, milliseconds timeout,
          ConnectDone done)
      : context_(context),
        loop_(loop),
        target_(std::move(target)),
        deadline_(std::chrono::steady_clock::now() + timeout),
        done_(std::move(done)),
        resolver_(context),
        socket_(context),
        timer_(context) {}

  void Start() {
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->Finish(Refuse(Errc::kIoTimeout, "connecting took too long"));
    });
    if (auto* const tls = std::get_if<TlsTarget>(&target_)) {
      if (tls->tls == nullptr || tls->tls->is_server() || !tls->verifier) {
        return Finish(Refuse(Errc::kTlsConfiguration, "TLS wants a context and a verifier"));
      }
      return Resolve(tls->host, tls->port);
    }
    if (auto* const plain = std::get_if<PlainTcpTarget>(&target_)) {
      return Resolve(plain->host, plain->port);
    }
    Result<Address> address = UnixAddress(std::get<UnixTarget>(target_).path);
    if (!address) return Finish(std::unexpected(address.error()));
    addresses_.push_back(*std::move(address));
    TryNext();
  }

 private:
  void Resolve(const std::string& host, std::uint16_t port) {
    resolver_.async_resolve(
        host, std::to_string(port), asio::ip::tcp::resolver::numeric_service,
        [self = shared_from_this()](const error_code& error,
                                    const asio::ip::tcp::resolver::results_type& found) {
          if (self->done_ == nullptr) return;
          if (error) self->last_ = Error(Errc::kIoConnect, "the name has no address");
          for (const auto& entry : found) {
            const asio::ip::tcp::endpoint endpoint = entry.endpoint();
            Address address{
                .size = static_cast<socklen_t>(endpoint.size()),
                .text = endpoint.address().to_string() + ":" + std::to_string(endpoint.port())};
            std::memcpy(&address.storage, endpoint.data(), endpoint.size());
            self->addresses_.push_back(std::move(address));
          }
          self->TryNext();
        });
  }

  void TryNext() {
    if (done_ == nullptr) return;
    while (next_ < addresses_.size()) {
      const Address& address = addresses_[next_++];
      const auto* const raw = reinterpret_cast<const sockaddr*>(&address.storage);
      Fd fd(::socket(raw->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      if (!fd.valid()) return Finish(Refuse(Errc::kIoConnect, ::strerrordesc_np(errno)));
      if (::connect(fd.get(), raw, address.size) == 0) return Connected(std::move(fd), address);
      if (errno == EINPROGRESS) return WaitFor(std::move(fd), address);
      last_ = Error(Errc::kIoConnect, ::strerrordesc_np(errno));
    }
    Finish(std::unexpected(last_));
  }

  void WaitFor(Fd fd, const Address& address) {
    error_code failed;
    socket_.assign(fd.get(), failed);
    if (failed) return Finish(Refuse(Errc::kIoConnect, "the loop takes no more sockets"));
    static_cast<void>(fd.Release());  // the descriptor owns it now
    socket_.async_wait(
        asio::posix::stream_descriptor::wait_write,
        [self = shared_from_this(), &address](const error_code& error) {
          if (error || self->done_ == nullptr) return;
          Fd ready(self->socket_.release());
          int refused = 0;
          socklen_t size = sizeof(refused);
          if (::getsockopt(ready.get(), SOL_SOCKET, SO_ERROR, &refused, &size) != 0) {
            refused = errno;
          }
          if (refused == 0) return self->Connected(std::move(ready), address);
          self->last_ = Error(Errc::kIoConnect, ::strerrordesc_np(refused));
          self->TryNext();
        });
  }

  void Connected(Fd fd, const Address& address) {
    StreamInfo info{.transport = Transport::kPlainTcp,
                    .loop = loop_,
                    .tls_peer_chain = {},
                    .tls_peer = {},
                    .unix_peer = {},
                    .remote = address.text};
    TlsRole role;
    if (auto* const tls = std::get_if<TlsTarget>(&target_)) {
      info.transport = Transport::kTls;
      role = {.context = tls->tls,
              .verifier = std::move(tls->verifier),
              .server_name = tls->server_name.empty() ? tls->host : tls->server_name};
    } else if (std::holds_alternative<UnixTarget>(target_)) {
      info.transport = Transport::kUnix;
    }
    if (info.transport != Transport::kUnix) {
      const int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now());
    MakeStream(context_, std::move(fd), std::move(info), ConnectionCount(nullptr), std::move(role),
               left, [self = shared_from_this()](Result<std::shared_ptr<Stream>> stream) {
                 if (self->done_ == nullptr) {  // too late
                   if (stream) (*stream)->Close();
                   return;
                 }
                 self->Finish(std::move(stream));
               });
  }

  void Finish(Result<std::shared_ptr<Stream>> result) {
    if (done_ == nullptr) return;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    ConnectDone done = std::exchange(done_, nullptr);
    done(std::move(result));
  }

  asio::io_context& context_;
  std::size_t loop_;
  ConnectTarget target_;
  Time deadline_;
  ConnectDone done_;
  asio::ip::tcp::resolver resolver_;
  asio::posix::stream_descriptor socket_;
  asio::steady_timer timer_;
  std::vector<Address> addresses_{};
  std::size_t next_ = 0;
  Error last_{Errc::kIoConnect, "the name has no address"};
};

}  // namespace

void Connect(runtime::Loops& loops, std::size_t loop, ConnectTarget target, milliseconds timeout,
             ConnectDone done) {
  auto attempt = std::make_shared<Attempt>(loops.ContextOf(loop), loop, std::move(target), timeout,
                                           std::move(done));
  loops.Post(loop, [attempt] { attempt->Start(); });
}

}  // namespace signet::net
