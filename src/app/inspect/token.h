// Inspecting tokens: what they say, and what is wrong with their form, without trust anchors.
#pragma once

#include <string_view>

#include "app/inspect/report.h"
#include "protocol/base/time.h"

namespace signet::app {

enum class TokenKind : std::uint8_t {
  kAsTyped,  // what the token's own typ says
  kWit,      // judged as a WIT, whatever typ says
  kWpt,
};

[[nodiscard]] Inspection InspectToken(std::string_view token, TokenKind kind, WallTime now);

}  // namespace signet::app
