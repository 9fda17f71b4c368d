// Whether an answer is that of the server that was called [SIG-12].
//
// Pure; thread-safe.
#pragma once

#include <memory>

#include "platform/http1/client.h"
#include "protocol/base/time.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/response_verifier.h"

namespace signet::app {

// What a call demands of its answer; without trust nothing is looked at.
struct AnswerRules {
  std::shared_ptr<const trust::TrustSnapshot> trust;
  verify::ResponseRules response;
};

// `request` as it was sent, with its signature.
[[nodiscard]] verify::ResponseDecision CheckAnswer(const http1::ClientResponse& response,
                                                   const http1::ClientRequest& request,
                                                   const AnswerRules& rules, WallTime now);

}  // namespace signet::app
