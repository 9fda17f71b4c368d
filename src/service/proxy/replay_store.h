// ReplayStore: the replay memory of a process, over all its loops and over its restarts.
//
// Rules RPL-1..4. The table of each shard decides (protocol/proof/replay_table.h); this adds the
// shards with their locks, the journal, and what holds after a restart. Thread-safe.
//
// Shards. By the hash of the entry's key, which no sender can steer: one shard below 65,536
// entries, sixteen from there on. With one shard capacity and quota are exact. With sixteen, each
// has a sixteenth of the capacity, so the total is never exceeded and the first shard is full when
// the store holds about 99 % of it; a sender's quota in a shard is a sixteenth of his quota and
// four standard deviations, so nobody is refused below his quota by bad luck, and the most that he
// gets is 6 % more at the default size.
//
// Journal. A proof is written to it before the request is let through, so a kill of the process
// forgets nothing. If the write fails the answer is kUnavailable and the proof stays spent. Two
// segments, `path` and `path`.old: Maintain() makes the current one the old one once it covers the
// longest life of a proof, by which time everything in the old one has expired. Only the crash of
// the machine can lose records: the boot id in the journal shows it, and the store waits.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "platform/runtime/append_log.h"
#include "platform/runtime/fault.h"
#include "platform/runtime/sharded.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/proof/replay.h"
#include "protocol/proof/replay_table.h"

namespace signet::proxy {

// What holds for proofs that were used before this process started [RPL-3].
enum class OnRestart : std::uint8_t {
  kJournal,  // they are read from the journal; without certainty about it, as kWait
  kWait,     // no request is let through until they have expired
  kAccept,   // named waiver: they may be used once more
};

// From this capacity on there are kReplayShards shards.
inline constexpr std::size_t kShardedCapacity = 65'536;
inline constexpr std::size_t kReplayShards = 16;
// Journal records for each entry of capacity, before a segment counts as full: proofs may live
// shorter than the longest life that a segment covers.
inline constexpr std::uint64_t kJournalRecordsPerEntry = 16;

struct ReplayStoreConfig {
  std::size_t capacity = 1'000'000;
  std::size_t sender_quota = 0;  // live entries of one sender; 0: a sixteenth of the capacity
  // verify::LongestProofLife of the policy; the default is that of a policy with all defaults that
  // accepts every binding.
  seconds longest_proof{480};
  OnRestart on_restart = OnRestart::kJournal;
  std::string journal_path;  // kJournal only; on a file system that survives a restart
  std::string boot_id;       // runtime::ReadBootId(); kJournal only
  runtime::FaultHook fault;
};

class ReplayStore final : public proof::ReplayGuard {
 public:
  // `clock` outlives the store. Blocks: reads both segments. Without a journal file this is the
  // first start, and there is nothing to wait for: whoever deletes a journal decides that.
  // Errors: kVerifyConfiguration (capacity 0, no journal path, no boot id); kIoOpen, kIoRead,
  // kIoWrite (journal unusable, or held by another process)
  [[nodiscard]] static Result<std::unique_ptr<ReplayStore>> Open(ReplayStoreConfig config,
                                                                 const Clock& clock);

  [[nodiscard]] proof::ReplayOutcome TestAndInsert(const proof::ReplayEntry& entry,
                                                   WallTime now) override;

  // Ends the journal's segment if it is old enough. Call it at least every few minutes, from the
  // blocking pool: it syncs the file. Errors: kIoWrite, kIoOpen; the store then answers
  // kUnavailable until a restart, unless the old segment could be kept
  [[nodiscard]] Result<void> Maintain();

  // Time left until requests are let through; zero once they are.
  [[nodiscard]] std::chrono::nanoseconds warm_up_left() const;
  [[nodiscard]] std::size_t size() const;          // live entries, and some that have expired
  [[nodiscard]] std::size_t memory_bytes() const;  // of the tables
  [[nodiscard]] std::size_t shards() const { return tables_->size(); }
  [[nodiscard]] seconds longest_life() const override { return config_.longest_proof; }

 private:
  ReplayStore(ReplayStoreConfig config, const Clock& clock);
  Result<void> OpenJournal();
  Result<std::chrono::nanoseconds> ReadSegments();
  Result<void> WriteMarker();
  void WarmUp(std::chrono::nanoseconds wait);

  ReplayStoreConfig config_;
  const Clock& clock_;
  std::unique_ptr<runtime::Sharded<proof::ReplayTable>> tables_;
  std::optional<runtime::AppendLog> journal_;
  SteadyTime ready_at_{};                         // until then nothing is let through
  std::atomic<std::int64_t> segment_started_{0};  // steady clock, nanoseconds
};

// The limits of one shard's table; see above.
[[nodiscard]] proof::ReplayLimits ShardLimits(const ReplayStoreConfig& config);
[[nodiscard]] std::size_t ShardCount(const ReplayStoreConfig& config);

}  // namespace signet::proxy
