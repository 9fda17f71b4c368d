#include "protocol/proof/mtls.h"

namespace signet::proof {
namespace {

using credential::VerifiedWic;

// The rules of each expectation on a certificate that is valid. There is no expectation that asks
// for nothing.
class PeerCheck {
 public:
  PeerCheck(const VerifiedWic& wic, CheckList& checks) : wic_(wic), checks_(checks) {}

  Result<void> operator()(const ExpectedIdentifier& expected) {
    SIGNET_TRY(CheckOrigin(expected.id.origin_text() == wic_.subject().origin_text()));
    return CheckIdentifier(expected.id);
  }

  Result<void> operator()(const ExpectedHost& expected) {
    SIGNET_TRY(CheckOrigin(expected.origin == wic_.subject().origin_text()));
    SIGNET_TRY(Step("TLS-4", credential::CheckHostName(wic_.certificate(), expected.host)));
    if (!expected.id.has_value()) return {};
    return CheckIdentifier(*expected.id);
  }

  Result<void> operator()(const ExpectedClients& expected) {
    return CheckOrigin(expected.origins.contains(wic_.subject().origin_text()));
  }

 private:
  Result<void> Step(std::string_view rule, Result<void> outcome) {
    if (outcome.has_value()) {
      checks_.Pass(rule);
    } else {
      checks_.Fail(outcome.error());
    }
    return outcome;
  }

  Result<void> CheckOrigin(bool expected) {
    if (expected) return Step("TLS-1", {});
    return Step("TLS-1",
                RefuseAt("TLS-1", Errc::kTlsPeerUnexpected, "the peer is of another trust domain"));
  }

  Result<void> CheckIdentifier(const identity::WorkloadId& expected) {
    if (expected == wic_.subject()) return Step("TLS-4", {});
    return Step("TLS-4", RefuseAt("TLS-4", Errc::kTlsPeerUnexpected,
                                  "the peer has another identifier than the expected one"));
  }

  const VerifiedWic& wic_;
  CheckList& checks_;
};

crypto::CertUsage UsageOf(const TlsExpectation& expected) {
  return std::holds_alternative<ExpectedClients>(expected) ? crypto::CertUsage::kClient
                                                           : crypto::CertUsage::kServer;
}

}  // namespace

Result<VerifiedWic> VerifyTlsPeer(std::span<const Bytes> chain_der, const TlsExpectation& expected,
                                  const trust::TrustSnapshot& trust,
                                  const credential::WicRules& rules, WallTime now,
                                  CheckList& checks) {
  SIGNET_TRY_ASSIGN(VerifiedWic wic,
                    credential::VerifyWic(chain_der, trust, UsageOf(expected), rules, now, checks));
  SIGNET_TRY(std::visit(PeerCheck(wic, checks), expected));
  return wic;
}

}  // namespace signet::proof
