// What both databases do. The tests named Postgres/ want a server that libpq's environment leads
// to, with a database that is theirs: tests/store/with_postgres.py gives them one.
#include "platform/store/database.h"

#include <atomic>
#include <fstream>
#include <limits>
#include <thread>
#include <unistd.h>

#include "gtest/gtest.h"
#include <sys/stat.h>

#include "platform/store/change_log.h"
#include "platform/store/migrate.h"
#include "platform/store/postgres.h"
#include "platform/store/sqlite.h"
#include "tests/support/temp_dir.h"

namespace signet::store {
namespace {

using std::chrono::milliseconds;
constexpr WallTime kNow{seconds{1'700'000'000}};

constexpr Migration kThings{
    .version = 1,
    .name = "things",
    .sql = "CREATE TABLE things (id {int} PRIMARY KEY, name TEXT UNIQUE, data {blob}){table};\n"};

class Store : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == Dialect::kSqlite) return;
    const auto database = Open();
    ASSERT_NE(database, nullptr) << "run by tests/store/with_postgres.py";
    ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
      SIGNET_TRY(session.Run("DROP SCHEMA public CASCADE", {}));
      SIGNET_TRY(session.Run("CREATE SCHEMA public", {}));
      return {};
    }));
  }
  // A connection of its own, as another server has it.
  std::unique_ptr<Database> Open(milliseconds wait = milliseconds{20'000}) {
    auto database = GetParam() == Dialect::kSqlite
                        ? OpenSqlite({.path = dir_.path() + "/db", .busy_timeout = wait})
                        : OpenPostgres({.connection = "dbname=signet_test", .lock_timeout = wait});
    EXPECT_TRUE(database.has_value()) << database.error().detail;
    return database ? *std::move(database) : nullptr;
  }
  std::unique_ptr<Database> OpenThings() {
    auto database = Open();
    const Migration steps[] = {kThings, ChangeLogTables(2)};
    const auto before = Migrate(*database, steps, kNow);
    EXPECT_TRUE(before.has_value()) << before.error().detail;
    return database;
  }
  static Result<void> Insert(Database& database, std::int64_t id, std::string_view name) {
    return database.Write([&](Session& session) -> Result<void> {
      SIGNET_TRY(session.Run("INSERT INTO things (id, name) VALUES ($1, $2)", {id, name}));
      return {};
    });
  }
  static std::vector<Row> Query(Database& database, std::string_view sql) {
    std::vector<Row> rows;
    const auto done = database.Read([&](Session& session) -> Result<void> {
      SIGNET_TRY_ASSIGN(rows, session.All(sql, {}));
      return {};
    });
    EXPECT_TRUE(done.has_value()) << done.error().detail;
    return rows;
  }
  static std::int64_t Count(Database& database) {
    return Query(database, "SELECT COUNT(*) FROM things").at(0).Int(0);
  }

  test::TempDir dir_;
};

TEST_P(Store, GivesBackWhatWasStored) {
  const auto database = OpenThings();
  const std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  const std::int64_t largest = std::numeric_limits<std::int64_t>::max();
  const Bytes data = {0, 1, 255, 0};
  ASSERT_TRUE(database->Write([&](Session& session) -> Result<void> {
    constexpr std::string_view kInsert = "INSERT INTO things (id, name, data) VALUES ($1, $2, $3)";
    SIGNET_TRY(session.Run(kInsert, {smallest, "\xc3\xa4 'quoted' $1", ByteView(data)}));
    SIGNET_TRY(session.Run(kInsert, {largest, "", ByteView()}));
    SIGNET_TRY(session.Run(kInsert, {std::int64_t{0}, nullptr, nullptr}));
    return {};
  }));
  const auto rows = Query(*database, "SELECT id, name, data FROM things ORDER BY id");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].Int(0), smallest);
  EXPECT_EQ(rows[0].Text(1), "\xc3\xa4 'quoted' $1");
  EXPECT_EQ(rows[0].Blob(2), data);
  EXPECT_TRUE(rows[1].IsNull(1));
  EXPECT_TRUE(rows[1].IsNull(2));
  EXPECT_EQ(rows[2].Int(0), largest);
  EXPECT_EQ(rows[2].Text(1), "") << "empty is not null";
  EXPECT_EQ(rows[2].Blob(2), Bytes{});
}

