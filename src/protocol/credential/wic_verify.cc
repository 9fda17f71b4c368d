#include "protocol/credential/wic_verify.h"

#include "protocol/credential/deny_key.h"
#include "protocol/crypto/digest.h"

namespace signet::credential {
namespace {

bool Holds(const ExtKeyUsage& usage, crypto::CertUsage wanted) {
  switch (wanted) {
    case crypto::CertUsage::kClient:
      return usage.client_auth;
    case crypto::CertUsage::kServer:
      return usage.server_auth;
  }
  return false;
}

Result<void> CheckDenied(const identity::WorkloadId& subject, ByteView leaf_der,
                         const trust::TrustSnapshot& trust) {
  const trust::DenyList& deny = trust.deny();
  if (deny.subjects.contains(subject.text()) ||
      (!deny.wics.empty() && deny.wics.contains(WicDenyKey(leaf_der)))) {
    return Refuse(Errc::kWicDenied, "withdrawn by the operator");
  }
  return {};
}

}  // namespace

// One verification; its methods are the steps, in the order in which they run.
class WicVerification {
 public:
  WicVerification(std::span<const Bytes> chain_der, const trust::TrustSnapshot& trust,
                  crypto::CertUsage usage, const WicRules& rules, WallTime now, CheckList& checks)
      : chain_(chain_der),
        trust_(trust),
        usage_(usage),
        rules_(rules),
        now_(now),
        checks_(checks) {}

  Result<VerifiedWic> Run() {
    SIGNET_TRY(Step("TLS-2", CheckPresent()));
    Result<VerifiedWic> wic = ReadLeaf();
    if (!wic.has_value()) return Fail(std::move(wic).error());
    checks_.Pass("WIC-1");
    const Certificate& leaf = wic->certificate_;
    SIGNET_TRY(Step("XSVID-1", CheckLeaf(leaf, wic->subject_)));
    SIGNET_TRY(Step("TLS-3", CheckExtKeyUsage(leaf)));
    SIGNET_TRY(Step("RFC5280-4.2", CheckCritical(leaf)));
    SIGNET_TRY(Step("WIC-2", CheckPath(wic->subject_)));
    wic->digest_ = crypto::Sha256(chain_[0]);
    SIGNET_TRY(Step("WIC-3", CheckDenied(wic->subject_, chain_[0], trust_)));
    wic->chain_.assign(chain_.begin(), chain_.end());
    wic->usage_ = usage_;
    wic->trust_generation_ = trust_.generation();
    return wic;
  }

 private:
  [[nodiscard]] bool spiffe() const { return rules_.profile == WicProfile::kSpiffe; }

  std::unexpected<Error> Fail(Error error) {
    checks_.Fail(error);
    return std::unexpected(std::move(error));
  }

  Result<void> Step(std::string_view rule, Result<void> outcome) {
    if (!outcome.has_value()) return Fail(std::move(outcome).error());
    checks_.Pass(rule);
    return {};
  }

  Result<void> CheckPresent() {
    if (chain_.empty()) return Refuse(Errc::kWicMissing, "no certificate");
    return {};
  }

  // The leaf and the one identifier in it. Other names of the certificate, its subject among them,
  // are never an identity (ATTACKS 21).
  Result<VerifiedWic> ReadLeaf() {
    SIGNET_TRY(crypto::CheckChainLimits(chain_));
    SIGNET_TRY_ASSIGN(Certificate leaf, ReadCertificate(chain_[0]));
    if (!leaf.san.has_value() || leaf.san->uris.empty()) {
      return Refuse(Errc::kWicSanMissing, "no URI in subjectAltName");
    }
    if (leaf.san->uris.size() > 1) {
      return Refuse(Errc::kWicSanMany, "more than one URI in subjectAltName");
    }
    Result<identity::WorkloadId> id =
        identity::WorkloadId::Parse(leaf.san->uris.front(), rules_.id_rules);
    if (!id.has_value()) {
      return Refuse(Errc::kWicSanInvalid,
                    std::string(id.error().name()) + " [" + std::string(id.error().rule()) + "]");
    }
    if (spiffe() && leaf.subject_empty && !leaf.san->critical) {
      return Refuse(Errc::kWicSanNotCritical, "empty subject, subjectAltName not critical");
    }
    return VerifiedWic(*std::move(id), std::move(leaf));
  }

