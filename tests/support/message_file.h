// Messages and texts of tests/vectors/published.
#pragma once

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/http/message.h"

namespace signet::testing {

// The whole file; a fault in it ends the test program.
inline std::string PublishedText(const std::string& name) {
  std::ifstream in(std::string(SIGNET_SOURCE_DIR) + "/tests/vectors/published/" + name);
  SIGNET_CHECK(in.good());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A message that owns its text; View and ResponseView borrow it.
struct StoredMessage {
  std::string method{}, target{}, authority{};
  std::string scheme = "https";
  int status = 0;
  std::vector<std::pair<std::string, std::string>> lines{};
  std::string body{};

  [[nodiscard]] http::Request View() const {
    return {.method = method,
            .scheme = scheme,
            .authority = authority,
            .target = target,
            .fields = FieldsView(),
            .body = AsBytes(body)};
  }
  [[nodiscard]] http::Response ResponseView() const {
    return {.status = status, .fields = FieldsView(), .body = AsBytes(body)};
  }
  [[nodiscard]] http::Fields FieldsView() const {
    http::Fields out;
    for (const auto& [name, value] : lines) out.Add(name, value);
    return out;
  }
  [[nodiscard]] std::string Value(std::string_view name) const {
    return std::string(FieldsView().Find(name).value);
  }
  // Replaces the first line of this name, or adds one.
  void Set(std::string_view name, std::string value) {
    for (auto& line : lines) {
      if (http::EqualsIgnoreCase(line.first, name)) {
        line.second = std::move(value);
        return;
      }
    }
    lines.emplace_back(name, std::move(value));
  }
  void Remove(std::string_view name) {
    std::erase_if(lines,
                  [&](const auto& line) { return http::EqualsIgnoreCase(line.first, name); });
  }
};

// A message with LF line ends. The body goes to the end, or as far as Content-Length says.
inline StoredMessage MessageOf(const std::string& text) {
  StoredMessage out;
  std::istringstream in(text);
  std::string line;
  std::getline(in, line);
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (line.starts_with("HTTP/")) {
    out.status = std::stoi(line.substr(first + 1, 3));
  } else {
    out.method = line.substr(0, first);
    out.target = line.substr(first + 1, second - first - 1);
  }
  while (std::getline(in, line) && !line.empty()) {
    const std::size_t colon = line.find(':');
    out.lines.emplace_back(line.substr(0, colon),
                           std::string(http::TrimOws(std::string_view(line).substr(colon + 1))));
  }
  std::ostringstream rest;
  if (in.good() && in.peek() != std::istringstream::traits_type::eof()) rest << in.rdbuf();
  out.body = rest.str();
  const std::string length = out.Value("Content-Length");
  if (!length.empty()) out.body.resize(std::min(out.body.size(), std::stoul(length)));
  out.authority = out.Value("Host");
  return out;
}

inline StoredMessage PublishedMessage(const std::string& name) {
  return MessageOf(PublishedText(name));
}

}  // namespace signet::testing
