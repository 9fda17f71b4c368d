#include <memory>

#include "bench/harness.h"
#include "protocol/base/check.h"
#include "protocol/proof/replay_table.h"
#include "tests/support/seeded_random.h"

namespace signet::bench {
namespace {

// A table in its steady state: as many entries expire as are inserted.
class Steady {
 public:
  static constexpr std::size_t kLifeSeconds = 60;
  static constexpr std::size_t kSenders = 1000;

  explicit Steady(std::size_t live)
      : table_({.capacity = 2 * live + 16, .sender_quota = 2 * live + 16}),
        per_second_(std::max<std::size_t>(live / kLifeSeconds, 1)),
        // A single entry has left before the next one comes.
        seconds_per_entry_(live == 1 ? kLifeSeconds + 1 : 0) {
    for (std::size_t i = 0; i < 2 * live; ++i) Insert();
  }
  void Insert() {
    proof::ReplayEntry entry;
    random_.Fill(entry.key);
    entry.sender[0] = static_cast<std::uint8_t>(count_ % kSenders);
    entry.sender[1] = static_cast<std::uint8_t>(count_ % kSenders >> 8);
    const seconds at{seconds_per_entry_ > 0 ? count_ * seconds_per_entry_ : count_ / per_second_};
    const WallTime now{seconds{1'745'509'900} + at};
    entry.expires = now + seconds{kLifeSeconds};
    ++count_;
    const proof::ReplayOutcome outcome =
        table_.TestAndInsert(entry, now, SteadyTime{now.time_since_epoch()});
    SIGNET_CHECK(outcome.verdict == proof::ReplayVerdict::kFresh);
  }
  [[nodiscard]] double live() const { return static_cast<double>(table_.size()); }
  [[nodiscard]] double bytes() const { return static_cast<double>(table_.memory_bytes()); }

 private:
  proof::ReplayTable table_;
  std::size_t per_second_, seconds_per_entry_;
  std::size_t count_ = 0;
  testing::SeededRandom random_{1};
};

}  // namespace

void AddReplay() {
  for (const std::size_t live : {1UL, 1'000'000UL}) {
    AddRow("replay/insert/" + std::to_string(live), [live] {
      auto steady = std::make_shared<Steady>(live);
      return Subject{.ours = Repeat([steady] { steady->Insert(); }), .extra = [steady] {
                       return std::vector<std::pair<std::string, double>>{
                           {"live", steady->live()},
                           {"bytes_per_entry", steady->bytes() / steady->live()}};
                     }};
    });
  }
}

}  // namespace signet::bench
