// Workload Identity Certificate (WIC) and X509-SVID: issuing, by our own strict DER writer.
// Issuing code only: a relying party links none of this (target signet_credential_issue).
//
// Documents: creds 6 (WIC-1), SPIFFE X509-SVID (XSVID-1), RFC 5280. Floor 5. Pure but for the
// random source; thread-safe where that is. No database, no file, no lock: this is the mint path.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/certificate.h"
#include "protocol/crypto/private_key.h"
#include "protocol/crypto/public_key.h"
#include "protocol/identity/workload_id.h"

namespace signet::credential {

inline constexpr seconds kWicBackdate{10};  // notBefore is that long before now
inline constexpr std::size_t kMaxWicDnsNames = 32;

// What a leaf may be used for; both is the default, as X509-SVID demands [TLS-3, XSVID-1].
struct WicUsages {
  bool client = true;
  bool server = true;
};

struct WicContent {
  identity::WorkloadId id;
  std::vector<std::string> dns_names;  // further SANs [WIC-1]; lower-case host names
  WallTime now;
  WallTime not_after;  // never later than the authority's: cut down to it
  WicUsages usages;
};

// A certificate authority: its key and its certificate, checked against each other once.
class WicIssuer {
 public:
  // Errors: kWicIssueInput (no CA certificate, may not sign, is limited by name constraints or an
  // unknown critical extension, signs with PSS), kCryptoKeyMismatch, those of ReadCertificate
  [[nodiscard]] static Result<WicIssuer> Make(crypto::PrivateKey key, ByteView certificate_der);

  // A leaf: one URI SAN and the DNS SANs (critical: the subject is empty), critical keyUsage
  // digitalSignature, extKeyUsage, critical basicConstraints CA:FALSE, both key identifiers, a
  // random serial of 128 bits. Returns the DER of the leaf.
  // Errors: kWicIssueInput (times, DNS names, an identifier without path, no usage; the authority
  // is not valid now or is limited to other usages; `key` is the authority's own), kCryptoFailure
  [[nodiscard]] Result<Bytes> Issue(const WicContent& content, const crypto::PublicKey& key,
                                    Random& random) const;

  [[nodiscard]] const Certificate& certificate() const { return certificate_; }
  [[nodiscard]] const Bytes& certificate_der() const { return der_; }

 private:
  WicIssuer(crypto::PrivateKey key, Certificate certificate, Bytes der)
      : key_(std::move(key)), certificate_(std::move(certificate)), der_(std::move(der)) {}
  crypto::PrivateKey key_;
  Certificate certificate_;
  Bytes der_;
};

struct WicCaContent {
  std::string trust_domain_uri;  // URI SAN, as "spiffe://example.org" or "wimse://example.org"
  std::string common_name = "Signet CA";
  WallTime now;
  WallTime not_after;
};

// A self-signed authority: critical basicConstraints CA with pathlen 0, critical keyUsage
// keyCertSign and cRLSign.
// Errors: kWicIssueInput, kCryptoFailure
[[nodiscard]] Result<Bytes> MakeCaCertificate(const crypto::PrivateKey& key,
                                              const WicCaContent& content, Random& random);

}  // namespace signet::credential
