#include "app/call/signed_answer.h"

#include "app/call/prove.h"

namespace signet::app {

verify::ResponseDecision CheckAnswer(const http1::ClientResponse& response,
                                     const http1::ClientRequest& request, const AnswerRules& rules,
                                     WallTime now) {
  http::Response view{.status = response.status, .fields = {}, .body = AsBytes(response.body)};
  for (const http1::Header& header : response.headers) view.fields.Add(header.name, header.value);
  verify::VerifyContext context;
  return verify::VerifyResponse(view, ViewOf(request), rules.response, *rules.trust, now, context);
}

}  // namespace signet::app
