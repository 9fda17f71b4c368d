#include "protocol/crypto/key_table_view.h"

#include <algorithm>
#include <cstring>

namespace signet::crypto {

std::optional<P256Point> P256PointOf(const PublicKey& key) {
  if (key.type() != KeyType::kEcP256) return std::nullopt;
  P256Point out{};
  std::ranges::copy(key.y(), std::ranges::copy(key.x(), out.begin()).out);
  return out;
}

std::size_t P256PointHash::operator()(const P256Point& point) const {
  std::uint64_t x = 0;
  std::memcpy(&x, point.data(), sizeof(x));
  // Finalizer of MurmurHash3: every bit of x and of the seed reaches every bit of the result.
  x ^= seed;
  x ^= x >> 33U;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33U;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33U);
}

const KeyTable* KeyTableView::Find(const PublicKey& key) {
  if (tables_ == nullptr) return nullptr;
  const std::uint64_t version = tables_->version();
  if (version != version_) {
    version_ = version;
    map_ = tables_->tables();
  }
  if (map_ == nullptr || map_->empty()) return nullptr;
  const std::optional<P256Point> point = P256PointOf(key);
  if (!point.has_value()) return nullptr;
  const auto found = map_->find(*point);
  return found == map_->end() ? nullptr : found->second.get();
}

void KeyTableView::CountProof(const PublicKey& key) {
  if (tables_ == nullptr) return;
  const std::optional<P256Point> point = P256PointOf(key);
  if (!point.has_value()) return;
  if (counts_.size() >= kMostKeys && !counts_.contains(*point)) counts_.clear();
  std::uint32_t& count = counts_[*point];
  if (++count < kProofsPerReport) return;
  count = 0;
  wanted_ = tables_->Count(key, kProofsPerReport) || wanted_;
}

}  // namespace signet::crypto
