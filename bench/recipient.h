// A recipient of requests as a listener is one: policy, trust, replay table, scratch memory.
#pragma once

#include <memory>
#include <optional>

#include "bench/messages.h"
#include "protocol/proof/replay_table.h"
#include "protocol/verify/verifier.h"
#include "service/proxy/key_tables.h"

namespace signet::bench {

// One table, one thread, and a clock that stands still.
class BenchGuard final : public proof::ReplayGuard {
 public:
  proof::ReplayOutcome TestAndInsert(const proof::ReplayEntry& entry, WallTime now) override {
    return table_->TestAndInsert(entry, now, SteadyTime{now.time_since_epoch()});
  }
  seconds longest_life() const override { return proof::ReplayLimits{}.longest_proof; }
  void Forget() { table_.emplace(proof::ReplayLimits{}); }

 private:
  std::optional<proof::ReplayTable> table_{std::in_place, proof::ReplayLimits{}};
};

// kCold: the WIT is verified with each request.
enum class Cache : std::uint8_t { kCold, kWarm };
// Whose keys have tables: a busy service has those of the issuers and of callers who come often.
enum class Tables : std::uint8_t { kNone, kIssuer, kIssuerAndCaller };

class Recipient {
 public:
  Recipient(crypto::Alg alg, verify::Binding binding, Cache cache, Tables tables);

  // For the next requests of the pool: their proofs have to be fresh again.
  void Prepare(std::size_t times);
  // Decides on the next request of the pool, which must be allowed.
  void DecideNext();
  // The same for a request that somebody else has read.
  void Decide(const http::Request& request);
  // Index in the pool of the next request.
  [[nodiscard]] std::size_t TakeNext() { return next_++; }

 private:
  const RequestPool& pool_;
  Cache cache_;
  WallTime now_;
  std::shared_ptr<const trust::TrustSnapshot> trust_;
  verify::Verifier verifier_;
  BenchGuard guard_;
  std::unique_ptr<proxy::KeyTables> tables_;
  verify::VerifyContext context_;
  verify::WitCacheKey wit_key_;
  std::size_t next_ = 0;
};

}  // namespace signet::bench
