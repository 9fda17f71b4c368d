#include "app/context.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "platform/runtime/file.h"

namespace signet::app {

Context::Context(std::FILE* out, std::FILE* err, bool out_is_terminal)
    : out_(out), err_(err), colour_(out_is_terminal) {}

WallTime Context::Now() const {
  return now_set.has_value() ? WallTime{seconds{*now_set}} : clock_.Now();
}

void Context::Print(std::string_view text) const { fmt::print(out_, "{}\n", text); }

void Context::Write(std::string_view bytes) const {
  std::fwrite(bytes.data(), 1, bytes.size(), out_);
}

void Context::Complain(std::string_view text) const {
  std::fflush(out_);  // in this order also where both go to the same file
  fmt::print(err_, "{}\n", text);
}

std::string RefusalJson(const Error& error) {
  const nlohmann::ordered_json out = {
      {"ok", false}, {"code", error.name()}, {"rule", error.rule()}, {"detail", error.detail}};
  return out.dump();
}

void Context::Report(const Error& error, int code) {
  exit_code = code;
  if (json) {
    Print(RefusalJson(error));
    return;
  }
  const ErrorInfo& info = InfoOf(error.code);
  std::string text = fmt::format("signet: {}", error.name());
  if (error.rule() != "-") text += fmt::format(" [{}]", error.rule());
  text += fmt::format(": {}", info.text);
  if (!error.detail.empty()) text += fmt::format("\n  detail: {}", error.detail);
  text += fmt::format("\n  fix:    {}", info.fix);
  Complain(text);
}

void Context::Refused(const Error& error) { Report(error, kExitRefused); }
void Context::UsageError(const Error& error) { Report(error, kExitUsage); }

std::string Context::Paint(char kind, std::string_view text) const {
  if (!colour_) return std::string(text);
  const std::string_view code = kind == 'g' ? "32" : kind == 'r' ? "31" : kind == 'd' ? "2" : "1";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

Result<std::string> ReadInputExactly(const std::string& path, std::size_t max_bytes) {
  if (path != "-") return runtime::ReadTextFile(path, max_bytes);
  std::string text;
  std::array<char, 4096> chunk{};
  std::size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), stdin)) > 0) {
    text.append(chunk.data(), got);
    if (text.size() > max_bytes) return Refuse(Errc::kIoTooLarge, "standard input");
  }
  if (std::ferror(stdin) != 0) return Refuse(Errc::kIoRead, "standard input");
  return text;
}

Result<std::string> ReadInput(const std::string& path, std::size_t max_bytes) {
  SIGNET_TRY_ASSIGN(std::string text, ReadInputExactly(path, max_bytes + 1));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  if (text.size() > max_bytes) return Refuse(Errc::kIoTooLarge, path);
  return text;
}

}  // namespace signet::app
