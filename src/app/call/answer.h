// What the answer to a call says, for people and as JSON; the problem details of a refusal.
//
// Pure; thread-safe.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "platform/http1/client.h"

namespace signet::app {

// Problem details (RFC 9457) as far as they concern us. The peer's words: made printable before
// they are shown, never acted on.
struct ProblemDetails {
  std::string code;   // dotted name of errors.def, or what the peer calls it
  std::string rule;   // may be empty
  std::string title;  // may be empty
};

// nullopt if the answer is no problem details document.
[[nodiscard]] std::optional<ProblemDetails> ProblemOf(const http1::ClientResponse& response);

[[nodiscard]] bool IsSuccess(int status);

// "wpt.replayed [WPT-5.9]: The proof has been used before." and the command that explains it.
[[nodiscard]] std::string RefusalText(const http1::ClientResponse& response);

// {"ok","status","headers":[[name,value]...],"body","problem":{...}|null}
[[nodiscard]] nlohmann::ordered_json AnswerJson(const http1::ClientResponse& response);

}  // namespace signet::app
