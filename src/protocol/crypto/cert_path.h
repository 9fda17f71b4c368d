// Path validation (RFC 5280 section 6) by OpenSSL, for chains that strangers send.
//
// Floor 2. What a leaf must be (its names, its usage) is credential/wic_verify.h; here only whether
// a path of valid signatures, times and constraints leads from it to an anchor. Revocation lists
// are not consulted: certificates live for hours, and a deny list is part of the trust snapshot.
// Immutable after building; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::crypto {

// Certificates that a peer may send, their size together, and the longest path: leaf, intermediates
// and anchor together.
inline constexpr std::size_t kMaxChainCertificates = 8;
inline constexpr std::size_t kMaxChainBytes = 64 * 1024;
inline constexpr std::size_t kMaxPathCertificates = 5;
inline constexpr std::size_t kMaxPathAnchors = 64;

// What the holder of the leaf does with it [TLS-3].
enum class CertUsage : std::uint8_t { kClient, kServer };

// Trust anchors of one origin, parsed once.
class PathAnchors {
 public:
  // Each must be a certificate that may sign others; 1 to `limit`, which only who reads an
  // operating system's list of public authorities sets higher.
  // Errors: kWicAnchor
  [[nodiscard]] static Result<std::shared_ptr<const PathAnchors>> Make(
      std::span<const Bytes> certificates_der, std::size_t limit = kMaxPathAnchors);
  ~PathAnchors();
  PathAnchors(const PathAnchors&) = delete;
  PathAnchors& operator=(const PathAnchors&) = delete;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit PathAnchors(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What ValidatePath checks first, for who reads the leaf before: something was sent, and it is
// within the limits (each certificate: kMaxCertificateBytes). Errors: kWicMissing, kWicTooLarge
[[nodiscard]] Result<void> CheckChainLimits(std::span<const Bytes> chain_der);

// A path leads from chain_der[0] through the others, in any order, to an anchor, valid at `now`.
// Two anchors of one name are told apart by the authority key identifier of what they signed. An
// extended key usage anywhere in the path that does not hold `usage` refuses. Security level 2 (112
// bits), no SHA-1. Limits are checked before any certificate is parsed.
// Errors: kWicMissing (empty chain), kWicTooLarge, kWicMalformed, kWicExpired, kWicNotYetValid,
// kWicExtKeyUsage, kWicUntrusted (anything else, OpenSSL's reason in the detail)
[[nodiscard]] Result<void> ValidatePath(std::span<const Bytes> chain_der,
                                        const PathAnchors& anchors, WallTime now, CertUsage usage);

}  // namespace signet::crypto
