#include "service/proxy/key_tables.h"

#include <algorithm>
#include <utility>

namespace signet::proxy {

KeyTables::KeyTables(const KeyTableOptions& options)
    : options_(options),
      map_(std::make_shared<const crypto::KeyTableMap>(
          0, crypto::P256PointHash{.seed = reinterpret_cast<std::uintptr_t>(this)})) {}

std::shared_ptr<const crypto::KeyTableMap> KeyTables::tables() const {
  const std::scoped_lock lock(mutex_);
  return map_;
}

bool KeyTables::SetIssuers(std::span<const crypto::PublicKey> keys) {
  if (!options_.enabled) return false;
  const std::scoped_lock lock(mutex_);
  issuers_.clear();
  ForgetWantedIssuers();
  const std::size_t room = options_.max_bytes / crypto::KeyTable::kBytes;
  for (const crypto::PublicKey& key : keys) {
    const std::optional<crypto::P256Point> point = crypto::P256PointOf(key);
    if (!point.has_value() || issuers_.size() >= room) continue;
    issuers_.insert(*point);
    if (!last_use_.contains(*point)) Want(*point, key, wanted_issuers_);
  }
  return !IsIdle();
}

bool KeyTables::Count(const crypto::PublicKey& key, std::uint32_t proofs) {
  const std::optional<crypto::P256Point> point = crypto::P256PointOf(key);
  if (!options_.enabled || !point.has_value()) return false;
  const std::scoped_lock lock(mutex_);
  const auto have = last_use_.find(*point);
  if (have != last_use_.end()) {
    have->second = ++tick_;
    return false;
  }
  if (wanted_points_.contains(*point)) return true;
  if (candidates_.size() >= options_.max_candidates && !candidates_.contains(*point)) {
    candidates_.clear();
  }
  std::uint32_t& count = candidates_[*point];
  count += std::min(proofs, options_.proofs_before_build);
  if (count < options_.proofs_before_build) return false;
  candidates_.erase(*point);
  // Building is slower than callers may come: who finds the queue full is counted again.
  if (wanted_.size() < options_.max_candidates) Want(*point, key, wanted_);
  return !IsIdle();
}

void KeyTables::Want(const crypto::P256Point& point, const crypto::PublicKey& key,
                     std::deque<crypto::PublicKey>& queue) {
  if (wanted_points_.insert(point).second) queue.push_back(key);
}

void KeyTables::ForgetWantedIssuers() {
  for (const crypto::PublicKey& key : wanted_issuers_)
    wanted_points_.erase(*crypto::P256PointOf(key));
  wanted_issuers_.clear();
}

std::optional<crypto::PublicKey> KeyTables::TakeWanted() {
  std::deque<crypto::PublicKey>& from = wanted_issuers_.empty() ? wanted_ : wanted_issuers_;
  if (from.empty()) return std::nullopt;
  crypto::PublicKey key = std::move(from.front());
  from.pop_front();
  return key;
}

std::optional<SteadyTime> KeyTables::BuildNext(const Clock& clock) {
  std::optional<crypto::PublicKey> key;
  const SteadyTime begin = clock.Steady();
  {
    const std::scoped_lock lock(mutex_);
    if (begin < not_before_) return not_before_;
    key = TakeWanted();
    if (!key.has_value()) return std::nullopt;
  }
  Result<std::shared_ptr<const crypto::KeyTable>> table = crypto::KeyTable::Build(*key);
  const auto taken = clock.Steady() - begin;
  const std::scoped_lock lock(mutex_);
  const std::uint32_t percent = std::clamp(options_.max_build_percent, 1U, 100U);
  not_before_ = begin + taken * 100 / percent;
  const crypto::P256Point point = *crypto::P256PointOf(*key);
  // Out of memory: the key's proofs are counted from the beginning.
  if (table.has_value()) Publish(point, *std::move(table));
  wanted_points_.erase(point);
  return IsIdle() ? std::nullopt : std::optional(not_before_);
}

void KeyTables::Publish(const crypto::P256Point& point,
                        std::shared_ptr<const crypto::KeyTable> table) {
  auto map = std::make_shared<crypto::KeyTableMap>(*map_);
  if (!MakeRoom(*map)) return;
  map->emplace(point, std::move(table));
  last_use_[point] = ++tick_;
  map_ = std::move(map);
  version_.fetch_add(1, std::memory_order_release);
}

bool KeyTables::MakeRoom(crypto::KeyTableMap& map) {
  while ((map.size() + 1) * crypto::KeyTable::kBytes > options_.max_bytes) {
    auto oldest = last_use_.end();
    for (auto it = last_use_.begin(); it != last_use_.end(); ++it) {
      if (issuers_.contains(it->first)) continue;
      if (oldest == last_use_.end() || it->second < oldest->second) oldest = it;
    }
    if (oldest == last_use_.end()) return false;
    map.erase(oldest->first);
    last_use_.erase(oldest);
  }
  return true;
}

}  // namespace signet::proxy
