// Problem details (RFC 9457) for refusals.
//
// Floor 2. Pure; thread-safe. The body carries our stable code and the text meant for peers:
// never the operator's detail.
#pragma once

#include <string>

#include "protocol/base/error.h"

namespace signet::http {

inline constexpr std::string_view kProblemContentType = "application/problem+json";
// Problem types are this prefix and the dotted name: a URN, since no server of ours answers for
// the documentation of every deployment.
inline constexpr std::string_view kProblemTypePrefix = "urn:signet:problem:";

// {"type":"urn:signet:problem:wpt.replayed","title":"...","status":401,"code":"wpt.replayed",
//  "rule":"WPT-5.9"}
// `rule` is left out where errors.def names none.
[[nodiscard]] std::string ProblemJson(const Error& error, int status);

}  // namespace signet::http
