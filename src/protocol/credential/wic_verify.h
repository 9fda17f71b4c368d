// Workload Identity Certificate (WIC) and X509-SVID: verification.
//
// Documents: creds 6 (WIC-1..3), mutual-tls 3 (TLS-1, TLS-3), SPIFFE X509-SVID (XSVID-1), RFC 5280.
// Floor 5. Pure; thread-safe. The leaf is checked by our own rules, the path by OpenSSL, against
// the anchors of the identifier's own origin and no others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/certificate.h"
#include "protocol/crypto/cert_path.h"
#include "protocol/identity/workload_id.h"
#include "protocol/trust/snapshot.h"

namespace signet::credential {

enum class WicProfile : std::uint8_t {
  kWimse,   // creds section 6: what RFC 5280 asks for, and one identifier
  kSpiffe,  // X509-SVID [XSVID-1]: spiffe:// only, critical key usage demanded, EKU both or none
};

struct WicRules {
  WicProfile profile = WicProfile::kWimse;
  identity::IdRules id_rules;
};

// A certificate whose path, usage and identifier passed every rule. Only VerifyWic makes one.
// Immutable; may be shared between threads.
class VerifiedWic {
 public:
  [[nodiscard]] const identity::WorkloadId& subject() const { return subject_; }
  [[nodiscard]] WallTime not_after() const { return certificate_.not_after; }
  [[nodiscard]] const Certificate& certificate() const { return certificate_; }
  [[nodiscard]] const std::vector<Bytes>& chain_der() const { return chain_; }
  [[nodiscard]] crypto::CertUsage usage() const { return usage_; }
  // SHA-256 of the leaf, for the audit record and deny lists.
  [[nodiscard]] const Digest256& digest() const { return digest_; }
  // Generation of the trust that verified it: under another one, verify again.
  [[nodiscard]] std::uint64_t trust_generation() const { return trust_generation_; }

 private:
  friend class WicVerification;
  VerifiedWic(identity::WorkloadId subject, Certificate certificate)
      : subject_(std::move(subject)), certificate_(std::move(certificate)) {}
  identity::WorkloadId subject_;
  Certificate certificate_;
  std::vector<Bytes> chain_;
  crypto::CertUsage usage_ = crypto::CertUsage::kClient;
  Digest256 digest_{};
  std::uint64_t trust_generation_ = 0;
};

// Verifies `chain_der` (leaf first, as the peer sent it) of a holder who acts as `usage`. Each
// check made is added to `checks`. Times are exact: certificates have no leeway (RFC 5280).
//
// Errors, in the order of the checks:
//   TLS-2   kWicMissing           no certificate
//   WIC-1   kWicTooLarge, kWicMalformed, kWicKey, kWicSanMissing (no URI), kWicSanMany (several
//           URIs), kWicSanInvalid (no identifier), kWicSanNotCritical (empty subject) [XSVID-1]
//   XSVID-1 kWicIsCa, kWicKeyUsage; kWicSanInvalid for an identifier that is not spiffe://
//   TLS-3   kWicExtKeyUsage
//   RFC5280-4.2 kWicCritical      an unknown critical extension
//   WIC-2   kTrustDomainUnknown, kTrustNoKeys (no anchor there), then those of ValidatePath:
//           kWicUntrusted, kWicExpired, kWicNotYetValid
//   WIC-3   kWicDenied
[[nodiscard]] Result<VerifiedWic> VerifyWic(std::span<const Bytes> chain_der,
                                            const trust::TrustSnapshot& trust,
                                            crypto::CertUsage usage, const WicRules& rules,
                                            WallTime now, CheckList& checks);

// What must be repeated when a verified certificate is used again on a living connection.
// Errors: kWicExpired [WIC-2], kWicDenied [WIC-3]
[[nodiscard]] Result<void> CheckWicAgain(const VerifiedWic& wic, const trust::TrustSnapshot& trust,
                                         WallTime now);

// RFC 9525 section 6.3: `host` is a DNS name (compared with dNSName entries without case, a
// wildcard only as the whole left-most label, and only with two labels behind it) or an IP literal
// (compared with iPAddress entries). The subject's common name and the URI's host count for nothing
// [TLS-5]. Errors: kWicHostMismatch [TLS-4]
[[nodiscard]] Result<void> CheckHostName(const Certificate& certificate, std::string_view host);

}  // namespace signet::credential
