#include "platform/store/sqlite.h"

#include <fcntl.h>
#include <map>
#include <optional>
#include <sqlite3.h>
#include <unistd.h>

#include <sys/stat.h>

#include "platform/runtime/fd.h"

namespace signet::store {
namespace {

struct CloseDb {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DbPtr = std::unique_ptr<sqlite3, CloseDb>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

// SQLite's own words, which hold no values; with the primary and the extended code.
Error ErrorOf(int code, sqlite3* db) {
  std::string detail = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Error(Errc::kStoreConflict, std::move(detail));
    case SQLITE_FULL:
      return Error(Errc::kStoreFull, std::move(detail));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(Errc::kStoreCorrupt, std::move(detail));
    default:
      return Error(Errc::kStoreUnavailable, std::move(detail));
  }
}

class SqliteDatabase final : public Database, private Session {
 public:
  explicit SqliteDatabase(DbPtr db) : db_(std::move(db)) {}
  ~SqliteDatabase() override { statements_.clear(); }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }

  Result<void> Write(const Work& work) override {
    return Transact("BEGIN IMMEDIATE", work, Errc::kStoreUncertain);
  }
  Result<void> Read(const Work& work) override {
    return Transact("BEGIN", work, Errc::kStoreUnavailable);
  }

  Result<std::int64_t> Each(std::string_view sql, std::initializer_list<Param> params,
                            const OnRow& on_row) override {
    bool by_caller = false;
    Result<std::int64_t> done = Step(sql, params, on_row, by_caller);
    if (!done && !by_caller && !overlooked_) overlooked_ = done.error();
    return done;
  }

  Result<void> Execute(const char* sql) {
    const int failed = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (failed != SQLITE_OK) return std::unexpected(ErrorOf(failed, db_.get()));
    return {};
  }

 private:
  // `by_caller`: it was `on_row` that ended it.
  Result<std::int64_t> Step(std::string_view sql, std::initializer_list<Param> params,
                            const OnRow& on_row, bool& by_caller) {
    SIGNET_TRY_ASSIGN(sqlite3_stmt* const statement, Prepare(sql));
    // Reset in any case: a statement that is under way keeps its transaction open.
    const std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> reset(
        statement, [](sqlite3_stmt* done) {
          sqlite3_reset(done);
          sqlite3_clear_bindings(done);
        });
    int index = 0;
    for (const Param& param : params) {
      if (const int failed = Bind(statement, ++index, param); failed != SQLITE_OK) {
        return std::unexpected(ErrorOf(failed, db_.get()));
      }
    }
    SIGNET_CHECK(index == sqlite3_bind_parameter_count(statement));
    const std::int64_t before = sqlite3_total_changes64(db_.get());
    for (;;) {
      const int step = sqlite3_step(statement);
      if (step == SQLITE_DONE) return sqlite3_total_changes64(db_.get()) - before;
      if (step != SQLITE_ROW) return std::unexpected(ErrorOf(step, db_.get()));
      if (Result<void> wanted = on_row(ReadRow(statement)); !wanted) {
        by_caller = true;
        return std::unexpected(std::move(wanted.error()));
      }
    }
  }

  // `lost_commit`: what a COMMIT that fails for an unknown reason means.
  Result<void> Transact(const char* begin, const Work& work, Errc lost_commit) {
    SIGNET_TRY(Execute(begin));
    overlooked_.reset();
    Result<void> done = work(*this);
    // A statement failed and `work` went on: half of what it wanted is not committed.
    if (done && overlooked_) done = std::unexpected(*overlooked_);
    if (done) {
      done = Execute("COMMIT");
      if (done) return {};
      // The log may hold all of it although the last step of the commit failed, be it for want of
      // room; the next start finds out.
      done = Refuse(lost_commit, std::move(done.error().detail));
    }
    // Some errors have rolled back already. If this cannot, nothing later may be added to what is
    // half done: the handle is of no more use, and each later BEGIN says so.
    if (sqlite3_get_autocommit(db_.get()) == 0) static_cast<void>(Execute("ROLLBACK"));
    return done;
  }

