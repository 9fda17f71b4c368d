#include "app/demo/workspace.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdlib.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "platform/runtime/file.h"

namespace signet::app::demo {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnBinary = "/proc/self/exe";
// Room for "/identity.sock" in the 107 bytes of a Unix socket's path.
constexpr std::size_t kMaxDirectoryBytes = 90;

Result<std::string> MakeTemporary() {
  const char* const wanted = std::getenv("TMPDIR");
  std::string base = wanted == nullptr || *wanted == '\0' ? "/tmp" : wanted;
  std::error_code fault;
  const fs::path real = fs::canonical(base, fault);
  constexpr std::string_view kPattern = "/signet-demo.XXXXXX";
  if (!fault && real.native().size() + kPattern.size() <= kMaxDirectoryBytes) {
    base = real.native();
  } else {
    base = "/tmp";
  }
  std::string path = base + std::string(kPattern);
  if (::mkdtemp(path.data()) == nullptr) {
    return Refuse(Errc::kIoOpen, "no private directory can be made; set TMPDIR");
  }
  return path;
}

Result<std::string> UseGiven(const std::string& keep) {
  SIGNET_TRY(runtime::EnsureDirectory(keep, 0700));
  std::error_code fault;
  const fs::path real = fs::canonical(keep, fault);
  if (fault) return Refuse(Errc::kIoOpen, "--keep: the directory cannot be opened");
  if (!fs::is_empty(real, fault) || fault) {
    return Refuse(Errc::kUsageOption, "--keep: the directory is not empty");
  }
  if (real.native().size() > kMaxDirectoryBytes) {
    return Refuse(Errc::kUsageOption, "--keep: the path is longer than 90 bytes");
  }
  // It may have existed with a wider mode.
  fs::permissions(real, fs::perms::owner_all, fault);
  if (fault) return Refuse(Errc::kIoOpen, "--keep: the directory is not ours");
  return real.native();
}

}  // namespace

Result<Workspace> Workspace::Make(const std::string& keep) {
  SIGNET_TRY_ASSIGN(std::string path, keep.empty() ? MakeTemporary() : UseGiven(keep));
  Workspace made(std::move(path), !keep.empty());
  SIGNET_TRY(runtime::EnsureDirectory(made.File("bin"), 0700));
  return made;
}

Workspace::Workspace(Workspace&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      first_binary_(std::move(other.first_binary_)),
      kept_(other.kept_) {}

Workspace::~Workspace() {
  if (path_.empty()) return;
  std::error_code ignored;
  // Binaries go in any case: they are large and say nothing.
  fs::remove_all(kept_ ? File("bin") : path_, ignored);
}

Result<std::string> Workspace::AddBinary(const std::string& name) {
  std::string path = File("bin/" + name);
  // A link to a file of another user may be forbidden (fs.protected_hardlinks), and one to another
  // file system is impossible: the first then is a copy, and the others are links to it.
  const std::string source = first_binary_.empty() ? std::string(kOwnBinary) : first_binary_;
  const int flags = first_binary_.empty() ? AT_SYMLINK_FOLLOW : 0;
  if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), flags) != 0) {
    std::error_code fault;
    fs::copy_file(source, path, fault);
    if (fault) return Refuse(Errc::kIoWrite, "copy of the binary: " + fault.message());
    fs::permissions(path, fs::perms::owner_all, fault);
    if (fault) return Refuse(Errc::kIoWrite, "mode of the binary: " + fault.message());
  }
  if (first_binary_.empty()) first_binary_ = path;
  return path;
}

}  // namespace signet::app::demo
