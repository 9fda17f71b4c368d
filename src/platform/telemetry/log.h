// Logger: structured log lines on standard error.
//
// There is no global logger: whoever logs is given a Logger&. Thread-safe. Output is ASCII: control
// characters and everything outside ASCII are escaped, so that no peer writes to a terminal or
// forges a line.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/base/error.h"
#include "protocol/base/time.h"

namespace signet::telemetry {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
enum class Format : std::uint8_t {
  kText,  // 2026-01-31T12:00:00.000Z info message key=value key="two words"
  kJson,  // {"time":"...","level":"info","msg":"...","key":"value"}
};
enum class Colour : std::uint8_t { kAuto, kNever, kAlways };  // kAuto: on a terminal only

// One key and its value. Borrows both for the time of the call.
struct LogField {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <typename T>
    requires std::is_integral_v<T>
  LogField(std::string_view k, T v) : key(k), value(Widen(v)) {}

  std::string_view key;  // letters, digits, '_', '.', '-'
  Value value;

 private:
  template <typename T>
  static Value Widen(T v) {
    if constexpr (std::is_signed_v<T>) return Value(static_cast<std::int64_t>(v));
    return Value(static_cast<std::uint64_t>(v));
  }
};

struct LogConfig {
  Level level = Level::kInfo;
  Format format = Format::kText;
  Colour colour = Colour::kAuto;
  // Where lines go instead of standard error, each without its newline. For tests.
  std::function<void(std::string_view line)> sink{};
  // Where the time comes from; nullptr: the system's clock, with milliseconds.
  const Clock* clock = nullptr;
};

class Logger {
 public:
  explicit Logger(const LogConfig& config);
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;
  ~Logger();

  using Fields = std::initializer_list<LogField>;
  void Debug(std::string_view message, Fields fields = {}) { Log(Level::kDebug, message, fields); }
  void Info(std::string_view message, Fields fields = {}) { Log(Level::kInfo, message, fields); }
  void Warning(std::string_view message, Fields fields = {}) {
    Log(Level::kWarning, message, fields);
  }
  void Error(std::string_view message, Fields fields = {}) { Log(Level::kError, message, fields); }
  void Log(Level level, std::string_view message, std::span<const LogField> fields);
  void Log(Level level, std::string_view message, Fields fields) {
    Log(level, message, std::span<const LogField>(fields.begin(), fields.size()));
  }

  // A refusal, at the level of its severity, with its name, rule and detail before `fields`.
  void LogError(std::string_view message, const signet::Error& error, Fields fields = {});

  [[nodiscard]] bool Enabled(Level level) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "debug", "info", "warning", "error", "off"; nullopt otherwise.
[[nodiscard]] std::optional<Level> LevelFromName(std::string_view name);

}  // namespace signet::telemetry
