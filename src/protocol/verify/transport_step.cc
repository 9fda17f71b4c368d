#include "protocol/verify/transport_step.h"

namespace signet::verify {

void WicMemo::Insert(const Key& key, std::uint64_t trust_generation) {
  if (trust_generation != trust_generation_ || keys_.size() >= kMaxWicMemoEntries) keys_.clear();
  trust_generation_ = trust_generation;
  keys_.insert(key);
}

Result<void> CheckTransportPeer(const credential::VerifiedWic& peer,
                                const trust::TrustSnapshot& trust,
                                const credential::WicRules& rules, std::uint64_t policy_generation,
                                WallTime now, WicMemo& memo, CheckList& checks) {
  const WicMemo::Key key{.leaf = peer.digest(),
                         .usage = peer.usage(),
                         .profile = rules.profile,
                         .policy_generation = policy_generation};
  const bool verified_before =
      peer.trust_generation() == trust.generation() || memo.Holds(key, trust.generation());
  if (!verified_before) {
    SIGNET_TRY(credential::VerifyWic(peer.chain_der(), trust, peer.usage(), rules, now, checks));
    memo.Insert(key, trust.generation());
  } else {
    Result<void> again = credential::CheckWicAgain(peer, trust, now);
    if (!again.has_value()) {
      checks.Fail(again.error());
      return again;
    }
  }
  checks.Pass("TLS-1");
  return {};
}

}  // namespace signet::verify