  // Statements are few and fixed: all are kept.
  Result<sqlite3_stmt*> Prepare(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second.get();
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    const int failed = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    StatementPtr statement(raw);
    if (failed != SQLITE_OK) return std::unexpected(ErrorOf(failed, db_.get()));
    SIGNET_CHECK(raw != nullptr && rest == sql.data() + sql.size());
    return statements_.emplace(std::string(sql), std::move(statement)).first->second.get();
  }

  // Parameter $n, wherever it stands. Borrowed values stay until the statement is reset.
  static int Bind(sqlite3_stmt* statement, int number, const Param& param) {
    const int index =
        sqlite3_bind_parameter_index(statement, ("$" + std::to_string(number)).c_str());
    SIGNET_CHECK(index > 0);
    if (const auto* const integer = std::get_if<std::int64_t>(&param)) {
      return sqlite3_bind_int64(statement, index, *integer);
    }
    if (const auto* const text = std::get_if<std::string_view>(&param)) {
      // A null pointer would bind NULL.
      return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    }
    if (const auto* const blob = std::get_if<ByteView>(&param)) {
      if (blob->empty()) return sqlite3_bind_zeroblob(statement, index, 0);
      return sqlite3_bind_blob64(statement, index, blob->data(), blob->size(), SQLITE_STATIC);
    }
    return sqlite3_bind_null(statement, index);
  }

  static Row ReadRow(sqlite3_stmt* statement) {
    std::vector<Row::Value> values;
    const int columns = sqlite3_column_count(statement);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      const int type = sqlite3_column_type(statement, i);
      if (type == SQLITE_INTEGER) {
        values.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
        continue;
      }
      if (type == SQLITE_NULL) {
        values.emplace_back(nullptr);
        continue;
      }
      const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, i));
      const ByteView bytes(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      if (type == SQLITE_TEXT) {
        values.emplace_back(std::string(AsText(bytes)));
      } else {
        values.emplace_back(Bytes(bytes.begin(), bytes.end()));
      }
    }
    return Row(std::move(values));
  }

  DbPtr db_;
  std::optional<Error> overlooked_;  // the first statement of the transaction that failed
  std::map<std::string, StatementPtr, std::less<>> statements_;
};

// SQLite gives a new file the mode 0644, and its log that of the file.
Result<void> MakeFile(const std::string& path) {
  const runtime::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat info{};
  if (!fd.valid() || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Refuse(Errc::kStoreUnavailable, "the file cannot be opened or is no regular file");
  }
  if ((info.st_mode & 0077) != 0) {
    return Refuse(Errc::kStoreUnavailable, "others than its owner may read the file: chmod 600");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> OpenSqlite(const SqliteConfig& config) {
  SIGNET_TRY(MakeFile(config.path));
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(
      config.path.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
      config.vfs.empty() ? nullptr : config.vfs.c_str());
  DbPtr db(raw);
  if (opened != SQLITE_OK) return std::unexpected(ErrorOf(opened, raw));
  sqlite3_busy_timeout(raw, static_cast<int>(config.busy_timeout.count()));
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  auto database = std::make_unique<SqliteDatabase>(std::move(db));
  // FULL: a commit is on the disk before it is acknowledged. Checkpoints come every 1,000 pages.
  for (const char* const pragma :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
        "PRAGMA temp_store = MEMORY", "PRAGMA cell_size_check = ON"}) {
    SIGNET_TRY(database->Execute(pragma));
  }
  std::string verdict;
  SIGNET_TRY(database->Read([&verdict](Session& session) -> Result<void> {
    SIGNET_TRY_ASSIGN(const std::vector<Row> rows, session.All("PRAGMA quick_check(1)", {}));
    verdict = rows.empty() ? "nothing" : rows[0].Text(0);
    return {};
  }));
  if (verdict != "ok") return Refuse(Errc::kStoreCorrupt, std::move(verdict));
  return database;
}

}  // namespace signet::store
