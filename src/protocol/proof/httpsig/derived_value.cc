#include "protocol/proof/httpsig/internal/derived_value.h"

#include <algorithm>
#include <optional>

namespace signet::proof::httpsig {
namespace {

std::unexpected<Error> Unresolvable(const char* why) {
  return Refuse(Errc::kHttpsigUnresolvable, why);
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// RFC 9110 section 4.2.3: the host in lower case, no default port, no empty port.
std::string NormalAuthority(std::string_view authority, std::string_view scheme) {
  std::string out = Lower(authority);
  const std::size_t colon = out.rfind(':');
  if (colon == std::string::npos || out.find(']', colon) != std::string::npos) return out;
  const std::string_view port = std::string_view(out).substr(colon + 1);
  const bool is_default =
      port.empty() || (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
  return is_default ? out.substr(0, colon) : out;
}

// The target URI, taken apart, of one request.
class RequestParts {
 public:
  RequestParts(const http::Request& request, const http::Target& target, ParsedParts& parsed)
      : request_(request), target_(target), parsed_(parsed) {}

  [[nodiscard]] std::string Scheme() const {
    return Lower(target_.form == http::TargetForm::kAbsolute ? target_.scheme : request_.scheme);
  }

  // What the sender named: the target if it has an authority, else Host or :authority.
  [[nodiscard]] Result<std::string_view> RawAuthority() const {
    const std::string_view authority =
        target_.authority.empty() ? request_.authority : target_.authority;
    if (authority.empty()) return Unresolvable("a request without authority");
    return authority;
  }

  // A CONNECT has no scheme of its own, so its port stays.
  [[nodiscard]] Result<std::string> Authority() const {
    SIGNET_TRY_ASSIGN(const std::string_view authority, RawAuthority());
    const bool tunnel = target_.form == http::TargetForm::kAuthority;
    std::string out = NormalAuthority(authority, tunnel ? "" : Scheme());
    if (out.empty()) return Unresolvable("an authority without host");
    return out;
  }

  // RFC 9112 section 3.3. Nothing is normalised: section 2.2.2 asks for none.
  [[nodiscard]] Result<std::string> TargetUri() const {
    if (target_.form == http::TargetForm::kAbsolute) return std::string(request_.target);
    SIGNET_TRY_ASSIGN(const std::string_view authority, RawAuthority());
    const std::string_view rest =
        target_.form == http::TargetForm::kOrigin ? request_.target : std::string_view();
    return std::string(request_.scheme).append("://").append(authority).append(rest);
  }

  [[nodiscard]] Result<std::string> Path() const {
    if (!HasPath()) return Unresolvable("a request target without path");
    return target_.path.empty() ? std::string("/") : std::string(target_.path);
  }

  [[nodiscard]] Result<std::string> Query() const {
    if (!HasPath()) return Unresolvable("a request target without query");
    return "?" + std::string(target_.query.value_or(""));
  }

  [[nodiscard]] Result<std::string> QueryParam(std::string_view name) const {
    if (!HasPath()) return Unresolvable("a request target without query");
    return parsed_.QueryOf(request_, target_.query.value_or("")).Value(name);
  }

 private:
  [[nodiscard]] bool HasPath() const {
    return target_.form == http::TargetForm::kOrigin || target_.form == http::TargetForm::kAbsolute;
  }
  const http::Request& request_;
  const http::Target& target_;
  ParsedParts& parsed_;
};

// RFC 9421 section 2.2: printable, no line end, no white space at the ends. Values of ours have no
// white space at all: none of these parts of a request may hold any.
Result<std::string> Checked(Result<std::string> value) {
  if (!value.has_value()) return value;
  const bool clean = std::ranges::all_of(*value, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!clean) return Unresolvable("a byte that no signature base may hold");
  return value;
}

Result<std::string> ValueFrom(const Component& component, const http::Request& request,
                              const RequestParts& parts) {
  const std::string_view name = component.name;
  if (name == "@method") return std::string(request.method);
  if (name == "@request-target") return std::string(request.target);
  if (name == "@path") return parts.Path();
  if (name == "@query") return parts.Query();
  if (name == "@authority") return parts.Authority();
  if (name == "@scheme") return parts.Scheme();
  if (name == "@target-uri") return parts.TargetUri();
  if (name == "@query-param") return parts.QueryParam(component.query_name.value_or(""));
  return Unresolvable("a derived component that requests do not have");
}

}  // namespace

Result<std::string> DerivedOfRequest(const Component& component, const http::Request& request,
                                     ParsedParts& parsed) {
  const Result<http::Target> target = http::ParseTarget(request.method, request.target);
  if (!target.has_value()) return Unresolvable("a request target that does not parse");
  return Checked(ValueFrom(component, request, RequestParts(request, *target, parsed)));
}

Result<std::string> DerivedOfResponse(const Component& component, const http::Response& response) {
  if (component.name != "@status") {
    return Unresolvable("a derived component that responses do not have");
  }
  if (response.status < 100 || response.status > 999) {
    return Unresolvable("a status that is no three digits");
  }
  return std::to_string(response.status);
}

}  // namespace signet::proof::httpsig
