#include "service/proxy/tls_verifier.h"

#include "protocol/base/check_list.h"

namespace signet::proxy {

net::PeerVerifier MakeTlsVerifier(proof::TlsExpectation expected, TrustSource trust,
                                  credential::WicRules rules, const Clock& clock) {
  return [expected = std::move(expected), trust = std::move(trust), rules,
          &clock](std::span<const Bytes> chain) -> Result<std::shared_ptr<const net::PeerInfo>> {
    const std::shared_ptr<const trust::TrustSnapshot> snapshot = trust ? trust() : nullptr;
    if (snapshot == nullptr) return RefuseAt("TLS-1", Errc::kTrustDomainUnknown, "no trust");
    CheckList checks;
    SIGNET_TRY_ASSIGN(credential::VerifiedWic wic,
                      proof::VerifyTlsPeer(chain, expected, *snapshot, rules, clock.Now(), checks));
    return std::make_shared<WicPeer>(std::move(wic));
  };
}

const credential::VerifiedWic* WicOf(const net::PeerInfo* peer) {
  const auto* const found = dynamic_cast<const WicPeer*>(peer);
  return found == nullptr ? nullptr : &found->wic;
}

}  // namespace signet::proxy
