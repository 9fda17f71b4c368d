// Error: one refusal, its code and where it happened.
//
// Floor 0. Pure; every function may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace signet {

// One enumerator per refusal that a caller may tell apart; the list is errors.def. Values are the
// stable ids of that list: they go into audit records and are never renumbered.
enum class Errc : std::uint16_t {
#define SIGNET_ERROR(symbol, id, name, rule, severity, http, oauth, grpc, text, fix) symbol = id,
#include "protocol/base/errors.def"
#undef SIGNET_ERROR
};

// How loudly a refusal is logged.
enum class Severity : std::uint8_t {
  kNotice,   // a peer's mistake
  kWarning,  // looks like an attack or a misconfiguration
  kError,    // our side cannot do its work
};

// What errors.def says of one code. All views have static storage duration.
struct ErrorInfo {
  Errc code;
  std::string_view symbol;  // enumerator as text, for generated documentation
  std::string_view name;    // dotted name: metric label, audit field, problem type
  std::string_view rule;    // requirement id, or "-"
  Severity severity;
  int http_status;  // where the code alone decides; bindings refine it
  std::string_view oauth_error;
  int grpc_code;
  std::string_view text;  // what a peer is told
  std::string_view fix;   // the usual remedy, for an operator
};

// The entry of `code`. Never fails for an enumerator of Errc.
[[nodiscard]] const ErrorInfo& InfoOf(Errc code);

// The entry with this dotted name; nullptr if there is none.
[[nodiscard]] const ErrorInfo* FindErrorByName(std::string_view name);

// All entries, in the order of errors.def.
struct ErrorList {
  const ErrorInfo* first;
  std::size_t count;
  const ErrorInfo* begin() const { return first; }
  const ErrorInfo* end() const { return first + count; }
};
[[nodiscard]] ErrorList AllErrors();

// Longest `detail` kept, in bytes.
inline constexpr std::size_t kMaxErrorDetailBytes = 200;

// A refusal. `detail` is for our operator: printable ASCII, at most kMaxErrorDetailBytes (the
// constructor enforces both), never token text, key bytes or other peer-chosen content. What a
// peer is told is InfoOf(code).text.
class [[nodiscard]] Error {
 public:
  explicit Error(Errc error_code, std::string error_detail = {});

  // The same refusal, named as a step of the procedure that was under way: a malformed token is
  // WIT-12.a in a WIT and WPT-5.2 in a WPT. `step` must have static storage duration.
  [[nodiscard]] Error At(std::string_view step) && {
    rule_ = step;
    return std::move(*this);
  }

  // The requirement that refused: the step given to At(), else the rule of errors.def.
  [[nodiscard]] std::string_view rule() const { return rule_.empty() ? InfoOf(code).rule : rule_; }
  [[nodiscard]] std::string_view name() const { return InfoOf(code).name; }

  Errc code;
  std::string detail;

 private:
  std::string_view rule_;
};

}  // namespace signet
