#include "app/tool_output.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "platform/runtime/fd.h"
#include "platform/runtime/file.h"

namespace signet::app {
namespace {

std::unexpected<Error> Failed(Errc code, std::string_view path, int error) {
  return Refuse(code, fmt::format("{}: {}", path, ::strerrordesc_np(error)));
}

Result<void> WriteAll(int fd, const std::string& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failed(Errc::kIoWrite, path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  if (::fsync(fd) != 0) return Failed(Errc::kIoWrite, path, errno);
  return {};
}

}  // namespace

Result<void> WriteOutput(const std::string& path, ByteView bytes, unsigned mode, bool force) {
  if (force) {
    runtime::WriteFileOptions options;
    options.mode = mode;
    return runtime::WriteFileAtomically(path, bytes, options);
  }
  // O_EXCL decides and creates in one step: nobody can put a file or a link there in between.
  const runtime::Fd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, mode));
  if (!fd.valid() && errno == EEXIST) {
    return Refuse(Errc::kUsageOption,
                  fmt::format("{} exists: choose another name, or --force to replace it", path));
  }
  if (!fd.valid()) return Failed(Errc::kIoOpen, path, errno);
  Result<void> written = WriteAll(fd.get(), path, bytes);
  if (!written.has_value()) ::unlink(path.c_str());
  return written;
}

bool OutputIsTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace signet::app
