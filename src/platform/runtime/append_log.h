// AppendLog: a file of records of one size that only grows, for the replay journal.
//
// Layout: a header of 16 bytes ("SGNTLOG1", record size as 4 bytes big-endian, 4 zero bytes), then
// records, each followed by its CRC-32 (4 bytes big-endian). A crash leaves at most one partial
// record, at the end; it is cut off when the log is opened next.
//
// Thread-safe. Append does not reach the disk by itself: a kill of the process loses nothing, a
// crash of the machine loses what came after the last Sync.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

#include "platform/runtime/fault.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::runtime {

inline constexpr std::size_t kMaxLogRecordBytes = 4096;

struct AppendLogConfig {
  std::string path{};
  std::size_t record_bytes = 0;  // 1 ... kMaxLogRecordBytes
  std::uint64_t max_records = 16 * 1024 * 1024;
  mode_t mode = 0600;
  FaultHook fault{};
};

// What reading a log found.
struct AppendLogRecovery {
  std::uint64_t records = 0;  // given to the callback
  std::uint64_t torn_bytes = 0;
  std::uint64_t corrupt_records = 0;  // wrong checksum; skipped
};

// Reads a log without changing it, oldest record first. The view is valid during the call. A
// missing file is an empty log. Fixed sizes keep the records after a corrupt one readable; the
// caller decides whether a log with corrupt records is good enough.
// Errors: kIoOpen, kIoRead (also: header of something else, another record size)
[[nodiscard]] Result<AppendLogRecovery> ReadAppendLog(
    const std::string& path, std::size_t record_bytes,
    const std::function<void(ByteView)>& on_record);

class AppendLog {
 public:
  // Opens or creates the file, takes its lock for this process, cuts off a torn tail.
  // Errors: kIoOpen (also: locked by another process, header of something else), kIoWrite
  [[nodiscard]] static Result<AppendLog> Open(AppendLogConfig config);

  AppendLog(AppendLog&&) noexcept;
  AppendLog& operator=(AppendLog&&) noexcept;
  ~AppendLog();

  // Writes one record, of exactly record_bytes, with one write(2). A short write is undone; if
  // that fails too the log is broken and every later call fails.
  // Errors: kIoWrite, kIoTooLarge (max_records reached)
  [[nodiscard]] Result<void> Append(ByteView record);

  // Errors: kIoWrite. After a failed fsync the log is broken: the kernel may have dropped the
  // pages.
  [[nodiscard]] Result<void> Sync();

  // Syncs, renames the file to `old_path` (replacing what is there) and goes on with an empty one.
  // Errors: kIoWrite, kIoOpen; the log is broken then unless the file was not renamed
  [[nodiscard]] Result<void> Rotate(const std::string& old_path);

  [[nodiscard]] std::uint64_t records() const;

 private:
  struct Impl;
  explicit AppendLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::runtime
