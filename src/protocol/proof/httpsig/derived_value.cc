#include "protocol/proof/httpsig/internal/derived_value.h"

#include <algorithm>

namespace signet::proof::httpsig {
namespace {

std::unexpected<Error> Unresolvable(const char* why) {
  return Refuse(Errc::kHttpsigUnresolvable, why);
}

void AppendLower(std::string_view text, std::string& out) {
  for (const char c : text) {
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
}

// RFC 9110 section 4.2.3: no default port, no empty port.
std::string_view WithoutDefaultPort(std::string_view authority, std::string_view scheme) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(']', colon) != std::string_view::npos) {
    return authority;
  }
  const std::string_view port = authority.substr(colon + 1);
  const bool is_default = port.empty() ||
                          (port == "443" && http::EqualsIgnoreCase(scheme, "https")) ||
                          (port == "80" && http::EqualsIgnoreCase(scheme, "http"));
  return is_default ? authority.substr(0, colon) : authority;
}

// The target URI, taken apart, of one request; each part is appended to `out`.
class RequestParts {
 public:
  RequestParts(const http::Request& request, const http::Target& target, ParsedParts& parsed,
               std::string& out)
      : request_(request), target_(target), parsed_(parsed), out_(out) {}

  Result<void> Text(std::string_view text) {
    out_.append(text);
    return {};
  }

  Result<void> Scheme() {
    AppendLower(RawScheme(), out_);
    return {};
  }

  // The host in lower case. A CONNECT has no scheme of its own, so its port stays.
  Result<void> Authority() {
    SIGNET_TRY_ASSIGN(const std::string_view authority, RawAuthority());
    const bool tunnel = target_.form == http::TargetForm::kAuthority;
    const std::string_view host = WithoutDefaultPort(authority, tunnel ? "" : RawScheme());
    if (host.empty()) return Unresolvable("an authority without host");
    AppendLower(host, out_);
    return {};
  }

  // RFC 9112 section 3.3. Nothing is normalised: section 2.2.2 asks for none.
  Result<void> TargetUri() {
    if (target_.form == http::TargetForm::kAbsolute) return Text(request_.target);
    SIGNET_TRY_ASSIGN(const std::string_view authority, RawAuthority());
    out_.append(request_.scheme).append("://").append(authority);
    if (target_.form == http::TargetForm::kOrigin) out_.append(request_.target);
    return {};
  }

  Result<void> Path() {
    if (!HasPath()) return Unresolvable("a request target without path");
    return Text(target_.path.empty() ? "/" : target_.path);
  }

  Result<void> Query() {
    if (!HasPath()) return Unresolvable("a request target without query");
    out_.append("?").append(target_.query.value_or(""));
    return {};
  }

  Result<void> QueryParam(std::string_view name) {
    if (!HasPath()) return Unresolvable("a request target without query");
    SIGNET_TRY_ASSIGN(const std::string value,
                      parsed_.QueryOf(request_, target_.query.value_or("")).Value(name));
    return Text(value);
  }

 private:
  [[nodiscard]] std::string_view RawScheme() const {
    return target_.form == http::TargetForm::kAbsolute ? target_.scheme : request_.scheme;
  }
  // What the sender named: the target if it has an authority, else Host or :authority.
  [[nodiscard]] Result<std::string_view> RawAuthority() const {
    const std::string_view authority =
        target_.authority.empty() ? request_.authority : target_.authority;
    if (authority.empty()) return Unresolvable("a request without authority");
    return authority;
  }
  [[nodiscard]] bool HasPath() const {
    return target_.form == http::TargetForm::kOrigin || target_.form == http::TargetForm::kAbsolute;
  }
  const http::Request& request_;
  const http::Target& target_;
  ParsedParts& parsed_;
  std::string& out_;
};

Result<void> AppendPart(const Component& component, const http::Request& request,
                        RequestParts parts) {
  const std::string_view name = component.name;
  if (name == "@method") return parts.Text(request.method);
  if (name == "@request-target") return parts.Text(request.target);
  if (name == "@path") return parts.Path();
  if (name == "@query") return parts.Query();
  if (name == "@authority") return parts.Authority();
  if (name == "@scheme") return parts.Scheme();
  if (name == "@target-uri") return parts.TargetUri();
  if (name == "@query-param") return parts.QueryParam(component.query_name.value_or(""));
  return Unresolvable("a derived component that requests do not have");
}

}  // namespace

Result<void> AppendDerivedOfRequest(const Component& component, const http::Request& request,
                                    ParsedParts& parsed, std::string& out) {
  const Result<http::Target> target = http::ParseTarget(request.method, request.target);
  if (!target.has_value()) return Unresolvable("a request target that does not parse");
  const std::size_t start = out.size();
  SIGNET_TRY(AppendPart(component, request, RequestParts(request, *target, parsed, out)));
  // RFC 9421 section 2.2: printable, no line end, no white space at the ends. Values of ours have
  // no white space at all: none of these parts of a request may hold any.
  const bool clean = std::ranges::all_of(std::string_view(out).substr(start),
                                         [](char c) { return c > 0x20 && c < 0x7f; });
  if (!clean) return Unresolvable("a byte that no signature base may hold");
  return {};
}

Result<void> AppendDerivedOfResponse(const Component& component, const http::Response& response,
                                     std::string& out) {
  if (component.name != "@status") {
    return Unresolvable("a derived component that responses do not have");
  }
  if (response.status < 100 || response.status > 999) {
    return Unresolvable("a status that is no three digits");
  }
  out.append(std::to_string(response.status));
  return {};
}

}  // namespace signet::proof::httpsig
