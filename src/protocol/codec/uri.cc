#include "protocol/codec/uri.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "protocol/base/limits.h"

namespace signet::codec {
namespace {

// Character classes of RFC 3986, one bit each.
enum : std::uint8_t {
  kAlpha = 1,
  kDigit = 2,
  kHex = 4,
  kMark = 8,       // - . _ ~
  kSubDelim = 16,  // ! $ & ' ( ) * + , ; =
  kColon = 32,
  kAt = 64,
  kSlashOrMark = 128,  // / ?
};
constexpr std::uint8_t kUnreserved = kAlpha | kDigit | kMark;
constexpr std::uint8_t kRegName = kUnreserved | kSubDelim;
constexpr std::uint8_t kUserinfo = kRegName | kColon;
constexpr std::uint8_t kPchar = kRegName | kColon | kAt;

consteval std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](std::string_view chars, std::uint8_t bit) {
    for (const char c : chars) {
      auto& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | bit);
    }
  };
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", kAlpha);
  add("0123456789", kDigit);
  add("0123456789abcdefABCDEF", kHex);
  add("-._~", kMark);
  add("!$&'()*+,;=", kSubDelim);
  add(":", kColon);
  add("@", kAt);
  add("/?", kSlashOrMark);
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, std::uint8_t classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

bool AllOf(std::string_view text, std::uint8_t classes) {
  return std::all_of(text.begin(), text.end(), [classes](char c) { return Is(c, classes); });
}

// Characters of `classes` and well-formed percent-encodings only.
bool AllOfOrEncoded(std::string_view text, std::uint8_t classes) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (Is(text[i], classes)) continue;
    if (text[i] != '%' || text.size() - i < 3) return false;
    if (!Is(text[i + 1], kHex) || !Is(text[i + 2], kHex)) return false;
    i += 2;
  }
  return true;
}

bool IsPath(std::string_view path) {
  return AllOfOrEncoded(path, kPchar | kSlashOrMark) && path.find('?') == std::string_view::npos;
}

bool IsScheme(std::string_view text) {
  return !text.empty() && Is(text.front(), kAlpha) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return Is(c, kAlpha | kDigit) || c == '+' || c == '-' || c == '.';
         });
}

// dec-octet: 0 to 255 without leading zeros.
bool IsDecOctet(std::string_view text) {
  if (text.empty() || text.size() > 3 || !AllOf(text, kDigit)) return false;
  if (text.size() > 1 && text.front() == '0') return false;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= 255;
}

bool IsIpv4(std::string_view text) {
  for (int i = 0; i < 3; ++i) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !IsDecOctet(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return IsDecOctet(text);
}

// Groups of 16 bits in `text`, groups separated by single colons; -1 if malformed. Only the last
// may be an IPv4 address, which counts as two, and only where `ipv4_at_end`.
int CountIpv6Groups(std::string_view text, bool ipv4_at_end) {
  if (text.empty()) return 0;
  int groups = 0;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && ipv4_at_end && IsIpv4(group)) return groups + 2;
    if (group.empty() || group.size() > 4 || !AllOf(group, kHex)) return -1;
    ++groups;
    if (last) return groups;
    text.remove_prefix(colon + 1);
  }
}

bool IsIpv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return CountIpv6Groups(text, true) == 8;
  const int before = CountIpv6Groups(text.substr(0, gap), false);
  const int after = CountIpv6Groups(text.substr(gap + 2), true);
  // "::" stands for at least one group of zeros.
  return before >= 0 && after >= 0 && before + after <= 7;
}

// "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
bool IsIpvFuture(std::string_view text) {
  if (text.empty() || (text.front() != 'v' && text.front() != 'V')) return false;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 1 || dot + 1 == text.size()) return false;
  return AllOf(text.substr(1, dot - 1), kHex) && AllOf(text.substr(dot + 1), kUserinfo);
}

bool IsHost(std::string_view host) {
  if (!host.starts_with('[')) return AllOfOrEncoded(host, kRegName);
  if (!host.ends_with(']')) return false;
  const std::string_view literal = host.substr(1, host.size() - 2);
  return IsIpv6(literal) || IsIpvFuture(literal);
}

bool SplitAuthority(std::string_view authority, UriParts& parts) {
  parts.authority = authority;
  const std::size_t at = authority.find('@');
  if (at != std::string_view::npos) {
    parts.userinfo = authority.substr(0, at);
    if (!AllOfOrEncoded(*parts.userinfo, kUserinfo)) return false;
    authority.remove_prefix(at + 1);
  }
  // The colons of an IP literal are no port's.
  const std::size_t literal = authority.starts_with('[') ? authority.find(']') : 0;
  const std::size_t colon =
      literal == std::string_view::npos ? literal : authority.find(':', literal);
  parts.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) {
    parts.port = authority.substr(colon + 1);
    if (!AllOf(*parts.port, kDigit)) return false;
  }
  return IsHost(*parts.host);
}

// Cuts `text` at the first `mark`; the part behind it, if there is one.
std::optional<std::string_view> TakeBehind(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

}  // namespace

Result<UriParts> ParseUri(std::string_view text) {
  if (text.size() > kMaxUriBytes) return Refuse(Errc::kUriTooLong);
  UriParts parts;
  std::string_view rest = text;
  parts.fragment = TakeBehind(rest, '#');
  parts.query = TakeBehind(rest, '?');

  // A colon before the first slash ends a scheme: the first segment of a relative path has none.
  const std::size_t colon = rest.find_first_of(":/");
  if (colon != std::string_view::npos && rest[colon] == ':') {
    parts.scheme = rest.substr(0, colon);
    if (!IsScheme(*parts.scheme)) return Refuse(Errc::kUriMalformed, "scheme");
    rest.remove_prefix(colon + 1);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view authority = rest.substr(0, rest.find('/'));
    rest.remove_prefix(authority.size());
    if (!SplitAuthority(authority, parts)) return Refuse(Errc::kUriMalformed, "authority");
  }
  parts.path = rest;
  if (!IsPath(parts.path)) return Refuse(Errc::kUriMalformed, "path");
  if (!AllOfOrEncoded(parts.query.value_or(""), kPchar | kSlashOrMark)) {
    return Refuse(Errc::kUriMalformed, "query");
  }
  if (!AllOfOrEncoded(parts.fragment.value_or(""), kPchar | kSlashOrMark)) {
    return Refuse(Errc::kUriMalformed, "fragment");
  }
  return parts;
}

std::string_view WithoutQueryAndFragment(std::string_view uri) {
  return uri.substr(0, uri.find_first_of("?#"));
}

}  // namespace signet::codec
