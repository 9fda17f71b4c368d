// PeerInfo: what the verifier of a TLS peer found out about it. Opaque here: this layer carries it
// from the handshake to whoever handles the connection, and knows no identifiers.
#pragma once

namespace signet::net {

// Immutable and shared between threads once it is made.
struct PeerInfo {
  PeerInfo() = default;
  PeerInfo(const PeerInfo&) = delete;
  PeerInfo& operator=(const PeerInfo&) = delete;
  virtual ~PeerInfo() = default;
};

}  // namespace signet::net
