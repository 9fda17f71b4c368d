#include "service/proxy/replay_store.h"

#include <atomic>
#include <barrier>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"
#include <sys/wait.h>

#include "protocol/crypto/digest.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace signet::proxy {
namespace {

using proof::ReplayEntry;
using proof::ReplayVerdict;
using test::ManualClock;

constexpr const char* kBoot = "2f1a52a5-90a8-4b2a-a0f5-2a5d6e6b7c11";
constexpr const char* kOtherBoot = "91d1a7f2-0f15-4b76-9a3b-5a0c6fd2e0aa";
constexpr seconds kLongest{420};

ReplayEntry EntryOf(const std::string& name, const Clock& clock, const std::string& sender = "a",
                    seconds life = seconds{120}) {
  return {.key = crypto::Sha256(AsBytes(name)),
          .sender = crypto::Sha256(AsBytes(sender)),
          .expires = clock.Now() + life};
}

class ReplayStoreFile : public ::testing::Test {
 protected:
  ReplayStoreConfig Config(const char* boot = kBoot) const {
    return {.capacity = 1000,
            .longest_proof = kLongest,
            .journal_path = path_,
            .boot_id = boot,
            .fault = {}};
  }
  std::unique_ptr<ReplayStore> Open(ReplayStoreConfig config) const {
    auto store = ReplayStore::Open(std::move(config), clock_);
    EXPECT_TRUE(testing::Accepted(store));
    return store.has_value() ? *std::move(store) : nullptr;
  }
  std::unique_ptr<ReplayStore> Open() const { return Open(Config()); }
  ReplayVerdict Use(ReplayStore& store, const ReplayEntry& entry) const {
    return store.TestAndInsert(entry, clock_.Now()).verdict;
  }

  test::TempDir dir_;
  std::string path_ = dir_.path() + "/journal";
  mutable ManualClock clock_;
};

// RPL-4
TEST_F(ReplayStoreFile, SixtyFourThreadsWithOneProofGiveOneFresh) {
  for (const std::size_t capacity : {std::size_t{1000}, kShardedCapacity}) {
    ReplayStoreConfig config = Config();
    config.capacity = capacity;
    config.journal_path += std::to_string(capacity);
    const auto store = Open(config);
    constexpr int kThreads = 64;
    constexpr int kRounds = 20;
    std::barrier<> start(kThreads);
    std::vector<std::atomic<int>> fresh(kRounds);
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int round = 0; round < kRounds; ++round) {
          const ReplayEntry entry = EntryOf("proof" + std::to_string(round), clock_);
          start.arrive_and_wait();
          if (Use(*store, entry) == ReplayVerdict::kFresh) ++fresh[static_cast<std::size_t>(round)];
        }
      });
    }
    threads.clear();
    for (const auto& count : fresh) EXPECT_EQ(count, 1);
  }
}

// RPL-3
TEST_F(ReplayStoreFile, AUsedProofIsRefusedAfterARestart) {
  const ReplayEntry entry = EntryOf("1", clock_);
  const WallTime first = clock_.Now();
  EXPECT_EQ(Use(*Open(), entry), ReplayVerdict::kFresh);
  clock_.Advance(seconds{30});
  const auto again = Open();
  const proof::ReplayOutcome outcome = again->TestAndInsert(entry, clock_.Now());
  EXPECT_EQ(outcome.verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(outcome.first_seen, first);
  EXPECT_EQ(Use(*again, EntryOf("2", clock_)), ReplayVerdict::kFresh);
}

// RPL-3: what was answered before the kill is known after it.
TEST_F(ReplayStoreFile, AUsedProofIsRefusedAfterKillMinusNine) {
  constexpr int kProofs = 50;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = ReplayStore::Open(Config(), clock_);
    if (!store.has_value()) ::_exit(1);
    for (int i = 0; i < kProofs; ++i) {
      if (Use(**store, EntryOf(std::to_string(i), clock_)) != ReplayVerdict::kFresh) ::_exit(2);
      if (::write(ends[1], "x", 1) != 1) ::_exit(3);
    }
    for (;;) ::pause();
  }
  ::close(ends[1]);
  char byte = 0;
  for (int i = 0; i < kProofs; ++i) ASSERT_EQ(::read(ends[0], &byte, 1), 1) << i;
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(ends[0]);

  const auto store = Open();
  for (int i = 0; i < kProofs; ++i) {
    EXPECT_EQ(Use(*store, EntryOf(std::to_string(i), clock_)), ReplayVerdict::kReplayed) << i;
  }
}

