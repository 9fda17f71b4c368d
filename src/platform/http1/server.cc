#include "platform/http1/server.h"

#include <thread>
#include <vector>

#include "platform/http1/connection.h"

namespace signet::http1 {

struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  explicit Impl(std::shared_ptr<ServerShared> s)
      : shared(std::move(s)), connections(shared->loops.size()) {}

  std::shared_ptr<ServerShared> shared;
  // Entry i belongs to loop i: the connections that it has, and those that it had.
  std::vector<std::vector<std::weak_ptr<HttpConnection>>> connections;
  std::unique_ptr<net::Listener> listener;
  bool stopped = false;

  void Add(std::shared_ptr<net::Stream> stream) {
    const std::size_t loop = stream->info().loop;
    if (shared->stopping) return stream->Close();
    auto connection = std::make_shared<HttpConnection>(shared, std::move(stream));
    auto& list = connections[loop];
    // Forgets the dead when the list would grow: amortised, and never longer than twice the living.
    if (list.size() == list.capacity()) {
      std::erase_if(list, [](const auto& weak) { return weak.expired(); });
    }
    list.push_back(connection);
    connection->Start();
  }

  // Calls fn(HttpConnection&) for each connection on its loop, and waits for it.
  template <typename Fn>
  void OnAll(Fn fn) {
    for (std::size_t i = 0; i < shared->loops.size(); ++i) {
      static_cast<void>(shared->loops.PostAndWait(i, [this, i, fn] {
        // A copy: closing a connection may let go of others.
        const auto list = connections[i];
        for (const auto& weak : list) {
          if (const auto connection = weak.lock()) fn(*connection);
        }
      }));
    }
  }
};

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::Start(runtime::Loops& loops, ServerConfig config,
                                              Handler handler) {
  return StartAsync(
      loops, std::move(config),
      [handler = std::move(handler)](const RequestContext& context, Responder responder) {
        responder.Send(handler(context));
      });
}

Result<std::unique_ptr<Server>> Server::StartAsync(runtime::Loops& loops, ServerConfig config,
                                                   AsyncHandler handler) {
  net::ListenConfig listen = std::move(config.listen);
  auto shared = std::make_shared<ServerShared>(loops, std::move(config), std::move(handler));
  auto impl = std::make_shared<Impl>(shared);
  SIGNET_TRY_ASSIGN(impl->listener,
                    net::Listener::Start(
                        loops, std::move(listen),
                        // Weak: the listener belongs to Impl.
                        [weak = std::weak_ptr<Impl>(impl)](std::shared_ptr<net::Stream> stream) {
                          const auto self = weak.lock();
                          if (self == nullptr) return stream->Close();
                          self->Add(std::move(stream));
                        },
                        [shared](const Error& error) { shared->Report(error); }));
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
  impl_->shared->stopping = true;
  impl_->OnAll([](HttpConnection& connection) { connection.FinishSoon(); });
  const auto deadline = std::chrono::steady_clock::now() + grace;
  constexpr std::chrono::milliseconds kLook{5};
  while (connections() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLook);
  }
  impl_->OnAll([](HttpConnection& connection) { connection.Abort(); });
}

}  // namespace signet::http1