TEST_P(Store, ParametersAreNumberedNotOrdered) {
  const auto database = OpenThings();
  ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(
        session.Run("INSERT INTO things (name, id) VALUES ($2, $1)", {std::int64_t{7}, "x"}));
    return {};
  }));
  EXPECT_EQ(Query(*database, "SELECT id FROM things WHERE name = 'x'").at(0).Int(0), 7);
}

TEST_P(Store, SaysHowManyRowsWereChanged) {
  const auto database = OpenThings();
  for (std::int64_t i = 0; i < 5; ++i) ASSERT_TRUE(Insert(*database, i, std::to_string(i)));
  ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
    EXPECT_EQ(
        *session.Run("UPDATE things SET data = $1 WHERE id < $2", {ByteView(), std::int64_t{3}}),
        3);
    EXPECT_EQ(*session.Run("DELETE FROM things WHERE id = $1", {std::int64_t{99}}), 0);
    EXPECT_EQ(
        session.All("DELETE FROM things WHERE id >= $1 RETURNING id", {std::int64_t{3}})->size(),
        2U);
    EXPECT_EQ(*session.Run("SELECT id FROM things", {}), 0);
    return {};
  }));
  EXPECT_EQ(Count(*database), 3);
}

TEST_P(Store, AFailedTransactionLeavesNothing) {
  const auto database = OpenThings();
  ASSERT_TRUE(Insert(*database, 1, "one"));
  const auto failed = database->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (2)", {}));
    SIGNET_TRY(session.Run("DELETE FROM things WHERE id = 1", {}));
    return Refuse(Errc::kUsageOption, "the caller's own reason");
  });
  EXPECT_EQ(failed.error().code, Errc::kUsageOption);
  EXPECT_EQ(Count(*database), 1);
  const auto conflict = database->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (3)", {}));
    SIGNET_TRY(session.Run("INSERT INTO things (id, name) VALUES (4, 'one')", {}));
    return {};
  });
  EXPECT_EQ(conflict.error().code, Errc::kStoreConflict) << conflict.error().detail;
  EXPECT_EQ(Count(*database), 1);
  EXPECT_TRUE(Insert(*database, 5, "five")) << "and it goes on";
}

TEST_P(Store, AConflictThatWasOverlookedCannotBeCommittedInPart) {
  const auto database = OpenThings();
  ASSERT_TRUE(Insert(*database, 1, "one"));
  const auto done = database->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (3)", {}));
    static_cast<void>(session.Run("INSERT INTO things (id) VALUES (1)", {}));
    return {};
  });
  EXPECT_FALSE(done.has_value()) << "the work did not do all that it wanted to";
  EXPECT_EQ(Count(*database), 1);
}

TEST_P(Store, AnErrorForOneRowEndsTheStatementAndNothingElse) {
  const auto database = OpenThings();
  for (std::int64_t i = 0; i < 10; ++i) ASSERT_TRUE(Insert(*database, i, std::to_string(i)));
  int seen = 0;
  const auto ended = database->Read([&](Session& session) -> Result<void> {
    SIGNET_TRY(
        session.Each("SELECT id FROM things ORDER BY id", {}, [&](const Row&) -> Result<void> {
          if (++seen == 3) return Refuse(Errc::kUsageOption, "enough");
          return {};
        }));
    return {};
  });
  EXPECT_EQ(ended.error().code, Errc::kUsageOption);
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(Count(*database), 10);
}

TEST_P(Store, AReaderSeesOneState) {
  const auto database = OpenThings();
  const auto other = Open();
  ASSERT_TRUE(database->Read([&](Session& session) -> Result<void> {
    EXPECT_EQ(session.All("SELECT COUNT(*) FROM things", {})->at(0).Int(0), 0);
    EXPECT_TRUE(Insert(*other, 1, "one")) << "a reader holds nobody up";
    EXPECT_EQ(session.All("SELECT COUNT(*) FROM things", {})->at(0).Int(0), 0);
    return {};
  }));
  EXPECT_EQ(Count(*database), 1);
}

