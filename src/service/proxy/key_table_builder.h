// KeyTableBuilder: the background thread that builds key tables, one at a time, within the share of
// a core that the tables allow.
//
// Thread-safe. While it waits it costs nothing.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/crypto/public_key.h"
#include "protocol/trust/snapshot.h"
#include "service/proxy/key_tables.h"

namespace signet::proxy {

class KeyTableBuilder {
 public:
  // `tables` and `clock` outlive it.
  KeyTableBuilder(KeyTables& tables, const Clock& clock);
  // Waits for the table that is being built, tens of milliseconds.
  ~KeyTableBuilder();
  KeyTableBuilder(const KeyTableBuilder&) = delete;
  KeyTableBuilder& operator=(const KeyTableBuilder&) = delete;

  // A table has become wanted.
  void Wake();

 private:
  void Run(const std::stop_token& stop);

  KeyTables& tables_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

// The keys with which the issuers of `trust` sign WITs.
[[nodiscard]] std::vector<crypto::PublicKey> IssuerKeysOf(const trust::TrustSnapshot& trust);

}  // namespace signet::proxy
