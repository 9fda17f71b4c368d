#include "protocol/identity/workload_id.h"

#include <algorithm>

namespace signet::identity {
namespace {

constexpr std::string_view kAuthorityMark = "://";

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsTrustDomainChar(char c) {
  return IsLower(c) || IsDigit(c) || c == '.' || c == '-' || c == '_';
}

bool IsPathChar(Scheme scheme, char c) {
  if (IsLower(c) || IsUpper(c) || IsDigit(c) || c == '.' || c == '-' || c == '_') return true;
  return c == '~' && scheme == Scheme::kWimse;
}

// The forms in which inet_aton and browsers read digits and dots as an address, valid or not. No
// domain name is lost: top-level domains are not numeric.
bool LooksLikeIpv4(std::string_view trust_domain) {
  return trust_domain.find('.') != std::string_view::npos &&
         std::all_of(trust_domain.begin(), trust_domain.end(),
                     [](char c) { return IsDigit(c) || c == '.'; });
}

struct Split {
  Scheme scheme = Scheme::kWimse;
  std::string_view trust_domain;
  std::string_view path;
  std::size_t origin_size = 0;
};

Result<void> CheckBytes(std::string_view text) {
  if (text.empty()) return Refuse(Errc::kIdEmpty);
  if (text.size() > kMaxIdentifierBytes) return Refuse(Errc::kIdTooLong);
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; })) {
    return Refuse(Errc::kIdCharacter);
  }
  return {};
}

Result<Scheme> ReadScheme(std::string_view scheme) {
  const bool well_formed =
      !scheme.empty() && (IsLower(scheme[0]) || IsUpper(scheme[0])) &&
      std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
      });
  if (!well_formed) return Refuse(Errc::kIdNotAbsolute);
  if (std::any_of(scheme.begin(), scheme.end(), IsUpper)) return Refuse(Errc::kIdSchemeCase);
  if (scheme == NameOf(Scheme::kWimse)) return Scheme::kWimse;
  if (scheme == NameOf(Scheme::kSpiffe)) return Scheme::kSpiffe;
  return Refuse(Errc::kIdSchemeUnknown);
}

// What ID-1 and ID-2 forbid around a trust domain.
Result<void> CheckAuthority(std::string_view authority) {
  if (authority.empty()) return Refuse(Errc::kIdAuthorityEmpty);
  if (authority.find('@') != std::string_view::npos) return Refuse(Errc::kIdUserinfo);
  // The colons inside an IPv6 literal are no port's; its brackets are refused further on.
  const std::size_t literal = authority.starts_with('[') ? authority.find(']') : 0;
  if (literal != std::string_view::npos && authority.find(':', literal) != std::string_view::npos) {
    return Refuse(Errc::kIdPort);
  }
  return {};
}

Result<void> CheckTrustDomain(Scheme scheme, std::string_view trust_domain, const IdRules& rules) {
  if (!std::all_of(trust_domain.begin(), trust_domain.end(), IsTrustDomainChar)) {
    return Refuse(Errc::kIdTrustDomainCharacter);
  }
  switch (scheme) {
    case Scheme::kWimse:
      if (trust_domain.ends_with('.')) return Refuse(Errc::kIdTrustDomainDot);
      if (!rules.allow_ip_trust_domain && LooksLikeIpv4(trust_domain)) {
        return Refuse(Errc::kIdTrustDomainIp);
      }
      return {};
    case Scheme::kSpiffe:
      if (trust_domain.size() > kMaxTrustDomainBytes) return Refuse(Errc::kIdTrustDomainLength);
      return {};
  }
  return Refuse(Errc::kIdSchemeUnknown);
}

// Everything up to the path, which is not looked at.
Result<Split> SplitOrigin(std::string_view text, const IdRules& rules) {
  SIGNET_TRY(CheckBytes(text));
  const std::size_t mark = text.find(kAuthorityMark);
  // A colon before that of the mark ends a scheme without an authority, as in "urn:x://y".
  if (mark == std::string_view::npos || text.find(':') != mark) {
    return Refuse(Errc::kIdNotAbsolute);
  }
  Split split;
  SIGNET_TRY_ASSIGN(split.scheme, ReadScheme(text.substr(0, mark)));
  const std::string_view rest = text.substr(mark + kAuthorityMark.size());
  if (rest.find('#') != std::string_view::npos) return Refuse(Errc::kIdFragment);
  if (rest.find('?') != std::string_view::npos) return Refuse(Errc::kIdQuery);

  split.trust_domain = rest.substr(0, rest.find('/'));
  split.path = rest.substr(split.trust_domain.size());
  split.origin_size = text.size() - split.path.size();
  SIGNET_TRY(CheckAuthority(split.trust_domain));
  SIGNET_TRY(CheckTrustDomain(split.scheme, split.trust_domain, rules));
  return split;
}

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

// `path` is empty or begins with a slash.
Result<void> CheckPath(Scheme scheme, std::string_view path) {
  if (path.empty()) {
    if (scheme == Scheme::kSpiffe) return {};
    return Refuse(Errc::kIdPathMissing);
  }
  if (path.ends_with('/')) return Refuse(Errc::kIdPathTrailingSlash);
  if (path.find("//") != std::string_view::npos) return Refuse(Errc::kIdPathEmptySegment);
  if (HasDotSegment(path)) return Refuse(Errc::kIdPathDotSegment);
  if (path.find('%') != std::string_view::npos) return Refuse(Errc::kIdPathPercent);
  const bool clean = std::all_of(path.begin(), path.end(),
                                 [scheme](char c) { return c == '/' || IsPathChar(scheme, c); });
  if (!clean) return Refuse(Errc::kIdPathCharacter);
  return {};
}

}  // namespace

std::string_view NameOf(Scheme scheme) {
  switch (scheme) {
    case Scheme::kWimse:
      return "wimse";
    case Scheme::kSpiffe:
      return "spiffe";
  }
  return "";
}

Result<Origin> Origin::Parse(std::string_view text, const IdRules& rules) {
  SIGNET_TRY_ASSIGN(const Split split, SplitOrigin(text, rules));
  if (!split.path.empty()) return Refuse(Errc::kIdPathCharacter, "an origin has no path");
  return Origin(split.scheme, std::string(text));
}

std::string_view Origin::trust_domain() const {
  return std::string_view(text_).substr(NameOf(scheme_).size() + kAuthorityMark.size());
}

Result<WorkloadId> WorkloadId::Parse(std::string_view text, const IdRules& rules) {
  SIGNET_TRY_ASSIGN(const Split split, SplitOrigin(text, rules));
  SIGNET_TRY(CheckPath(split.scheme, split.path));
  return WorkloadId(split.scheme, std::string(text), split.origin_size);
}

std::string_view WorkloadId::origin_text() const {
  return std::string_view(text()).substr(0, origin_size_);
}

std::string_view WorkloadId::trust_domain() const {
  return origin_text().substr(NameOf(scheme_).size() + kAuthorityMark.size());
}

std::string_view WorkloadId::path() const { return std::string_view(text()).substr(origin_size_); }

Origin WorkloadId::origin() const { return Origin(scheme_, std::string(origin_text())); }

}  // namespace signet::identity
