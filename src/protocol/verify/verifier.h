// Verifier: the one call that decides on a request.
//
// Documents: creds 5.1.4, wpt 2, http-signature 3, mutual-tls 3, identifier 7. The order is the
// channel (WIT-10), the certificate of the handshake (TLS), the WIT (WIT-6, WIT-12), the WPT
// (WPT-5), the HTTP signature (SIG), the callers, and the replay store last of all [RPL-1].
// Floor 8.
#pragma once

#include <cstdint>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/http/message.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/replay.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/decision.h"
#include "protocol/verify/policy.h"
#include "protocol/verify/transport_step.h"
#include "protocol/verify/wit_cache.h"

namespace signet::verify {

// Whether the channel over which the request came is server-authenticated TLS or as good as it (a
// Unix socket). The listener says so, from what it knows of its socket; never the request.
enum class Channel : std::uint8_t { kUnprotected, kProtected };

// What the listener knows of the connection. `peer` is the client's certificate as the handshake
// verified it; nullptr if there was none.
struct Connection {
  Connection(Channel of_channel,  // NOLINT(google-explicit-constructor): most have no certificate
             const credential::VerifiedWic* of_peer = nullptr)
      : channel(of_channel), peer(of_peer) {}
  Channel channel;
  const credential::VerifiedWic* peer;
};

// Scratch memory and cache of one thread. Reused from request to request.
struct VerifyContext {
  WitCache cache;
  crypto::KeyTableView key_tables;  // of nobody until attached: all is verified in the plain way
  WicMemo wics;
  jose::JwsReader wit_reader;
  jose::JwsReader wpt_reader;
};

class Verifier {
 public:
  // Errors: kVerifyConfiguration
  [[nodiscard]] static Result<Verifier> Make(Policy policy);

  // Decides. Thread-safe, as long as each thread brings its own `context`.
  //
  // `request` is looked at as it was received; its scheme and authority decide nothing. `replay`
  // may be nullptr only under waive_replay_protection: otherwise the decision on a proof is
  // kUnavailable. Never fails otherwise than by a decision.
  //
  // Which proofs are looked at: the WPT, if that binding is accepted and the request holds one; the
  // HTTP signature, if that is accepted and the request holds one with our tag; what is looked at
  // must pass, so a request with both needs both. What policy.demand names must be there. Mutual
  // TLS alone is a proof where it is accepted and the request has neither WIT nor proof: a WIT that
  // is sent must be proven.
  [[nodiscard]] Decision Decide(const http::Request& request, const Connection& connection,
                                const trust::TrustSnapshot& trust, proof::ReplayGuard* replay,
                                WallTime now, VerifyContext& context) const;

  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  explicit Verifier(Policy policy) : policy_(std::move(policy)) {}
  Policy policy_;
};

}  // namespace signet::verify
