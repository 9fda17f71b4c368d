// KeyTableView: where verification finds the tables of the keys that have one.
//
// Which keys those are is decided elsewhere (KeyTableSource; service/proxy/key_tables.h): a table
// changes how long a verification takes and nothing else.
//
// Floor 2. A view belongs to one loop, which finds tables there without a lock and without
// allocating.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "protocol/crypto/key_table.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {

// The coordinates of a P-256 key.
using P256Point = std::array<std::uint8_t, 64>;
[[nodiscard]] std::optional<P256Point> P256PointOf(const PublicKey& key);

struct P256PointHash {
  std::uint64_t seed = 0;  // unknown to peers, who choose the keys
  std::size_t operator()(const P256Point& point) const;
};

using KeyTableMap = std::unordered_map<P256Point, std::shared_ptr<const KeyTable>, P256PointHash>;

// The tables of a process. Implementations are thread-safe.
class KeyTableSource {
 public:
  virtual ~KeyTableSource() = default;
  // Changes with every table that comes or goes. Without a lock.
  [[nodiscard]] virtual std::uint64_t version() const = 0;
  [[nodiscard]] virtual std::shared_ptr<const KeyTableMap> tables() const = 0;
  // `proofs` more by this key were accepted. True if a table is to be built.
  virtual bool Count(const PublicKey& key, std::uint32_t proofs) = 0;
};

class KeyTableView {
 public:
  // Without tables: nothing is found and nothing counted.
  KeyTableView() = default;
  // `tables` outlives the view.
  explicit KeyTableView(KeyTableSource* tables) : tables_(tables) {}
  KeyTableView(const KeyTableView&) = delete;
  KeyTableView& operator=(const KeyTableView&) = delete;

  void Attach(KeyTableSource* tables) { tables_ = tables; }

  // nullptr if there is none. Valid until the next call.
  [[nodiscard]] const KeyTable* Find(const PublicKey& key);

  // A proof of this key was accepted.
  void CountProof(const PublicKey& key);

  // True once after something has become wanted here: time to wake whoever builds.
  [[nodiscard]] bool TakeWanted() { return std::exchange(wanted_, false); }

 private:
  static constexpr std::uint32_t kProofsPerReport = 64;
  static constexpr std::size_t kMostKeys = 4096;

  KeyTableSource* tables_ = nullptr;
  bool wanted_ = false;
  std::uint64_t version_ = 0;
  std::shared_ptr<const KeyTableMap> map_;
  std::unordered_map<P256Point, std::uint32_t, P256PointHash> counts_{
      0, P256PointHash{.seed = reinterpret_cast<std::uintptr_t>(this)}};
};

// nullptr without a view.
[[nodiscard]] inline const KeyTable* TableOf(KeyTableView* view, const PublicKey& key) {
  return view == nullptr ? nullptr : view->Find(key);
}

}  // namespace signet::crypto
