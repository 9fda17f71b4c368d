// What of a header field may be logged: credentials never, their hash instead [WPT-11].
//
// Immutable; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signet::telemetry {

// "sha256:" and the first 16 hexadecimal digits of the value's SHA-256: enough to find the same
// token in two logs, useless to anybody else.
[[nodiscard]] std::string HashForLog(std::string_view secret);

class Redactor {
 public:
  // Always secret: authorization, proxy-authorization, workload-proof-token,
  // workload-identity-token, txn-token, cookie, set-cookie. `more`: names that the configuration
  // adds, as those that `oth` covers; in any case.
  explicit Redactor(std::vector<std::string> more = {});

  [[nodiscard]] bool IsSecret(std::string_view field_name) const;
  // The value, or HashForLog of it if the field is secret.
  [[nodiscard]] std::string Shown(std::string_view field_name, std::string_view value) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace signet::telemetry
