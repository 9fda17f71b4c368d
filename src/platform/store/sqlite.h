// SQLite: the database that is built in. One file, write-ahead log, every commit on the disk.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "platform/store/database.h"
#include "protocol/base/result.h"

namespace signet::store {

struct SqliteConfig {
  std::string path{};  // created with mode 0600 if it is not there; its directory must exist
  // How long another process may hold the file before a call gives up.
  std::chrono::milliseconds busy_timeout{5'000};
  // The name of a registered VFS, empty for the system's: tests break the disk with it.
  std::string vfs{};
};

// Checks the file's integrity quickly, and that nobody but its owner may read it.
// Errors: kStoreUnavailable (cannot be opened), kStoreCorrupt, kStoreFull
[[nodiscard]] Result<std::unique_ptr<Database>> OpenSqlite(const SqliteConfig& config);

}  // namespace signet::store
