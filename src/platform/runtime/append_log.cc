#include "platform/runtime/append_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <string_view>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "platform/runtime/fd.h"

namespace signet::runtime {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::size_t kCrcBytes = 4;
constexpr std::string_view kMagic = "SGNTLOG1";

// CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320): guards against torn and rotten sectors,
// not against an attacker, who has no access to the file.
constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
    }
    table[i] = value;
  }
  return table;
}();

std::uint32_t Crc32(ByteView bytes) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    value = kCrcTable[(value ^ byte) & 0xFFU] ^ (value >> 8U);
  }
  return value ^ 0xFFFFFFFFU;
}

void PutBigEndian(std::uint32_t value, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

std::array<std::uint8_t, kHeaderBytes> HeaderFor(std::size_t record_bytes) {
  std::array<std::uint8_t, kHeaderBytes> header{};
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  PutBigEndian(static_cast<std::uint32_t>(record_bytes), header.data() + kMagic.size());
  return header;
}

std::string Because(std::string_view step, int error) {
  return std::string(step) + ": " + ::strerrordesc_np(error);
}

// Fills `out` from `offset`; returns how much there was.
Result<std::size_t> ReadAt(int fd, MutableByteView out, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Refuse(Errc::kIoRead, Because("pread", errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

// False if the file ends within the header, as after a crash right at its creation.
Result<bool> CheckHeader(int fd, std::size_t record_bytes) {
  std::array<std::uint8_t, kHeaderBytes> got{};
  SIGNET_TRY_ASSIGN(const std::size_t size, ReadAt(fd, got, 0));
  const auto want = HeaderFor(record_bytes);
  if (!std::equal(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(size), want.begin())) {
    return Refuse(Errc::kIoRead, "no append log, or one with another record size");
  }
  return size == kHeaderBytes;
}

}  // namespace

Result<AppendLogRecovery> ReadAppendLog(const std::string& path, std::size_t record_bytes,
                                        const std::function<void(ByteView)>& on_record) {
  if (record_bytes == 0 || record_bytes > kMaxLogRecordBytes) {
    return Refuse(Errc::kIoOpen, "record size out of range");
  }
  AppendLogRecovery found;
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) {
    if (errno == ENOENT) return found;
    return Refuse(Errc::kIoOpen, Because("open", errno));
  }
  SIGNET_TRY_ASSIGN(const bool complete, CheckHeader(fd.get(), record_bytes));
  if (!complete) return found;

  const std::size_t step = record_bytes + kCrcBytes;
  Bytes buffer(step * std::max<std::size_t>(1, 64 * 1024 / step));
  std::uint64_t offset = kHeaderBytes;
  for (;;) {
    SIGNET_TRY_ASSIGN(const std::size_t got, ReadAt(fd.get(), buffer, offset));
    for (std::size_t at = 0; at + step <= got; at += step) {
      const ByteView record(buffer.data() + at, record_bytes);
      std::array<std::uint8_t, kCrcBytes> crc{};
      PutBigEndian(Crc32(record), crc.data());
      if (!std::equal(crc.begin(), crc.end(), buffer.data() + at + record_bytes)) {
        ++found.corrupt_records;
        continue;
      }
      ++found.records;
      on_record(record);
    }
    offset += got;
    if (got < buffer.size()) {
      found.torn_bytes = got % step;
      return found;
    }
  }
}

struct AppendLog::Impl {
  AppendLogConfig config;
  mutable std::mutex mutex;
  Fd fd;
  std::uint64_t records = 0;
  bool broken = false;

  [[nodiscard]] std::size_t step() const { return config.record_bytes + kCrcBytes; }

  [[nodiscard]] bool Fails(std::string_view name) const {
    if (!config.fault) return false;
    const int error = config.fault(name);
    if (error == 0) return false;
    errno = error;
    return true;
  }

  // Errno of the failure, 0 for success. The file is as before then, or the log is broken.
  int AppendOnce(ByteView bytes, std::uint64_t size_before) {
    const ssize_t put = Fails("write") ? -1 : ::write(fd.get(), bytes.data(), bytes.size());
    if (put == static_cast<ssize_t>(bytes.size())) return 0;
    const int error = put < 0 ? errno : ENOSPC;
    if (put > 0 || error != EINTR) {
      if (Fails("truncate") || ::ftruncate(fd.get(), static_cast<off_t>(size_before)) != 0) {
        broken = true;
      }
    }
    return error;
  }

  Result<void> OpenFile() {
    fd = Fd(Fails("open")
                ? -1
                : ::open(config.path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                         config.mode));
    if (!fd.valid()) return Refuse(Errc::kIoOpen, Because("open", errno));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      return Refuse(Errc::kIoOpen, "another process has this log open");
    }
    const Result<bool> complete = CheckHeader(fd.get(), config.record_bytes);
    if (!complete) return Refuse(Errc::kIoOpen, complete.error().detail);
    if (!*complete) {
      records = 0;
      if (Fails("truncate") || ::ftruncate(fd.get(), 0) != 0) {
        return Refuse(Errc::kIoWrite, Because("ftruncate", errno));
      }
      if (const int error = AppendOnce(HeaderFor(config.record_bytes), 0); error != 0) {
        return Refuse(Errc::kIoWrite, Because("write", error));
      }
      return {};
    }
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return Refuse(Errc::kIoOpen, Because("fstat", errno));
    const std::uint64_t body = static_cast<std::uint64_t>(info.st_size) - kHeaderBytes;
    records = body / step();
    if (body % step() != 0 &&
        (Fails("truncate") ||
         ::ftruncate(fd.get(), static_cast<off_t>(kHeaderBytes + records * step())) != 0)) {
      return Refuse(Errc::kIoWrite, Because("ftruncate", errno));
    }
    return {};
  }

  Result<void> SyncLocked() {
    if (broken) return Refuse(Errc::kIoWrite, "the log is broken");
    if (Fails("fsync") || ::fdatasync(fd.get()) != 0) {
      broken = true;
      return Refuse(Errc::kIoWrite, Because("fsync", errno));
    }
    return {};
  }
};

AppendLog::AppendLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AppendLog::AppendLog(AppendLog&&) noexcept = default;
AppendLog& AppendLog::operator=(AppendLog&&) noexcept = default;
AppendLog::~AppendLog() = default;

Result<AppendLog> AppendLog::Open(AppendLogConfig config) {
  if (config.record_bytes == 0 || config.record_bytes > kMaxLogRecordBytes) {
    return Refuse(Errc::kIoOpen, "record size out of range");
  }
  auto impl = std::make_unique<Impl>();
  impl->config = std::move(config);
  SIGNET_TRY(impl->OpenFile());
  return AppendLog(std::move(impl));
}

Result<void> AppendLog::Append(ByteView record) {
  Impl& log = *impl_;
  if (record.size() != log.config.record_bytes) {
    return Refuse(Errc::kIoWrite, "a record of another size");
  }
  // One buffer, so that record and checksum go into one write.
  std::array<std::uint8_t, kMaxLogRecordBytes + kCrcBytes> buffer;
  std::copy(record.begin(), record.end(), buffer.begin());
  PutBigEndian(Crc32(record), buffer.data() + record.size());

  const std::lock_guard lock(log.mutex);
  if (log.broken) return Refuse(Errc::kIoWrite, "the log is broken");
  if (log.records >= log.config.max_records) return Refuse(Errc::kIoTooLarge, "the log is full");
  const std::uint64_t size = kHeaderBytes + log.records * log.step();
  int error = EINTR;
  while (error == EINTR && !log.broken) {
    error = log.AppendOnce(ByteView(buffer.data(), log.step()), size);
  }
  if (error != 0) return Refuse(Errc::kIoWrite, Because("write", error));
  ++log.records;
  return {};
}

Result<void> AppendLog::Sync() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->SyncLocked();
}

Result<void> AppendLog::Rotate(const std::string& old_path) {
  Impl& log = *impl_;
  const std::lock_guard lock(log.mutex);
  SIGNET_TRY(log.SyncLocked());
  if (log.Fails("rename") || ::rename(log.config.path.c_str(), old_path.c_str()) != 0) {
    return Refuse(Errc::kIoWrite, Because("rename", errno));
  }
  const Result<void> opened = log.OpenFile();
  log.broken = !opened;
  return opened;
}

std::uint64_t AppendLog::records() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->records;
}

}  // namespace signet::runtime
