// Stream: one accepted connection on one loop, plain or TLS, TCP or Unix.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/net/peer_info.h"
#include "platform/net/unix_peer.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::net {

enum class Transport : std::uint8_t { kTls, kPlainTcp, kUnix };

// What is known of a connection before its first byte.
struct StreamInfo {
  Transport transport = Transport::kPlainTcp;
  std::size_t loop = 0;
  std::vector<Bytes> tls_peer_chain{};  // verified, leaf first; empty without a client certificate
  std::shared_ptr<const PeerInfo> tls_peer{};  // what the verifier found; nullptr without one
  std::optional<UnixPeer> unix_peer{};         // kUnix only
  std::string remote{};                        // "127.0.0.1:4711" or "unix", for logs

  // True for TLS, and for a Unix socket, whose bytes never leave the kernel [WIT-10].
  [[nodiscard]] bool is_protected() const { return transport != Transport::kPlainTcp; }
};

// All calls on the thread of its loop; callbacks come on that thread too, never from inside the
// call. At most one Read and one Write at a time. Lives as long as someone holds the shared_ptr or
// an operation is under way.
class Stream {
 public:
  using ReadDone = std::move_only_function<void(Result<std::size_t>)>;
  using WriteDone = std::move_only_function<void(Result<void>)>;

  virtual ~Stream() = default;
  [[nodiscard]] virtual const StreamInfo& info() const = 0;

  // At least one byte into `into`, which must stay until `done`. Errors: kIoTimeout, kIoClosed (end
  // of the stream), kIoRead, kIoCancelled (Close)
  virtual void Read(MutableByteView into, std::chrono::milliseconds timeout, ReadDone done) = 0;
  // All of `bytes`, which must stay until `done`. Errors: kIoTimeout, kIoClosed, kIoWrite,
  // kIoCancelled
  virtual void Write(ByteView bytes, std::chrono::milliseconds timeout, WriteDone done) = 0;
  // Tells the peer that nothing more will come (close_notify under TLS); reading goes on. A server
  // that closes while the peer still sends loses its last answer: it shuts down, reads until the
  // end and only then closes.
  virtual void ShutdownWrite() = 0;
  // Ends the connection; operations under way end with kIoCancelled.
  virtual void Close() = 0;
};

}  // namespace signet::net
