// HTTP/1.1 server over TLS, a Unix socket or, by explicit choice, plain TCP.
//
// What it hands to the handler is what was received: every field line, in order, with duplicates,
// the raw request target. Requests that two implementations could read differently are refused
// with 400 and the connection is closed: Content-Length together with Transfer-Encoding, more than
// one Content-Length, a list in it, a transfer coding that is not exactly "chunked", folded lines,
// bare LF, white space around field names, other than one Host, HTTP/1.0 (505). Refusals of the
// server itself are problem details (RFC 9457).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "platform/http1/message.h"
#include "platform/net/listener.h"
#include "platform/net/stream.h"
#include "platform/runtime/loops.h"
#include "protocol/base/error.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/http/message.h"

namespace signet::http1 {

// A request and where it came from. Everything is borrowed: valid until the handler returns or,
// for an AsyncHandler, until its Responder has been used or is gone.
struct RequestContext {
  const http::Request& request;
  const net::StreamInfo& channel;
  std::size_t loop;        // index of the loop that called
  bool channel_protected;  // channel.is_protected()
  // What the verifier of the client's certificate found; nullptr: there was none.
  std::shared_ptr<const net::PeerInfo> peer{};
};

// Called on the connection's loop, from all loops at the same time. Must not block.
using Handler = std::function<Response(const RequestContext&)>;

// The way to answer later. Send may be called from any thread, once. A responder that dies unused
// answers 500.
class Responder {
 public:
  struct Target;
  explicit Responder(std::shared_ptr<Target> target);
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&&) = delete;
  ~Responder();
  void Send(Response response);

 private:
  std::shared_ptr<Target> target_;
};
// The context stays valid until `responder` has been used or is gone.
using AsyncHandler = std::function<void(const RequestContext&, Responder responder)>;

struct ServerConfig {
  net::ListenConfig listen{};
  std::size_t max_header_bytes = kMaxHeaderBytes;  // request line and fields
  std::size_t max_body_bytes = kMaxBodyBytes;
  std::size_t max_field_lines = kMaxFieldLines;
  std::chrono::milliseconds idle_timeout{60'000};    // between requests
  std::chrono::milliseconds header_timeout{10'000};  // first to last byte of the header section
  std::chrono::milliseconds body_timeout{30'000};    // whole body
  std::chrono::milliseconds write_timeout{30'000};   // whole answer
  std::size_t max_requests_per_connection = 10'000;
  // Connections that failed and requests that the server itself refused; on some loop.
  std::function<void(const Error&)> on_error{};
};

class Server {
 public:
  // `loops` outlives the server and must still run when the server dies. Errors: kIoListen,
  // kTlsConfiguration
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(runtime::Loops& loops,
                                                             ServerConfig config, Handler handler);
  [[nodiscard]] static Result<std::unique_ptr<Server>> StartAsync(runtime::Loops& loops,
                                                                  ServerConfig config,
                                                                  AsyncHandler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // Stop(0)

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  void ReplaceTls(const std::shared_ptr<const net::TlsContext>& tls);

  // Stops accepting, closes idle connections, lets requests under way finish within `grace`, then
  // closes the rest. Blocks; never on a loop. No handler runs after it returns.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::http1
