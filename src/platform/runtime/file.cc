#include "platform/runtime/file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include <sys/stat.h>

#include "platform/runtime/fd.h"

namespace signet::runtime {
namespace {

constexpr std::size_t kReadStepBytes = 64 * 1024;

std::string Because(std::string_view step, int error) {
  return std::string(step) + ": " + ::strerrordesc_np(error);
}

Result<Fd> OpenForReading(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return Refuse(Errc::kIoOpen, Because("open", errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return Refuse(Errc::kIoOpen, Because("fstat", errno));
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    return Refuse(Errc::kIoOpen, "neither a file nor a pipe");
  }
  return fd;
}

// Reads to the end. `buffer` grows in steps, never beyond max_bytes + 1.
Result<void> ReadAll(int fd, std::size_t max_bytes, Bytes& buffer) {
  std::size_t used = 0;
  for (;;) {
    if (used > max_bytes) return Refuse(Errc::kIoTooLarge, "file over its limit");
    if (used == buffer.size()) {
      Bytes larger(std::min(max_bytes + 1, std::max(used * 2, kReadStepBytes)));
      std::copy(buffer.begin(), buffer.end(), larger.begin());
      WipeContainer(buffer);  // it may hold a key
      buffer = std::move(larger);
    }
    const ssize_t got = ::read(fd, buffer.data() + used, buffer.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Refuse(Errc::kIoRead, Because("read", errno));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  buffer.resize(used);
  return {};
}

// A temporary file that is removed unless it has been renamed.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  void Keep() { path_.clear(); }

 private:
  std::string path_;
};

class Steps {
 public:
  explicit Steps(const FaultHook& fault) : fault_(fault) {}
  // True if the step shall fail; errno says how.
  [[nodiscard]] bool Fails(std::string_view step) const {
    if (!fault_) return false;
    const int error = fault_(step);
    if (error == 0) return false;
    errno = error;
    return true;
  }

 private:
  const FaultHook& fault_;
};

Result<void> WriteAll(int fd, ByteView bytes, const Steps& steps) {
  while (!bytes.empty()) {
    const ssize_t put = steps.Fails("write") ? -1 : ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Refuse(Errc::kIoWrite, Because("write", errno));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<Bytes> ReadFile(const std::string& path, std::size_t max_bytes) {
  SIGNET_TRY_ASSIGN(const Fd fd, OpenForReading(path));
  Bytes out;
  SIGNET_TRY(ReadAll(fd.get(), max_bytes, out));
  return out;
}

Result<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes) {
  SIGNET_TRY_ASSIGN(const Bytes bytes, ReadFile(path, max_bytes));
  return std::string(AsText(bytes));
}

Result<SecretBytes> ReadSecretFile(const std::string& path, std::size_t max_bytes) {
  SIGNET_TRY_ASSIGN(const Fd fd, OpenForReading(path));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return Refuse(Errc::kIoOpen, Because("fstat", errno));
  if (S_ISREG(info.st_mode) && (info.st_mode & 0027) != 0) {
    return Refuse(Errc::kIoOpen, "a secret file must not be open to others: chmod 600");
  }
  Bytes bytes;
  const Result<void> read = ReadAll(fd.get(), max_bytes, bytes);
  SecretBytes out(read ? ByteView(bytes) : ByteView());
  WipeContainer(bytes);
  SIGNET_TRY(read);
  return out;
}

Result<void> WriteFileAtomically(const std::string& path, ByteView bytes,
                                 const WriteFileOptions& options) {
  const Steps steps(options.fault);
  // Unique among the threads of this process and the processes of this machine; O_EXCL settles the
  // rest.
  static std::atomic<unsigned> counter{0};
  Temporary temporary(path + ".tmp." + std::to_string(::getpid()) + "." +
                      std::to_string(counter.fetch_add(1)));
  Fd fd(steps.Fails("open") ? -1
                            : ::open(temporary.path().c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) {
    const int error = errno;
    temporary.Keep();  // not ours
    return Refuse(Errc::kIoOpen, Because("open", error));
  }
  // The mode is set explicitly: umask must not decide over a key or a socket.
  if (::fchmod(fd.get(), options.mode) != 0) {
    return Refuse(Errc::kIoWrite, Because("fchmod", errno));
  }
  SIGNET_TRY(WriteAll(fd.get(), bytes, steps));
  if (steps.Fails("fsync") || ::fsync(fd.get()) != 0) {
    return Refuse(Errc::kIoWrite, Because("fsync", errno));
  }
  if (steps.Fails("rename") || ::rename(temporary.path().c_str(), path.c_str()) != 0) {
    return Refuse(Errc::kIoWrite, Because("rename", errno));
  }
  temporary.Keep();
  const Fd directory(::open(DirectoryOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (steps.Fails("fsync") || !directory.valid() || ::fsync(directory.get()) != 0) {
    return Refuse(Errc::kIoWrite, Because("fsync of the directory", errno));
  }
  return {};
}

Result<void> EnsureDirectory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return Refuse(Errc::kIoOpen, Because("chmod", errno));
    return {};
  }
  if (errno != EEXIST) return Refuse(Errc::kIoOpen, Because("mkdir", errno));
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return Refuse(Errc::kIoOpen, Because("lstat", errno));
  if (!S_ISDIR(info.st_mode)) return Refuse(Errc::kIoOpen, "exists and is no directory");
  if (info.st_uid != ::geteuid() && info.st_uid != 0) {
    return Refuse(Errc::kIoOpen, "directory of another user");
  }
  if ((info.st_mode & 0022) != 0) return Refuse(Errc::kIoOpen, "directory writable by others");
  return {};
}

}  // namespace signet::runtime
