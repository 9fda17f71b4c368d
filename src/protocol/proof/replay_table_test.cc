#include "protocol/proof/replay_table.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/digest.h"
#include "tests/support/seeded_random.h"

namespace signet::proof {
namespace {

using testing::SeededRandom;

constexpr WallTime kStart{seconds{1'745'509'900}};

Digest256 DigestOf(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  std::memcpy(bytes.data(), &number, bytes.size());
  return crypto::Sha256(bytes);
}

// A table, a wall clock and a steady clock.
struct Bench {
  explicit Bench(const ReplayLimits& limits = {}) : table(limits) {}

  ReplayTable table;
  WallTime now = kStart;
  SteadyTime steady{std::chrono::hours{5}};

  void Pass(seconds by) {
    now += by;
    steady += by;
  }
  ReplayOutcome Show(std::uint64_t proof, std::uint64_t sender, WallTime expires) {
    return table.TestAndInsert(
        {.key = DigestOf(proof), .sender = DigestOf(1'000'000'000 + sender), .expires = expires},
        now, steady);
  }
  // A proof that lives for a minute from now.
  ReplayVerdict Show(std::uint64_t proof, std::uint64_t sender = 1) {
    return Show(proof, sender, now + seconds{60}).verdict;
  }
};

TEST(ReplayTable, AcceptsAProofOnce) {  // RPL-1, ATTACKS 16
  Bench bench;
  EXPECT_EQ(bench.Show(1), ReplayVerdict::kFresh);
  bench.Pass(seconds{3});
  const ReplayOutcome again = bench.Show(1, 1, kStart + seconds{60});
  EXPECT_EQ(again.verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(again.first_seen, kStart);
  EXPECT_EQ(bench.Show(2), ReplayVerdict::kFresh);
  EXPECT_EQ(bench.table.size(), 2U);
}

TEST(ReplayTable, RemembersUntilTheProofHasExpired) {  // RPL-1
  Bench bench;
  const WallTime expires = kStart + seconds{60};
  ASSERT_EQ(bench.Show(1, 1, expires).verdict, ReplayVerdict::kFresh);
  bench.Pass(seconds{59});
  EXPECT_EQ(bench.Show(1, 1, expires).first_seen, kStart);
  bench.Pass(seconds{1});
  // It has left the table and cannot come back: it has expired.
  const ReplayOutcome expired = bench.Show(1, 1, expires);
  EXPECT_EQ(expired.verdict, ReplayVerdict::kReplayed);
  EXPECT_FALSE(expired.first_seen.has_value());
  EXPECT_EQ(bench.table.size(), 0U);
}

TEST(ReplayTable, NeverTakesAnExpiredProofForAFreshOne) {
  Bench bench;
  EXPECT_EQ(bench.Show(1, 1, kStart).verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.Show(1, 1, kStart - seconds{1}).verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{1}).verdict, ReplayVerdict::kFresh);
}

TEST(ReplayTable, AFractionOfASecondDoesNotShortenTheMemory) {
  Bench bench;
  bench.steady += std::chrono::nanoseconds{999'999'999};
  ASSERT_EQ(bench.Show(1, 1, kStart + seconds{1}).verdict, ReplayVerdict::kFresh);
  bench.steady += std::chrono::milliseconds{999};
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{1}).verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.table.size(), 1U);
}

TEST(ReplayTable, AWallClockThatStepsForwardForgetsNothing) {  // ATTACKS 17
  Bench bench;
  ASSERT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kFresh);
  bench.now += seconds{120};
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kReplayed);
  bench.now -= seconds{120};
  bench.Pass(seconds{30});
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).first_seen, kStart);
}

TEST(ReplayTable, AWallClockThatStepsBackFindsTheProofStillThere) {  // ATTACKS 17
  Bench bench;
  const WallTime expires = kStart + seconds{60};
  ASSERT_EQ(bench.Show(1, 1, expires).verdict, ReplayVerdict::kFresh);
  bench.Pass(seconds{30});
  bench.now -= seconds{120};  // 90 s before the start: the proof seems to live for 150 s more
  for (int i = 0; i < 15; ++i) {
    bench.Pass(seconds{10});
    EXPECT_EQ(bench.Show(1, 1, expires).verdict, ReplayVerdict::kReplayed) << i;
  }
  EXPECT_EQ(bench.now, expires);
  EXPECT_EQ(bench.table.size(), 0U);
}

