// Database: transactions on SQLite or PostgreSQL, in SQL that both understand.
//
// The folders above write each statement once. What the two dialects do not share is kept out: $1,
// $2 are parameters, INTEGER columns hold 64 bits, times are seconds since 1970, and column types
// that differ are words in braces that Migrate replaces (migrate.h).
//
// Not thread-safe: a database belongs to one thread at a time, of a blocking pool. Every call
// blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/check.h"
#include "protocol/base/result.h"

namespace signet::store {

// A parameter; borrows during the call.
using Param = std::variant<std::nullptr_t, std::int64_t, std::string_view, ByteView>;

// One row of a result. Columns count from 0. Asking for another type than the column has is an
// error of the program: both databases check types (STRICT tables).
class Row {
 public:
  using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Bytes>;
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool IsNull(std::size_t column) const {
    return std::holds_alternative<std::nullptr_t>(At(column));
  }
  [[nodiscard]] std::int64_t Int(std::size_t column) const { return Get<std::int64_t>(column); }
  [[nodiscard]] const std::string& Text(std::size_t column) const {
    return Get<std::string>(column);
  }
  [[nodiscard]] const Bytes& Blob(std::size_t column) const { return Get<Bytes>(column); }

 private:
  [[nodiscard]] const Value& At(std::size_t column) const {
    SIGNET_CHECK(column < values_.size());
    return values_[column];
  }
  template <typename T>
  [[nodiscard]] const T& Get(std::size_t column) const {
    const T* const value = std::get_if<T>(&At(column));
    SIGNET_CHECK(value != nullptr);
    return *value;
  }
  std::vector<Value> values_;
};

// What a transaction can do. Valid during Database::Write or Read.
class Session {
 public:
  using OnRow = std::function<Result<void>(const Row&)>;
  virtual ~Session() = default;

  // Runs one statement and gives each row of its result; an error of `on_row` ends it and is
  // returned. Returns how many rows were changed.
  // Errors: kStoreConflict (a constraint is violated), those of the database
  [[nodiscard]] virtual Result<std::int64_t> Each(std::string_view sql,
                                                  std::initializer_list<Param> params,
                                                  const OnRow& on_row) = 0;

  // A statement without a result. Returns how many rows were changed.
  [[nodiscard]] Result<std::int64_t> Run(std::string_view sql, std::initializer_list<Param> params);
  // All rows; for results that are known to be small.
  [[nodiscard]] Result<std::vector<Row>> All(std::string_view sql,
                                             std::initializer_list<Param> params);
};

enum class Dialect : std::uint8_t { kSqlite, kPostgres };

class Database {
 public:
  using Work = std::function<Result<void>(Session&)>;
  virtual ~Database() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;

  // All of `work` or nothing, nothing too if one of its statements failed and it went on. When this
  // returns without an error, it is on the disk. `work` may be called several times, each time from
  // a clean state (PostgreSQL: another writer was first). After an error other than its own,
  // whether the transaction took place is unknown only for kStoreUncertain; otherwise it did not.
  // Errors: those of `work`; kStoreUnavailable (no connection, locked too long), kStoreFull,
  // kStoreCorrupt, kStoreUncertain (the connection was lost while the commit was under way)
  [[nodiscard]] virtual Result<void> Write(const Work& work) = 0;

  // `work` sees one state, whatever others write meanwhile. Errors: as above, but kStoreUncertain
  [[nodiscard]] virtual Result<void> Read(const Work& work) = 0;
};

}  // namespace signet::store
