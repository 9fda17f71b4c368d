// Header: one field line of an HTTP/2 message, or one pseudo-header.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace signet::http2 {

struct Header {
  std::string name{};  // lower case; ":path" and the like come before all others
  std::string value{};
  // Never entered into a compression table, here or at a proxy between (RFC 7541 section 7.1.3):
  // for tokens and other secrets.
  bool sensitive = false;
};
using HeaderList = std::vector<Header>;

// The first value of this name; nullptr if there is none.
[[nodiscard]] inline const std::string* Find(const HeaderList& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &Header::name);
  return found == headers.end() ? nullptr : &found->value;
}

}  // namespace signet::http2
