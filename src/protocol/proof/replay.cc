#include "protocol/proof/replay.h"

#include "protocol/crypto/digest.h"

namespace signet::proof {
namespace {

// Length first: {"ab","c"} and {"a","bc"} must not meet.
void Absorb(crypto::Sha256Stream& hash, std::string_view part) {
  std::array<std::uint8_t, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<std::uint8_t>(part.size() >> (8 * i));
  }
  hash.Update(length);
  hash.Update(AsBytes(part));
}

}  // namespace

ReplayEntry MakeReplayEntry(ProofKind kind, const identity::WorkloadId& subject,
                            std::string_view confirmation_thumbprint, std::string_view proof_id,
                            WallTime expires) {
  crypto::Sha256Stream sender;
  Absorb(sender, subject.origin_text());
  Absorb(sender, subject.text());
  Absorb(sender, confirmation_thumbprint);
  ReplayEntry entry{.key = {}, .sender = sender.Finish(), .expires = expires};

  crypto::Sha256Stream key;
  const auto kind_byte = static_cast<char>(kind);
  Absorb(key, std::string_view(&kind_byte, 1));
  Absorb(key, AsText(entry.sender));
  Absorb(key, proof_id);
  entry.key = key.Finish();
  return entry;
}

}  // namespace signet::proof
