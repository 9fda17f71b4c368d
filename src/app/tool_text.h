// Text for people: what a peer chose is made harmless, times become dates, durations are read.
//
// Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::app {

// `text` as a terminal may show it: control characters, bytes that are not UTF-8, and characters
// that are invisible or turn the direction of writing become escapes as \n, \x1b or \u202e.
[[nodiscard]] std::string Printable(std::string_view text);

// The same, cut at `max_bytes` of output with "..." at the end.
[[nodiscard]] std::string PrintableStart(std::string_view text, std::size_t max_bytes);

// "2026-09-14 12:00:00 UTC".
[[nodiscard]] std::string DateText(WallTime time);
// "in 3 min", "2 days ago", "now".
[[nodiscard]] std::string RelativeText(WallTime time, WallTime now);
// "2026-09-14 12:00:00 UTC, in 3 min".
[[nodiscard]] std::string DateAndRelativeText(WallTime time, WallTime now);
// "90 s", "5 min", "2 h", "3 days": the two largest units are enough for people.
[[nodiscard]] std::string DurationText(seconds duration);

// "60s", "5m", "1h", "2d", or a number of seconds; at most ten years.
// Errors: kUsageOption
[[nodiscard]] Result<seconds> ParseDuration(std::string_view text);

// JSON on one line, or indented, in ASCII: safe on a terminal whatever a peer put into it.
[[nodiscard]] std::string DumpJson(const nlohmann::ordered_json& value, int indent = -1);

// `text` broken at spaces into lines of at most `width` bytes; every line but the first begins with
// `indent` spaces, which count.
[[nodiscard]] std::string Wrapped(std::string_view text, std::size_t indent,
                                  std::size_t width = 100);

// Bytes in lower-case hexadecimal.
[[nodiscard]] std::string HexText(ByteView bytes);

// How many single-character edits make one text of the other.
[[nodiscard]] std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace signet::app
