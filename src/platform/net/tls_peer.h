// Who the TLS peer is: path validation (RFC 5280, by OpenSSL) and the name that was expected.
//
// Every verifier here wants anchors and a name or an identifier to compare with; there is none
// that accepts any certificate. Revocation lists are not consulted: certificates live for hours.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/tls_context.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::net {

// Longest path accepted: leaf, intermediates and anchor together.
inline constexpr std::size_t kMaxPathCertificates = 5;

// Trust anchors of one trust domain, parsed once. Immutable; thread-safe.
class TrustAnchors {
 public:
  // Each must be a certificate that may sign others. At least one.
  // Errors: kTlsConfiguration
  [[nodiscard]] static Result<std::shared_ptr<const TrustAnchors>> Make(
      std::span<const Bytes> certificates_der);
  ~TrustAnchors();
  TrustAnchors(const TrustAnchors&) = delete;
  TrustAnchors& operator=(const TrustAnchors&) = delete;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit TrustAnchors(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

enum class PeerPurpose : std::uint8_t {
  kServer,  // the peer is a server: EKU serverAuth, or no EKU [TLS-3]
  kClient,  // the peer is a client: EKU clientAuth, or no EKU
};

// Validates the path from chain_der[0] to an anchor at `now`. Extended key usage that is present
// and does not hold the purpose is refused, also in an intermediate. Security level 2 (112 bits).
// Errors: kTlsPeerUntrusted (with OpenSSL's reason in the detail), kTlsPeerMissing (empty chain)
[[nodiscard]] Result<void> VerifyPath(std::span<const Bytes> chain_der, const TrustAnchors& anchors,
                                      WallTime now, PeerPurpose purpose);

// The URI in the leaf's subjectAltName, if there is exactly one URI and it is printable ASCII. Its
// value is not authenticated before VerifyPath: use it to choose the anchors [TLS-1].
// Errors: kTlsPeerUnexpected
[[nodiscard]] Result<std::string> ReadUriSan(ByteView leaf_der);

// The leaf has exactly one URI in its subjectAltName and it is `expected`, byte for byte.
// Errors: kTlsPeerUnexpected
[[nodiscard]] Result<void> CheckPeerIdentifier(ByteView leaf_der, std::string_view expected);

// The leaf is for this host (RFC 9525): a dNSName matches, wildcards only as a whole left-most
// label, the subject's common name never. An IP literal is compared with iPAddress entries.
// Errors: kTlsPeerUnexpected
[[nodiscard]] Result<void> CheckPeerHost(ByteView leaf_der, const std::string& host);

// End of the leaf's validity. Errors: kTlsConfiguration
[[nodiscard]] Result<WallTime> ReadNotAfter(ByteView leaf_der);

// The peer is the workload with this identifier. `clock` outlives the verifier. An empty identifier
// refuses everybody.
[[nodiscard]] PeerVerifier ExpectIdentifier(std::shared_ptr<const TrustAnchors> anchors,
                                            std::string identifier, PeerPurpose purpose,
                                            const Clock& clock);

// The peer is the server of this host name and, unless `identifier` is empty, that workload too.
// An empty host refuses everybody [TLS-4].
[[nodiscard]] PeerVerifier ExpectHost(std::shared_ptr<const TrustAnchors> anchors, std::string host,
                                      std::string identifier, const Clock& clock);

// The peer has one URI identifier and its path ends at the anchors that `anchors_of` gives for that
// identifier; nullptr refuses. For servers, whose callers are many: authorization comes later, on
// the verified identifier. `anchors_of` is called on the connection's thread.
using AnchorsOf = std::function<std::shared_ptr<const TrustAnchors>(std::string_view identifier)>;
[[nodiscard]] PeerVerifier ExpectMemberOf(AnchorsOf anchors_of, PeerPurpose purpose,
                                          const Clock& clock);

}  // namespace signet::net
