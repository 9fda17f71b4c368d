// The lines of one field.
//
// Floor 6. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "protocol/http/message.h"

namespace signet::proof::httpsig {

// Their values, as received, in order. Views into the message.
[[nodiscard]] inline std::vector<std::string_view> LinesOf(std::string_view name,
                                                           const http::Fields& fields) {
  std::vector<std::string_view> out;
  for (const http::Field& line : fields.lines()) {
    if (http::EqualsIgnoreCase(line.name, name)) out.push_back(line.value);
  }
  return out;
}

}  // namespace signet::proof::httpsig
