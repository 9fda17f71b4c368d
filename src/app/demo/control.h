// How the parent of the first run talks to its processes: one JSON object a line on the child's
// standard input, one line back on its standard output. A child lives as long as its parent.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "platform/runtime/process.h"
#include "protocol/base/error.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kMaxControlLine = 256 * 1024;
inline constexpr std::chrono::milliseconds kControlTimeout{20'000};

// {"error":{"code","rule","detail"}}
[[nodiscard]] Json ErrorAnswer(const Error& error);
// A member of an object as text or number; empty, 0 or false if it is absent or of another type.
[[nodiscard]] std::string TextOf(const Json& object, const char* name);
[[nodiscard]] std::int64_t NumberOf(const Json& object, const char* name);

// --- the child's side
// -----------------------------------------------------------------------------

// Ends this process when `parent` does, also if it has already. Errors: kIoCancelled
[[nodiscard]] Result<void> LiveWithParent(int parent);

// Prints `ready`, then answers lines until standard input ends.
void ServeControl(const Json& ready, const std::function<Json(const Json& command)>& answer);

// --- the parent's side
// ----------------------------------------------------------------------------

// A process of the first run; killed when this dies.
class RoleProcess {
 public:
  // Starts `binary` with these arguments and reads its first line.
  // Errors: kIoOpen, kIoTimeout, kIoClosed; what the child itself reports as its error
  [[nodiscard]] static Result<RoleProcess> Start(std::string name, const std::string& binary,
                                                 std::vector<std::string> arguments);

  // Errors: kIoClosed (the process has ended), kIoTimeout, kIoRead; the error in the answer
  [[nodiscard]] Result<Json> Ask(const Json& command);

  [[nodiscard]] const Json& ready() const { return ready_; }
  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  // Lets the process end by itself; kills it if it does not.
  void Stop();

 private:
  RoleProcess(std::string name, runtime::ChildProcess child)
      : name_(std::move(name)), child_(std::move(child)) {}
  Result<Json> ReadAnswer();
  std::string name_;
  runtime::ChildProcess child_;
  Json ready_;
};

}  // namespace signet::app::demo
