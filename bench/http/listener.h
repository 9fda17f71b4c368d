// BenchListener: what a relying party runs, with all that a request passes through.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/http1/server.h"
#include "platform/runtime/clock.h"
#include "platform/runtime/loops.h"
#include "platform/telemetry/log.h"
#include "protocol/base/result.h"
#include "protocol/verify/decision.h"
#include "service/proxy/enforcement_point.h"
#include "service/proxy/replay_store.h"

namespace signet::bench {

struct ListenerOptions {
  bool tls = false;  // else plain TCP, with the waiver that this needs
  bool tables = true;
  verify::Binding binding = verify::Binding::kWpt;
  std::string journal{};  // of the replay store; empty: replay protection is waived
  std::size_t loops = 1;
};

class BenchListener {
 public:
  // Errors: those of the parts
  [[nodiscard]] static Result<std::unique_ptr<BenchListener>> Start(const ListenerOptions& options);

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] verify::Binding binding() const { return binding_; }
  [[nodiscard]] WallTime Now() const { return clock_.Now(); }
  [[nodiscard]] std::vector<proxy::DecisionCount> counts() const { return point_->counts(); }
  [[nodiscard]] std::uint64_t connection_errors() const { return connection_errors_; }
  [[nodiscard]] std::size_t replay_entries() const {
    return replay_ == nullptr ? 0 : replay_->size();
  }
  void Maintain();

 private:
  BenchListener() = default;
  Result<void> OpenReplay(const ListenerOptions& options);
  Result<void> MakePoint(const ListenerOptions& options);
  Result<void> Listen(const ListenerOptions& options);

  runtime::SystemClock clock_;
  telemetry::Logger logger_{telemetry::LogConfig{}};
  verify::Binding binding_ = verify::Binding::kWpt;
  std::atomic<std::uint64_t> connection_errors_{0};
  std::unique_ptr<proxy::ReplayStore> replay_;
  std::unique_ptr<runtime::Loops> loops_;
  std::unique_ptr<proxy::EnforcementPoint> point_;
  std::unique_ptr<http1::Server> server_;
};

}  // namespace signet::bench
