#include "app/tool_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace signet::app {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};

// The UTF-8 character at the start of `text`; nullopt if there is none: overlong forms,
// surrogates and values over 10ffff are none.
std::optional<CodePoint> FirstCodePoint(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return std::nullopt;
  std::uint32_t value = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return std::nullopt;
  return CodePoint{value, size};
}

// Characters that a reader cannot see, or that change how the line around them is shown.
bool IsHidden(std::uint32_t c) {
  struct Range {
    std::uint32_t first, last;
  };
  static constexpr std::array<Range, 12> kHidden{{{0x00, 0x1f},
                                                  {0x7f, 0x9f},
                                                  {0xad, 0xad},
                                                  {0x061c, 0x061c},
                                                  {0x180e, 0x180e},
                                                  {0x200b, 0x200f},
                                                  {0x2028, 0x202e},
                                                  {0x2060, 0x206f},
                                                  {0xfe00, 0xfe0f},
                                                  {0xfeff, 0xfeff},
                                                  {0xfff0, 0xffff},
                                                  {0xe0000, 0x10ffff}}};
  return std::ranges::any_of(kHidden, [c](Range r) { return c >= r.first && c <= r.last; });
}

std::string Escaped(std::uint32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  if (c < 0x80) return fmt::format("\\x{:02x}", c);
  return fmt::format("\\u{:04x}", c);
}

struct Unit {
  std::int64_t seconds;
  std::string_view one, many;
};
constexpr std::array<Unit, 5> kUnits{{{365 * 86400, "year", "years"},
                                      {86400, "day", "days"},
                                      {3600, "h", "h"},
                                      {60, "min", "min"},
                                      {1, "s", "s"}}};

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::optional<CodePoint> c = FirstCodePoint(text);
    const std::size_t bytes = c.has_value() ? c->bytes : 1;
    if (!c.has_value()) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (IsHidden(c->value)) {
      out += Escaped(c->value);
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string PrintableStart(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return Printable(text);
  // Not in the middle of a character.
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return Printable(text.substr(0, end)) + "...";
}

std::string DateText(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string DurationText(seconds duration) {
  std::int64_t left = std::abs(duration.count());
  if (left == 0) return "0 s";
  std::string out;
  int parts = 0;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = left / unit.seconds;
    if (count == 0) {
      if (parts > 0) break;  // "2 h 0 min 5 s" says no more than "2 h"
      continue;
    }
    if (parts > 0) out += ' ';
    out += fmt::format("{} {}", count, count == 1 ? unit.one : unit.many);
    left %= unit.seconds;
    if (++parts == 2) break;
  }
  return out;
}

std::string RelativeText(WallTime time, WallTime now) {
  if (time == now) return "now";
  const std::string distance = DurationText(time - now);
  return time > now ? "in " + distance : distance + " ago";
}

std::string DateAndRelativeText(WallTime time, WallTime now) {
  return DateText(time) + ", " + RelativeText(time, now);
}

Result<seconds> ParseDuration(std::string_view text) {
  constexpr std::int64_t kMax = std::int64_t{10} * 365 * 86400;
  std::string_view digits = text;
  std::int64_t unit = 1;
  if (!digits.empty() && (digits.back() < '0' || digits.back() > '9')) {
    switch (digits.back()) {
      case 's':
        unit = 1;
        break;
      case 'm':
        unit = 60;
        break;
      case 'h':
        unit = 3600;
        break;
      case 'd':
        unit = 86400;
        break;
      default:
        unit = 0;
    }
    digits.remove_suffix(1);
  }
  std::int64_t count = 0;
  bool good = unit != 0 && !digits.empty() && digits.size() <= 9;
  for (const char c : digits) {
    good = good && c >= '0' && c <= '9';
    count = count * 10 + (c - '0');
    if (!good) break;
  }
  if (!good || count * unit > kMax) {
    return Refuse(Errc::kUsageOption,
                  "a duration is a number with s, m, h or d: 60s, 5m, 1h, 2d; a bare number is "
                  "seconds");
  }
  return seconds{count * unit};
}

std::string DumpJson(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

std::string HexText(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::string Wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const bool first = column == indent;
    if (!first && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace signet::app
