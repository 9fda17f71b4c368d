// The verifier that TLS connections ask inside their handshake: proof::VerifyTlsPeer with the trust
// of that moment.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "platform/net/tls_context.h"
#include "protocol/base/time.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/proof/mtls.h"
#include "protocol/trust/snapshot.h"

namespace signet::proxy {

// What it finds: kept by the connection, handed to HTTP handlers.
struct WicPeer final : net::PeerInfo {
  explicit WicPeer(credential::VerifiedWic verified) : wic(std::move(verified)) {}
  const credential::VerifiedWic wic;
};

// The trust at the time of the call, called on the thread of the connection. Must not block;
// nullptr trusts nobody.
using TrustSource = std::function<std::shared_ptr<const trust::TrustSnapshot>()>;

// A verifier for one expectation: of the server that a client connects to, or of the clients of a
// server. `clock` outlives it. It may be called from several threads if `trust` may.
// Its errors: those of VerifyTlsPeer; kTrustDomainUnknown (no trust)
[[nodiscard]] net::PeerVerifier MakeTlsVerifier(proof::TlsExpectation expected, TrustSource trust,
                                                credential::WicRules rules, const Clock& clock);

// The certificate that MakeTlsVerifier's verifier has verified; nullptr if there was none, or if
// another verifier was asked. Borrows from `peer`.
[[nodiscard]] const credential::VerifiedWic* WicOf(const net::PeerInfo* peer);

}  // namespace signet::proxy
