// The URL of a call, taken apart for the three that need it: the connection, the request line and
// the audience of the proof.
//
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace signet::app {

struct CallUrl {
  bool tls = true;
  std::string host;  // name or IP literal, without brackets
  std::uint16_t port = 443;
  std::string authority;  // as written: the Host field
  std::string target;     // path and query, at least "/"
  std::string audience;   // scheme, authority and path: `aud` of the proof [WPT-2]
};

// "https://host[:port][/path][?query]"; a fragment is dropped. "http" passes only with
// `allow_plain_http`, the caller's named waiver [WIT-10]. Nothing is normalised: the audience is
// what the user wrote.
// Errors: kHttpUrlInvalid, kUriMalformed, kUriTooLong
[[nodiscard]] Result<CallUrl> ParseCallUrl(std::string_view text, bool allow_plain_http);

}  // namespace signet::app
