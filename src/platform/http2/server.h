// Server: accepts connections and speaks HTTP/2 on them.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "platform/http2/connection.h"
#include "platform/net/listener.h"
#include "platform/runtime/loops.h"
#include "protocol/base/result.h"

namespace signet::http2 {

struct ServerConfig {
  // For TLS, a context whose alpn is {"h2"}: RFC 9113 section 3.2 wants it negotiated.
  net::ListenConfig listen{};
  ConnectionConfig connection{};
  // Connections that failed; on some loop.
  std::function<void(const Error&)> on_error{};
};

class Server {
 public:
  // `on_request` is called on the loop of the connection, from all loops at the same time, and must
  // not block. `loops` outlives the server and must still run when the server dies.
  // Errors: kIoListen, kTlsConfiguration
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(runtime::Loops& loops,
                                                             ServerConfig config,
                                                             OnRequest on_request);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // Stop(0)

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  void ReplaceTls(const std::shared_ptr<const net::TlsContext>& tls);

  // Stops accepting and asks each peer to go (GOAWAY in two steps); streams under way may finish
  // within `grace`, then the rest is closed. Blocks; never on a loop. No handler is called after it
  // returns.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::http2
