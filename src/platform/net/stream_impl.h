// The streams that a Listener makes. Includes Asio: for stream.cc and listener.cc only.
#pragma once

#include <atomic>
#include <memory>

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

// On its loop: takes over a connected, non-blocking socket. With `tls` the handshake is made first.
// `done` gets the stream, or the reason why there is none.
void MakeStream(boost::asio::io_context& context, runtime::Fd fd, StreamInfo info,
                ConnectionCount count, std::shared_ptr<const TlsContext> tls,
                std::chrono::milliseconds handshake_timeout,
                std::move_only_function<void(Result<std::shared_ptr<Stream>>)> done);

}  // namespace signet::net
