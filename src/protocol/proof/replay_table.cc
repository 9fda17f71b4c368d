#include "protocol/proof/replay_table.h"

#include <algorithm>
#include <cstring>

namespace signet::proof {
namespace {
constexpr std::size_t kFirstSlots = 64;

// The whole second of monotonic time at or after which `life` has passed.
SteadyTime DeadlineAfter(SteadyTime steady, seconds life) {
  return std::chrono::ceil<seconds>(steady) + life;
}
}  // namespace

ReplayTable::ReplayTable(const ReplayLimits& limits) : limits_(limits), slots_(kFirstSlots) {}

ReplayTable::Key ReplayTable::KeyOf(const Digest256& digest) {
  Key key;
  std::memcpy(&key.high, digest.data(), sizeof(key.high));
  std::memcpy(&key.low, digest.data() + sizeof(key.high), sizeof(key.low));
  if (key == Key{}) key.low = 1;  // zero means free
  return key;
}

std::uint64_t ReplayTable::SenderOf(const Digest256& digest) {
  std::uint64_t sender = 0;
  std::memcpy(&sender, digest.data(), sizeof(sender));
  return sender;
}

// The slot of `key`, or the free one where it would go.
std::size_t ReplayTable::FindSlot(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(key.high) & mask;
  while (!(slots_[at].key == Key{}) && !(slots_[at].key == key)) at = (at + 1) & mask;
  return at;
}

ReplayOutcome ReplayTable::TestAndInsert(const ReplayEntry& entry, WallTime now,
                                         SteadyTime steady) {
  Expire(now, steady);
  const Key key = KeyOf(entry.key);
  const Slot& slot = slots_[FindSlot(key)];
  if (slot.key == key) {
    return {ReplayVerdict::kReplayed, WallTime{seconds{slot.first_seen}}};
  }
  // Set back further than any proof can last: the wall clock was wrong before, and to refuse until
  // it is that late again would refuse everybody.
  if (forgotten_until_ - now > limits_.longest_proof) forgotten_until_ = WallTime{};
  if (entry.expires <= std::max(now, forgotten_until_)) {
    return {ReplayVerdict::kReplayed, std::nullopt};
  }
  const auto count = per_sender_.find(SenderOf(entry.sender));
  if (count != per_sender_.end() && count->second >= limits_.sender_quota) {
    return {ReplayVerdict::kSenderQuota, std::nullopt};
  }
  if (size_ >= limits_.capacity) return {ReplayVerdict::kFull, std::nullopt};
  Put(key, entry, now, DeadlineAfter(steady, entry.expires - now));
  return {ReplayVerdict::kFresh, std::nullopt};
}

bool ReplayTable::Restore(const ReplayEntry& entry, WallTime first_seen, WallTime now,
                          SteadyTime steady) {
  if (entry.expires <= now) return true;
  const Key key = KeyOf(entry.key);
  if (slots_[FindSlot(key)].key == key) return true;
  if (size_ >= limits_.capacity) return false;
  Put(key, entry, first_seen, DeadlineAfter(steady, entry.expires - now));
  return true;
}

void ReplayTable::Put(const Key& key, const ReplayEntry& entry, WallTime first_seen,
                      SteadyTime deadline) {
  if ((size_ + 1) * 4 > slots_.size() * 3) Grow();
  const std::uint64_t sender = SenderOf(entry.sender);
  slots_[FindSlot(key)] = {
      .key = key,
      .sender = sender,
      .first_seen = static_cast<std::uint32_t>(first_seen.time_since_epoch().count())};
  ++size_;
  ++per_sender_[sender];
  Bucket& bucket = by_deadline_[deadline];
  bucket.keys.push_back(key);
  bucket.latest_expiry = std::max(bucket.latest_expiry, entry.expires);
}

// Backward shift: no tombstones, so a table that lives for years does not slow down.
void ReplayTable::Remove(const Key& key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = FindSlot(key);
  if (!(slots_[hole].key == key)) return;
  const auto count = per_sender_.find(slots_[hole].sender);
  if (--count->second == 0) per_sender_.erase(count);
  for (std::size_t at = (hole + 1) & mask; !(slots_[at].key == Key{}); at = (at + 1) & mask) {
    const std::size_t home = static_cast<std::size_t>(slots_[at].key.high) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      slots_[hole] = slots_[at];
      hole = at;
    }
  }
  slots_[hole] = Slot{};
  --size_;
}

void ReplayTable::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (!(slot.key == Key{})) slots_[FindSlot(slot.key)] = slot;
  }
}

void ReplayTable::Expire(WallTime now, SteadyTime steady) {
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= steady) {
    Bucket bucket = std::move(by_deadline_.begin()->second);
    by_deadline_.erase(by_deadline_.begin());
    // The wall clock was set back: some of these proofs are valid again. Keep the bucket for as
    // long as they can be.
    const seconds ahead = bucket.latest_expiry - now;
    if (ahead > seconds{0} && ahead <= limits_.longest_proof) {
      Bucket& later = by_deadline_[DeadlineAfter(steady, ahead)];
      later.keys.insert(later.keys.end(), bucket.keys.begin(), bucket.keys.end());
      later.latest_expiry = std::max(later.latest_expiry, bucket.latest_expiry);
      continue;
    }
    if (ahead <= seconds{0}) forgotten_until_ = std::max(forgotten_until_, bucket.latest_expiry);
    for (const Key& key : bucket.keys) Remove(key);
  }
}

std::size_t ReplayTable::memory_bytes() const {
  std::size_t bytes = slots_.capacity() * sizeof(Slot);
  for (const auto& [deadline, bucket] : by_deadline_) {
    bytes += 96 + bucket.keys.capacity() * sizeof(Key);
  }
  return bytes + per_sender_.size() * 40 + per_sender_.bucket_count() * sizeof(void*);
}

}  // namespace signet::proof
