// What `signet attack` prints: a line an attack for people, one object for programs. Pure.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "app/attack/run.h"
#include "app/context.h"

namespace signet::app::attack {

// "401  wpt.replayed                  WPT-5.9"
[[nodiscard]] std::string RefusedText(const Refused& refused);

// One line, and more below it where something is wrong or `verbose` is set.
void PrintOutcome(const Context& context, const Outcome& outcome, bool verbose);
// The last lines.
void PrintSummary(const Context& context, const Report& report);

[[nodiscard]] nlohmann::ordered_json RefusedJson(const Refused& refused);
[[nodiscard]] nlohmann::ordered_json ReportJson(const Report& report);

// The catalogue, for --list.
void PrintList(const Context& context, const std::vector<Attack>& attacks);
[[nodiscard]] nlohmann::ordered_json ListJson(const std::vector<Attack>& attacks);

// The message as it goes out, with every value that may be a token shortened [WPT-11].
[[nodiscard]] std::string ShortText(const Message& message);

}  // namespace signet::app::attack