// RPL-3: no proof is allowed twice, whichever write fails.
TEST_F(ReplayStoreFile, AFailedWriteNeverLetsAProofPassTwice) {
  constexpr int kProofs = 4;
  for (const bool truncate_fails : {false, true}) {
    for (int failing = 0; failing < 3 + 2 * kProofs; ++failing) {
      SCOPED_TRACE(failing);
      ReplayStoreConfig config = Config();
      config.journal_path += std::to_string(failing) + (truncate_fails ? "t" : "w");
      int step = 0;
      ReplayStoreConfig faulty = config;
      faulty.fault = [&step, failing, truncate_fails](std::string_view name) {
        if (truncate_fails && name == "truncate") return EIO;
        return step++ == failing ? ENOSPC : 0;
      };
      std::vector<ReplayEntry> allowed;
      {
        auto store = ReplayStore::Open(faulty, clock_);
        if (!store.has_value()) continue;  // nothing was allowed
        for (int i = 0; i < kProofs; ++i) {
          const ReplayEntry entry = EntryOf(std::to_string(i), clock_);
          const ReplayVerdict verdict = Use(**store, entry);
          EXPECT_TRUE(verdict == ReplayVerdict::kFresh || verdict == ReplayVerdict::kUnavailable);
          if (verdict == ReplayVerdict::kFresh) allowed.push_back(entry);
          // Spent also where the write failed.
          EXPECT_EQ(Use(**store, entry), ReplayVerdict::kReplayed);
        }
      }
      const auto again = Open(config);
      for (const ReplayEntry& entry : allowed) {
        EXPECT_NE(Use(*again, entry), ReplayVerdict::kFresh);
      }
    }
  }
}

// RPL-2
TEST_F(ReplayStoreFile, ASenderOverItsQuotaIsRefusedAndOthersAreNot) {
  ReplayStoreConfig config = Config();
  config.capacity = 160;  // a sixteenth is 10
  const auto store = Open(config);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Use(*store, EntryOf(std::to_string(i), clock_, "loud")), ReplayVerdict::kFresh);
  }
  EXPECT_EQ(Use(*store, EntryOf("10", clock_, "loud")), ReplayVerdict::kSenderQuota);
  EXPECT_EQ(Use(*store, EntryOf("11", clock_, "quiet")), ReplayVerdict::kFresh);
}

// RPL-2: a full table never allows.
TEST_F(ReplayStoreFile, AFullStoreRefuses) {
  ReplayStoreConfig config = Config();
  config.capacity = 3;
  const auto store = Open(config);
  for (const char* sender : {"a", "b", "c"}) {
    EXPECT_EQ(Use(*store, EntryOf(sender, clock_, sender)), ReplayVerdict::kFresh);
  }
  EXPECT_EQ(Use(*store, EntryOf("d", clock_, "d")), ReplayVerdict::kFull);
  EXPECT_EQ(Use(*store, EntryOf("a", clock_, "a")), ReplayVerdict::kReplayed);
  clock_.Advance(seconds{121});
  EXPECT_EQ(Use(*store, EntryOf("d", clock_, "d")), ReplayVerdict::kFresh);
}

