// A second signature base (RFC 9421 section 2.5), slow and simple, that shares nothing with the
// product: fields joined line by line, and derived components but @query-param. It reads the list
// of components as text and knows no parameter but `req`.
#pragma once

#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/message_file.h"

namespace signet::testing {

inline std::string NaiveTrim(std::string text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.erase(0, 1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  return text;
}

inline std::string NaiveLower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// nullopt: not there, or not to be had.
inline std::optional<std::string> NaiveField(const std::string& name, const StoredMessage& from) {
  std::optional<std::string> out;
  for (const auto& [line_name, value] : from.lines) {
    if (NaiveLower(line_name) != name) continue;
    out = out.has_value() ? *out + ", " + NaiveTrim(value) : NaiveTrim(value);
  }
  return out;
}

// Origin form only.
inline std::optional<std::string> NaiveDerived(const std::string& name, const StoredMessage& from) {
  if (from.status != 0) {
    if (name == "@status") return std::to_string(from.status);
    return std::nullopt;
  }
  const std::size_t mark = from.target.find('?');
  const bool query = mark != std::string::npos;
  if (name == "@method") return from.method;
  if (name == "@request-target") return from.target;
  if (name == "@path") return query ? from.target.substr(0, mark) : from.target;
  if (name == "@query") return query ? from.target.substr(mark) : "?";
  if (name == "@scheme") return NaiveLower(from.scheme);
  if (name == "@target-uri") return from.scheme + "://" + from.authority + from.target;
  if (name == "@authority") {
    std::string out = NaiveLower(from.authority);
    const std::string port = NaiveLower(from.scheme) == "https" ? ":443" : ":80";
    if (out.size() > port.size() && out.ends_with(port)) out.resize(out.size() - port.size());
    return out;
  }
  return std::nullopt;
}

// `list` is an inner list with its parameters, one space between its members: ("a" "b";req);x=1.
// For a response, `request` is what it answers; for a request it is nullptr.
inline std::optional<std::string> NaiveBase(const std::string& list, const StoredMessage& message,
                                            const StoredMessage* request) {
  std::string out;
  std::size_t at = 1;
  while (list.at(at) != ')') {
    std::size_t end = list.find('"', at + 1) + 1;
    const std::string name = list.substr(at + 1, end - at - 2);
    const bool of_request = list.compare(end, 4, ";req") == 0;
    if (of_request && request == nullptr) return std::nullopt;
    const StoredMessage& from = of_request ? *request : message;
    const auto value = name.at(0) == '@' ? NaiveDerived(name, from) : NaiveField(name, from);
    if (!value.has_value()) return std::nullopt;
    if (of_request) end += 4;
    out += list.substr(at, end - at) + ": " + *value + "\n";
    at = list.at(end) == ' ' ? end + 1 : end;
  }
  return out + "\"@signature-params\": " + list;
}

}  // namespace signet::testing
