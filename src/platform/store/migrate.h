// Migrate: brings the tables of a database to the version that this program knows.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "platform/store/database.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::store {

// One step. Steps are never changed once they are released; a change of the tables is a new one.
struct Migration {
  std::int64_t version;   // 1, 2, 3 ...
  std::string_view name;  // "entries"
  // Statements, each ended by ";" at the end of a line. Words that the dialects do not share:
  //   {int}    64 bits: INTEGER, BIGINT
  //   {blob}   BLOB, BYTEA
  //   {table}  what follows the columns of a table: STRICT, nothing
  std::string_view sql;
};

// All steps that the database has not seen, in one transaction. Returns the version before.
// Errors: kStoreVersion (the database is newer than the last of `migrations`), those of Write
[[nodiscard]] Result<std::int64_t> Migrate(Database& database,
                                           std::span<const Migration> migrations, WallTime now);

}  // namespace signet::store
