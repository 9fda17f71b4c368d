// BlockingStream: an outgoing connection for tools and simple clients. Blocks the calling thread;
// never used on a loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "platform/net/tls_context.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::net {

struct TlsTarget {
  std::string host{};  // name or IP literal; also the SNI name unless server_name is set
  std::uint16_t port = 443;
  std::shared_ptr<const TlsContext> tls{};
  PeerVerifier verifier{};  // must be set
  std::string server_name{};
};
struct PlainTcpTarget {  // without TLS, by explicit choice
  std::string host{};
  std::uint16_t port = 80;
};
struct UnixTarget {
  std::string path{};
};
using ConnectTarget = std::variant<TlsTarget, PlainTcpTarget, UnixTarget>;

// Not thread-safe. Time limits count from the call; name resolution is the system's and has its
// own.
class BlockingStream {
 public:
  // Connects and, for TLS, makes the handshake, all within `timeout`.
  // Errors: kIoConnect, kIoTimeout, kTlsConfiguration, those of TlsSession::Handshake
  [[nodiscard]] static Result<BlockingStream> Connect(const ConnectTarget& target,
                                                      std::chrono::milliseconds timeout);

  BlockingStream(BlockingStream&&) noexcept;
  BlockingStream& operator=(BlockingStream&&) noexcept;
  ~BlockingStream();

  // At least one byte. Errors: kIoTimeout, kIoClosed (end of the stream), kIoRead
  [[nodiscard]] Result<std::size_t> Read(MutableByteView into, std::chrono::milliseconds timeout);
  // All bytes. Errors: kIoTimeout, kIoClosed, kIoWrite
  [[nodiscard]] Result<void> Write(ByteView bytes, std::chrono::milliseconds timeout);
  void Close();

  [[nodiscard]] bool is_protected() const;                     // TLS or Unix
  [[nodiscard]] const std::vector<Bytes>& peer_chain() const;  // TLS; leaf first
  [[nodiscard]] std::shared_ptr<const PeerInfo> peer() const;  // TLS: what the verifier found

 private:
  struct Impl;
  explicit BlockingStream(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::net
