#include "platform/runtime/append_log.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"
#include <sys/wait.h>

#include "platform/runtime/file.h"
#include "tests/support/temp_dir.h"

namespace signet::runtime {
namespace {

constexpr std::size_t kRecord = 16;

Bytes RecordOf(std::uint8_t value) { return Bytes(kRecord, value); }

class AppendLogFile : public testing::Test {
 protected:
  AppendLogConfig Config() const {
    return {.path = path_, .record_bytes = kRecord, .max_records = 1000, .mode = 0600, .fault = {}};
  }
  std::vector<int> Read(AppendLogRecovery* found = nullptr) const { return ReadFrom(path_, found); }
  static std::vector<int> ReadFrom(const std::string& path, AppendLogRecovery* found = nullptr) {
    std::vector<int> values;
    const auto got = ReadAppendLog(path, kRecord, [&](ByteView r) {
      EXPECT_EQ(r.size(), kRecord);
      values.push_back(r[0]);
    });
    EXPECT_TRUE(got.has_value());
    if (got && found != nullptr) *found = *got;
    return values;
  }
  void Fill(int count) const {
    auto log = AppendLog::Open(Config());
    ASSERT_TRUE(log);
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(log->Append(RecordOf(static_cast<std::uint8_t>(i))));
    }
  }
  const test::TempDir dir_;
  const std::string path_ = dir_.path() + "/journal";
};

TEST_F(AppendLogFile, GivesBackWhatWasAppendedInOrder) {
  Fill(3);
  {
    auto log = AppendLog::Open(Config());
    ASSERT_TRUE(log);
    EXPECT_EQ(log->records(), 3U);
    ASSERT_TRUE(log->Append(RecordOf(9)));
    ASSERT_TRUE(log->Sync());
  }
  EXPECT_EQ(Read(), (std::vector<int>{0, 1, 2, 9}));
}

TEST_F(AppendLogFile, AMissingFileIsAnEmptyLog) { EXPECT_TRUE(Read().empty()); }

// RFC 1952's CRC-32 of "123456789" is 0xCBF43926 (the check value of the CRC catalogue).
TEST_F(AppendLogFile, HasTheDocumentedLayout) {
  {
    auto log = AppendLog::Open({.path = path_, .record_bytes = 9, .mode = 0600, .fault = {}});
    ASSERT_TRUE(log);
    ASSERT_TRUE(log->Append(AsBytes("123456789")));
  }
  const std::string want =
      std::string("SGNTLOG1\0\0\0\x09\0\0\0\0", 16) + "123456789\xCB\xF4\x39\x26";
  EXPECT_EQ(ReadTextFile(path_, 100).value_or("?"), want);
}

TEST_F(AppendLogFile, CutsATornTailOfAnyLength) {
  const std::size_t whole = 16 + 3 * (kRecord + 4);
  for (std::size_t size = whole - 1; size > 16 + 2 * (kRecord + 4); --size) {
    std::filesystem::remove(path_);
    Fill(3);
    std::filesystem::resize_file(path_, size);
    AppendLogRecovery found;
    EXPECT_EQ(Read(&found), (std::vector<int>{0, 1})) << size;
    EXPECT_EQ(found.torn_bytes, size - 16 - 2 * (kRecord + 4));
    auto log = AppendLog::Open(Config());
    ASSERT_TRUE(log);
    ASSERT_TRUE(log->Append(RecordOf(7)));
    EXPECT_EQ(Read(), (std::vector<int>{0, 1, 7})) << size;
  }
}

TEST_F(AppendLogFile, SurvivesATornHeader) {
  for (std::size_t size = 0; size < 16; ++size) {
    std::filesystem::remove(path_);
    Fill(0);
    std::filesystem::resize_file(path_, size);
    EXPECT_TRUE(Read().empty());
    Fill(1);
    EXPECT_EQ(Read(), (std::vector<int>{0})) << size;
  }
}

TEST_F(AppendLogFile, SkipsAndCountsCorruptRecords) {
  Fill(3);
  auto bytes = ReadFile(path_, 1000);
  ASSERT_TRUE(bytes);
  (*bytes)[16 + kRecord + 4] ^= 1;  // first byte of the second record
  ASSERT_TRUE(WriteFileAtomically(path_, *bytes));
  AppendLogRecovery found;
  EXPECT_EQ(Read(&found), (std::vector<int>{0, 2}));
  EXPECT_EQ(found.corrupt_records, 1U);
}

TEST_F(AppendLogFile, RefusesAFileOfSomethingElse) {
  Fill(1);
  AppendLogConfig other = Config();
  other.record_bytes = kRecord + 1;
  EXPECT_EQ(AppendLog::Open(other).error().code, Errc::kIoOpen);
  EXPECT_EQ(ReadAppendLog(path_, kRecord + 1, [](ByteView) {}).error().code, Errc::kIoRead);
  ASSERT_TRUE(WriteFileAtomically(path_, AsBytes("something else altogether")));
  EXPECT_EQ(AppendLog::Open(Config()).error().code, Errc::kIoOpen);
}

TEST_F(AppendLogFile, HasOneWriter) {
  const auto first = AppendLog::Open(Config());
  ASSERT_TRUE(first);
  EXPECT_EQ(AppendLog::Open(Config()).error().code, Errc::kIoOpen);
}

TEST_F(AppendLogFile, RefusesRecordsOfAnotherSizeAndBeyondTheLimit) {
  AppendLogConfig config = Config();
  config.max_records = 1;
  auto log = AppendLog::Open(config);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->Append(Bytes(kRecord - 1)).error().code, Errc::kIoWrite);
  ASSERT_TRUE(log->Append(RecordOf(1)));
  EXPECT_EQ(log->Append(RecordOf(2)).error().code, Errc::kIoTooLarge);
}

