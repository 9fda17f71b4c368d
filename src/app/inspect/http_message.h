// Inspecting what is signed in HTTP messages (RFC 9421), and responses.
#pragma once

#include <optional>
#include <string_view>

#include "app/http_text.h"
#include "app/inspect/report.h"
#include "protocol/base/time.h"
#include "protocol/http/message.h"

namespace signet::app {

// Adds what the signatures of `message` say, and what is wrong with the one of the WIMSE profile.
// `wit` is the message's WIT, unverified. `has_proof`: the message proves itself by a WPT, so that
// a signature of the profile may be missing.
void InspectSignatures(const MessageText& message, std::optional<std::string_view> wit,
                       bool has_proof, WallTime now, Inspection& out);

[[nodiscard]] Inspection InspectResponse(std::string_view text, WallTime now);

}  // namespace signet::app
