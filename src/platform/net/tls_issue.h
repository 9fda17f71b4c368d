// X.509 issuing for the first run: a certificate authority, certificate requests, leaves.
//
// Target platform_tls_issue: a relying party does not link it. Keys are crypto::PrivateKey; here
// they sign by their JOSE algorithm (ES256, ES384, RS256, Ed25519). Blocking only for RSA.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/crypto/public_key.h"

namespace signet::net {

inline constexpr std::size_t kMaxCsrBytes = 16 * 1024;
inline constexpr std::size_t kMaxDnsNames = 32;

struct CaRequest {
  std::string trust_domain_uri{};  // URI SAN of the authority, as "spiffe://example.org"
  std::string common_name = "Signet CA";
  WallTime now{};
  std::chrono::seconds lifetime{std::chrono::hours{24}};
};

// A self-signed authority: critical basicConstraints CA with pathlen 0, critical keyUsage
// keyCertSign and cRLSign, notBefore 10 s before now, random serial of 128 bits.
// Errors: kTlsConfiguration, kCryptoFailure
[[nodiscard]] Result<Bytes> MakeCaCertificate(const crypto::PrivateKey& key,
                                              const CaRequest& request, Random& random);

// A PKCS#10 request with empty subject, signed with `key`; `uri` and `dns_names` go into the
// extension request and are hints: the issuer decides.
// Errors: kTlsConfiguration, kCryptoFailure
[[nodiscard]] Result<Bytes> MakeCsr(const crypto::PrivateKey& key, const std::string& uri,
                                    const std::vector<std::string>& dns_names);

// The public key of a request whose signature, made with that very key, is valid: proof of
// possession. Names in the request are ignored.
// Errors: kIoTooLarge (over kMaxCsrBytes), kIssueCsr, and those of PublicKey::FromSpki
[[nodiscard]] Result<crypto::PublicKey> VerifyCsr(ByteView der);

struct LeafRequest {
  std::string uri{};                     // the one URI SAN
  std::vector<std::string> dns_names{};  // further SANs; lower-case host names
  WallTime now{};
  std::chrono::seconds lifetime{std::chrono::hours{1}};
};

// A leaf: URI SAN and DNS SANs (critical, the subject is empty), critical keyUsage
// digitalSignature, EKU serverAuth and clientAuth, critical basicConstraints CA:FALSE, key
// identifiers. notBefore is 10 s before now; notAfter is never later than the authority's. Returns
// leaf DER. Errors: kTlsConfiguration (CA certificate or values unusable, CA expired),
// kCryptoKeyMismatch (ca_key is not the CA's), kCryptoFailure
[[nodiscard]] Result<Bytes> IssueLeaf(const crypto::PrivateKey& ca_key, ByteView ca_certificate_der,
                                      const crypto::PublicKey& subject_key,
                                      const LeafRequest& request, Random& random);

}  // namespace signet::net