TEST_F(AppendLogFile, RotatesIntoTheOldPath) {
  auto log = AppendLog::Open(Config());
  ASSERT_TRUE(log);
  ASSERT_TRUE(log->Append(RecordOf(1)));
  ASSERT_TRUE(log->Rotate(path_ + ".1"));
  EXPECT_EQ(log->records(), 0U);
  ASSERT_TRUE(log->Append(RecordOf(2)));
  EXPECT_EQ(ReadFrom(path_ + ".1"), (std::vector<int>{1}));
  EXPECT_EQ(Read(), (std::vector<int>{2}));
}

// Each failing call in turn: a record is on file exactly if Append said so.
TEST_F(AppendLogFile, SaysTheTruthWhicheverCallFails) {
  bool failed = true;
  for (int failing = 0; failed; ++failing) {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + ".1");
    int step = 0;
    failed = false;
    AppendLogConfig config = Config();
    config.fault = [&](std::string_view) {
      if (step++ != failing) return 0;
      failed = true;
      return EIO;
    };
    std::vector<int> promised;
    bool rotated = false;
    std::vector<int> promised_old;
    {
      auto log = AppendLog::Open(config);
      if (!log) continue;
      for (std::uint8_t i = 0; i < 3; ++i) {
        if (log->Append(RecordOf(i))) promised.push_back(i);
      }
      rotated = log->Rotate(path_ + ".1").has_value();
      if (rotated) promised_old = std::exchange(promised, {});
      if (log->Append(RecordOf(3))) promised.push_back(3);
    }
    if (rotated) {
      EXPECT_EQ(ReadFrom(path_ + ".1"), promised_old) << failing;
      EXPECT_EQ(Read(), promised) << failing;
    } else {
      std::vector<int> all = ReadFrom(path_ + ".1");
      for (const int value : Read()) all.push_back(value);
      EXPECT_EQ(all, promised) << failing;
    }
  }
}

TEST_F(AppendLogFile, TakesRecordsFromManyThreads) {
  auto log = AppendLog::Open(Config());
  ASSERT_TRUE(log);
  std::vector<std::thread> threads;
  for (std::uint8_t t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 100; ++i) EXPECT_TRUE(log->Append(RecordOf(t)));
    });
  }
  for (auto& thread : threads) thread.join();
  std::array<int, 4> counts{};
  for (const int value : Read()) ++counts.at(static_cast<std::size_t>(value));
  EXPECT_EQ(counts, (std::array<int, 4>{100, 100, 100, 100}));
}

// RPL-3: what a child had confirmed before it was killed is there afterwards.
TEST_F(AppendLogFile, KeepsConfirmedRecordsOverKill9) {
  std::array<int, 2> confirmed{};
  ASSERT_EQ(::pipe(confirmed.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto log = AppendLog::Open(Config());
    if (!log) ::_exit(1);
    for (std::uint8_t i = 0; i < 250; ++i) {
      if (!log->Append(RecordOf(i))) ::_exit(1);
      if (::write(confirmed[1], &i, 1) != 1) ::_exit(1);
    }
    for (;;) ::pause();
  }
  ::close(confirmed[1]);
  int last = -1;
  std::uint8_t value = 0;
  while (last < 99 && ::read(confirmed[0], &value, 1) == 1) last = value;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(confirmed[0], &value, 1) == 1) last = value;
  ::close(confirmed[0]);
  ASSERT_GE(last, 99);
  const std::vector<int> values = Read();
  ASSERT_GE(values.size(), static_cast<std::size_t>(last) + 1);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], static_cast<int>(i));
  EXPECT_TRUE(AppendLog::Open(Config()).has_value());  // the lock died with the child
}

}  // namespace
}  // namespace signet::runtime
