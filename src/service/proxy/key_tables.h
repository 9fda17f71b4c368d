// KeyTables: which keys have a KeyTable, and which one is built next.
//
// A table pays for itself after about a thousand signatures. So the keys of issuers get one as soon
// as they are trusted, since every caller's credential is signed with them, and the key of a caller
// after many proofs that were accepted: nobody makes this host compute by showing keys. One table
// is built at a time, within a share of one core; those that were not used for longest make room.
// Tables are found by the whole key. An agent, which verifies little, has none.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>

#include "protocol/base/time.h"
#include "protocol/crypto/key_table_view.h"
#include "protocol/crypto/public_key.h"

namespace signet::proxy {

struct KeyTableOptions {
  bool enabled = true;  // false: there are never any; all is verified in the plain way
  std::size_t max_bytes = 64 * 1024 * 1024;
  std::uint32_t proofs_before_build = 1000;  // accepted ones, of one key
  std::uint32_t max_build_percent = 5;       // of one core, 1 to 100
  std::size_t max_candidates = 4096;         // keys that are counted, and keys that wait
};

class KeyTables final : public crypto::KeyTableSource {
 public:
  explicit KeyTables(const KeyTableOptions& options = {});
  KeyTables(const KeyTables&) = delete;
  KeyTables& operator=(const KeyTables&) = delete;

  [[nodiscard]] const KeyTableOptions& options() const { return options_; }

  // The issuers' keys that are trusted now. Their tables are built before others and stay until
  // they are not named any more. Keys of other types, and more than fit into max_bytes, are left
  // out. True if a table is to be built.
  bool SetIssuers(std::span<const crypto::PublicKey> keys);

  bool Count(const crypto::PublicKey& key, std::uint32_t proofs) override;

  // Builds the table that is wanted first, if its time has come; the caller's thread is busy for
  // tens of milliseconds, and is the only one that calls this. Says when to call again; nullopt:
  // when something is wanted again.
  std::optional<SteadyTime> BuildNext(const Clock& clock);

  [[nodiscard]] std::uint64_t version() const override {
    return version_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::shared_ptr<const crypto::KeyTableMap> tables() const override;

 private:
  [[nodiscard]] std::optional<crypto::PublicKey> TakeWanted();
  void Want(const crypto::P256Point& point, const crypto::PublicKey& key,
            std::deque<crypto::PublicKey>& queue);
  void ForgetWantedIssuers();
  [[nodiscard]] bool IsIdle() const { return wanted_issuers_.empty() && wanted_.empty(); }
  void Publish(const crypto::P256Point& point, std::shared_ptr<const crypto::KeyTable> table);
  [[nodiscard]] bool MakeRoom(crypto::KeyTableMap& map);

  const KeyTableOptions options_;
  std::atomic<std::uint64_t> version_{0};

  mutable std::mutex mutex_;  // everything below
  std::shared_ptr<const crypto::KeyTableMap> map_;
  std::map<crypto::P256Point, std::uint64_t> last_use_;    // tick, of those in map_
  std::map<crypto::P256Point, std::uint32_t> candidates_;  // accepted proofs
  std::set<crypto::P256Point> issuers_;                    // those that are trusted now
  std::set<crypto::P256Point> wanted_points_;              // in a queue, or being built
  std::deque<crypto::PublicKey> wanted_issuers_;           // built before the others
  std::deque<crypto::PublicKey> wanted_;
  std::uint64_t tick_ = 0;
  SteadyTime not_before_{};
};

}  // namespace signet::proxy
