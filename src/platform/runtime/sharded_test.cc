#include "platform/runtime/sharded.h"

#include <cstdint>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include "gtest/gtest.h"

namespace signet::runtime {
namespace {

using Set = std::unordered_set<std::uint64_t>;

// RPL-4: of many threads that insert the same key, one wins; for each key.
TEST(Sharded, TestAndInsertHasOneWinnerPerKey) {
  Sharded<Set> store(8);
  constexpr std::uint64_t kKeys = 2000;
  std::vector<std::uint64_t> wins(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wins.size(); ++t) {
    threads.emplace_back([&store, &wins, t] {
      for (std::uint64_t key = 0; key < kKeys; ++key) {
        if (store.With(key, [key](Set& set) { return set.insert(key).second; })) ++wins[t];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (const std::uint64_t w : wins) sum += w;
  EXPECT_EQ(sum, kKeys);
  std::size_t stored = 0;
  store.ForEach([&](const Set& set) { stored += set.size(); });
  EXPECT_EQ(stored, kKeys);
}

TEST(Sharded, AHashAlwaysMeetsTheSameShard) {
  Sharded<std::vector<int>> store(4, std::size_t{2}, 5);  // each: two fives
  std::set<const void*> shards;
  for (std::uint64_t hash = 0; hash < 64; ++hash) {
    const auto address = [](std::vector<int>& v) -> const void* {
      EXPECT_EQ(v.size(), 2U);
      return &v;
    };
    const void* const first = store.With(hash, address);
    EXPECT_EQ(store.With(hash, address), first);
    shards.insert(first);
  }
  EXPECT_EQ(shards.size(), 4U);
}

TEST(ShardedDeathTest, WantsAPowerOfTwo) {
  EXPECT_DEATH(Sharded<int>(3), "invariant");
  EXPECT_DEATH(Sharded<int>(0), "invariant");
}

}  // namespace
}  // namespace signet::runtime
