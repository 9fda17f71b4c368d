#include "protocol/verify/wit_cache.h"

#include <string>

#include "protocol/crypto/digest.h"
#include "tests/support/expect.h"
#include "tests/support/tokens.h"

namespace signet::verify {
namespace {

using credential::VerifiedWit;

std::shared_ptr<const VerifiedWit> WitOf(const std::string& subject) {
  static const auto trust = testing::SnapshotOf(testing::TestOrigins());
  testing::WitMaker maker;
  maker.claims.SetString("sub", subject);
  jose::JwsReader reader;
  CheckList checks;
  Result<VerifiedWit> wit =
      credential::VerifyWit(maker.Token(), *trust, {}, testing::kNow, reader, checks);
  SIGNET_CHECK(wit.has_value());
  return std::make_shared<const VerifiedWit>(*std::move(wit));
}
std::shared_ptr<const VerifiedWit> WitA() {
  static const auto wit = WitOf("wimse://trust.example.com/a");
  return wit;
}
std::shared_ptr<const VerifiedWit> WitB() {
  static const auto wit = WitOf("wimse://trust.example.com/b");
  return wit;
}

WitCacheKey Key(int number) {
  const std::string text = std::to_string(number);
  return {.wit_digest = crypto::Sha256(AsBytes(text)),
          .trust_generation = 1,
          .policy_generation = 1,
          .profile = credential::WitProfile::kWimse};
}

TEST(WitCache, FindsWhatWasPutIn) {
  WitCache cache;
  EXPECT_EQ(cache.Find(Key(1)), nullptr);
  cache.Insert(Key(1), WitA());
  EXPECT_EQ(cache.Find(Key(1)), WitA());
  EXPECT_EQ(cache.size(), 1U);
}

TEST(WitCache, MissesWhenAnyPartOfTheKeyIsAnother) {
  WitCache cache;
  cache.Insert(Key(1), WitA());
  EXPECT_EQ(cache.Find(Key(2)), nullptr);
  WitCacheKey key = Key(1);
  key.trust_generation = 2;
  EXPECT_EQ(cache.Find(key), nullptr);
  key = Key(1);
  key.policy_generation = 2;
  EXPECT_EQ(cache.Find(key), nullptr);
  key = Key(1);
  key.profile = credential::WitProfile::kSpiffe;
  EXPECT_EQ(cache.Find(key), nullptr);
}

TEST(WitCache, KeepsTheFirstOfTwo) {
  WitCache cache;
  cache.Insert(Key(1), WitA());
  cache.Insert(Key(1), WitB());
  EXPECT_EQ(cache.Find(Key(1)), WitA());
  EXPECT_EQ(cache.size(), 1U);
}

TEST(WitCache, ErasesOne) {
  WitCache cache;
  cache.Insert(Key(1), WitA());
  cache.Insert(Key(2), WitA());
  cache.Erase(Key(1));
  cache.Erase(Key(3));
  EXPECT_EQ(cache.Find(Key(1)), nullptr);
  EXPECT_EQ(cache.Find(Key(2)), WitA());
  EXPECT_EQ(cache.size(), 1U);
}

TEST(WitCache, DropsTheOneThatWasNotUsedForLongest) {
  WitCache cache({.max_entries = 3, .max_entries_per_subject = 3});
  for (int i = 1; i <= 3; ++i) cache.Insert(Key(i), WitA());
  ASSERT_NE(cache.Find(Key(1)), nullptr);  // 2 is the oldest now
  cache.Insert(Key(4), WitB());
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.Find(Key(2)), nullptr);
  EXPECT_NE(cache.Find(Key(1)), nullptr);
  EXPECT_NE(cache.Find(Key(3)), nullptr);
  EXPECT_NE(cache.Find(Key(4)), nullptr);
}

TEST(WitCache, OneSubjectDrivesOutNobodyElse) {  // ATTACKS 35 in kind
  WitCache cache({.max_entries = 10, .max_entries_per_subject = 2});
  cache.Insert(Key(0), WitB());
  for (int i = 1; i <= 50; ++i) cache.Insert(Key(i), WitA());
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_NE(cache.Find(Key(0)), nullptr);
  EXPECT_NE(cache.Find(Key(50)), nullptr);
  EXPECT_NE(cache.Find(Key(49)), nullptr);
  EXPECT_EQ(cache.Find(Key(48)), nullptr);
}

TEST(WitCache, ForgetsSubjectsWithTheirEntries) {
  WitCache cache({.max_entries = 10, .max_entries_per_subject = 2});
  for (int round = 0; round < 3; ++round) {
    cache.Insert(Key(1), WitA());
    cache.Insert(Key(2), WitA());
    cache.Erase(Key(1));
    cache.Erase(Key(2));
    EXPECT_EQ(cache.size(), 0U);
  }
  cache.Insert(Key(3), WitA());
  cache.Insert(Key(4), WitA());
  EXPECT_EQ(cache.size(), 2U);
}

TEST(WitCache, MayHoldNothing) {
  WitCache cache({.max_entries = 0, .max_entries_per_subject = 64});
  cache.Insert(Key(1), WitA());
  EXPECT_EQ(cache.Find(Key(1)), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(WitCache, AnEntryInUseOutlivesItsPlace) {
  WitCache cache({.max_entries = 1, .max_entries_per_subject = 1});
  cache.Insert(Key(1), WitOf("wimse://trust.example.com/c"));
  const std::shared_ptr<const VerifiedWit> held = cache.Find(Key(1));
  cache.Insert(Key(2), WitA());
  EXPECT_EQ(held->subject().text(), "wimse://trust.example.com/c");
}

}  // namespace
}  // namespace signet::verify
