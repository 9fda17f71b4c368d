// application/x-www-form-urlencoded as RFC 9421 section 2.2.8 uses it (WHATWG URL, section 5).
//
// Floor 6. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::proof::httpsig {

// The parameters of one query, taken apart once.
class FormParameters {
 public:
  explicit FormParameters(std::string_view query);

  // The encoded value of the one parameter whose encoded name is `name`.
  // Errors: kHttpsigUnresolvable (no such parameter, several of them, or bytes that are not UTF-8:
  // the algorithm would replace them, and different queries would become one)
  [[nodiscard]] Result<std::string> Value(std::string_view name) const;

 private:
  struct Parameter {
    std::string decoded;
    bool several = false;
  };
  std::map<std::string, Parameter, std::less<>> by_encoded_name_;
};

}  // namespace signet::proof::httpsig
