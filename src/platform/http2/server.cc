#include "platform/http2/server.h"

#include <atomic>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

namespace signet::http2 {

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(runtime::Loops& l, ConnectionConfig c, OnRequest r, std::function<void(const Error&)> e)
      : loops(l),
        config(c),
        on_request(std::move(r)),
        on_error(std::move(e)),
        connections(l.size()) {}

  runtime::Loops& loops;
  const ConnectionConfig config;
  const OnRequest on_request;
  const std::function<void(const Error&)> on_error;
  // Entry i belongs to loop i.
  std::vector<std::unordered_set<std::shared_ptr<Connection>>> connections;
  std::unique_ptr<net::Listener> listener;
  std::atomic<bool> stopping = false;
  bool stopped = false;

  void Report(const Error& error) const {
    if (on_error) on_error(error);
  }

  void Add(std::shared_ptr<net::Stream> stream) {
    const std::size_t loop = stream->info().loop;
    if (stopping) return stream->Close();
    // Not before it is in the table: a connection may end while it is being started.
    const auto place = std::make_shared<std::weak_ptr<Connection>>();
    auto connection =
        Connection::Start(loops, std::move(stream), Side::kServer, config, on_request,
                          [weak = weak_from_this(), place, loop](const Error& reason) {
                            const auto self = weak.lock();
                            if (self == nullptr) return;
                            if (reason.code != Errc::kIoClosed) self->Report(reason);
                            self->connections[loop].erase(place->lock());
                          });
    if (!connection) return Report(connection.error());
    *place = *connection;
    connections[loop].insert(*std::move(connection));
  }

  // Calls fn(Connection&) for each connection on its loop, and waits for it.
  template <typename Fn>
  void OnAll(Fn fn) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
      static_cast<void>(loops.PostAndWait(i, [this, i, fn] {
        // A copy: a connection that ends leaves the table.
        const std::vector<std::shared_ptr<Connection>> all(connections[i].begin(),
                                                           connections[i].end());
        for (const auto& connection : all) fn(*connection);
      }));
    }
  }
};

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::Start(runtime::Loops& loops, ServerConfig config,
                                              OnRequest on_request) {
  auto impl = std::make_shared<Impl>(loops, config.connection, std::move(on_request),
                                     std::move(config.on_error));
  SIGNET_TRY_ASSIGN(impl->listener,
                    net::Listener::Start(
                        loops, std::move(config.listen),
                        // Weak: the listener belongs to Impl.
                        [weak = std::weak_ptr<Impl>(impl)](std::shared_ptr<net::Stream> stream) {
                          const auto self = weak.lock();
                          if (self == nullptr) return stream->Close();
                          self->Add(std::move(stream));
                        },
                        [weak = std::weak_ptr<Impl>(impl)](const Error& error) {
                          if (const auto self = weak.lock()) self->Report(error);
                        }));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const { return impl_->listener->port(); }
std::size_t Server::connections() const { return impl_->listener->connections(); }
void Server::ReplaceTls(const std::shared_ptr<const net::TlsContext>& tls) {
  impl_->listener->ReplaceTls(tls);
}

void Server::Stop(std::chrono::milliseconds grace) {
  if (impl_->stopped) return;
  impl_->stopped = true;
  impl_->listener->StopAccepting();
  impl_->stopping = true;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  if (grace.count() > 0) {
    impl_->OnAll([](Connection& connection) { connection.Shutdown(); });
    constexpr std::chrono::milliseconds kLook{5};
    while (connections() > 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(kLook);
    }
  }
  impl_->OnAll([](Connection& connection) { connection.Abort(); });
}

}  // namespace signet::http2
