#include "service/proxy/key_table_builder.h"

#include <optional>

namespace signet::proxy {

KeyTableBuilder::KeyTableBuilder(KeyTables& tables, const Clock& clock)
    : tables_(tables), clock_(clock), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

KeyTableBuilder::~KeyTableBuilder() = default;  // stops and joins the thread

void KeyTableBuilder::Wake() {
  {
    const std::scoped_lock lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_one();
}

void KeyTableBuilder::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::optional<SteadyTime> due = tables_.BuildNext(clock_);
    std::unique_lock lock(mutex_);
    const auto wanted = [this] { return wanted_; };
    if (due.has_value()) {
      changed_.wait_for(lock, stop, *due - clock_.Steady(), [] { return false; });
    } else {
      changed_.wait(lock, stop, wanted);
      wanted_ = false;
    }
  }
}

std::vector<crypto::PublicKey> IssuerKeysOf(const trust::TrustSnapshot& trust) {
  std::vector<crypto::PublicKey> out;
  trust.ForEach([&out](const trust::OriginTrust& origin) {
    for (const trust::WitKey& key : origin.wit_keys()) out.push_back(key.jwk.key);
  });
  return out;
}

}  // namespace signet::proxy
