// HTTP messages in the lines of `signet check`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/check/input.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/http/message.h"

namespace signet::app {

// A request that owns its text.
struct OwnedRequest {
  std::string method, scheme, authority, target;
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;

  [[nodiscard]] http::Request View() const;
};

// A response that owns its text.
struct OwnedResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;

  [[nodiscard]] http::Response View() const;
};

// The member `request`: {method, target, scheme?, authority?, headers, body?|body_b64u?}.
// Errors: the usage codes
[[nodiscard]] Result<OwnedRequest> ReadRequest(CheckInput& line);

// The member `response`: {status, headers, body?|body_b64u?}.
// Errors: the usage codes
[[nodiscard]] Result<OwnedResponse> ReadResponse(CheckInput& line);
[[nodiscard]] Result<std::optional<OwnedResponse>> ReadOptionalResponse(CheckInput& line);

}  // namespace signet::app
