#include "app/call/signed_answer.h"

#include "app/call/message_view.h"

namespace signet::app {

verify::ResponseDecision CheckAnswer(const http1::ClientResponse& response,
                                     const http1::ClientRequest& request, const AnswerRules& rules,
                                     WallTime now) {
  verify::VerifyContext context;
  return verify::VerifyResponse(ViewOf(response), ViewOf(request), rules.response, *rules.trust,
                                now, context);
}

}  // namespace signet::app
