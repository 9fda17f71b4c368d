#include "platform/http2/client.h"

#include <utility>

namespace signet::http2 {

void Connect(runtime::Loops& loops, std::size_t loop, net::ConnectTarget target,
             std::chrono::milliseconds timeout, const ConnectionConfig& config,
             std::move_only_function<void(Result<std::shared_ptr<Connection>>)> done,
             std::function<void(const Error&)> on_closed) {
  net::Connect(loops, loop, std::move(target), timeout,
               [&loops, config, done = std::move(done), on_closed = std::move(on_closed)](
                   Result<std::shared_ptr<net::Stream>> stream) mutable {
                 if (!stream) return done(std::unexpected(stream.error()));
                 done(Connection::Start(loops, *std::move(stream), Side::kClient, config,
                                        /*on_request=*/{}, std::move(on_closed)));
               });
}

}  // namespace signet::http2
