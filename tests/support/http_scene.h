// HttpScene: a good request, its recipient and what is trusted there; a test changes one thing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/proof/replay_table.h"
#include "protocol/verify/verifier.h"
#include "tests/support/tokens.h"

namespace signet::testing {

// A store whose answer a test may dictate.
class TableGuard final : public proof::ReplayGuard {
 public:
  proof::ReplayOutcome TestAndInsert(const proof::ReplayEntry& entry, WallTime now) override {
    ++asked;
    if (forced.has_value()) return {*forced, std::nullopt};
    return table.TestAndInsert(entry, now, SteadyTime{now.time_since_epoch()});
  }
  seconds longest_life() const override { return longest; }
  seconds longest{600};
  proof::ReplayTable table{proof::ReplayLimits{}};
  std::optional<proof::ReplayVerdict> forced;
  int asked = 0;
};

inline verify::Policy TestPolicy() {
  verify::Policy policy;
  SIGNET_CHECK(policy.audiences.Add(kAudience).has_value());
  policy.callers.Add(IdOf(kCaller));
  return policy;
}

// A good request and its recipient; every case changes one thing in them.
struct HttpScene {
  std::string wit = WitMaker().Token();
  std::string wpt = WptMaker(wit).Token();
  std::vector<std::pair<std::string, std::string>> lines = {{"Workload-Identity-Token", wit},
                                                            {"Authorization", "WPT " + wpt}};
  std::string method = "GET";
  std::string target = "/v1/items?page=2";
  std::string authority = "orders.example.com";
  verify::Policy policy = TestPolicy();
  verify::Channel channel = verify::Channel::kProtected;
  std::vector<trust::OriginConfig> origins = TestOrigins();
  trust::DenyList deny;
  std::uint64_t trust_generation = 7;
  TableGuard guard;
  bool with_guard = true;
  const credential::VerifiedWic* peer = nullptr;
  std::string body;
  WallTime now = kNow;
  verify::VerifyContext context;

  // A WIT or a proof with one thing changed; the rest of the request follows.
  void SetWit(WitMaker maker) {
    wit = maker.Token();
    SetProof([](WptMaker&) {});
  }
  void SetProof(const std::function<void(WptMaker&)>& change) {
    WptMaker maker(wit);
    change(maker);
    wpt = maker.Token();
    lines = {{"Workload-Identity-Token", wit}, {"Authorization", "WPT " + wpt}};
  }
  void UseRevision01() {
    policy.wpt_revision = credential::WptRevision::k01;
    lines = {{"Workload-Identity-Token", wit}, {"Workload-Proof-Token", wpt}};
  }
  void Add(std::string name, std::string value) {
    lines.emplace_back(std::move(name), std::move(value));
  }

  [[nodiscard]] http::Request Request() const {
    http::Request request;
    request.method = method;
    request.target = target;
    request.authority = authority;
    request.body = AsBytes(body);
    for (const auto& [name, value] : lines) request.fields.Add(name, value);
    return request;
  }

  verify::Decision Decide() {
    const http::Request request = Request();
    const auto trust = SnapshotOf(origins, trust_generation, deny);
    const Result<verify::Verifier> verifier = verify::Verifier::Make(policy);
    SIGNET_CHECK(verifier.has_value());
    return verifier->Decide(request, {channel, peer}, *trust, with_guard ? &guard : nullptr, now,
                            context);
  }
};

}  // namespace signet::testing
