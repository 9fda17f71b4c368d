// Host names of certificates (RFC 9525 section 6). A file of its own: it looks at texts only.
#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "protocol/credential/wic_verify.h"

namespace signet::credential {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualsWithoutCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Underscores stand in names that resolvers accept; A-labels are plain letters here.
bool IsHostChar(char c) {
  return (Lower(c) >= 'a' && Lower(c) <= 'z') || IsDigit(c) || c == '-' || c == '_';
}

// A DNS name of at least one label. The last label is not all digits: that would be an address in
// one of its odd spellings, and resolvers do not agree about those.
bool IsDnsName(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  std::string_view last;
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t end = std::min(host.find('.', begin), host.size());
    last = host.substr(begin, end - begin);
    if (last.empty() || last.size() > kMaxLabelBytes || !std::ranges::all_of(last, IsHostChar)) {
      return false;
    }
    begin = end + 1;
  }
  return !std::ranges::all_of(last, IsDigit);
}

// The bytes of an address; empty if `host` is none.
Bytes AddressOf(std::string_view host) {
  const std::string text(host);
  if (text.find('\0') != std::string::npos) return {};  // inet_pton would stop there
  std::array<std::uint8_t, 16> address{};
  if (::inet_pton(AF_INET, text.c_str(), address.data()) == 1) {
    return {address.begin(), address.begin() + 4};
  }
  if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) {
    return {address.begin(), address.end()};
  }
  return {};
}

// `presented` stands in the certificate. A wildcard is the whole left-most label, stands for
// exactly one label, and two labels follow it, so that "*.com" covers nobody [RFC9525-6.3].
bool Matches(std::string_view presented, std::string_view host) {
  if (!presented.starts_with("*.")) return EqualsWithoutCase(presented, host);
  const std::string_view behind = presented.substr(2);
  const std::size_t dot = host.find('.');
  return IsDnsName(behind) && behind.find('.') != std::string_view::npos &&
         dot != std::string_view::npos && EqualsWithoutCase(behind, host.substr(dot + 1));
}

}  // namespace

Result<void> CheckHostName(const Certificate& certificate, std::string_view host) {
  const auto refused = [] {
    return Refuse(Errc::kWicHostMismatch, "the certificate is for another host");
  };
  if (!certificate.san.has_value()) return refused();
  if (const Bytes address = AddressOf(host); !address.empty()) {
    const auto& known = certificate.san->ip_addresses;
    if (std::ranges::find(known, address) == known.end()) return refused();
    return {};
  }
  // An absolute name, with its dot, is the same name.
  if (host.ends_with('.')) host.remove_suffix(1);
  if (!IsDnsName(host)) return Refuse(Errc::kWicHostMismatch, "no host name or address to expect");
  const auto matches = [host](const std::string& name) { return Matches(name, host); };
  if (std::ranges::none_of(certificate.san->dns, matches)) return refused();
  return {};
}

}  // namespace signet::credential
