// Files that the tools write: keys and bundles.
#pragma once

#include <string>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::app {

inline constexpr unsigned kSecretFileMode = 0600;
inline constexpr unsigned kPublicFileMode = 0644;

// Writes a file. Without `force` an existing one, also a dangling link, is never touched; with it
// the file is replaced in one step.
// Errors: kUsageOption (the file exists), kIoOpen, kIoWrite
[[nodiscard]] Result<void> WriteOutput(const std::string& path, ByteView bytes, unsigned mode,
                                       bool force);

// True if a person reads standard output.
[[nodiscard]] bool OutputIsTerminal();

}  // namespace signet::app
