// EnforcementPoint: stands in front of an application's handler and lets through what the verifier
// allows; everything else is answered here and never reaches the handler.
//
// Thread-safe as described at each function. The WIT cache and the scratch memory of verification
// are per loop; loops share only the immutable trust snapshot, the replay store and the logger.
//
// Each decision leaves one log line: verdict, code, rule, the verified subject, the proof's jti and
// the hash of the WIT. Tokens are never written, nor is any field of the request but method and
// path [WPT-11].
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/http1/message.h"
#include "platform/http1/server.h"
#include "platform/runtime/loops.h"
#include "platform/telemetry/log.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/proof/replay.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/decision.h"
#include "protocol/verify/verifier.h"
#include "service/proxy/key_table_builder.h"
#include "service/proxy/key_tables.h"

namespace signet::proxy {

// The application. `subject` is the verified caller; the only source of the caller's identity, the
// header fields of the request are the peer's words [ID-13]. Called on the connection's loop.
using ProtectedHandler = std::function<http1::Response(const http1::RequestContext&,
                                                       const identity::WorkloadId& subject)>;

// The same for an application that answers later: on the blocking pool, after a call of its own.
// `done` may be called from any thread, once; a `done` that dies unused answers 500. What the
// context and the subject refer to stays valid until then.
using Answer = std::move_only_function<void(http1::Response)>;
using AsyncProtectedHandler = std::function<void(const http1::RequestContext&,
                                                 const identity::WorkloadId& subject, Answer done)>;

// Sees each decision, before the answer, on the loop that made it; `elapsed` is the time that the
// decision took. Must not block.
using DecisionObserver =
    std::function<void(const verify::Decision&, std::chrono::nanoseconds elapsed)>;

// Signs answers with this server's own WIT and key. Thread-safe: called on the connection's loop,
// from all loops at the same time, and with an AsyncProtectedHandler on the thread that answers;
// must not block.
class ResponseSigner {
 public:
  virtual ~ResponseSigner() = default;
  // The header fields to add. Any error makes the answer a 501: an answer that had to be signed and
  // is not must not look like a success [SIG-11].
  [[nodiscard]] virtual Result<std::vector<http1::Header>> Sign(const http::Response& response,
                                                                const http::Request& request,
                                                                std::string_view request_nonce) = 0;
};

// What an enforcement point is made of. References and pointers outlive it.
struct EnforcementParts {
  runtime::Loops& loops;
  const Clock& clock;
  telemetry::Logger& logger;
  // nullptr only under the policy's waive_replay_protection: all is kUnavailable otherwise.
  proof::ReplayGuard* replay = nullptr;
  std::shared_ptr<const trust::TrustSnapshot> trust;
  // Exactly one of the two.
  ProtectedHandler handler{};
  AsyncProtectedHandler async_handler{};
  DecisionObserver observer{};  // may be empty
  // nullptr: this server cannot sign, and a request that demands it is answered 501 [SIG-11].
  ResponseSigner* response_signer = nullptr;
  // Local policy [SIG-11]: the answer to every signed request is signed, demanded or not.
  bool sign_all_responses = false;
  // Tables that halve the time of a decision and cost memory; off for a process that decides
  // seldom.
  KeyTableOptions key_tables{};
};

struct DecisionCount {
  std::string_view code;  // dotted name; "allowed" for the first entry
  std::uint64_t count = 0;
};

class EnforcementPoint {
 public:
  // Errors: kVerifyConfiguration (policy; no trust, no handler or two)
  [[nodiscard]] static Result<std::unique_ptr<EnforcementPoint>> Make(verify::Policy policy,
                                                                      EnforcementParts parts);
  EnforcementPoint(const EnforcementPoint&) = delete;
  EnforcementPoint& operator=(const EnforcementPoint&) = delete;

  // Decides and answers; the handler of an http1::Server on the same loops. On a loop.
  // With async_handler: HandleAsync, the AsyncHandler of such a server.
  [[nodiscard]] http1::Response Handle(const http1::RequestContext& context);
  void HandleAsync(const http1::RequestContext& context, http1::Responder responder);

  // Each loop uses `trust` from its next task on. From any thread. nullptr is ignored.
  void ReplaceTrust(const std::shared_ptr<const trust::TrustSnapshot>& trust);

  // "allowed" first, then each code that has occurred, in the order of errors.def. From any thread.
  [[nodiscard]] std::vector<DecisionCount> counts() const;

 private:
  struct LoopState;
  EnforcementPoint(verify::Verifier verifier, EnforcementParts parts);
  void WantIssuerTables(const trust::TrustSnapshot& trust);
  // Decides, counts, logs; the answer to a request that goes no further, else nullopt.
  [[nodiscard]] std::optional<http1::Response> Screen(const http1::RequestContext& context,
                                                      verify::Decision& decision);
  void Log(const http1::RequestContext& context, const verify::Decision& decision) const;
  void SignResponse(const http1::RequestContext& context, const verify::Decision& decision,
                    http1::Response& response) const;

  verify::Verifier verifier_;
  EnforcementParts parts_;
  KeyTables key_tables_;
  std::optional<KeyTableBuilder> key_table_builder_;  // none if they are off
  std::vector<std::shared_ptr<LoopState>> loops_;
};

// The refusal as an HTTP answer: status, problem details, challenge [WPT-8].
[[nodiscard]] http1::Response RefusalResponse(const verify::Decision& decision);

}  // namespace signet::proxy
