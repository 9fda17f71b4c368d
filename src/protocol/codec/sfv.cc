#include "protocol/codec/sfv.h"

#include <algorithm>
#include <numeric>

namespace signet::codec::sfv {
namespace {

// Up to so many keys are compared pairwise, more are sorted: a peer chooses how many there are.
constexpr std::size_t kPairwiseKeys = 16;

auto Place(auto& entries, std::string_view key) {
  return std::find_if(entries.begin(), entries.end(),
                      [key](const auto& entry) { return entry.first == key; });
}

template <typename Value>
bool SetIn(std::vector<std::pair<std::string, Value>>& entries, std::string_view key, Value value) {
  const auto place = Place(entries, key);
  if (place != entries.end()) {
    place->second = std::move(value);
    return true;
  }
  entries.emplace_back(key, std::move(value));
  return false;
}

template <typename Value>
const Value* FindIn(const std::vector<std::pair<std::string, Value>>& entries,
                    std::string_view key) {
  const auto place = Place(entries, key);
  return place == entries.end() ? nullptr : &place->second;
}

bool HasTwins(const auto& entries) {
  for (std::size_t i = 1; i < entries.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (entries[i].first == entries[j].first) return true;
    }
  }
  return false;
}

// Each key once: at the place of its first occurrence, with the value of its last. True if a key
// occurred again.
bool MakeUnique(auto& entries) {
  if (entries.size() <= kPairwiseKeys && !HasTwins(entries)) return false;
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&entries](std::size_t a, std::size_t b) {
    const int by_key = entries[a].first.compare(entries[b].first);
    return by_key != 0 ? by_key < 0 : a < b;
  });
  std::vector<bool> drop(entries.size());
  std::size_t first = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (entries[order[i]].first != entries[order[first]].first) {
      first = i;
      continue;
    }
    entries[order[first]].second = std::move(entries[order[i]].second);
    drop[order[i]] = true;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) entries[kept] = std::move(entries[i]);
    ++kept;
  }
  const bool repeated = kept != entries.size();
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
  return repeated;
}

}  // namespace

Parameters::Parameters(Entries entries)
    : entries_(std::move(entries)), repeated_(MakeUnique(entries_)) {}

Dictionary::Dictionary(Entries entries)
    : entries_(std::move(entries)), repeated_(MakeUnique(entries_)) {}

void Parameters::Set(std::string_view key, BareItem value) {
  if (SetIn(entries_, key, std::move(value))) repeated_ = true;
}

const BareItem* Parameters::Find(std::string_view key) const { return FindIn(entries_, key); }

void Dictionary::Set(std::string_view key, Member value) {
  if (SetIn(entries_, key, std::move(value))) repeated_ = true;
}

const Member* Dictionary::Find(std::string_view key) const { return FindIn(entries_, key); }

}  // namespace signet::codec::sfv
