// Client: one HTTP/2 connection to a server, on a loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "platform/http2/connection.h"
#include "platform/net/connector.h"
#include "platform/runtime/loops.h"
#include "protocol/base/result.h"

namespace signet::http2 {

// Connects and starts the protocol; `done` is called on loop `loop`, with a connection that takes
// requests or the reason why there is none. The server's SETTINGS may still be on their way.
// `on_closed` is called once, after a successful `done`, when the connection has ended.
// For TLS, `target.tls` is a context whose alpn is {"h2"}.
// Errors: those of net::Connect, kHttp2Internal
void Connect(runtime::Loops& loops, std::size_t loop, net::ConnectTarget target,
             std::chrono::milliseconds timeout, const ConnectionConfig& config,
             std::move_only_function<void(Result<std::shared_ptr<Connection>>)> done,
             std::function<void(const Error&)> on_closed);

}  // namespace signet::http2
