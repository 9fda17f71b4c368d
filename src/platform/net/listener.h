// Listener: accepts connections and deals them to the loops in turn, after the TLS handshake.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "platform/net/stream.h"
#include "platform/net/tls_context.h"
#include "platform/net/unix_listener.h"
#include "platform/runtime/loops.h"
#include "protocol/base/result.h"

namespace signet::net {

struct TlsListen {
  std::string address = "127.0.0.1";  // IPv4 or IPv6 literal
  std::uint16_t port = 0;             // 0: the kernel chooses
  std::shared_ptr<const TlsContext> tls{};
};
// Without TLS: credentials over it are refused unless a waiver says otherwise [WIT-10].
struct PlainTcpListen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
};

struct ListenConfig {
  std::variant<TlsListen, PlainTcpListen, UnixListenConfig> where{};
  std::chrono::milliseconds handshake_timeout{10'000};
  // Over all loops, handshakes included; a further connection is closed at once.
  std::size_t max_connections = 4096;
};

class Listener {
 public:
  // A connection that is ready; called on its loop.
  using OnStream = std::function<void(std::shared_ptr<Stream>)>;
  // Why a connection was not made (handshake, peer, limit); on some loop. May be empty.
  using OnError = std::function<void(const Error&)>;

  // `loops` outlives the listener and every stream. Errors: kIoListen, kTlsConfiguration
  [[nodiscard]] static Result<std::unique_ptr<Listener>> Start(runtime::Loops& loops,
                                                               ListenConfig config,
                                                               OnStream on_stream,
                                                               OnError on_error);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();  // StopAccepting()

  [[nodiscard]] std::uint16_t port() const;  // 0 for a Unix socket
  [[nodiscard]] std::size_t connections() const;

  // Connections accepted from now on use this context. From any thread.
  void ReplaceTls(const std::shared_ptr<const TlsContext>& tls);

  // Closes the listening socket; connections stay, and those whose handshake is not over are
  // closed. Waits for it unless called on a loop.
  void StopAccepting();

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::net
