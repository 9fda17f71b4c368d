// HTTP messages as values: what was received, line by line, before anybody combined or decoded it.
//
// Floor 2. Pure. Views borrow the connection's buffers; a message lives no longer than they do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::http {

// One field line. Names compare without case, by ASCII rules only.
struct Field {
  std::string_view name;
  std::string_view value;
};

[[nodiscard]] bool EqualsIgnoreCase(std::string_view a, std::string_view b);
// `value` without spaces and tabs at its ends.
[[nodiscard]] std::string_view TrimOws(std::string_view value);

// How often a field occurs, and its value if once.
struct FieldOccurrence {
  std::size_t count = 0;
  std::string_view value;  // of the first line, trimmed
};

class Fields {
 public:
  void Add(std::string_view name, std::string_view value) { lines_.push_back({name, value}); }
  void Clear() { lines_.clear(); }  // keeps the memory
  [[nodiscard]] FieldOccurrence Find(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& lines() const { return lines_; }

 private:
  std::vector<Field> lines_;
};

// RFC 9112 section 3.2.
enum class TargetForm : std::uint8_t { kOrigin, kAbsolute, kAuthority, kAsterisk };

// A request target taken apart. Views into the target; nothing is decoded.
struct Target {
  TargetForm form = TargetForm::kOrigin;
  std::string_view scheme;                // absolute form only
  std::string_view authority;             // absolute and authority form
  std::string_view path;                  // "" for asterisk and authority form
  std::optional<std::string_view> query;  // absent and empty are different
};

// CONNECT has the authority form (with a port) and no other; the asterisk form is for OPTIONS.
// Refused are spaces, control characters, '#', bytes over 0x7f, and an authority that is empty,
// has userinfo or is outside RFC 3986.
// Errors: kHttpTargetInvalid
[[nodiscard]] Result<Target> ParseTarget(std::string_view method, std::string_view target);

// A request as received. `scheme` and `authority` are what the listener observed (scheme of its
// socket, the Host field); they are the peer's words and never decide an audience [WPT-7].
struct Request {
  std::string_view method;
  std::string_view scheme = "https";
  std::string_view authority;
  std::string_view target;  // raw, as on the request line
  Fields fields;
  ByteView body;
  Fields trailers = {};  // only for signatures that cover them (`;tr`); never merged into fields
};

// A response as received.
struct Response {
  int status = 0;
  Fields fields;
  ByteView body;
  Fields trailers = {};
};

// Errors, in the order of the checks:
//   kHttpTooLarge       more than kMaxFieldLines lines or kMaxHeaderBytes bytes of fields (names
//                       and values)
//   kHttpFieldInvalid   a field name is no token, a value holds control characters, or the
//                       authority a byte outside visible ASCII
//   kHttpMalformed      the method is no token
//   kHttpTargetInvalid  the target does not parse, or its method does not allow its form
[[nodiscard]] Result<void> CheckRequest(const Request& request);

}  // namespace signet::http
