// A verifier that knows one certificate: for tests of connections, where who may be trusted is not
// the question.
#pragma once

#include <memory>
#include <utility>

#include "platform/net/tls_context.h"

namespace signet::test {

// Finds nothing out but that it is the one.
struct PinnedPeer : net::PeerInfo {};

// Accepts a peer whose leaf is exactly `leaf_der`. Errors: kTlsPeerUnexpected
inline net::PeerVerifier PinLeaf(Bytes leaf_der) {
  return [leaf_der = std::move(leaf_der)](
             std::span<const Bytes> chain) -> Result<std::shared_ptr<const net::PeerInfo>> {
    if (chain.empty() || chain[0] != leaf_der) {
      return Refuse(Errc::kTlsPeerUnexpected, "another certificate");
    }
    return std::make_shared<PinnedPeer>();
  };
}

}  // namespace signet::test
