// The replay table, driven by operations of three bytes: what, which, how much. A proof is fresh at
// most once while the wall clock stays within the longest life of a proof; the bounds hold.
#include <array>
#include <map>

#include "property.h"
#include "protocol/proof/replay_table.h"

namespace {

using signet::Digest256;
using signet::seconds;
using signet::SteadyTime;
using signet::WallTime;
using signet::fuzz::Property;
using signet::proof::ReplayLimits;
using signet::proof::ReplayTable;
using signet::proof::ReplayVerdict;

constexpr ReplayLimits kLimits{.capacity = 40, .sender_quota = 20, .longest_proof = seconds{600}};
constexpr WallTime kStart{seconds{1'745'509'900}};

struct Run {
  ReplayTable table{kLimits};
  std::int64_t passed = 0;  // by the steady clock
  std::int64_t offset = 0;  // of the wall clock
  std::map<std::uint8_t, WallTime> spent;

  WallTime Now() const { return kStart + seconds{passed + offset}; }
  SteadyTime Steady() const { return SteadyTime{std::chrono::hours{1}} + seconds{passed}; }

  // Proof `which` always expires at the same moment.
  void Show(std::uint8_t which) {
    Digest256 key{};
    key[0] = static_cast<std::uint8_t>(which % 5);  // crowded slots
    key[9] = which;
    Digest256 sender{};
    sender[0] = static_cast<std::uint8_t>(which % 3);
    const WallTime expires = kStart + seconds{which * 8};
    const auto got = table.TestAndInsert({key, sender, expires}, Now(), Steady());
    const bool fresh = got.verdict == ReplayVerdict::kFresh;
    if (fresh) {
      Property(expires > Now());
      Property(spent.emplace(which, expires).second);
    }
    // It is known for as long as it could be shown again.
    if (!fresh && spent.contains(which)) Property(got.verdict == ReplayVerdict::kReplayed);
    if (got.first_seen.has_value()) Property(got.verdict == ReplayVerdict::kReplayed);
    Property(table.size() <= kLimits.capacity);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run run;
  for (std::size_t i = 0; i + 2 < size && i < 3000; i += 3) {
    switch (data[i] % 4) {
      case 0:
        run.passed += data[i + 1];
        break;
      case 1:  // within 120 s of the true time (ATTACKS 17)
        run.offset = data[i + 1] % 241 - 120;
        break;
      default:
        run.Show(data[i + 1]);
        break;
    }
  }
  return 0;
}
