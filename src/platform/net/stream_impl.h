// The streams that a Listener and Connect make. Includes Asio: for their .cc files only.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "platform/net/stream.h"
#include "platform/net/tls_session.h"
#include "platform/runtime/fd.h"

namespace signet::net {

// Counts a connection while it lives.
class ConnectionCount {
 public:
  explicit ConnectionCount(std::shared_ptr<std::atomic<std::size_t>> counter)
      : counter_(std::move(counter)) {}
  ConnectionCount(ConnectionCount&&) noexcept = default;
  ConnectionCount& operator=(ConnectionCount&&) = delete;
  ~ConnectionCount() {
    if (counter_ != nullptr) --*counter_;
  }

 private:
  std::shared_ptr<std::atomic<std::size_t>> counter_;
};

// What the TLS handshake of a stream needs; without a context there is none. A server's context
// makes it the server's side, and nothing else is used then.
struct TlsRole {
  std::shared_ptr<const TlsContext> context{};
  PeerVerifier verifier{};
  std::string server_name{};
};

// On its loop: takes over a connected, non-blocking socket. With TLS the handshake is made first.
// `done` gets the stream, or the reason why there is none; without TLS from inside the call.
void MakeStream(boost::asio::io_context& context, runtime::Fd fd, StreamInfo info,
                ConnectionCount count, TlsRole tls, std::chrono::milliseconds handshake_timeout,
                std::move_only_function<void(Result<std::shared_ptr<Stream>>)> done);

}  // namespace signet::net