TEST_P(Store, WritersTakeTurns) {
  const auto database = OpenThings();
  ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id, name) VALUES (1, '0')", {}));
    return {};
  }));
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([this] {
      const auto mine = Open();
      for (int i = 0; i < 25; ++i) {
        // Reads, adds one, writes: in no database a lost update.
        EXPECT_TRUE(mine->Write([](Session& session) -> Result<void> {
          SIGNET_TRY_ASSIGN(const auto rows,
                            session.All("SELECT name FROM things WHERE id = 1", {}));
          const std::string next = std::to_string(std::stoi(rows.at(0).Text(0)) + 1);
          SIGNET_TRY(session.Run("UPDATE things SET name = $1 WHERE id = 1", {next}));
          return {};
        }));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Query(*database, "SELECT name FROM things WHERE id = 1").at(0).Text(0), "100");
}

TEST_P(Store, AWriterThatWaitsTooLongGivesUp) {
  const auto database = OpenThings();
  const auto impatient = Open(milliseconds{50});
  ASSERT_TRUE(database->Write([&](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (1)", {}));
    EXPECT_EQ(Insert(*impatient, 2, "two").error().code, Errc::kStoreUnavailable);
    return {};
  }));
  EXPECT_TRUE(Insert(*impatient, 2, "two"));
}

TEST_P(Store, MigratesOnceAndNeverBack) {
  const auto database = Open();
  const Migration steps[] = {
      kThings, {.version = 2, .name = "more", .sql = "ALTER TABLE things ADD COLUMN more TEXT;\n"}};
  EXPECT_EQ(*Migrate(*database, std::span(steps, 1), kNow), 0);
  ASSERT_TRUE(Insert(*database, 1, "one"));
  EXPECT_EQ(*Migrate(*database, steps, kNow), 1);
  EXPECT_EQ(*Migrate(*database, steps, kNow), 2);
  EXPECT_TRUE(Query(*database, "SELECT more FROM things").at(0).IsNull(0));
  EXPECT_EQ(Migrate(*database, std::span(steps, 1), kNow).error().code, Errc::kStoreVersion);
  const auto versions =
      Query(*database, "SELECT version, name FROM signet_schema ORDER BY version");
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[1].Text(1), "more");
}

TEST_P(Store, AMigrationThatFailsChangesNothing) {
  const auto database = Open();
  const Migration steps[] = {
      kThings, {.version = 2, .name = "wrong", .sql = "ALTER TABLE nothing ADD COLUMN x TEXT;\n"}};
  EXPECT_FALSE(Migrate(*database, steps, kNow).has_value());
  EXPECT_EQ(*Migrate(*database, std::span(steps, 1), kNow), 0) << "not even its first step";
}

