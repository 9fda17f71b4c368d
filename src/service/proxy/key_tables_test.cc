#include "service/proxy/key_tables.h"

#include <vector>

#include <gtest/gtest.h>

#include "protocol/crypto/private_key.h"
#include "tests/support/manual_clock.h"

namespace signet::proxy {
namespace {

using crypto::Alg;
using crypto::KeyTable;
using crypto::KeyTableView;
using crypto::PrivateKey;
using crypto::PublicKey;
using test::ManualClock;

PublicKey NewKey(Alg alg = Alg::kES256) { return PrivateKey::Generate(alg)->public_key(); }

KeyTableOptions RoomFor(std::size_t tables) {
  return {.max_bytes = tables * KeyTable::kBytes, .proofs_before_build = 10};
}

// Everything that is wanted, whenever it is due.
void BuildAll(KeyTables& tables, ManualClock& clock) {
  while (tables.BuildNext(clock).has_value()) clock.Advance(seconds{60});
}

bool Has(const KeyTables& tables, const PublicKey& key) {
  KeyTableView view(const_cast<KeyTables*>(&tables));
  const KeyTable* const found = view.Find(key);
  return found != nullptr && found->key() == key;
}

TEST(KeyTables, BuildsForIssuersAtOnceAndForOthersAfterManyProofs) {
  KeyTables tables(RoomFor(4));
  ManualClock clock;
  const PublicKey issuer = NewKey();
  const PublicKey caller = NewKey();
  EXPECT_FALSE(tables.Count(caller, 9));
  EXPECT_FALSE(tables.BuildNext(clock).has_value());
  EXPECT_FALSE(Has(tables, caller));
  EXPECT_TRUE(tables.Count(caller, 1));
  EXPECT_TRUE(tables.SetIssuers(std::vector{issuer}));
  EXPECT_TRUE(tables.BuildNext(clock).has_value());  // the caller's is still to come
  EXPECT_TRUE(Has(tables, issuer));
  EXPECT_FALSE(Has(tables, caller));
  EXPECT_FALSE(tables.BuildNext(clock).has_value());
  EXPECT_TRUE(Has(tables, caller));
}

TEST(KeyTables, BuildsNothingWhenOff) {
  KeyTableOptions options = RoomFor(4);
  options.enabled = false;
  KeyTables tables(options);
  ManualClock clock;
  const PublicKey key = NewKey();
  EXPECT_FALSE(tables.SetIssuers(std::vector{key}));
  EXPECT_FALSE(tables.Count(key, 1'000'000));
  EXPECT_FALSE(tables.BuildNext(clock).has_value());
  EXPECT_FALSE(Has(tables, key));
}

TEST(KeyTables, IgnoresOtherKeyTypes) {
  KeyTables tables(RoomFor(4));
  ManualClock clock;
  for (const Alg alg : {Alg::kEd25519, Alg::kES384}) {
    const PublicKey key = NewKey(alg);
    EXPECT_FALSE(tables.SetIssuers(std::vector{key}));
    EXPECT_FALSE(tables.Count(key, 1'000'000));
    KeyTableView view(&tables);
    EXPECT_EQ(view.Find(key), nullptr);
    for (int i = 0; i < 2000; ++i) view.CountProof(key);
    EXPECT_FALSE(view.TakeWanted());
  }
  EXPECT_FALSE(tables.BuildNext(clock).has_value());
}

// Each call of Steady() says that a millisecond has passed.
class TickingClock final : public Clock {
 public:
  WallTime Now() const override { return {}; }
  SteadyTime Steady() const override { return now += std::chrono::milliseconds{1}; }
  mutable SteadyTime now{seconds{1}};
};

TEST(KeyTables, TakesItsShareOfACoreOnly) {
  KeyTableOptions options = RoomFor(4);
  options.max_build_percent = 5;
  KeyTables tables(options);
  const TickingClock clock;
  const PublicKey first = NewKey();
  const PublicKey second = NewKey();
  tables.SetIssuers(std::vector{first, second});
  const SteadyTime begin = clock.now + std::chrono::milliseconds{1};
  const std::optional<SteadyTime> due = tables.BuildNext(clock);
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(*due - begin, std::chrono::milliseconds{20});  // one of it was worked
  EXPECT_EQ(tables.BuildNext(clock), due);
  EXPECT_FALSE(Has(tables, second));
  clock.now = *due;
  EXPECT_FALSE(tables.BuildNext(clock).has_value());
  EXPECT_TRUE(Has(tables, second));
}

TEST(KeyTables, LetsTheLeastRecentlyUsedGo) {
  KeyTables tables(RoomFor(2));
  ManualClock clock;
  const PublicKey a = NewKey();
  const PublicKey b = NewKey();
  const PublicKey c = NewKey();
  tables.Count(a, 10);
  tables.Count(b, 10);
  BuildAll(tables, clock);
  tables.Count(a, 1);  // used last
  tables.Count(c, 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, a));
  EXPECT_FALSE(Has(tables, b));
  EXPECT_TRUE(Has(tables, c));
  EXPECT_EQ(tables.tables()->size(), 2U);
  EXPECT_FALSE(tables.Count(b, 9));  // counted from the beginning
}

TEST(KeyTables, KeepsTheIssuersAsLongAsTheyAreTrusted) {
  KeyTables tables(RoomFor(2));
  ManualClock clock;
  const PublicKey issuers[] = {NewKey(), NewKey()};
  const PublicKey caller = NewKey();
  tables.SetIssuers(issuers);
  BuildAll(tables, clock);
  tables.Count(caller, 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, issuers[0]) && Has(tables, issuers[1]));
  EXPECT_FALSE(Has(tables, caller));
  EXPECT_FALSE(tables.SetIssuers(std::span(issuers).first(1)));
  tables.Count(caller, 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, issuers[0]) && Has(tables, caller));
  EXPECT_FALSE(Has(tables, issuers[1]));
}

