// Replay: a proof is good for one request.
//
// Rules RPL-1..4 (ours; the documents leave the store to the recipient: WPT-5.9, SIG-9). Floor 6.
// This header says what is remembered and who is asked; replay_table.h is the memory itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/time.h"
#include "protocol/identity/workload_id.h"

namespace signet::proof {

enum class ProofKind : std::uint8_t { kWpt = 1, kHttpSignature = 2 };

// What is remembered of a used proof. The digests cover kind, origin, subject, thumbprint of the
// confirmed key and the proof's identifier, each with its length, so that no sender can spend
// another one's identifiers (ATTACKS 35), and never token bytes, of which a signature has several
// forms (ATTACKS 10) [RPL-1].
struct ReplayEntry {
  Digest256 key;
  Digest256 sender;  // kind-independent: origin, subject and key, for the quota
  WallTime expires;  // end of the proof's validity, leeway included [RPL-1]
};

[[nodiscard]] ReplayEntry MakeReplayEntry(ProofKind kind, const identity::WorkloadId& subject,
                                          std::string_view confirmation_thumbprint,
                                          std::string_view proof_id, WallTime expires);

enum class ReplayVerdict : std::uint8_t {
  kFresh,        // remembered now; the one verdict that lets a request pass
  kReplayed,     // seen before
  kSenderQuota,  // this sender has too many live proofs [RPL-2]
  kFull,         // no room; unavailable, never allow [RPL-2]
  kUnavailable,  // the store cannot be used
  kWarmingUp,    // after a restart without a journal: older proofs may still live [RPL-3]
};

struct ReplayOutcome {
  ReplayVerdict verdict = ReplayVerdict::kUnavailable;
  std::optional<WallTime> first_seen;  // kReplayed
};

// The one store of a process, asked after every other check has passed and before the request is
// acted on. Implementations test and insert atomically: the same proof on many connections at once
// gives exactly one kFresh [RPL-4]. Thread-safe.
class ReplayGuard {
 public:
  virtual ~ReplayGuard() = default;
  [[nodiscard]] virtual ReplayOutcome TestAndInsert(const ReplayEntry& entry, WallTime now) = 0;
  // Longest time from the use of a proof to its expiry for which it is surely remembered, also over
  // a restart and steps of the clock. A policy under which proofs live longer must not be used with
  // this store.
  [[nodiscard]] virtual seconds longest_life() const = 0;
};

}  // namespace signet::proof
