// Context: what every command of the binary is given. Made once, in main.
//
// src/app is the only place that owns a clock, and it hands it down.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "platform/runtime/clock.h"
#include "protocol/base/error.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"

namespace signet::app {

// Exit codes of every tool.
inline constexpr int kExitValid = 0;    // done; what was checked is valid
inline constexpr int kExitRefused = 1;  // what was checked is refused, or the work failed
inline constexpr int kExitUsage = 2;    // the command line or the input's form is wrong

class Context {
 public:
  Context(std::FILE* out, std::FILE* err, bool out_is_terminal);

  // The time that decides: --now if given, else the system clock.
  [[nodiscard]] WallTime Now() const;
  [[nodiscard]] const Clock& clock() const { return clock_; }
  [[nodiscard]] Random& random() { return random_; }

  // Standard output: text for people, or JSON under --json. One call, one line or block; a newline
  // is added.
  void Print(std::string_view text) const;
  // Standard output, byte for byte: messages whose last byte counts.
  void Write(std::string_view bytes) const;
  // Standard error.
  void Complain(std::string_view text) const;
  // Reports a refusal and sets the exit code: under --json one object on standard output with ok,
  // code, rule, detail; else a line for people on standard error with the code, the rule, the
  // meaning and the usual fix.
  void Refused(const Error& error);
  void UsageError(const Error& error);

  // `text` in a colour if standard output is a terminal; kinds: 'g' good, 'r' refused, 'd' dim,
  // 'b' bold.
  [[nodiscard]] std::string Paint(char kind, std::string_view text) const;

  bool json = false;                    // --json
  std::optional<std::int64_t> now_set;  // --now
  int exit_code = kExitValid;

 private:
  void Report(const Error& error, int code);
  std::FILE* out_;
  std::FILE* err_;
  bool colour_;
  runtime::SystemClock clock_;
  crypto::SystemRandom random_;
};

// The contents of `path`, or of standard input for "-", at most `max_bytes`, byte for byte.
// Errors: kIoOpen, kIoRead, kIoTooLarge
[[nodiscard]] Result<std::string> ReadInputExactly(const std::string& path, std::size_t max_bytes);
// The same; a final newline is taken off.
[[nodiscard]] Result<std::string> ReadInput(const std::string& path, std::size_t max_bytes);

// One JSON object {"ok":false,"code":...,"rule":...,"detail":...} for a refusal.
[[nodiscard]] std::string RefusalJson(const Error& error);

}  // namespace signet::app
