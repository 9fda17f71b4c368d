#include "protocol/verify/transport_step.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/credential/deny_key.h"
#include "tests/support/expect.h"
#include "tests/support/wic_pki.h"

namespace signet::verify {
namespace {

using testing::kNow;
using testing::WicPki;

// A connection whose handshake was verified under generation 7, asked about later.
struct Scene {
  Scene() { peer = testing::VerifiedClient(leaf, *OldTrust()); }

  std::shared_ptr<const trust::TrustSnapshot> OldTrust() const {
    return testing::SnapshotOf(pki.Origins(), 7);
  }
  std::shared_ptr<const trust::TrustSnapshot> Trust(std::uint64_t generation) const {
    return testing::SnapshotOf(origins, generation, deny);
  }
  Result<void> Ask(std::uint64_t generation) {
    checks.Clear();
    return CheckTransportPeer(*peer, *Trust(generation), rules, policy_generation, now, memo,
                              checks);
  }

  WicPki pki;
  Bytes leaf = pki.Leaf(testing::kCaller);
  std::vector<trust::OriginConfig> origins = pki.Origins();
  trust::DenyList deny;
  std::optional<credential::VerifiedWic> peer;
  credential::WicRules rules;
  std::uint64_t policy_generation = 1;
  WallTime now = kNow;
  WicMemo memo;
  CheckList checks;
};

// What the same authorities are asked about again is known: the second time no path is looked at,
// which shows in that authorities without the certificate's do not matter any more.
TEST(TransportStep, ValidatesAPathOncePerTrust) {
  Scene scene;
  ASSERT_TRUE(scene.Ask(8).has_value());
  EXPECT_GT(scene.checks.size(), 1U);
  EXPECT_EQ(scene.memo.size(), 1U);
  scene.origins = testing::TestOrigins();
  EXPECT_TRUE(scene.Ask(8).has_value());
  EXPECT_EQ(testing::RulesOf(scene.checks), (std::vector<std::string>{"TLS-1"}));
  EXPECT_EQ(scene.Ask(9).error().code, Errc::kTrustNoKeys);
}

TEST(TransportStep, RemembersNoRefusal) {
  Scene scene;
  const std::vector<trust::OriginConfig> good = scene.origins;
  scene.origins = testing::TestOrigins();
  EXPECT_FALSE(scene.Ask(8).has_value());
  EXPECT_FALSE(scene.Ask(8).has_value());
  EXPECT_EQ(scene.memo.size(), 0U);
  scene.origins = good;
  EXPECT_TRUE(scene.Ask(8).has_value());
}

// Each part of the key counts: what was verified under other rules was not verified.
TEST(TransportStep, RemembersUnderTheSameRulesOnly) {
  const auto refused_after = [](auto change) {
    Scene scene;
    EXPECT_TRUE(scene.Ask(8).has_value());
    scene.origins = testing::TestOrigins();
    change(scene);
    return !scene.Ask(8).has_value();
  };
  EXPECT_FALSE(refused_after([](Scene&) {}));
  EXPECT_TRUE(refused_after([](Scene& scene) { scene.policy_generation = 2; }));
  EXPECT_TRUE(
      refused_after([](Scene& scene) { scene.rules.profile = credential::WicProfile::kSpiffe; }));
  EXPECT_TRUE(refused_after([](Scene& scene) {  // another certificate of the same workload
    scene.peer = testing::VerifiedClient(scene.pki.Leaf(), *scene.OldTrust());
  }));
}

// What is remembered is the path; time and deny list are asked each time [WIC-2, WIC-3].
TEST(TransportStep, LooksAtTimeAndDenyListEachTime) {
  Scene scene;
  ASSERT_TRUE(scene.Ask(8).has_value());
  scene.now = scene.peer->not_after() + seconds{1};
  EXPECT_EQ(scene.Ask(8).error().code, Errc::kWicExpired);
  scene.now = kNow;
  scene.deny.wics.insert(credential::WicDenyKey(scene.leaf));
  EXPECT_EQ(scene.Ask(8).error().code, Errc::kWicDenied);
  EXPECT_EQ(scene.checks.begin()->rule, "WIC-3");
}

TEST(WicMemo, ForgetsWithTheTrustAndAtItsLimit) {
  WicMemo memo;
  const auto key = [](std::size_t number) {
    WicMemo::Key out;
    out.leaf[0] = static_cast<std::uint8_t>(number);
    out.leaf[1] = static_cast<std::uint8_t>(number >> 8);
    return out;
  };
  for (std::size_t i = 0; i < WicMemo::kMaxWicMemoEntries; ++i) memo.Insert(key(i), 3);
  EXPECT_EQ(memo.size(), WicMemo::kMaxWicMemoEntries);
  EXPECT_TRUE(memo.Holds(key(0), 3));
  EXPECT_FALSE(memo.Holds(key(0), 4));
  memo.Insert(key(WicMemo::kMaxWicMemoEntries), 3);
  EXPECT_EQ(memo.size(), 1U);
  EXPECT_FALSE(memo.Holds(key(0), 3));
  memo.Insert(key(1), 4);
  EXPECT_EQ(memo.size(), 1U);
  EXPECT_TRUE(memo.Holds(key(1), 4));
}

}  // namespace
}  // namespace signet::verify