TEST(ReplayTable, AProofThatWasForgottenIsNotFreshAfterAStepBack) {  // ATTACKS 17
  Bench bench;
  const WallTime expires = kStart + seconds{60};
  ASSERT_EQ(bench.Show(1, 1, expires).verdict, ReplayVerdict::kFresh);
  bench.Pass(seconds{60});
  ASSERT_EQ(bench.Show(2, 1, expires + seconds{60}).verdict, ReplayVerdict::kFresh);
  ASSERT_EQ(bench.table.size(), 1U);
  bench.now -= seconds{120};  // the first proof has not expired by this clock
  EXPECT_EQ(bench.Show(1, 1, expires).verdict, ReplayVerdict::kReplayed);
  // A new one is refused up to the expiry that was forgotten, and accepted beyond.
  EXPECT_EQ(bench.Show(3, 1, expires).verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.Show(4, 1, expires + seconds{1}).verdict, ReplayVerdict::kFresh);
}

TEST(ReplayTable, AFarStepBackDoesNotRefuseEverybody) {
  Bench bench({.capacity = 100, .sender_quota = 100, .longest_proof = seconds{600}});
  ASSERT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kFresh);
  bench.Pass(seconds{60});
  ASSERT_EQ(bench.Show(2), ReplayVerdict::kFresh);  // the first is forgotten
  bench.now = kStart + seconds{60} - seconds{600};
  EXPECT_EQ(bench.Show(3), ReplayVerdict::kReplayed);
  bench.now -= seconds{1};
  EXPECT_EQ(bench.Show(3), ReplayVerdict::kFresh);
}

TEST(ReplayTable, ProofsKeptOverAStepMeetThoseThatFollow) {
  Bench bench;
  ASSERT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kFresh);
  ASSERT_EQ(bench.Show(2, 1, kStart + seconds{70}).verdict, ReplayVerdict::kFresh);
  bench.now -= seconds{50};
  bench.Pass(seconds{60});  // the first is due by the steady clock, with 50 s to go by the wall's
  EXPECT_EQ(bench.Show(3, 1, bench.now + seconds{50}).verdict, ReplayVerdict::kFresh);
  EXPECT_EQ(bench.table.size(), 3U);
  bench.Pass(seconds{49});
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).first_seen, kStart);
  bench.Pass(seconds{1});
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).first_seen, std::nullopt);
  EXPECT_EQ(bench.Show(2, 1, kStart + seconds{70}).first_seen, kStart);
  EXPECT_EQ(bench.table.size(), 1U);
}

TEST(ReplayTable, AFarStepBackDoesNotKeepProofsForEver) {
  Bench bench({.capacity = 100, .sender_quota = 100, .longest_proof = seconds{600}});
  ASSERT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kFresh);
  ASSERT_EQ(bench.Show(2, 1, kStart + seconds{61}).verdict, ReplayVerdict::kFresh);
  bench.now -= seconds{600};
  bench.Pass(seconds{60});
  // 600 s ahead may still be accepted after the step and is kept; it needs another 600 s.
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).verdict, ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.table.size(), 2U);
  bench.now -= seconds{1};
  bench.steady += seconds{1};
  // Over 600 s ahead is refused as too far ahead before the table is asked.
  (void)bench.Show(9, 1, bench.now);
  EXPECT_EQ(bench.table.size(), 1U);
}

TEST(ReplayTable, KeysAreTheSendersOwn) {  // RPL-2, ATTACKS 35
  Bench bench({.capacity = 100, .sender_quota = 3});
  for (std::uint64_t proof = 0; proof < 3; ++proof) {
    EXPECT_EQ(bench.Show(proof, 1), ReplayVerdict::kFresh);
  }
  EXPECT_EQ(bench.Show(3, 1), ReplayVerdict::kSenderQuota);
  EXPECT_EQ(bench.Show(0, 1), ReplayVerdict::kReplayed);  // known ones are still told apart
  EXPECT_EQ(bench.Show(4, 2), ReplayVerdict::kFresh);     // another sender does not suffer
  EXPECT_EQ(bench.table.size(), 4U);
  bench.Pass(seconds{60});
  EXPECT_EQ(bench.Show(5, 1), ReplayVerdict::kFresh);
}

TEST(ReplayTable, AFullTableRefuses) {  // RPL-2
  Bench bench({.capacity = 4, .sender_quota = 4});
  for (std::uint64_t proof = 0; proof < 4; ++proof) {
    EXPECT_EQ(bench.Show(proof, proof), ReplayVerdict::kFresh);
  }
  EXPECT_EQ(bench.Show(4, 4), ReplayVerdict::kFull);
  EXPECT_EQ(bench.Show(0, 0), ReplayVerdict::kReplayed);
  EXPECT_EQ(bench.table.size(), 4U);
  bench.Pass(seconds{60});
  EXPECT_EQ(bench.Show(4, 4), ReplayVerdict::kFresh);
}

TEST(ReplayTable, TheDefaultQuotaIsASixteenth) {  // RPL-2
  EXPECT_EQ(ReplayLimits{}.sender_quota * 16, ReplayLimits{}.capacity);
}

