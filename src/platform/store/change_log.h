// ChangeLog: what has changed in a database, numbered without gaps, for those who follow.
//
// The number is given inside of the transaction that makes the change, and writers take turns, so
// numbers become visible in their order: whoever has seen all up to n and finds n + 1 has missed
// nothing. No watcher ever sees 7 before 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/store/database.h"
#include "platform/store/migrate.h"
#include "protocol/base/result.h"

namespace signet::store {

// The tables of the log: a step for the list of Migrate, with the version that it has there.
[[nodiscard]] Migration ChangeLogTables(std::int64_t version);

struct Change {
  std::int64_t sequence = 0;
  std::string kind{};  // of the thing: "entry"
  std::string key{};   // which one
};

// Inside of the transaction that changes the thing; the last statement of it, so that others wait
// as short as can be. Returns its number.
[[nodiscard]] Result<std::int64_t> AppendChange(Session& session, std::string_view kind,
                                                std::string_view key);

// The number of the last change; 0: none yet.
[[nodiscard]] Result<std::int64_t> LastChange(Session& session);

struct Changes {
  // Changes behind `since` that are not there any more: everything must be read anew.
  bool lost = false;
  std::vector<Change> changes{};  // in order, at most as many as asked for
};
[[nodiscard]] Result<Changes> ChangesSince(Session& session, std::int64_t since,
                                           std::int64_t at_most);

// Forgets all but the newest `keep`. Returns how many were forgotten.
[[nodiscard]] Result<std::int64_t> PruneChanges(Session& session, std::int64_t keep);

}  // namespace signet::store
