// Verifier: the one call that decides on a request.
//
// Documents: creds 5.1.4, wpt 2, identifier 7; the order is WIT-10, WIT-6, WIT-12, WPT-5, the
// callers, and the replay store last of all [RPL-1]. Floor 8.
#pragma once

#include <cstdint>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/http/message.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/replay.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/decision.h"
#include "protocol/verify/policy.h"
#include "protocol/verify/wit_cache.h"

namespace signet::verify {

// Whether the channel over which the request came is server-authenticated TLS or as good as it (a
// Unix socket). The listener says so, from what it knows of its socket; never the request.
enum class Channel : std::uint8_t { kUnprotected, kProtected };

// Scratch memory and cache of one thread. Reused from request to request.
struct VerifyContext {
  WitCache cache;
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
  // may be nullptr only under waive_replay_protection: otherwise the decision is kUnavailable.
  // Never fails otherwise than by a decision.
  [[nodiscard]] Decision Decide(const http::Request& request, Channel channel,
                                const trust::TrustSnapshot& trust, proof::ReplayGuard* replay,
                                WallTime now, VerifyContext& context) const;

  [[nodiscard]] const Policy& policy() const { return policy_; }

 private:
  explicit Verifier(Policy policy) : policy_(std::move(policy)) {}
  Policy policy_;
};

}  // namespace signet::verify
