// application/x-www-form-urlencoded as RFC 9421 section 2.2.8 uses it (WHATWG URL, section 5).
//
// Floor 6. Pure.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::proof::httpsig {

// The encoded value of the one parameter of `query` whose encoded name is `name`.
// Errors: kHttpsigUnresolvable (no such parameter, several of them, or bytes that are not UTF-8:
// the algorithm would replace them, and different queries would become one)
[[nodiscard]] Result<std::string> FormParameter(std::string_view query, std::string_view name);

}  // namespace signet::proof::httpsig
