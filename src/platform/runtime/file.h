// Files: read with a limit, replaced in one step.
//
// Every function blocks; none keeps state.
#pragma once

#include <cstddef>
#include <string>

#include <sys/types.h>

#include "platform/runtime/fault.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"

namespace signet::runtime {

// The whole file. Only regular files and pipes; the limit is checked while reading, so a file that
// grows or lies about its size is refused too.
// Errors: kIoOpen, kIoRead, kIoTooLarge (more than `max_bytes`)
[[nodiscard]] Result<Bytes> ReadFile(const std::string& path, std::size_t max_bytes);
[[nodiscard]] Result<std::string> ReadTextFile(const std::string& path, std::size_t max_bytes);

// The same for keys: the buffer is wiped. Refuses a file that others than its owner and group may
// read, or that anybody but its owner may write (kIoOpen).
[[nodiscard]] Result<SecretBytes> ReadSecretFile(const std::string& path, std::size_t max_bytes);

struct WriteFileOptions {
  mode_t mode = 0644;
  FaultHook fault{};
};

// Replaces `path` by a file with these bytes: a temporary file beside it, fsync, rename, fsync of
// the directory. After a crash the path has the old or the new content, never a part. Does not
// follow a symlink at `path`: the link itself is replaced.
// Errors: kIoOpen, kIoWrite; the temporary file is gone then
[[nodiscard]] Result<void> WriteFileAtomically(const std::string& path, ByteView bytes,
                                               const WriteFileOptions& options = {});

// Makes one directory with this mode; its parent must exist. An existing directory is fine if this
// user or root owns it and nobody else may write it.
// Errors: kIoOpen
[[nodiscard]] Result<void> EnsureDirectory(const std::string& path, mode_t mode);

}  // namespace signet::runtime
