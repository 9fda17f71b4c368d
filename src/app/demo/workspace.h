// Workspace: the private directory of one run, with the binary under the name of each role, so that
// the kernel reports another executable for each.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace signet::app::demo {

class Workspace {
 public:
  // A new directory (mode 0700) under $TMPDIR or /tmp, removed with all its content at the end; or
  // `keep`, which must not exist yet or be empty, and stays.
  // Errors: kIoOpen, kIoWrite, kUsageOption (`keep` has content)
  [[nodiscard]] static Result<Workspace> Make(const std::string& keep);

  Workspace(Workspace&& other) noexcept;
  Workspace& operator=(Workspace&&) = delete;
  ~Workspace();

  // Our own binary under this name: a hard link, or a copy where links are not possible.
  // Errors: kIoWrite
  [[nodiscard]] Result<std::string> AddBinary(const std::string& name);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string File(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] bool kept() const { return kept_; }

 private:
  Workspace(std::string path, bool kept) : path_(std::move(path)), kept_(kept) {}
  std::string path_;  // empty after a move
  std::string first_binary_;
  bool kept_;
};

}  // namespace signet::app::demo
