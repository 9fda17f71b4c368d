// PostgreSQL: the database of several servers, or any server that speaks its protocol.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "platform/store/database.h"
#include "protocol/base/result.h"

namespace signet::store {

struct PostgresConfig {
  // As libpq reads it: "postgresql://user@host/db?sslmode=verify-full" or "host=/run/...
  // dbname=...". A password belongs into a file of libpq's (passfile), not here.
  std::string connection{};
  std::chrono::milliseconds connect_timeout{5'000};
  // How long a write waits for the others, and how long one statement may take.
  std::chrono::milliseconds lock_timeout{5'000};
  std::chrono::milliseconds statement_timeout{30'000};
};

// Writers take turns, over all servers, by one advisory lock: what a Write reads is what is there
// when it commits, as with SQLite. A connection that is lost is made again with the next call.
// Errors: kStoreUnavailable
[[nodiscard]] Result<std::unique_ptr<Database>> OpenPostgres(const PostgresConfig& config);

}  // namespace signet::store
