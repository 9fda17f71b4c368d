#include "protocol/crypto/key_table_view.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/crypto/private_key.h"

namespace signet::crypto {
namespace {

// Tables that a test hands out, and what is counted of their keys.
class FakeSource : public KeyTableSource {
 public:
  [[nodiscard]] std::uint64_t version() const override { return version_; }
  [[nodiscard]] std::shared_ptr<const KeyTableMap> tables() const override {
    ++asked_;
    return map_;
  }
  bool Count(const PublicKey&, std::uint32_t proofs) override {
    counted_ += proofs;
    return wants_;
  }

  void Publish(std::shared_ptr<const KeyTableMap> map) {
    map_ = std::move(map);
    ++version_;
  }
  std::uint64_t version_ = 0;
  std::shared_ptr<const KeyTableMap> map_;
  mutable int asked_ = 0;
  std::uint32_t counted_ = 0;
  bool wants_ = false;
};

PublicKey NewKey(Alg alg = Alg::kES256) { return PrivateKey::Generate(alg)->public_key(); }

std::shared_ptr<const KeyTableMap> MapOf(const PublicKey& key) {
  auto map = std::make_shared<KeyTableMap>();
  map->emplace(*P256PointOf(key), *KeyTable::Build(key));
  return map;
}

TEST(KeyTableView, FindsWhatIsPublishedAndForgetsWhatIsTakenBack) {
  FakeSource source;
  KeyTableView view(&source);
  const PublicKey key = NewKey();
  EXPECT_EQ(view.Find(key), nullptr);
  source.Publish(MapOf(key));
  ASSERT_NE(view.Find(key), nullptr);
  EXPECT_TRUE(view.Find(key)->key() == key);
  EXPECT_EQ(view.Find(NewKey()), nullptr);
  EXPECT_EQ(view.Find(NewKey(Alg::kES384)), nullptr);
  EXPECT_EQ(view.Find(NewKey(Alg::kEd25519)), nullptr);
  EXPECT_EQ(source.asked_, 1);
  source.Publish(std::make_shared<KeyTableMap>());
  EXPECT_EQ(view.Find(key), nullptr);
  source.Publish(nullptr);
  EXPECT_EQ(view.Find(key), nullptr);
}

TEST(KeyTableView, IsEmptyUntilAttached) {
  FakeSource source;
  KeyTableView view;
  const PublicKey key = NewKey();
  source.Publish(MapOf(key));
  EXPECT_EQ(view.Find(key), nullptr);
  for (int i = 0; i < 64; ++i) view.CountProof(key);
  EXPECT_EQ(source.counted_, 0U);
  view.Attach(&source);
  EXPECT_NE(view.Find(key), nullptr);
  EXPECT_EQ(TableOf(nullptr, key), nullptr);
  EXPECT_NE(TableOf(&view, key), nullptr);
}

TEST(KeyTableView, ReportsProofsInSteps) {
  FakeSource source;
  KeyTableView view(&source);
  const PublicKey key = NewKey();
  const PublicKey ed25519 = NewKey(Alg::kEd25519);
  for (int i = 0; i < 63; ++i) view.CountProof(key);
  for (int i = 0; i < 200; ++i) view.CountProof(ed25519);
  EXPECT_EQ(source.counted_, 0U);
  view.CountProof(key);
  EXPECT_EQ(source.counted_, 64U);
  EXPECT_FALSE(view.TakeWanted());
  source.wants_ = true;
  for (int i = 0; i < 64; ++i) view.CountProof(key);
  source.wants_ = false;
  for (int i = 0; i < 64; ++i) view.CountProof(key);
  EXPECT_EQ(source.counted_, 192U);
  EXPECT_TRUE(view.TakeWanted()) << "one that was wanted stays so until it is taken";
  EXPECT_FALSE(view.TakeWanted());
}

// Callers choose their keys: whoever comes with a new one each time takes no memory without bound,
// and costs the others a report at most.
TEST(KeyTableView, HoldsCountsOfFewKeys) {
  FakeSource source;
  KeyTableView view(&source);
  const PublicKey busy = NewKey();
  for (int i = 0; i < 63; ++i) view.CountProof(busy);
  for (int i = 0; i < 4095; ++i) view.CountProof(NewKey());
  view.CountProof(busy);  // still known
  EXPECT_EQ(source.counted_, 64U);
  view.CountProof(NewKey());  // one too many
  for (int i = 0; i < 63; ++i) view.CountProof(busy);
  EXPECT_EQ(source.counted_, 64U);
  view.CountProof(busy);
  EXPECT_EQ(source.counted_, 128U);
}

}  // namespace
}  // namespace signet::crypto
