// TlsSession: one TLS connection over a non-blocking socket. It never waits: each step says what it
// waits for, so the same code serves the loops and the blocking client.
//
// Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/net/tls_context.h"

namespace signet::net {

enum class TlsWait : std::uint8_t { kNothing, kReadable, kWritable };

// What a step did. With kNothing the step is over and `bytes` says how far it came; otherwise the
// caller waits for the socket and calls the same step again with the same arguments.
struct TlsStep {
  TlsWait wait = TlsWait::kNothing;
  std::size_t bytes = 0;
};

class TlsSession {
 public:
  // `fd` is borrowed: a connected, non-blocking stream socket that outlives the session.
  // Errors: kTlsConfiguration
  [[nodiscard]] static Result<TlsSession> Accept(std::shared_ptr<const TlsContext> context, int fd);
  // `server_name` goes into SNI unless it is empty or an IP address; `verifier` must be set.
  [[nodiscard]] static Result<TlsSession> Connect(std::shared_ptr<const TlsContext> context, int fd,
                                                  PeerVerifier verifier,
                                                  const std::string& server_name);

  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;
  ~TlsSession();

  // Errors: the verifier's own error; kTlsPeerMissing (certificate required), kTlsHandshake,
  // kIoClosed
  [[nodiscard]] Result<TlsStep> Handshake();
  // Errors: kIoClosed (close_notify), kIoRead (also: the end without close_notify, which an
  // attacker can bring about), kTlsHandshake (an alert: under TLS 1.3 a client learns only here
  // that the server refused its certificate)
  [[nodiscard]] Result<TlsStep> Read(MutableByteView into);
  // Errors: kIoWrite, kIoClosed
  [[nodiscard]] Result<TlsStep> Write(ByteView bytes);
  // Sends close_notify, without waiting for the peer's.
  void Shutdown();

  // After the handshake. The chain that the verifier accepted, leaf first; empty if none was sent.
  [[nodiscard]] const std::vector<Bytes>& peer_chain() const;
  // What the verifier found; nullptr if there was no certificate.
  [[nodiscard]] const std::shared_ptr<const PeerInfo>& peer() const;
  [[nodiscard]] std::string alpn() const;

  struct Impl;

 private:
  explicit TlsSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::net
