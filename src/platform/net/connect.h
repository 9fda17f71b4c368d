// BlockingStream: an outgoing connection for tools and simple clients. Blocks the calling thread;
// never used on a loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "platform/net/connect_target.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::net {

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
