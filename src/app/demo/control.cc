#include "app/demo/control.h"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <unistd.h>

#include <sys/prctl.h>

#include "app/tool_text.h"

namespace signet::app::demo {

Json ErrorAnswer(const Error& error) {
  return {{"error", {{"code", error.name()}, {"rule", error.rule()}, {"detail", error.detail}}}};
}

std::string TextOf(const Json& object, const char* name) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

std::int64_t NumberOf(const Json& object, const char* name) {
  const auto member = object.is_object() ? object.find(name) : object.end();
  return member != object.end() && member->is_number() ? member->get<std::int64_t>() : 0;
}

Result<void> LiveWithParent(int parent) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return Refuse(Errc::kIoCancelled, "prctl");
  // It may have died before the line above.
  if (::getppid() != parent) return Refuse(Errc::kIoCancelled, "the parent has ended");
  return {};
}

void ServeControl(const Json& ready, const std::function<Json(const Json& command)>& answer) {
  const auto print = [](const Json& value) {
    const std::string line = DumpJson(value) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  };
  print(ready);
  std::string line;
  while (std::getline(std::cin, line) && line.size() <= kMaxControlLine) {
    const Json command = Json::parse(line, nullptr, false);
    print(answer(command));
  }
}

Result<RoleProcess> RoleProcess::Start(std::string name, const std::string& binary,
                                       std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), binary);
  arguments.insert(arguments.end(), {"--parent", std::to_string(::getpid())});
  SIGNET_TRY_ASSIGN(runtime::ChildProcess child,
                    runtime::ChildProcess::Spawn({.argv = std::move(arguments),
                                                  .environment = std::nullopt,
                                                  .pipe_stdin = true,
                                                  .pipe_stdout = true,
                                                  .pipe_stderr = false}));
  RoleProcess process(std::move(name), std::move(child));
  SIGNET_TRY_ASSIGN(process.ready_, process.ReadAnswer());
  return process;
}

Result<Json> RoleProcess::ReadAnswer() {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> line,
                    child_.ReadStdoutLine(kMaxControlLine, kControlTimeout));
  if (!line.has_value()) {
    return Refuse(Errc::kIoClosed, "the process `" + name_ + "` has ended");
  }
  Json answer = Json::parse(*line, nullptr, false);
  if (!answer.is_object()) {
    return Refuse(Errc::kIoRead, "the process `" + name_ + "` does not answer as it should");
  }
  if (const auto error = answer.find("error"); error != answer.end()) {
    const ErrorInfo* info = FindErrorByName(TextOf(*error, "code"));
    return Refuse(info != nullptr ? info->code : Errc::kIoRead,
                  "the process `" + name_ + "`: " + TextOf(*error, "detail"));
  }
  return answer;
}

Result<Json> RoleProcess::Ask(const Json& command) {
  const std::string line = DumpJson(command) + "\n";
  if (!child_.WriteStdin(AsBytes(line), kControlTimeout).has_value()) {
    return Refuse(Errc::kIoClosed, "the process `" + name_ + "` has ended");
  }
  return ReadAnswer();
}

void RoleProcess::Stop() {
  child_.CloseStdin();
  if (!child_.Wait(std::chrono::milliseconds{2'000}).has_value()) child_.Kill(SIGKILL);
}

}  // namespace signet::app::demo