TEST(ReplayStoreLimits, AreASixteenthPerShardFromTheThresholdOn) {
  ReplayStoreConfig config;
  config.capacity = kShardedCapacity - 1;
  EXPECT_EQ(ShardCount(config), 1U);
  EXPECT_EQ(ShardLimits(config).capacity, 65'535U);
  EXPECT_EQ(ShardLimits(config).sender_quota, 4'095U);

  config.capacity = 1'000'000;
  EXPECT_EQ(ShardCount(config), 16U);
  EXPECT_EQ(ShardLimits(config).capacity, 62'500U);
  // 62,500 / 16 = 3906.25, and four times its square root of 62.5.
  EXPECT_EQ(ShardLimits(config).sender_quota, 4'157U);
  EXPECT_EQ(ShardLimits(config).longest_proof, config.longest_proof);
}

struct RestartCase {
  const char* name;
  OnRestart mode;
  const char* boot;       // of the second start
  ReplayVerdict at_once;  // of a new proof
  ReplayVerdict later;    // of another one, after the longest life of a proof
};
void PrintTo(const RestartCase& c, std::ostream* os) { *os << c.name; }

class ReplayStoreRestart : public ReplayStoreFile,
                           public ::testing::WithParamInterface<RestartCase> {};

// RPL-3
TEST_P(ReplayStoreRestart, Decides) {
  ASSERT_EQ(Use(*Open(), EntryOf("old", clock_)), ReplayVerdict::kFresh);
  ReplayStoreConfig config = Config(GetParam().boot);
  config.on_restart = GetParam().mode;
  const auto store = Open(config);
  EXPECT_EQ(Use(*store, EntryOf("new", clock_)), GetParam().at_once);
  clock_.Advance(kLongest - seconds{1});
  EXPECT_EQ(Use(*store, EntryOf("new2", clock_)), GetParam().at_once);
  clock_.Advance(seconds{1});
  EXPECT_EQ(Use(*store, EntryOf("new3", clock_)), GetParam().later);
}

INSTANTIATE_TEST_SUITE_P(
    Modes, ReplayStoreRestart,
    ::testing::Values(RestartCase{"JournalOfThisBoot", OnRestart::kJournal, kBoot,
                                  ReplayVerdict::kFresh, ReplayVerdict::kFresh},
                      RestartCase{"JournalOfAnotherBoot", OnRestart::kJournal, kOtherBoot,
                                  ReplayVerdict::kWarmingUp, ReplayVerdict::kFresh},
                      RestartCase{"Wait", OnRestart::kWait, kBoot, ReplayVerdict::kWarmingUp,
                                  ReplayVerdict::kFresh},
                      RestartCase{"Accept", OnRestart::kAccept, kBoot, ReplayVerdict::kFresh,
                                  ReplayVerdict::kFresh}),
    [](const auto& p) { return std::string(p.param.name); });

// RPL-3: the warm-up after a crash of the machine is not cut short by another restart.
TEST_F(ReplayStoreFile, AWarmUpGoesOnAfterTheNextRestart) {
  EXPECT_EQ(Use(*Open(), EntryOf("1", clock_)), ReplayVerdict::kFresh);
  EXPECT_EQ(Open(Config(kOtherBoot))->warm_up_left(), kLongest);
  clock_.Advance(seconds{20});
  const auto store = Open(Config(kOtherBoot));
  EXPECT_EQ(store->warm_up_left(), kLongest - seconds{20});
  EXPECT_EQ(Use(*store, EntryOf("2", clock_)), ReplayVerdict::kWarmingUp);
}

// RPL-3
TEST_F(ReplayStoreFile, ACorruptJournalMakesTheStoreWait) {
  EXPECT_EQ(Use(*Open(), EntryOf("1", clock_)), ReplayVerdict::kFresh);
  std::FILE* file = std::fopen(path_.c_str(), "r+b");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fseek(file, -20, SEEK_END), 0);
  ASSERT_EQ(std::fputc(0x5a, file), 0x5a);
  std::fclose(file);
  const auto store = Open();
  EXPECT_EQ(Use(*store, EntryOf("2", clock_)), ReplayVerdict::kWarmingUp);
  EXPECT_EQ(store->warm_up_left(), kLongest);
}

TEST_F(ReplayStoreFile, AJournalThatCannotHoldAllEntriesMakesTheStoreWait) {
  ReplayStoreConfig config = Config();
  config.sender_quota = 1000;
  const auto first = Open(config);
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(Use(*first, EntryOf(std::to_string(i), clock_)), ReplayVerdict::kFresh);
  std::filesystem::copy_file(path_, path_ + "2");
  config.journal_path += "2";
  config.capacity = 4;
  EXPECT_EQ(Use(*Open(config), EntryOf("new", clock_)), ReplayVerdict::kWarmingUp);
}

// ATTACKS 17, RPL-1
TEST_F(ReplayStoreFile, AWallClockThatStepsForthAndBackOverARestartForgetsNothing) {
  const ReplayEntry entry = EntryOf("1", clock_);
  EXPECT_EQ(Use(*Open(), entry), ReplayVerdict::kFresh);
  clock_.StepWall(seconds{3600});
  const auto store = Open();
  clock_.StepWall(seconds{-3600});
  EXPECT_EQ(Use(*store, entry), ReplayVerdict::kReplayed);
  clock_.StepWall(seconds{-30});
  EXPECT_EQ(Use(*store, entry), ReplayVerdict::kReplayed);
}

TEST_F(ReplayStoreFile, ExpiredEntriesAreNotPutBack) {
  const ReplayEntry entry = EntryOf("1", clock_);
  EXPECT_EQ(Use(*Open(), entry), ReplayVerdict::kFresh);
  clock_.Advance(seconds{121});
  EXPECT_EQ(Open()->size(), 0U);
}

// Rotation by time: what lives is in one of the two segments, what is dropped has expired.
TEST_F(ReplayStoreFile, TheJournalIsRotatedAndLosesNoLiveEntry) {
  auto store = Open();
  const ReplayEntry early = EntryOf("early", clock_, "a", kLongest);
  EXPECT_EQ(Use(*store, early), ReplayVerdict::kFresh);
  clock_.Advance(kLongest - seconds{1});
  const ReplayEntry late = EntryOf("late", clock_, "a", kLongest);
  EXPECT_EQ(Use(*store, late), ReplayVerdict::kFresh);
  ASSERT_TRUE(testing::Accepted(store->Maintain()));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".old"));  // too young

  clock_.Advance(seconds{1});
  ASSERT_TRUE(testing::Accepted(store->Maintain()));
  EXPECT_TRUE(std::filesystem::exists(path_ + ".old"));
  const auto size = std::filesystem::file_size(path_ + ".old");
  ASSERT_TRUE(testing::Accepted(store->Maintain()));  // at once again: nothing to do
  EXPECT_EQ(std::filesystem::file_size(path_ + ".old"), size);

  const ReplayEntry newest = EntryOf("newest", clock_);
  EXPECT_EQ(Use(*store, newest), ReplayVerdict::kFresh);
  store.reset();
  store = Open();
  EXPECT_EQ(Use(*store, late), ReplayVerdict::kReplayed);
  EXPECT_EQ(Use(*store, newest), ReplayVerdict::kReplayed);
  EXPECT_EQ(store->size(), 2U);
}

TEST_F(ReplayStoreFile, AFailedRotationLosesNothing) {
  for (const char* failing : {"fsync", "rename", "open", "write"}) {
    SCOPED_TRACE(failing);
    bool armed = false;
    ReplayStoreConfig config = Config();
    config.journal_path += failing;
    ReplayStoreConfig faulty = config;
    faulty.fault = [&](std::string_view step) { return armed && step == failing ? EIO : 0; };
    auto store = Open(faulty);
    clock_.Advance(kLongest);
    const ReplayEntry before = EntryOf("before", clock_);
    EXPECT_EQ(Use(*store, before), ReplayVerdict::kFresh);
    armed = true;
    EXPECT_FALSE(store->Maintain().has_value());
    EXPECT_FALSE(store->Maintain().has_value() && std::string(failing) == "fsync");
    armed = false;
    const ReplayEntry after = EntryOf("after", clock_);
    const bool allowed = Use(*store, after) == ReplayVerdict::kFresh;
    store.reset();
    store = Open(config);
    EXPECT_NE(Use(*store, before), ReplayVerdict::kFresh);
    if (allowed) {
      EXPECT_NE(Use(*store, after), ReplayVerdict::kFresh);
    }
  }
}

TEST_F(ReplayStoreFile, OneJournalBelongsToOneProcess) {
  const auto store = Open();
  const auto second = ReplayStore::Open(Config(), clock_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Errc::kIoOpen);
}

TEST_F(ReplayStoreFile, AConfigurationWithoutWhatItNeedsIsRefused) {
  for (int missing = 0; missing < 3; ++missing) {
    ReplayStoreConfig config = Config();
    if (missing == 0) config.capacity = 0;
    if (missing == 1) config.journal_path.clear();
    if (missing == 2) config.boot_id.clear();
    const auto store = ReplayStore::Open(config, clock_);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, Errc::kVerifyConfiguration);
  }
}

}  // namespace
}  // namespace signet::proxy
