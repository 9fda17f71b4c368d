#include "protocol/http/message.h"

#include <algorithm>
#include <array>

#include "protocol/base/limits.h"
#include "protocol/codec/uri.h"

namespace signet::http {
namespace {

// ASCII only: the C library's functions depend on the locale.
char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsAlpha(char c) { return ToLower(c) >= 'a' && ToLower(c) <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// token of RFC 9110 section 5.6.2
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [kMarks](char c) {
    return IsAlpha(c) || IsDigit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

// field-value of RFC 9110 section 5.5: no control characters but tab; bytes over 0x7f are opaque.
bool IsFieldValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsScheme(std::string_view text) {
  return !text.empty() && IsAlpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlpha(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
         });
}

std::unexpected<Error> BadTarget(const char* why) { return Refuse(Errc::kHttpTargetInvalid, why); }

void SplitPath(std::string_view text, Target& target) {
  const std::size_t mark = text.find('?');
  target.path = text.substr(0, mark);
  if (mark != std::string_view::npos) target.query = text.substr(mark + 1);
}

// An authority with a host and without userinfo, which RFC 9110 section 4.2.4 has recipients treat
// as an error. `with_slashes` is "//" and the authority.
Result<codec::UriParts> ParseAuthority(std::string_view with_slashes) {
  const Result<codec::UriParts> parts = codec::ParseUri(with_slashes);
  if (!parts || parts->host.value_or("").empty() || parts->userinfo || !parts->path.empty() ||
      parts->query) {
    return BadTarget("authority");
  }
  return *parts;
}

Result<Target> ParseAuthorityForm(std::string_view text) {
  if (text.size() > kMaxUriBytes) return BadTarget("authority");
  const std::string with_slashes = "//" + std::string(text);
  SIGNET_TRY_ASSIGN(const codec::UriParts parts, ParseAuthority(with_slashes));
  // RFC 9110 section 9.3.6: an empty or invalid port is refused.
  const std::string_view port = parts.port.value_or("");
  const std::size_t first = port.find_first_not_of('0');
  if (first == std::string_view::npos || port.size() > 5 || (port.size() == 5 && port > "65535")) {
    return BadTarget("port");
  }
  Target target;
  target.form = TargetForm::kAuthority;
  target.authority = text;
  return target;
}

Result<Target> ParseAbsoluteForm(std::string_view text) {
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos || !IsScheme(text.substr(0, mark))) {
    return BadTarget("no known form");
  }
  Target target;
  target.form = TargetForm::kAbsolute;
  target.scheme = text.substr(0, mark);
  const std::string_view rest = text.substr(mark + 3);
  target.authority = rest.substr(0, rest.find_first_of("/?"));
  SIGNET_TRY(ParseAuthority(text.substr(mark + 1, 2 + target.authority.size())));
  SplitPath(rest.substr(target.authority.size()), target);
  return target;
}

Result<void> CheckFields(const Fields& fields) {
  if (fields.lines().size() > kMaxFieldLines) return Refuse(Errc::kHttpTooLarge, "field lines");
  std::size_t bytes = 0;
  for (const Field& field : fields.lines()) {
    bytes += field.name.size() + field.value.size();
    if (bytes > kMaxHeaderBytes) return Refuse(Errc::kHttpTooLarge, "bytes of fields");
  }
  for (const Field& field : fields.lines()) {
    if (!IsToken(field.name)) return Refuse(Errc::kHttpFieldInvalid, "field name");
    if (!IsFieldValue(field.value)) return Refuse(Errc::kHttpFieldInvalid, "field value");
  }
  return {};
}

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ToLower(x) == ToLower(y);
         });
}

std::string_view TrimOws(std::string_view value) {
  const std::size_t first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return value.substr(0, 0);
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

FieldOccurrence Fields::Find(std::string_view name) const {
  FieldOccurrence found;
  for (const Field& field : lines_) {
    if (!EqualsIgnoreCase(field.name, name)) continue;
    if (found.count == 0) found.value = TrimOws(field.value);
    ++found.count;
  }
  return found;
}

Result<Target> ParseTarget(std::string_view method, std::string_view target) {
  if (target.empty()) return BadTarget("empty");
  if (!IsVisibleAscii(target) || target.find('#') != std::string_view::npos) {
    return BadTarget("character");
  }
  if (method == "CONNECT") return ParseAuthorityForm(target);
  Target parsed;
  if (target == "*") {
    if (method != "OPTIONS") return BadTarget("asterisk form");
    parsed.form = TargetForm::kAsterisk;
    return parsed;
  }
  if (target.front() != '/') return ParseAbsoluteForm(target);
  SplitPath(target, parsed);
  return parsed;
}

Result<void> CheckRequest(const Request& request) {
  SIGNET_TRY(CheckFields(request.fields));
  // Both stand in signature bases line by line, where a line end would forge a component.
  if (!IsToken(request.method)) return Refuse(Errc::kHttpMalformed, "method");
  if (!IsVisibleAscii(request.authority)) return Refuse(Errc::kHttpFieldInvalid, "authority");
  SIGNET_TRY(ParseTarget(request.method, request.target));
  return {};
}

}  // namespace signet::http
