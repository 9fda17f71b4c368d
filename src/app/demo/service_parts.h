// A protected service of the first run: a TLS listener, an enforcement point with its replay store,
// and a book of what was decided, for the parent.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "app/demo/control.h"
#include "app/demo/identity_client.h"
#include "platform/http1/server.h"
#include "platform/runtime/loops.h"
#include "platform/runtime/sharded.h"
#include "platform/telemetry/log.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/verify/decision.h"
#include "service/proxy/enforcement_point.h"
#include "service/proxy/replay_store.h"

namespace signet::app::demo {

// References outlive the service.
struct ServiceConfig {
  const Identity& own;
  const Clock& clock;
  telemetry::Logger& logger;
  std::string_view caller;  // the one workload that may call
  verify::BindingSet accept;
  bool client_certificates = false;  // demanded in the handshake [TLS-2]
  std::string journal;
  // One of the two.
  proxy::ProtectedHandler handler;
  proxy::AsyncProtectedHandler async_handler;
  proxy::ResponseSigner* response_signer = nullptr;
};

// {"rule","ok","code"} of each check.
[[nodiscard]] Json ChecksJson(const CheckList& checks);

class ProtectedService {
 public:
  // Errors: those of TlsContext, Server, ReplayStore and EnforcementPoint
  [[nodiscard]] static Result<std::unique_ptr<ProtectedService>> Start(ServiceConfig config);
  ProtectedService(const ProtectedService&) = delete;
  ProtectedService& operator=(const ProtectedService&) = delete;
  ~ProtectedService();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  // {"decisions":[{verdict,code,rule,subject,transport,checks,ns,first_seen_s}...]} since the last
  // time.
  [[nodiscard]] Json TakeDecisions();
  // {"side_effects","counts":{code:n},"connection_errors":{code:n}}
  [[nodiscard]] Json Stats(std::int64_t side_effects);
  void Stop();

 private:
  struct Book {
    Json decisions = Json::array();
    std::map<std::string, std::int64_t, std::less<>> connection_errors;
  };
  ProtectedService() = default;
  Result<void> StartServer(const ServiceConfig& config);
  Result<void> StartDeciding(ServiceConfig config);
  void Serve(const http1::RequestContext& request, http1::Responder responder, bool async);

  runtime::Sharded<Book> book_{1};
  std::unique_ptr<proxy::ReplayStore> replay_;
  std::unique_ptr<runtime::Loops> loops_;
  std::unique_ptr<proxy::EnforcementPoint> point_;
  std::atomic<proxy::EnforcementPoint*> serving_{nullptr};
  std::unique_ptr<http1::Server> server_;
};

}  // namespace signet::app::demo
