// ReplayTable: a bounded memory of used proofs.
//
// Rules RPL-1, RPL-2. Floor 6. Not thread-safe: the store above gives each shard one table and one
// lock. Time comes in; entries leave by themselves once they have expired.
//
// An entry is kept until its proof has expired by the wall clock and as much monotonic time has
// gone by: a wall clock that steps forward forgets nothing. One that steps back within the longest
// life of a proof finds the entry still there, or its proof refused because it would have expired
// before the latest one that was forgotten (ATTACKS 17).
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "protocol/proof/replay.h"

namespace signet::proof {

struct ReplayLimits {
  std::size_t capacity = 1'000'000;   // live entries
  std::size_t sender_quota = 62'500;  // live entries of one sender; a sixteenth by default [RPL-2]
  // Longest time that a proof can be ahead of its expiry and still be accepted, leeways included:
  // what lies further ahead after a clock step is refused anyway and need not be remembered.
  seconds longest_proof{600};
};

class ReplayTable {
 public:
  explicit ReplayTable(const ReplayLimits& limits);

  // Remembers `entry`, unless it is there or there is no room. Verdicts: kFresh, kReplayed,
  // kSenderQuota, kFull. An entry that has already expired, by this clock or before it was set
  // back, is kReplayed without a first sight: it could not be told from one that was forgotten.
  [[nodiscard]] ReplayOutcome TestAndInsert(const ReplayEntry& entry, WallTime now,
                                            SteadyTime steady);

  // Puts back an entry of a journal, whatever the quotas say. False if the table is full.
  [[nodiscard]] bool Restore(const ReplayEntry& entry, WallTime first_seen, WallTime now,
                             SteadyTime steady);

  [[nodiscard]] std::size_t size() const { return size_; }
  // Memory held, in bytes, for the metric and the benchmark.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  // 128 bits of a SHA-256: enough that a false "replayed" never happens by chance, and nobody can
  // make one without the sender's key.
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Key&) const = default;
  };
  struct Slot {
    Key key;  // both halves zero: free
    std::uint64_t sender = 0;
    std::uint32_t first_seen = 0;  // seconds since 1970; wraps in 2106, for display only
  };
  static Key KeyOf(const Digest256& digest);
  static std::uint64_t SenderOf(const Digest256& digest);
  [[nodiscard]] std::size_t FindSlot(const Key& key) const;
  void Put(const Key& key, const ReplayEntry& entry, WallTime first_seen, SteadyTime deadline);
  void Remove(const Key& key);
  void Grow();
  void Expire(WallTime now, SteadyTime steady);

  ReplayLimits limits_;
  std::vector<Slot> slots_;  // open addressing, power of two, at most 3/4 full
  std::size_t size_ = 0;
  // Entries by the second of monotonic time at which they may go.
  struct Bucket {
    std::vector<Key> keys;
    WallTime latest_expiry{};
  };
  std::map<SteadyTime, Bucket> by_deadline_;
  // Latest expiry of an entry that has left: a proof up to here may be one that was forgotten.
  WallTime forgotten_until_{};
  std::unordered_map<std::uint64_t, std::size_t> per_sender_;
};

}  // namespace signet::proof
