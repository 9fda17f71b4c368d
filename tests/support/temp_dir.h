// TempDir: a directory of its own for one test, removed with all its content.
#pragma once

#include <filesystem>
#include <stdlib.h>
#include <string>
#include <system_error>

#include "protocol/base/check.h"

namespace signet::test {

class TempDir {
 public:
  TempDir() {
    // Short: the path of a Unix socket has 107 bytes.
    std::string pattern = (std::filesystem::temp_directory_path() / "signet.XXXXXX").string();
    SIGNET_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace signet::test