TEST_P(Store, ChangesAreNumberedWithoutGaps) {
  const auto database = OpenThings();
  std::atomic<bool> stop = false;
  // A follower never sees a number before all smaller ones.
  std::thread follower([&] {
    const auto mine = Open();
    std::int64_t seen = 0;
    for (bool last = false; !last;) {
      last = stop;
      EXPECT_TRUE(mine->Read([&](Session& session) -> Result<void> {
        SIGNET_TRY_ASSIGN(const Changes changes, ChangesSince(session, seen, 1000));
        EXPECT_FALSE(changes.lost);
        for (const Change& change : changes.changes) EXPECT_EQ(change.sequence, ++seen);
        return {};
      }));
    }
    EXPECT_EQ(seen, 75);
  });
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([this, w] {
      const auto mine = Open();
      for (int i = 0; i < 40; ++i) {
        const auto done = mine->Write([&](Session& session) -> Result<void> {
          SIGNET_TRY(AppendChange(session, "thing", std::to_string(w)));
          // Three of eight give up: their numbers are given again.
          if (i % 8 < 3) return Refuse(Errc::kUsageOption, "no");
          return {};
        });
        EXPECT_EQ(done.has_value(), i % 8 >= 3);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  follower.join();
}

TEST_P(Store, TellsAFollowerThatItMissedChanges) {
  const auto database = OpenThings();
  ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
    for (int i = 0; i < 10; ++i) SIGNET_TRY(AppendChange(session, "thing", "k"));
    EXPECT_EQ(*PruneChanges(session, 4), 6);
    EXPECT_EQ(*LastChange(session), 10);
    return {};
  }));
  struct Row {
    std::int64_t since;
    bool lost;
    std::size_t count;
  };
  const Row rows[] = {{0, true, 0},  {5, true, 0},   {6, false, 4},
                      {9, false, 1}, {10, false, 0}, {11, true, 0}};
  ASSERT_TRUE(database->Read([&](Session& session) -> Result<void> {
    for (const auto& row : rows) {
      SIGNET_TRY_ASSIGN(const Changes changes, ChangesSince(session, row.since, 100));
      EXPECT_EQ(changes.lost, row.lost) << row.since;
      EXPECT_EQ(changes.changes.size(), row.count) << row.since;
    }
    SIGNET_TRY_ASSIGN(const Changes two, ChangesSince(session, 6, 2));
    EXPECT_EQ(two.changes.size(), 2U);
    EXPECT_EQ(two.changes.back().sequence, 8);
    return {};
  }));
  ASSERT_TRUE(database->Write([](Session& session) -> Result<void> {
    EXPECT_EQ(*PruneChanges(session, 0), 4);
    EXPECT_EQ(*AppendChange(session, "thing", "k"), 11) << "the numbers go on";
    return {};
  }));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Store, testing::Values(Dialect::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, Store, testing::Values(Dialect::kPostgres));

class PostgresStore : public Store {};

TEST_P(PostgresStore, ConnectsAgainAfterTheServerEndedTheConnection) {
  const auto database = OpenThings();
  const auto other = Open();
  ASSERT_TRUE(other->Write([](Session& session) -> Result<void> {
    SIGNET_TRY(
        session.All("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE application_name = 'signet' AND pid <> pg_backend_pid()",
                    {}));
    return {};
  }));
  EXPECT_TRUE(Insert(*database, 1, "one")) << "the caller does not even notice";
}

TEST_P(PostgresStore, AConnectionLostInsideATransactionLeavesNothing) {
  const auto database = OpenThings();
  const auto other = Open();
  const auto done = database->Write([&](Session& session) -> Result<void> {
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (1)", {}));
    EXPECT_TRUE(other->Read([](Session& outside) -> Result<void> {
      SIGNET_TRY(
          outside.All("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                      "WHERE application_name = 'signet' AND pid <> pg_backend_pid()",
                      {}));
      return {};
    }));
    SIGNET_TRY(session.Run("INSERT INTO things (id) VALUES (2)", {}));
    return {};
  });
  EXPECT_EQ(done.error().code, Errc::kStoreUnavailable);
  EXPECT_EQ(Count(*database), 0);
}

TEST_P(PostgresStore, SaysWhyThereIsNoConnection) {
  const auto database = OpenPostgres({.connection = "host=/nonexistent dbname=x"});
  EXPECT_EQ(database.error().code, Errc::kStoreUnavailable);
  EXPECT_NE(database.error().detail.find("nonexistent"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Postgres, PostgresStore, testing::Values(Dialect::kPostgres));

TEST(SqliteStore, KeepsItsFileToItself) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/db";
  {
    const auto database = OpenSqlite({.path = path});
    ASSERT_TRUE(database.has_value());
    ASSERT_TRUE(Migrate(**database, std::span(&kThings, 1), kNow).has_value());
    for (const char* const suffix : {"", "-wal", "-shm"}) {
      struct stat info{};
      ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
      EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
    }
  }
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(OpenSqlite({.path = path}).error().code, Errc::kStoreUnavailable);
}

TEST(SqliteStore, RefusesWhatIsNoDatabase) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/db";
  std::ofstream(path) << std::string(8192, 'x');
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(OpenSqlite({.path = path}).error().code, Errc::kStoreCorrupt);
  EXPECT_EQ(OpenSqlite({.path = dir.path() + "/none/db"}).error().code, Errc::kStoreUnavailable);
  EXPECT_EQ(OpenSqlite({.path = dir.path()}).error().code, Errc::kStoreUnavailable);
  const std::string link = dir.path() + "/link";
  ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
  EXPECT_EQ(OpenSqlite({.path = link}).error().code, Errc::kStoreUnavailable);
}

}  // namespace
}  // namespace signet::store
