#include "app/call/url.h"

#include <algorithm>
#include <charconv>

#include "protocol/codec/uri.h"

namespace signet::app {
namespace {

Result<std::uint16_t> PortOf(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc{} || end != text.data() + text.size() || port == 0) {
    return Refuse(Errc::kHttpUrlInvalid, "the port is not within 1 and 65535");
  }
  return port;
}

}  // namespace

Result<CallUrl> ParseCallUrl(std::string_view text, bool allow_plain_http) {
  SIGNET_TRY_ASSIGN(const codec::UriParts parts, codec::ParseUri(text));
  CallUrl url;
  url.tls = parts.scheme == "https";
  if (!url.tls && parts.scheme != "http") {
    return Refuse(Errc::kHttpUrlInvalid, "the URL does not begin with https://");
  }
  if (!url.tls && !allow_plain_http) {
    return Refuse(Errc::kHttpUrlInvalid,
                  "http sends the credentials in the clear; use https, or --insecure-plain-http");
  }
  if (parts.userinfo.has_value()) {
    return Refuse(Errc::kHttpUrlInvalid, "user information in the URL");
  }
  if (!parts.host.has_value() || parts.host->empty()) {
    return Refuse(Errc::kHttpUrlInvalid, "the URL has no host");
  }
  std::string_view host = *parts.host;
  if (host.front() == '[') host = host.substr(1, host.size() - 2);
  url.host = host;
  url.port = url.tls ? 443 : 80;
  if (parts.port.has_value() && !parts.port->empty()) {
    SIGNET_TRY_ASSIGN(url.port, PortOf(*parts.port));
  }
  url.authority = *parts.authority;
  url.target = parts.path.empty() ? "/" : parts.path;
  url.audience = std::string(*parts.scheme) + "://" + url.authority + url.target;
  if (parts.query.has_value()) url.target.append("?").append(*parts.query);
  return url;
}

}  // namespace signet::app
