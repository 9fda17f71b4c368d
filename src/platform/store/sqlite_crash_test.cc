// The disk fails, fills up, or the machine stops at each step of a run: nothing that was
// acknowledged is lost, nothing is there in part.
#include <algorithm>
#include <fcntl.h>
#include <functional>
#include <signal.h>
#include <sqlite3.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"
#include <sys/wait.h>

#include "platform/store/change_log.h"
#include "platform/store/migrate.h"
#include "platform/store/sqlite.h"
#include "tests/support/temp_dir.h"

namespace signet::store {
namespace {

constexpr WallTime kNow{seconds{1'700'000'000}};
constexpr const char* kVfs = "signet-broken-disk";

// --- a disk that breaks
// ------------------------------------------------------------------------------

enum class Break {
  kError,      // the step fails, this once
  kFull,       // writes fail from this step on
  kKill,       // the process is killed before the step
  kTorn,       // killed in the middle of a write
  kPowerLoss,  // killed, and what was not synced is lost
  kReordered,  // killed, and every second write that was not synced is lost
};

// A write that the disk may still lose: what was there before.
struct Unsynced {
  sqlite3_file* file;
  sqlite3_int64 offset;
  std::vector<char> before;
  sqlite3_int64 size_before;
};

struct Disk {
  Break how = Break::kError;
  int at = 0;     // which step breaks; 0: none
  int steps = 0;  // made so far
  std::vector<Unsynced> unsynced{};
};
Disk disk;  // a VFS is global to SQLite anyway

struct BrokenFile {
  sqlite3_file base;
  sqlite3_file* real;
};
sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<BrokenFile*>(file)->real; }

void LosePower() {
  std::size_t number = 0;
  for (auto lost = disk.unsynced.rbegin(); lost != disk.unsynced.rend(); ++lost) {
    if (disk.how == Break::kReordered && ++number % 2 == 0) continue;
    if (!lost->before.empty()) {
      lost->file->pMethods->xWrite(lost->file, lost->before.data(),
                                   static_cast<int>(lost->before.size()), lost->offset);
    }
    lost->file->pMethods->xTruncate(lost->file, lost->size_before);
  }
  ::kill(::getpid(), SIGKILL);
}

// Counts a step; what SQLite is told of it.
int Step(bool is_write) {
  const int number = ++disk.steps;
  if (disk.at == 0 || number < disk.at) return SQLITE_OK;
  if (disk.how == Break::kFull) return is_write ? SQLITE_FULL : SQLITE_OK;
  if (number > disk.at) return SQLITE_OK;
  switch (disk.how) {
    case Break::kError:
      return is_write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
    case Break::kFull:
      break;
    case Break::kTorn:
      if (is_write) break;  // Write goes on
      [[fallthrough]];
    case Break::kKill:
      ::kill(::getpid(), SIGKILL);
      break;
    case Break::kPowerLoss:
    case Break::kReordered:
      LosePower();
      break;
  }
  return SQLITE_OK;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (const int broken = Step(/*is_write=*/true); broken != SQLITE_OK) return broken;
  sqlite3_file* const real = Real(file);
  if (disk.how == Break::kTorn && disk.steps == disk.at) {
    real->pMethods->xWrite(real, data, size / 2, offset);
    ::kill(::getpid(), SIGKILL);
  }
  Unsynced entry{real, offset, {}, 0};
  real->pMethods->xFileSize(real, &entry.size_before);
  if (offset < entry.size_before) {
    entry.before.resize(
        static_cast<std::size_t>(std::min<sqlite3_int64>(size, entry.size_before - offset)));
    real->pMethods->xRead(real, entry.before.data(), static_cast<int>(entry.before.size()), offset);
  }
  disk.unsynced.push_back(std::move(entry));
  return real->pMethods->xWrite(real, data, size, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int broken = Step(/*is_write=*/false); broken != SQLITE_OK) return broken;
  return Real(file)->pMethods->xTruncate(Real(file), size);
}
int Sync(sqlite3_file* file, int flags) {
  if (const int broken = Step(/*is_write=*/false); broken != SQLITE_OK) return broken;
  std::erase_if(disk.unsynced, [file](const Unsynced& w) { return w.file == Real(file); });
  return Real(file)->pMethods->xSync(Real(file), flags);
}
int Close(sqlite3_file* file) {
  sqlite3_file* const real = Real(file);
  std::erase_if(disk.unsynced, [real](const Unsynced& w) { return w.file == real; });
  const int closed = real->pMethods->xClose(real);
  ::operator delete(real);
  return closed;
}

// The rest goes through.
const sqlite3_io_methods kMethods = [] {
  sqlite3_io_methods m{};
  m.iVersion = 2;
  m.xClose = Close;
  m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return Real(f)->pMethods->xRead(Real(f), to, size, at);
  };
  m.xWrite = Write;
  m.xTruncate = Truncate;
  m.xSync = Sync;
  m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
    return Real(f)->pMethods->xFileSize(Real(f), size);
  };
  m.xLock = [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xLock(Real(f), lock); };
  m.xUnlock = [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xUnlock(Real(f), lock); };
  m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
    return Real(f)->pMethods->xCheckReservedLock(Real(f), out);
  };
  m.xFileControl = [](sqlite3_file* f, int op, void* argument) {
    return Real(f)->pMethods->xFileControl(Real(f), op, argument);
  };
  m.xSectorSize = [](sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); };
  // A disk without any promise: SQLite must not count on atomic or ordered writes.
  m.xDeviceCharacteristics = [](sqlite3_file*) { return 0; };
  m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, out);
  };
  m.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
    return Real(f)->pMethods->xShmLock(Real(f), offset, n, flags);
  };
  m.xShmBarrier = [](sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); };
  m.xShmUnmap = [](sqlite3_file* f, int remove) {
    return Real(f)->pMethods->xShmUnmap(Real(f), remove);
  };
  return m;
}();

int OpenFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const real_vfs = static_cast<sqlite3_vfs*>(vfs->pAppData);
  auto* const broken = reinterpret_cast<BrokenFile*>(file);
  broken->base.pMethods = nullptr;
  broken->real =
      static_cast<sqlite3_file*>(::operator new(static_cast<std::size_t>(real_vfs->szOsFile)));
  const int opened = real_vfs->xOpen(real_vfs, name, broken->real, flags, out_flags);
  if (opened == SQLITE_OK) {
    broken->base.pMethods = &kMethods;
  } else {
    ::operator delete(broken->real);
  }
  return opened;
}

void RegisterBrokenDisk() {
  if (sqlite3_vfs_find(kVfs) != nullptr) return;
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs vfs = *real;
  vfs.zName = kVfs;
  vfs.szOsFile = sizeof(BrokenFile);
  vfs.pAppData = real;
  vfs.xOpen = OpenFile;
  ASSERT_EQ(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
}

// --- a run, and what is left of it
// -------------------------------------------------------------------

constexpr int kTransactions = 5;
constexpr Migration kSteps[] = {
    {.version = 1,
     .name = "pairs",
     .sql = "CREATE TABLE pairs (id {int} PRIMARY KEY, half TEXT NOT NULL, data {blob}){table};\n"},
};

// Each transaction adds two rows and a change, with enough data for several pages. `done` hears of
// each that was acknowledged, or why it was not.
void Work(const std::string& path, const std::function<void(int, const Result<void>&)>& done) {
  auto database = OpenSqlite({.path = path, .vfs = kVfs});
  if (!database) return;
  const Migration steps[] = {kSteps[0], ChangeLogTables(2)};
  if (!Migrate(**database, steps, kNow)) return;
  for (int i = 1; i <= kTransactions; ++i) {
    const Bytes data(5000, static_cast<std::uint8_t>(i));
    done(i, (*database)->Write([&](Session& session) -> Result<void> {
      for (const std::int64_t half : {0, 1}) {
        SIGNET_TRY(session.Run("INSERT INTO pairs (id, half, data) VALUES ($1, $2, $3)",
                               {2 * i + half, half == 0 ? "first" : "second", ByteView(data)}));
      }
      SIGNET_TRY(AppendChange(session, "pair", std::to_string(i)));
      return {};
    }));
  }
}

// The pairs that are there after the disk is whole again; each whole, and as the change log says.
std::vector<std::int64_t> Recover(const std::string& path) {
  std::vector<std::int64_t> pairs;
  auto database = OpenSqlite({.path = path});
  EXPECT_TRUE(database.has_value()) << database.error().detail;
  if (!database) return pairs;
  const Migration steps[] = {kSteps[0], ChangeLogTables(2)};
  EXPECT_TRUE(Migrate(**database, steps, kNow).has_value());
  std::vector<std::int64_t> changes;
  EXPECT_TRUE((*database)
                  ->Read([&](Session& session) -> Result<void> {
                    SIGNET_TRY_ASSIGN(const auto check, session.All("PRAGMA integrity_check", {}));
                    EXPECT_EQ(check.at(0).Text(0), "ok");
                    SIGNET_TRY_ASSIGN(const auto rows,
                                      session.All("SELECT id, half FROM pairs ORDER BY id", {}));
                    EXPECT_EQ(rows.size() % 2, 0U);
                    for (std::size_t i = 0; i + 1 < rows.size(); i += 2) {
                      EXPECT_EQ(rows[i].Int(0) + 1, rows[i + 1].Int(0));
                      EXPECT_EQ(rows[i].Text(1), "first");
                      pairs.push_back(rows[i].Int(0) / 2);
                    }
                    SIGNET_TRY_ASSIGN(const Changes log, ChangesSince(session, 0, 1000));
                    EXPECT_FALSE(log.lost);
                    for (const Change& change : log.changes)
                      changes.push_back(std::stoll(change.key));
                    return {};
                  })
                  .has_value());
  EXPECT_EQ(changes, pairs);
  return pairs;
}

// One run in a process of its own; the transactions that it was told are on the disk. `died`: the
// disk stopped it.
std::vector<std::int64_t> RunAndDie(const std::string& path, Break how, int at, bool& died) {
  int pipe[2];
  EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    disk = {.how = how, .at = at};
    Work(path, [&](int i, const Result<void>& done) {
      const char number = static_cast<char>(i);
      if (done && ::write(pipe[1], &number, 1) != 1) ::_exit(9);
    });
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::vector<std::int64_t> acknowledged;
  for (char number = 0; ::read(pipe[0], &number, 1) == 1;) acknowledged.push_back(number);
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  died = WIFSIGNALED(status);
  EXPECT_TRUE(died || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return acknowledged;
}

class SqliteCrash : public testing::TestWithParam<Break> {
 protected:
  void SetUp() override { RegisterBrokenDisk(); }
};

TEST_P(SqliteCrash, NothingAcknowledgedIsLostAndNothingIsThereInPart) {
  int step = 1;
  for (bool died = true; died; ++step) {
    const test::TempDir dir;
    const std::string path = dir.path() + "/db";
    const auto acknowledged = RunAndDie(path, GetParam(), step, died);
    const auto left = Recover(path);
    // The transaction under way may be there or not; before it, all are.
    ASSERT_GE(left.size(), acknowledged.size()) << "step " << step;
    ASSERT_LE(left.size(), acknowledged.size() + 1) << "step " << step;
    for (std::size_t i = 0; i < left.size(); ++i) {
      ASSERT_EQ(left[i], static_cast<std::int64_t>(i + 1)) << "step " << step;
    }
  }
  // Each transaction has its writes and its sync; fewer, and the disk was not asked.
  EXPECT_GT(step, 4 * kTransactions);
}

INSTANTIATE_TEST_SUITE_P(Disk, SqliteCrash,
                         testing::Values(Break::kKill, Break::kTorn, Break::kPowerLoss,
                                         Break::kReordered));

class SqliteFault : public testing::TestWithParam<Break> {
 protected:
  void SetUp() override { RegisterBrokenDisk(); }
};

TEST_P(SqliteFault, ATransactionThatWasRefusedIsNotThere) {
  int step = 1;
  for (bool reached = true; reached; ++step) {
    const test::TempDir dir;
    const std::string path = dir.path() + "/db";
    disk = {.how = GetParam(), .at = step};
    std::vector<std::int64_t> acknowledged;
    std::vector<std::int64_t> uncertain;
    Work(path, [&](int i, const Result<void>& done) {
      if (done) acknowledged.push_back(i);
      if (!done && done.error().code == Errc::kStoreUncertain) uncertain.push_back(i);
      if (!done && GetParam() == Break::kFull) {
        EXPECT_TRUE(done.error().code == Errc::kStoreFull ||
                    done.error().code == Errc::kStoreUncertain)
            << done.error().name();
      }
    });
    reached = disk.steps >= step;
    disk = {};
    const auto left = Recover(path);
    std::vector<std::int64_t> missing;
    std::ranges::set_difference(acknowledged, left, std::back_inserter(missing));
    EXPECT_TRUE(missing.empty()) << "step " << step;
    std::vector<std::int64_t> allowed;
    std::ranges::set_union(acknowledged, uncertain, std::back_inserter(allowed));
    EXPECT_TRUE(std::ranges::includes(allowed, left)) << "step " << step;
  }
  EXPECT_GT(step, 4 * kTransactions);
}

TEST_P(SqliteFault, WritingGoesOnWhenTheDiskIsWholeAgain) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/db";
  disk = {.how = GetParam(), .at = 30};
  int failed = 0;
  int after = 0;
  Work(path, [&](int, const Result<void>& done) {
    if (!done) {
      ++failed;
      disk = {};  // room was made
    } else if (failed > 0) {
      ++after;
    }
  });
  EXPECT_EQ(failed, 1);
  EXPECT_GT(after, 0);
}

INSTANTIATE_TEST_SUITE_P(Disk, SqliteFault, testing::Values(Break::kError, Break::kFull));

}  // namespace
}  // namespace signet::store