TEST(ReplayTable, RestoresEntriesWhateverTheQuotaSays) {  // RPL-3
  Bench bench({.capacity = 3, .sender_quota = 1});
  const auto restore = [&](std::uint64_t proof, WallTime expires) {
    return bench.table.Restore({DigestOf(proof), DigestOf(1'000'000'001), expires},
                               kStart - seconds{5}, bench.now, bench.steady);
  };
  EXPECT_TRUE(restore(1, kStart + seconds{60}));
  EXPECT_TRUE(restore(2, kStart + seconds{60}));
  EXPECT_TRUE(restore(1, kStart + seconds{60}));  // twice in the journal is once in the table
  EXPECT_EQ(bench.table.size(), 2U);
  EXPECT_TRUE(restore(3, kStart));  // has expired: nothing to remember
  EXPECT_EQ(bench.table.size(), 2U);
  EXPECT_TRUE(restore(4, kStart + seconds{60}));
  EXPECT_FALSE(restore(5, kStart + seconds{60}));  // full
  EXPECT_EQ(bench.Show(1, 1, kStart + seconds{60}).first_seen, kStart - seconds{5});
  EXPECT_EQ(bench.Show(6, 1), ReplayVerdict::kSenderQuota);
}

TEST(ReplayTable, TheKeyOfZerosIsAKey) {  // zero marks a free slot
  Bench bench;
  const ReplayEntry zero{.key = {}, .sender = {}, .expires = kStart + seconds{60}};
  EXPECT_EQ(bench.table.TestAndInsert(zero, bench.now, bench.steady).verdict,
            ReplayVerdict::kFresh);
  EXPECT_EQ(bench.table.TestAndInsert(zero, bench.now, bench.steady).verdict,
            ReplayVerdict::kReplayed);
}

// Keys that all want the same slots, so that entries are moved when others leave.
TEST(ReplayTable, CrowdedSlotsLoseNobody) {
  Bench bench;
  const auto key = [](std::uint8_t home, std::uint8_t number) {
    Digest256 out{};
    out[0] = home;  // the slot is chosen by the low bits of the first word
    out[8] = number;
    out[9] = 1;
    return out;
  };
  const auto show = [&](std::uint8_t home, std::uint8_t number, seconds life) {
    return bench.table
        .TestAndInsert({key(home, number), Digest256{}, kStart + life}, bench.now, bench.steady)
        .verdict;
  };
  // Homes 62 and 63 overflow around the end of the table into 0, 1, 2 ...
  for (std::uint8_t i = 0; i < 20; ++i) {
    const auto home = static_cast<std::uint8_t>(i % 4 == 3 ? 1 : 61 + i % 4);
    ASSERT_EQ(show(home, i, seconds{10 + 10 * (i % 5)}), ReplayVerdict::kFresh);
  }
  for (int round = 0; round < 5; ++round) {
    for (std::uint8_t i = 0; i < 20; ++i) {
      const auto home = static_cast<std::uint8_t>(i % 4 == 3 ? 1 : 61 + i % 4);
      EXPECT_EQ(show(home, i, seconds{10 + 10 * (i % 5)}), ReplayVerdict::kReplayed);
    }
    EXPECT_EQ(bench.table.size(), static_cast<std::size_t>(20 - 4 * round));
    bench.Pass(seconds{10});
  }
  (void)bench.Show(1, 1, bench.now);
  EXPECT_EQ(bench.table.size(), 0U);
}

// Random operations against a map that keeps everything and forgets nothing but what has expired.
class ReplayModel : public ::testing::TestWithParam<std::uint64_t> {};

struct ModelEntry {
  std::uint64_t sender;
  WallTime first_seen;
};

TEST_P(ReplayModel, AgreesWithAMapWhileClocksAgree) {
  SeededRandom random(GetParam());
  Bench bench({.capacity = 300, .sender_quota = 60});
  std::map<std::pair<std::uint64_t, WallTime>, ModelEntry> model;  // by proof and its expiry
  for (int step = 0; step < 20'000; ++step) {
    if (random.Below(10) == 0) bench.Pass(seconds{static_cast<std::int64_t>(random.Below(20))});
    std::erase_if(model, [&](const auto& item) { return item.first.second <= bench.now; });
    // A proof's expiry is a function of the proof, as it is of a signed one.
    const std::uint64_t slot = random.Below(50);
    const WallTime expires =
        kStart + seconds{static_cast<std::int64_t>((bench.now - kStart).count() / 100 * 100 +
                                                   20 * static_cast<std::int64_t>(slot % 10))};
    const std::uint64_t proof = static_cast<std::uint64_t>((expires - kStart).count()) * 1000 +
                                slot * 20 + random.Below(20);
    const std::uint64_t sender = proof % 7;
    const ReplayOutcome got = bench.Show(proof, sender, expires);

    const auto known = model.find({proof, expires});
    const auto of_sender = static_cast<std::size_t>(std::ranges::count_if(
        model, [sender](const auto& item) { return item.second.sender == sender; }));
    if (known != model.end()) {
      ASSERT_EQ(got.verdict, ReplayVerdict::kReplayed) << step;
      ASSERT_EQ(got.first_seen, known->second.first_seen);
    } else if (expires <= bench.now) {
      ASSERT_EQ(got.verdict, ReplayVerdict::kReplayed) << step;
      ASSERT_FALSE(got.first_seen.has_value());
    } else if (of_sender >= 60) {
      ASSERT_EQ(got.verdict, ReplayVerdict::kSenderQuota) << step;
    } else if (model.size() >= 300) {
      ASSERT_EQ(got.verdict, ReplayVerdict::kFull) << step;
    } else {
      ASSERT_EQ(got.verdict, ReplayVerdict::kFresh) << step;
      model.emplace(std::pair(proof, expires), ModelEntry{sender, bench.now});
    }
    ASSERT_EQ(bench.table.size(), model.size()) << step;
  }
}

// With clocks that jump, the one promise is the one that matters: no proof is fresh twice while a
// recipient would still accept it.
TEST_P(ReplayModel, NoProofIsFreshTwiceWhateverTheClocksDo) {
  SeededRandom random(GetParam() + 1000);
  Bench bench({.capacity = 100'000, .sender_quota = 100'000, .longest_proof = seconds{600}});
  constexpr std::int64_t kMaxAhead = 420;  // 300 s and twice the leeway
  std::map<std::uint64_t, WallTime> spent;
  WallTime latest = bench.now;
  std::int64_t offset = 0;  // of the wall clock from its true time; stays within 120 s
  for (int step = 0; step < 20'000; ++step) {
    if (random.Below(5) == 0) bench.Pass(seconds{static_cast<std::int64_t>(random.Below(10))});
    if (random.Below(50) == 0) {
      const std::int64_t wanted = static_cast<std::int64_t>(random.Below(241)) - 120;
      bench.now += seconds{wanted - offset};
      offset = wanted;
    }
    const bool again = !spent.empty() && random.Below(2) == 0;
    std::uint64_t proof = static_cast<std::uint64_t>(step);
    WallTime expires = bench.now + seconds{1 + static_cast<std::int64_t>(random.Below(kMaxAhead))};
    if (again) {
      const auto old =
          std::next(spent.begin(), static_cast<std::ptrdiff_t>(random.Below(spent.size())));
      proof = old->first;
      expires = old->second;
      // What a recipient refuses before it asks the table is not shown to it.
      if (expires > bench.now + seconds{kMaxAhead}) continue;
    }
    latest = std::max(latest, bench.now);
    const ReplayVerdict got = bench.Show(proof, 1, expires).verdict;
    // A new proof is refused only where the clock has been later than its expiry.
    const bool refused = again || expires <= latest;
    if (refused) {
      ASSERT_TRUE(got == ReplayVerdict::kReplayed || !again) << step;
    } else {
      ASSERT_EQ(got, ReplayVerdict::kFresh) << step;
    }
    if (got == ReplayVerdict::kFresh) spent.emplace(proof, expires);
    if (spent.size() > 200) spent.erase(spent.begin());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplayModel, ::testing::Values(1U, 2U, 3U, 4U));

TEST(ReplayTable, NeedsUnderAHundredBytesAnEntry) {  // RPL-2
  constexpr std::size_t kEntries = 1'000'000;
  Bench bench({.capacity = kEntries, .sender_quota = 62'500});
  SeededRandom random(7);
  for (std::size_t i = 0; i < kEntries; ++i) {
    ReplayEntry entry;
    random.Fill(entry.key);
    entry.sender = DigestOf(i % 1000);
    entry.expires = kStart + seconds{1 + static_cast<std::int64_t>(i % 120)};
    ASSERT_EQ(bench.table.TestAndInsert(entry, bench.now, bench.steady).verdict,
              ReplayVerdict::kFresh);
  }
  EXPECT_EQ(bench.table.size(), kEntries);
  EXPECT_LT(bench.table.memory_bytes() / kEntries, 100U);
  EXPECT_EQ(bench.Show(1), ReplayVerdict::kFull);
  bench.Pass(seconds{120});
  EXPECT_EQ(bench.Show(1), ReplayVerdict::kFresh);
  EXPECT_EQ(bench.table.size(), 1U);
}

}  // namespace
}  // namespace signet::proof
