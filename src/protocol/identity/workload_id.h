// Workload Identifier: a URI that names one workload within a trust domain.
//
// Documents: draft-ietf-wimse-identifier (ID-1..15), SPIFFE-ID (SPID-1). Floor 2. Pure; values are
// immutable and thread-safe.
//
// Copies share one text: to pass an identifier on costs no memory. A value that was moved from may
// only be assigned to or destroyed.
//
// A value of this type is structurally valid and canonical; nothing is ever repaired, decoded or
// normalised on the way, and everything later uses the value, never the raw input [ID-8]. It says
// nothing of authenticity: only a verified credential makes an identifier authenticated [ID-13].
#pragma once

#include <compare>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"

namespace signet::identity {

enum class Scheme : std::uint8_t { kWimse, kSpiffe };
[[nodiscard]] std::string_view NameOf(Scheme scheme);  // "wimse", "spiffe"

inline constexpr std::size_t kMaxTrustDomainBytes = 255;

struct IdRules {
  // ID-11: IP addresses are no trust domains except for legacy names. Concerns the wimse scheme
  // only: SPIFFE must not treat them differently (Q5).
  bool allow_ip_trust_domain = false;
};

// Scheme and trust domain without a path, as "wimse://trust.example.com" [ID-15]. Trust anchors
// are bound to origins, not to trust domain names: the same name under another scheme is another
// origin [ID-9, TA-4].
class Origin {
 public:
  // Errors: those of WorkloadId::Parse; kIdPathCharacter if a path follows
  [[nodiscard]] static Result<Origin> Parse(std::string_view text, const IdRules& rules = {});

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  [[nodiscard]] std::string_view trust_domain() const;

  [[nodiscard]] bool operator==(const Origin& other) const { return text_ == other.text_; }
  [[nodiscard]] auto operator<=>(const Origin& other) const { return text_ <=> other.text_; }

 private:
  friend class WorkloadId;
  Origin(Scheme scheme, std::string text) : scheme_(scheme), text_(std::move(text)) {}
  Scheme scheme_;
  std::string text_;
};

class WorkloadId {
 public:
  // Reads a canonical identifier. Errors, in the order of the checks:
  //   kIdEmpty, kIdTooLong (over 2048 octets) [ID-3], kIdCharacter (outside printable ASCII),
  //   kIdNotAbsolute [ID-1], kIdSchemeCase [ID-5], kIdSchemeUnknown,
  //   kIdFragment, kIdQuery, kIdAuthorityEmpty, kIdUserinfo, kIdPort [ID-1, ID-2],
  //   kIdTrustDomainCharacter, kIdTrustDomainDot (wimse), kIdTrustDomainLength (spiffe),
  //   kIdTrustDomainIp (wimse) [ID-5, ID-11, SPID-1],
  //   kIdPathMissing (wimse: a path is required) [ID-6], kIdPathTrailingSlash,
  //   kIdPathEmptySegment, kIdPathDotSegment, kIdPathPercent, kIdPathCharacter
  // A bare trust domain is a valid SPIFFE ID and never a wimse identifier (Q2).
  [[nodiscard]] static Result<WorkloadId> Parse(std::string_view text, const IdRules& rules = {});

  [[nodiscard]] const std::string& text() const { return *text_; }
  [[nodiscard]] Scheme scheme() const { return scheme_; }
  // Views into this object.
  [[nodiscard]] std::string_view trust_domain() const;
  [[nodiscard]] std::string_view path() const;         // with its leading slash; empty if none
  [[nodiscard]] std::string_view origin_text() const;  // scheme://trust-domain
  [[nodiscard]] Origin origin() const;

  // Whole URI, byte for byte [ID-7, ID-9].
  [[nodiscard]] bool operator==(const WorkloadId& other) const { return text() == other.text(); }
  [[nodiscard]] auto operator<=>(const WorkloadId& other) const { return text() <=> other.text(); }

 private:
  WorkloadId(Scheme scheme, std::string text, std::size_t origin_size)
      : scheme_(scheme),
        text_(std::make_shared<const std::string>(std::move(text))),
        origin_size_(origin_size) {}
  Scheme scheme_;
  std::shared_ptr<const std::string> text_;
  std::size_t origin_size_;
};

}  // namespace signet::identity
