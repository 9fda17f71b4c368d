// URI splitting by RFC 3986 appendix B and section 3, without decoding or normalising anything.
//
// Floor 1. Pure; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::codec {

// The five components and those of the authority. Views borrow the text given to ParseUri. Absent
// (nullopt) and empty are different: "https://h?" has an empty query, "https://h" has none.
struct UriParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::optional<std::string_view> userinfo;
  std::optional<std::string_view>
      host;  // present with the authority; brackets of an IP literal kept
  std::optional<std::string_view> port;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

// Splits a URI reference and checks every component's characters, percent-encodings and (of the
// authority) structure against RFC 3986.
//
// Errors:
//   kUriTooLong    longer than kMaxUriBytes
//   kUriMalformed  anything outside the grammar
[[nodiscard]] Result<UriParts> ParseUri(std::string_view text);

// `uri` up to the first '?' or '#'.
[[nodiscard]] std::string_view WithoutQueryAndFragment(std::string_view uri);

}  // namespace signet::codec
