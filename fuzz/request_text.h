// A whole request as the text of an input: request line, field lines, an empty line, content.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/http/message.h"

namespace signet::fuzz {

// `text` with each name of `values` replaced, so that what is around a good token is tried.
inline std::string Filled(std::string_view text, const std::map<std::string, std::string>& values) {
  constexpr std::size_t kLongest = 60000;
  std::string out(text);
  for (const auto& [name, value] : values) {
    for (std::size_t at = out.find(name); at != std::string::npos && out.size() < kLongest;
         at = out.find(name, at + value.size())) {
      out.replace(at, name.size(), value);
    }
  }
  return out;
}

// Views into `text`.
inline http::Request RequestOf(std::string_view text) {
  const auto line = [&text] {
    const std::string_view out = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(out.size() + 1, text.size()));
    return out;
  };
  http::Request request;
  const std::string_view first = line();
  request.method = first.substr(0, first.find(' '));
  request.target = first.substr(std::min(request.method.size() + 1, first.size()));
  request.authority = "orders.example.com";
  while (!text.empty()) {
    const std::string_view field = line();
    if (field.empty()) break;
    const std::size_t colon = std::min(field.find(':'), field.size());
    request.fields.Add(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())));
  }
  request.body = AsBytes(text);
  return request;
}

}  // namespace signet::fuzz
