// WitCache: WITs that were verified before, so that a busy caller costs one signature a request
// instead of two.
//
// Floor 8. One cache per loop: not thread-safe. The key holds the hash of the token, the generation
// of the trust snapshot, the profile and the generation of the policy, so that every change of a
// bundle, an algorithm list, an issuer or a deny list outdates what was verified before it. Only
// successes are kept. exp and nbf are checked at every use by the caller. Bounded, and bounded per
// subject, so that no sender drives out the others.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "protocol/base/bytes.h"
#include "protocol/credential/wit_verify.h"

namespace signet::verify {

struct WitCacheLimits {
  std::size_t max_entries = 4096;
  std::size_t max_entries_per_subject = 64;
};

struct WitCacheKey {
  Digest256 wit_digest{};
  std::uint64_t trust_generation = 0;
  std::uint64_t policy_generation = 0;
  credential::WitProfile profile = credential::WitProfile::kWimse;
  auto operator<=>(const WitCacheKey&) const = default;
};

class WitCache {
 public:
  explicit WitCache(const WitCacheLimits& limits = {}) : limits_(limits) {}
  WitCache(const WitCache&) = delete;
  WitCache& operator=(const WitCache&) = delete;

  // nullptr if it is not there. Makes the entry the most recent one.
  [[nodiscard]] std::shared_ptr<const credential::VerifiedWit> Find(const WitCacheKey& key);
  void Insert(const WitCacheKey& key, std::shared_ptr<const credential::VerifiedWit> wit);
  void Erase(const WitCacheKey& key);
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  struct Entry {
    WitCacheKey key;
    std::shared_ptr<const credential::VerifiedWit> wit;
  };
  using Entries = std::list<Entry>;  // most recent first
  void Evict(Entries::iterator entry);
  void EvictOldestOf(const std::string& subject);

  WitCacheLimits limits_;
  Entries entries_;
  std::map<WitCacheKey, Entries::iterator> by_key_;
  std::map<std::string, std::size_t, std::less<>> per_subject_;
};

}  // namespace signet::verify
