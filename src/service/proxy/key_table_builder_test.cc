#include "service/proxy/key_table_builder.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/crypto/private_key.h"
#include "tests/support/manual_clock.h"
#include "tests/support/tokens.h"

namespace signet::proxy {
namespace {

using crypto::PublicKey;

PublicKey NewKey() { return crypto::PrivateKey::Generate(crypto::Alg::kES256)->public_key(); }

// Until the builder's thread has made so many tables.
void WaitForTables(const KeyTables& tables, std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (tables.tables()->size() < count) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST(KeyTableBuilder, BuildsWhatIsWantedBeforeAndAfterItStarted) {
  KeyTables tables({.proofs_before_build = 10});
  const test::ManualClock clock;
  const PublicKey issuers[] = {NewKey(), NewKey()};
  const PublicKey caller = NewKey();
  tables.SetIssuers(issuers);
  KeyTableBuilder builder(tables, clock);
  WaitForTables(tables, 2);
  ASSERT_TRUE(tables.Count(caller, 10));
  builder.Wake();
  WaitForTables(tables, 3);
  crypto::KeyTableView view(&tables);
  EXPECT_NE(view.Find(caller), nullptr);
}

TEST(KeyTableBuilder, EndsWhileItWaits) {
  KeyTables tables;
  const test::ManualClock clock;
  const KeyTableBuilder idle(tables, clock);
  KeyTables busy;
  busy.SetIssuers(std::vector{NewKey(), NewKey(), NewKey()});
  const KeyTableBuilder working(busy, clock);
}

TEST(IssuerKeys, AreThoseOfAllOrigins) {
  const auto trust = testing::SnapshotOf(testing::TestOrigins());
  const std::vector<PublicKey> keys = IssuerKeysOf(*trust);
  const PublicKey wanted = testing::PublicKeyOf(testing::kIssuerJwk);
  EXPECT_NE(std::ranges::find(keys, wanted), keys.end());
  std::size_t count = 0;
  trust->ForEach([&count](const trust::OriginTrust& origin) { count += origin.wit_keys().size(); });
  EXPECT_EQ(keys.size(), count);
  EXPECT_GT(trust->size(), 1U);
}

}  // namespace
}  // namespace signet::proxy