TEST(KeyTables, TakesNoMoreIssuersThanFit) {
  KeyTables tables(RoomFor(2));
  ManualClock clock;
  const PublicKey issuers[] = {NewKey(), NewKey(), NewKey()};
  tables.SetIssuers(issuers);
  tables.SetIssuers(issuers);  // again, before they are built
  BuildAll(tables, clock);
  EXPECT_EQ(tables.tables()->size(), 2U);
  EXPECT_FALSE(Has(tables, issuers[2]));
}

TEST(KeyTables, ForgetsIssuersThatAreNotTrustedAnyMore) {
  KeyTables tables(RoomFor(4));
  ManualClock clock;
  const PublicKey old = NewKey();
  const PublicKey now = NewKey();
  tables.SetIssuers(std::vector{old});
  tables.SetIssuers(std::vector{now});
  BuildAll(tables, clock);
  EXPECT_FALSE(Has(tables, old));
  EXPECT_TRUE(Has(tables, now));
}

// The one that is being built, or that stands in the queue of the callers, is an issuer's or not by
// the trust of the moment in which a table has to go.
TEST(KeyTables, KnowsAnIssuerByTheTrustOfNow) {
  KeyTables tables(RoomFor(1));
  ManualClock clock;
  const PublicKey first = NewKey();
  const PublicKey second = NewKey();
  tables.Count(first, 10);                // waits among the callers,
  tables.SetIssuers(std::vector{first});  // and turns out to be an issuer
  BuildAll(tables, clock);
  tables.Count(second, 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, first));
  EXPECT_FALSE(Has(tables, second));
  tables.SetIssuers({});
  tables.Count(second, 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, second));
}

TEST(KeyTables, LetsAFewThousandKeysWaitOnly) {
  KeyTableOptions options = RoomFor(4);
  options.max_candidates = 1;
  KeyTables tables(options);
  ManualClock clock;
  const PublicKey keys[] = {NewKey(), NewKey()};
  tables.Count(keys[0], 10);
  tables.Count(keys[1], 10);  // finds the queue full
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, keys[0]));
  EXPECT_FALSE(Has(tables, keys[1]));
  tables.Count(keys[1], 10);
  BuildAll(tables, clock);
  EXPECT_TRUE(Has(tables, keys[1]));
}

// Whoever shows many keys makes others wait; he does not make the memory grow.
TEST(KeyTables, CountsAFewThousandKeysOnly) {
  KeyTableOptions options = RoomFor(2);
  options.max_candidates = 2;
  KeyTables tables(options);
  const PublicKey keys[] = {NewKey(), NewKey(), NewKey()};
  EXPECT_FALSE(tables.Count(keys[0], 9));
  EXPECT_FALSE(tables.Count(keys[1], 9));
  EXPECT_FALSE(tables.Count(keys[2], 9));  // all begin anew
  EXPECT_FALSE(tables.Count(keys[0], 9));
  EXPECT_TRUE(tables.Count(keys[2], 1));
}

TEST(KeyTableView, SeesWhatComesAndCountsInSteps) {
  KeyTableOptions options = RoomFor(4);
  options.proofs_before_build = 128;
  KeyTables tables(options);
  ManualClock clock;
  const PublicKey key = NewKey();
  KeyTableView view(&tables);
  for (int i = 1; i < 128; ++i) view.CountProof(key);
  EXPECT_FALSE(view.TakeWanted());
  view.CountProof(key);
  EXPECT_TRUE(view.TakeWanted());
  EXPECT_FALSE(view.TakeWanted());
  EXPECT_EQ(view.Find(key), nullptr);
  BuildAll(tables, clock);
  ASSERT_NE(view.Find(key), nullptr);
  EXPECT_EQ(view.Find(key)->key(), key);
  EXPECT_EQ(view.Find(NewKey()), nullptr);
  KeyTableView without;
  EXPECT_EQ(without.Find(key), nullptr);
  for (int i = 0; i < 200; ++i) without.CountProof(key);
  EXPECT_FALSE(without.TakeWanted());
}

}  // namespace
}  // namespace signet::proxy
