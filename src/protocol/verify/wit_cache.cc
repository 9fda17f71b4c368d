#include "protocol/verify/wit_cache.h"

#include <algorithm>

namespace signet::verify {

std::shared_ptr<const credential::VerifiedWit> WitCache::Find(const WitCacheKey& key) {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->wit;
}

void WitCache::Insert(const WitCacheKey& key, std::shared_ptr<const credential::VerifiedWit> wit) {
  if (limits_.max_entries == 0 || by_key_.contains(key)) return;
  const std::string& subject = wit->subject().text();
  const auto count = per_subject_.find(subject);
  if (count != per_subject_.end() && count->second >= limits_.max_entries_per_subject) {
    EvictOldestOf(subject);
  }
  if (entries_.size() >= limits_.max_entries) Evict(std::prev(entries_.end()));
  ++per_subject_[subject];
  entries_.push_front({key, std::move(wit)});
  by_key_.emplace(key, entries_.begin());
}

void WitCache::Erase(const WitCacheKey& key) {
  const auto it = by_key_.find(key);
  if (it != by_key_.end()) Evict(it->second);
}

void WitCache::Evict(Entries::iterator entry) {
  const auto count = per_subject_.find(entry->wit->subject().text());
  if (--count->second == 0) per_subject_.erase(count);
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

// Walks from the oldest: bounded by max_entries, and only a subject at its own limit pays for it.
void WitCache::EvictOldestOf(const std::string& subject) {
  const auto oldest = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
    return entry.wit->subject().text() == subject;
  });
  if (oldest != entries_.rend()) Evict(std::prev(oldest.base()));
}

}  // namespace signet::verify