  // X509-SVID sections 3.1, 4.1, 4.3 and 5.2. Of these, what concerns authorities holds for every
  // WIC: whoever may sign certificates speaks for many and is none of them.
  Result<void> CheckLeaf(const Certificate& leaf, const identity::WorkloadId& id) {
    if (leaf.is_ca()) return Refuse(Errc::kWicIsCa, "basicConstraints CA");
    if (!leaf.key_usage.has_value()) {
      if (spiffe()) return Refuse(Errc::kWicKeyUsage, "no keyUsage");
    } else {
      if (leaf.key_usage->cert_sign || leaf.key_usage->crl_sign) {
        return Refuse(Errc::kWicKeyUsage, "keyUsage keyCertSign or cRLSign");
      }
      if (!leaf.key_usage->digital_signature) {
        return Refuse(Errc::kWicKeyUsage, "keyUsage without digitalSignature");
      }
      if (spiffe() && !leaf.key_usage->critical) {
        return Refuse(Errc::kWicKeyUsage, "keyUsage not critical");
      }
    }
    if (!spiffe()) return {};
    if (id.scheme() != identity::Scheme::kSpiffe) {
      return RefuseAt("XSVID-1", Errc::kWicSanInvalid, "the identifier is no SPIFFE ID");
    }
    if (id.path().empty()) {
      return RefuseAt("XSVID-1", Errc::kWicSanInvalid, "the SPIFFE ID has no path");
    }
    return {};
  }

  // An absent extension limits nothing [TLS-3]; anyExtendedKeyUsage names no usage.
  Result<void> CheckExtKeyUsage(const Certificate& leaf) {
    if (!leaf.ext_key_usage.has_value()) return {};
    if (!Holds(*leaf.ext_key_usage, usage_)) {
      return Refuse(Errc::kWicExtKeyUsage, "extKeyUsage without the usage at hand");
    }
    if (spiffe() && !(leaf.ext_key_usage->client_auth && leaf.ext_key_usage->server_auth)) {
      return RefuseAt("XSVID-1", Errc::kWicExtKeyUsage,
                      "extKeyUsage without serverAuth and clientAuth both");
    }
    return {};
  }

  Result<void> CheckCritical(const Certificate& leaf) {
    if (leaf.unknown_critical) return Refuse(Errc::kWicCritical, "unknown critical extension");
    return {};
  }

  // The identifier's own origin gives the anchors: another domain's authority may sign what it
  // likes and changes nothing here [WIC-2].
  Result<void> CheckPath(const identity::WorkloadId& id) {
    const trust::OriginTrust* const origin = trust_.Find(id.origin_text());
    if (origin == nullptr) {
      return RefuseAt("WIC-2", Errc::kTrustDomainUnknown, "no anchors for the origin of the URI");
    }
    if (origin->path_anchors() == nullptr) {
      return RefuseAt("WIC-2", Errc::kTrustNoKeys, "the origin has no X.509 anchor");
    }
    return crypto::ValidatePath(chain_, *origin->path_anchors(), now_, usage_);
  }

  std::span<const Bytes> chain_;
  const trust::TrustSnapshot& trust_;
  crypto::CertUsage usage_;
  const WicRules& rules_;
  WallTime now_;
  CheckList& checks_;
};

Result<VerifiedWic> VerifyWic(std::span<const Bytes> chain_der, const trust::TrustSnapshot& trust,
                              crypto::CertUsage usage, const WicRules& rules, WallTime now,
                              CheckList& checks) {
  return WicVerification(chain_der, trust, usage, rules, now, checks).Run();
}

Result<void> CheckWicAgain(const VerifiedWic& wic, const trust::TrustSnapshot& trust,
                           WallTime now) {
  if (now > wic.not_after()) return Refuse(Errc::kWicExpired, "notAfter has passed");
  return CheckDenied(wic.subject(), wic.chain_der().front(), trust);
}

}  // namespace signet::credential
