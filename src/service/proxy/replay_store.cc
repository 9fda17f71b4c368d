#include "service/proxy/replay_store.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "protocol/crypto/digest.h"

namespace signet::proxy {
namespace {

using proof::ReplayEntry;
using proof::ReplayOutcome;
using proof::ReplayVerdict;

// One record: kind, 7 zero bytes, three numbers, two digests; numbers are big-endian.
//   entry   expiry and first use (seconds since 1970), first use (steady clock, nanoseconds);
//           key, sender
//   marker  0, 0, end of the warm-up (steady clock); boot id, zero. Written at each start and each
//           rotation; says of which boot the entries behind it are
// The steady clock goes on from process to process within a boot, so the age of an entry is known
// whatever happens to the wall clock (ATTACKS 17).
enum class RecordKind : std::uint8_t { kEntry = 1, kMarker = 2 };
constexpr std::size_t kNumbers = 3;
constexpr std::size_t kFirstDigest = 8 + 8 * kNumbers;
constexpr std::size_t kRecordBytes = kFirstDigest + 2 * sizeof(Digest256);
using Record = std::array<std::uint8_t, kRecordBytes>;

struct RecordValue {
  RecordKind kind = RecordKind::kEntry;
  std::array<std::int64_t, kNumbers> numbers{};
  Digest256 first{};
  Digest256 second{};
};

Record Encode(const RecordValue& value) {
  Record out{};
  out[0] = static_cast<std::uint8_t>(value.kind);
  for (std::size_t n = 0; n < kNumbers; ++n) {
    const auto number = static_cast<std::uint64_t>(value.numbers[n]);
    for (std::size_t i = 0; i < 8; ++i) {
      out[8 + 8 * n + i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    }
  }
  std::copy(value.first.begin(), value.first.end(), out.begin() + kFirstDigest);
  std::copy(value.second.begin(), value.second.end(), out.begin() + kFirstDigest + 32);
  return out;
}

std::optional<RecordValue> Decode(ByteView record) {
  RecordValue out{.kind = static_cast<RecordKind>(record[0])};
  if (out.kind != RecordKind::kEntry && out.kind != RecordKind::kMarker) return std::nullopt;
  for (std::size_t n = 0; n < kNumbers; ++n) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = (number << 8U) | record[8 + 8 * n + i];
    out.numbers[n] = static_cast<std::int64_t>(number);
  }
  const bool times_valid = WallTimeFromNumericDate(out.numbers[0]).has_value() &&
                           WallTimeFromNumericDate(out.numbers[1]).has_value();
  if (!times_valid) return std::nullopt;
  std::copy_n(record.begin() + kFirstDigest, out.first.size(), out.first.begin());
  std::copy_n(record.begin() + kFirstDigest + 32, out.second.size(), out.second.begin());
  return out;
}

std::int64_t Nanoseconds(SteadyTime time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

Digest256 BootDigest(const std::string& boot_id) { return crypto::Sha256(AsBytes(boot_id)); }

std::uint64_t ShardHash(const Digest256& key) {
  // The tables use the first 16 bytes for their slots; these are independent of them.
  std::uint64_t hash = 0;
  std::memcpy(&hash, key.data() + 24, sizeof(hash));
  return hash;
}

// What the segments say, record by record, oldest first.
struct JournalReader {
  JournalReader(runtime::Sharded<proof::ReplayTable>& to, SteadyTime at, const Digest256& boot_id)
      : tables(to), steady(at), boot(boot_id) {}

  void Take(ByteView record) {
    any = true;
    const std::optional<RecordValue> value = Decode(record);
    if (!value.has_value()) {
      uncertain = true;
    } else if (value->kind == RecordKind::kMarker) {
      same_boot = value->first == boot;
      ready_at = value->numbers[2];
    } else if (same_boot) {
      TakeEntry(*value);
    }
    // Entries of an earlier boot are older than the warm-up that came after it.
  }

  void TakeEntry(const RecordValue& value) {
    const std::int64_t age = Nanoseconds(steady) - value.numbers[2];
    if (age < 0) {
      uncertain = true;  // another time namespace, or no journal of ours
      return;
    }
    const seconds life{value.numbers[0] - value.numbers[1]};
    const seconds left = life - std::chrono::floor<seconds>(std::chrono::nanoseconds{age});
    if (left <= seconds{0}) return;
    const ReplayEntry entry{
        .key = value.first, .sender = value.second, .expires = WallTime{seconds{value.numbers[0]}}};
    const bool kept = tables.With(ShardHash(entry.key), [&](proof::ReplayTable& table) {
      // By the age, not by the wall clock, which may be wrong at this moment.
      return table.Restore(entry, WallTime{seconds{value.numbers[1]}}, entry.expires - left,
                           steady);
    });
    if (!kept) uncertain = true;
  }

  runtime::Sharded<proof::ReplayTable>& tables;
  SteadyTime steady;
  Digest256 boot;
  bool any = false;
  bool uncertain = false;
  bool same_boot = false;  // of the last marker
  std::int64_t ready_at = 0;
};

std::size_t QuotaOf(const ReplayStoreConfig& config) {
  const std::size_t quota = config.sender_quota == 0 ? config.capacity / 16 : config.sender_quota;
  return std::clamp<std::size_t>(quota, 1, config.capacity);
}

}  // namespace

std::size_t ShardCount(const ReplayStoreConfig& config) {
  return config.capacity < kShardedCapacity ? 1 : kReplayShards;
}

proof::ReplayLimits ShardLimits(const ReplayStoreConfig& config) {
  proof::ReplayLimits limits{.capacity = config.capacity,
                             .sender_quota = QuotaOf(config),
                             .longest_proof = config.longest_proof};
  if (ShardCount(config) == 1) return limits;
  limits.capacity = config.capacity / kReplayShards;
  const double share = static_cast<double>(limits.sender_quota) / kReplayShards;
  limits.sender_quota =
      std::min(limits.capacity, static_cast<std::size_t>(std::ceil(share + 4 * std::sqrt(share))));
  return limits;
}

ReplayStore::ReplayStore(ReplayStoreConfig config, const Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      tables_(std::make_unique<runtime::Sharded<proof::ReplayTable>>(ShardCount(config_),
                                                                     ShardLimits(config_))) {}

Result<std::unique_ptr<ReplayStore>> ReplayStore::Open(ReplayStoreConfig config,
                                                       const Clock& clock) {
  if (config.capacity == 0) {
    return Refuse(Errc::kVerifyConfiguration, "a replay store without capacity");
  }
  if (config.on_restart == OnRestart::kJournal &&
      (config.journal_path.empty() || config.boot_id.empty())) {
    return Refuse(Errc::kVerifyConfiguration, "the replay journal needs a path and a boot id");
  }
  std::unique_ptr<ReplayStore> store(new ReplayStore(std::move(config), clock));
  switch (store->config_.on_restart) {
    case OnRestart::kJournal:
      SIGNET_TRY(store->OpenJournal());
      break;
    case OnRestart::kAccept:
      store->WarmUp(seconds{0});
      break;
    case OnRestart::kWait:
      store->WarmUp(store->config_.longest_proof);
      break;
  }
  return store;
}

void ReplayStore::WarmUp(std::chrono::nanoseconds wait) { ready_at_ = clock_.Steady() + wait; }

Result<void> ReplayStore::OpenJournal() {
  // Open first: it takes the lock, so nobody writes while the segments are read.
  SIGNET_TRY_ASSIGN(runtime::AppendLog log,
                    runtime::AppendLog::Open(
                        {.path = config_.journal_path,
                         .record_bytes = kRecordBytes,
                         .max_records = kJournalRecordsPerEntry * std::uint64_t{config_.capacity},
                         .mode = 0600,
                         .fault = config_.fault}));
  journal_ = std::move(log);
  SIGNET_TRY_ASSIGN(const std::chrono::nanoseconds wait, ReadSegments());
  WarmUp(wait);
  segment_started_ = Nanoseconds(clock_.Steady());
  // Synced, so that a crash of the machine leaves at least the boot id.
  SIGNET_TRY(WriteMarker());
  return journal_->Sync();
}

// Puts back what is still alive; returns how long to wait until all is certain.
Result<std::chrono::nanoseconds> ReplayStore::ReadSegments() {
  JournalReader reader(*tables_, clock_.Steady(), BootDigest(config_.boot_id));
  for (const std::string& path : {config_.journal_path + ".old", config_.journal_path}) {
    SIGNET_TRY_ASSIGN(
        const runtime::AppendLogRecovery found,
        runtime::ReadAppendLog(path, kRecordBytes, [&](ByteView record) { reader.Take(record); }));
    if (found.corrupt_records > 0) reader.uncertain = true;
  }
  if (!reader.any && !reader.uncertain) return std::chrono::nanoseconds{0};
  // The last process ran in another boot: writes that were not synced may be gone.
  if (reader.uncertain || !reader.same_boot) return config_.longest_proof;
  return std::clamp<std::chrono::nanoseconds>(
      std::chrono::nanoseconds{reader.ready_at - Nanoseconds(clock_.Steady())},
      std::chrono::nanoseconds{0}, config_.longest_proof);
}

Result<void> ReplayStore::WriteMarker() {
  return journal_->Append(Encode({.kind = RecordKind::kMarker,
                                  .numbers = {0, 0, Nanoseconds(ready_at_)},
                                  .first = BootDigest(config_.boot_id),
                                  .second = {}}));
}

ReplayOutcome ReplayStore::TestAndInsert(const ReplayEntry& entry, WallTime now) {
  const SteadyTime steady = clock_.Steady();
  if (steady < ready_at_) return {ReplayVerdict::kWarmingUp, std::nullopt};
  ReplayOutcome outcome = tables_->With(ShardHash(entry.key), [&](proof::ReplayTable& table) {
    return table.TestAndInsert(entry, now, steady);
  });
  if (outcome.verdict != ReplayVerdict::kFresh || !journal_.has_value()) return outcome;
  // Before anybody acts on it. The entry stays in the table if this fails: the proof is spent.
  const Result<void> written = journal_->Append(
      Encode({.kind = RecordKind::kEntry,
              .numbers = {ToNumericDate(entry.expires), ToNumericDate(now), Nanoseconds(steady)},
              .first = entry.key,
              .second = entry.sender}));
  if (!written.has_value()) return {ReplayVerdict::kUnavailable, std::nullopt};
  return outcome;
}

Result<void> ReplayStore::Maintain() {
  if (!journal_.has_value()) return {};
  const SteadyTime steady = clock_.Steady();
  std::int64_t started = segment_started_.load();
  const std::int64_t now_ns = Nanoseconds(steady);
  if (std::chrono::nanoseconds{now_ns - started} < config_.longest_proof) return {};
  // Two rotations in a row would drop live entries: one caller wins.
  if (!segment_started_.compare_exchange_strong(started, now_ns)) return {};
  const Result<void> rotated = journal_->Rotate(config_.journal_path + ".old");
  if (!rotated.has_value()) {
    // The segment goes on, or the log is broken for good: in neither case did a new one begin.
    segment_started_ = started;
    return rotated;
  }
  SIGNET_TRY(WriteMarker());
  return journal_->Sync();
}

std::chrono::nanoseconds ReplayStore::warm_up_left() const {
  return std::max<std::chrono::nanoseconds>(ready_at_ - clock_.Steady(),
                                            std::chrono::nanoseconds{0});
}

std::size_t ReplayStore::size() const {
  std::size_t total = 0;
  tables_->ForEach([&](const proof::ReplayTable& table) { total += table.size(); });
  return total;
}

std::size_t ReplayStore::memory_bytes() const {
  std::size_t total = 0;
  tables_->ForEach([&](const proof::ReplayTable& table) { total += table.memory_bytes(); });
  return total;
}

}  // namespace signet::proxy
