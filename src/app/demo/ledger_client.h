// How orders calls ledger: mutual TLS, the request signed, the answer signed and bound to it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/call/url.h"
#include "app/demo/control.h"
#include "app/demo/identity_client.h"
#include "platform/http1/client.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/verify/response_verifier.h"

namespace signet::app::demo {

// One connection, kept; used by one thread. References outlive it.
class LedgerClient {
 public:
  // Errors: those of ParseCallUrl, WorkloadId::Parse and TlsContext::MakeClient
  [[nodiscard]] static Result<LedgerClient> Make(const std::string& url, const Identity& own,
                                                 const Clock& clock, Random& random);

  // True only if ledger itself says, in an answer to this very request, that it took the entry.
  // Errors: those of the call and of SignRequest; what VerifyResponse refuses; kIoRead (another
  // status than 201)
  [[nodiscard]] Result<void> Enter(const std::string& body);

  // The last call: {"captured":{method,target,host,headers,body},"status","server","checks","ns"},
  // the checks being those of the answer.
  [[nodiscard]] const Json& last() const { return last_; }

 private:
  LedgerClient(CallUrl url, const Identity& own, identity::WorkloadId ledger, const Clock& clock,
               Random& random)
      : url_(std::move(url)),
        own_(own),
        ledger_(std::move(ledger)),
        clock_(clock),
        random_(random) {}
  Result<http1::ClientRequest> MakeRequest(const std::string& body, std::string& nonce);
  Result<http1::ClientResponse> Send(const http1::ClientRequest& request);
  Result<void> CheckAnswer(const http1::ClientRequest& request,
                           const http1::ClientResponse& response, const std::string& nonce);

  CallUrl url_;
  const Identity& own_;
  identity::WorkloadId ledger_;
  const Clock& clock_;
  Random& random_;
  std::shared_ptr<const net::TlsContext> tls_;
  std::optional<http1::Connection> connection_;
  // Cannot be moved; this class can.
  std::unique_ptr<verify::VerifyContext> context_ = std::make_unique<verify::VerifyContext>();
  Json last_ = Json::object();
};

// {"method","target","host","headers":[[name,value]...],"body"}, and back.
[[nodiscard]] Json MessageJson(const http1::ClientRequest& request);
[[nodiscard]] http1::ClientRequest MessageOf(const Json& json);

}  // namespace signet::app::demo
