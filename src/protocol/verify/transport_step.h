// The certificate of the connection, looked at again for a request: the handshake verified it once,
// but a connection outlives certificates, bundles and deny lists.
//
// Floor 8. Not thread-safe: the memo is of one loop.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>

#include "protocol/base/bytes.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/crypto/cert_path.h"
#include "protocol/trust/snapshot.h"

namespace signet::verify {

// Certificates that were verified again under the trust of now, so that a living connection pays
// for a path validation once after a change of trust and not with every request. Holds successes of
// one generation of trust only; another one empties it.
class WicMemo {
 public:
  static constexpr std::size_t kMaxWicMemoEntries = 4096;

  struct Key {
    Digest256 leaf{};
    crypto::CertUsage usage = crypto::CertUsage::kClient;
    credential::WicProfile profile = credential::WicProfile::kWimse;
    std::uint64_t policy_generation = 0;
    auto operator<=>(const Key&) const = default;
  };

  [[nodiscard]] bool Holds(const Key& key, std::uint64_t trust_generation) const {
    return trust_generation == trust_generation_ && keys_.contains(key);
  }
  void Insert(const Key& key, std::uint64_t trust_generation);
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  std::uint64_t trust_generation_ = 0;
  std::set<Key> keys_;
};

// Every check made is added to `checks`, the failing one included.
// Errors: kWicExpired, kWicDenied; under another trust than that of the handshake, those of
// VerifyWic too
[[nodiscard]] Result<void> CheckTransportPeer(const credential::VerifiedWic& peer,
                                              const trust::TrustSnapshot& trust,
                                              const credential::WicRules& rules,
                                              std::uint64_t policy_generation, WallTime now,
                                              WicMemo& memo, CheckList& checks);

}  // namespace signet::verify
