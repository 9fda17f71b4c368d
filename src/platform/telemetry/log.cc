#include "platform/telemetry/log.h"

#include <array>
#include <chrono>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/base_sink.h>

namespace signet::telemetry {
namespace {

// Longest value written, in bytes before escaping: a log line is no place for documents.
constexpr std::size_t kMaxValueBytes = 4096;

// One code point of UTF-8 at the start of `text`; size 0 if there is none.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
};

CodePoint ReadCodePoint(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  char32_t value = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[size] || value > 0x10FFFF || surrogate) return {};
  return {value, size};
}

void AppendUnit(char32_t unit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(unit));
}

// `text` as the inside of a JSON string, in ASCII. Text format uses the same escapes.
void AppendEscaped(std::string_view text, std::string& out) {
  const bool cut = text.size() > kMaxValueBytes;
  text = text.substr(0, kMaxValueBytes);
  while (!text.empty()) {
    const CodePoint point = ReadCodePoint(text);
    if (point.size == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(point.size);
    if (point.value == '"' || point.value == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(point.value));
    } else if (point.value >= 0x20 && point.value < 0x7F) {
      out.push_back(static_cast<char>(point.value));
    } else if (point.value >= 0x10000) {
      AppendUnit(0xD800 + ((point.value - 0x10000) >> 10U), out);
      AppendUnit(0xDC00 + ((point.value - 0x10000) & 0x3FFU), out);
    } else {
      AppendUnit(point.value, out);
    }
  }
  if (cut) out += "...";
}

bool IsPlainWord(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
  }
  return text.size() <= kMaxValueBytes;
}

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  AppendEscaped(text, out);
  out.push_back('"');
}

void AppendValue(const LogField::Value& value, Format format, std::string& out) {
  if (const auto* const text = std::get_if<std::string_view>(&value)) {
    if (format == Format::kText && IsPlainWord(*text)) {
      out += *text;
    } else {
      AppendQuoted(*text, out);
    }
  } else if (const auto* const flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* const number = std::get_if<double>(&value)) {
    // JSON has no NaN and no infinity.
    const std::string shown = fmt::format("{}", *number);
    const bool finite = *number - *number == 0.0;
    out += finite || format == Format::kText ? shown : "null";
  } else if (const auto* const integer = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*integer);
  } else if (const auto* const natural = std::get_if<std::uint64_t>(&value)) {
    out += std::to_string(*natural);
  }
}

spdlog::level::level_enum SpdLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
    case Level::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

class CallbackSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit CallbackSink(std::function<void(std::string_view)> callback)
      : callback_(std::move(callback)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    callback_(std::string_view(line.data(), line.size()));
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> callback_;
};

spdlog::sink_ptr MakeSink(const LogConfig& config) {
  if (config.sink) return std::make_shared<CallbackSink>(config.sink);
  auto mode = spdlog::color_mode::never;
  if (config.format == Format::kText && config.colour != Colour::kNever) {
    mode = config.colour == Colour::kAlways ? spdlog::color_mode::always
                                            : spdlog::color_mode::automatic;
  }
  return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(mode);
}

}  // namespace

struct Logger::Impl {
  Impl(const LogConfig& config, spdlog::sink_ptr sink)
      : format(config.format), clock(config.clock), logger("signet", std::move(sink)) {}
  Format format;
  const Clock* clock;
  spdlog::logger logger;
};

Logger::Logger(const LogConfig& config) {
  impl_ = std::make_unique<Impl>(config, MakeSink(config));
  const char* const pattern = config.format == Format::kJson
                                  ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                  : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v";
  impl_->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
      pattern, spdlog::pattern_time_type::utc, config.sink ? "" : "\n"));
  impl_->logger.set_level(SpdLevel(config.level));
  impl_->logger.flush_on(spdlog::level::warn);
}

Logger::~Logger() = default;

bool Logger::Enabled(Level level) const { return impl_->logger.should_log(SpdLevel(level)); }

void Logger::Log(Level level, std::string_view message, std::span<const LogField> fields) {
  if (level == Level::kOff || !Enabled(level)) return;
  const bool json = impl_->format == Format::kJson;
  std::string line;
  if (json) {
    line += "\"msg\":";
    AppendQuoted(message, line);
  } else {
    AppendEscaped(message, line);
  }
  for (const LogField& field : fields) {
    line.push_back(json ? ',' : ' ');
    if (json) {
      AppendQuoted(field.key, line);
      line.push_back(':');
    } else {
      AppendEscaped(field.key, line);
      line.push_back('=');
    }
    AppendValue(field.value, impl_->format, line);
  }
  const spdlog::string_view_t text(line.data(), line.size());
  if (impl_->clock == nullptr) {
    impl_->logger.log(SpdLevel(level), text);
  } else {
    impl_->logger.log(impl_->clock->Now(), spdlog::source_loc{}, SpdLevel(level), text);
  }
}

void Logger::LogError(std::string_view message, const signet::Error& error, Fields fields) {
  Level level = Level::kError;
  switch (InfoOf(error.code).severity) {
    case Severity::kNotice:
      level = Level::kInfo;
      break;
    case Severity::kWarning:
      level = Level::kWarning;
      break;
    case Severity::kError:
      level = Level::kError;
      break;
  }
  std::vector<LogField> all = {{"error", error.name()}, {"rule", error.rule()}};
  if (!error.detail.empty()) all.emplace_back("detail", error.detail);
  all.insert(all.end(), fields.begin(), fields.end());
  Log(level, message, std::span<const LogField>(all));
}

std::optional<Level> LevelFromName(std::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "info") return Level::kInfo;
  if (name == "warning") return Level::kWarning;
  if (name == "error") return Level::kError;
  if (name == "off") return Level::kOff;
  return std::nullopt;
}

}  // namespace signet::telemetry
