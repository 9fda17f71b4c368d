// Genuine proofs, used where, when or with what they must not be.
#include <iterator>

#include "app/attack/catalogue.h"
#include "protocol/credential/profile.h"

namespace signet::app::attack {
namespace {

constexpr std::string_view kTxnToken = "eyJhIjoxfQ.eyJhIjoxfQ.AAAA";

Result<Message> SendProofOf(const Loot& loot, const ProofDraft& draft) {
  SIGNET_TRY_ASSIGN(const std::string wpt, draft.Seal(loot.caller.sign));
  return WithTokens(loot, loot.caller.wit, wpt);
}
Result<Message> WithAudience(const Loot& loot, const std::string& audience) {
  ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
  draft.claims["aud"] = audience;
  return SendProofOf(loot, draft);
}

Result<Message> Replay(const Loot& loot) {
  if (!loot.captured_wpt.has_value()) return Refuse(Errc::kWptMissing, "no call was captured");
  return *loot.captured_wpt;
}
Result<Message> StolenWit(const Loot& loot) {
  SIGNET_TRY_ASSIGN(
      const std::string wpt,
      GoodProof(loot, loot.caller.wit, loot.caller.alg).Seal(loot.forger->ProofSigner()));
  return WithTokens(loot, loot.caller.wit, wpt);
}
Result<Message> OtherAudience(const Loot& loot) {
  return WithAudience(loot, "https://evil.example/");
}
Result<Message> OtherPath(const Loot& loot) {
  return WithAudience(loot, loot.call.audience + (loot.call.audience.ends_with('/') ? "x" : "/x"));
}
// The name that the attacker gives to the server, in both places.
Result<Message> AudienceOfHost(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, WithAudience(loot, "https://evil.example" +
                                                        std::string(PathOf(BareCall(loot)))));
  out.host = "evil.example";
  return out;
}
Result<Message> AudienceOfForwarded(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, WithAudience(loot, "https://evil.example" +
                                                        std::string(PathOf(BareCall(loot)))));
  AddField(out, "X-Forwarded-Host", "evil.example");
  AddField(out, "Forwarded", "host=evil.example;proto=https");
  return out;
}
Result<Message> ProofOfOtherWit(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string another, loot.forger->ForgeWit(loot.caller.id, {}, loot.now));
  return SendProofOf(loot, GoodProof(loot, another, loot.caller.alg));
}
// Somebody else's WIT beside the caller's proof, under the algorithm that this WIT asks for.
Result<Message> WitSwapped(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wpt,
                    GoodProof(loot, loot.caller.wit, loot.other->alg).Seal(loot.caller.sign));
  return WithTokens(loot, loot.other->wit, wpt);
}
Result<Message> ProofSwapped(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wpt,
                    GoodProof(loot, loot.other->wit, loot.caller.alg).Seal(loot.other->sign));
  return WithTokens(loot, loot.caller.wit, wpt);
}
Result<Message> TxnTokenAdded(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodWptCall(loot, loot.caller));
  AddField(out, credential::kTxnTokenField, kTxnToken);
  return out;
}
Result<Message> TxnTokenSwapped(const Loot& loot) {
  ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
  draft.claims["tth"] = HashOf("the token that was sent");
  SIGNET_TRY_ASSIGN(Message out, SendProofOf(loot, draft));
  AddField(out, credential::kTxnTokenField, kTxnToken);
  return out;
}
Result<Message> TxnTokenDropped(const Loot& loot) {
  ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
  draft.claims["tth"] = HashOf(kTxnToken);
  return SendProofOf(loot, draft);
}

using enum Errc;

constexpr Attack kProofAttacks[] = {
    {"replay", "proofs", "a captured call, sent again", 16, kNeedsWpt, {401, kWptReplayed}, Replay},
    {"stolen-wit",
     "proofs",
     "the caller's WIT, proven with the attacker's key",
     18,
     kNeedsWpt,
     {401, kWptSignatureInvalid},
     StolenWit},
    {"audience-other",
     "proofs",
     "proof for another server",
     7,
     kNeedsWpt,
     {401, kWptAudMismatch},
     OtherAudience},
    {"audience-path",
     "proofs",
     "proof for another path of the server",
     7,
     kNeedsWpt,
     {401, kWptAudMismatch},
     OtherPath},
    {"audience-of-host",
     "proofs",
     "proof for the name in a forged Host field",
     7,
     kNeedsWpt,
     {401, kWptAudMismatch},
     AudienceOfHost},
    {"audience-of-forwarded",
     "proofs",
     "proof for the name in X-Forwarded-Host",
     7,
     kNeedsWpt,
     {401, kWptAudMismatch},
     AudienceOfForwarded},
    {"proof-of-other-wit",
     "proofs",
     "proof by the same key for another WIT",
     26,
     kNeedsWpt,
     {401, kWptWthMismatch},
     ProofOfOtherWit},
    {"wit-swapped",
     "proofs",
     "another workload's WIT beside the proof",
     26,
     kNeedsWpt | kNeedsOther,
     {401, kWptSignatureInvalid},
     WitSwapped},
    {"proof-swapped",
     "proofs",
     "another workload's proof beside the WIT",
     26,
     kNeedsWpt | kNeedsOther,
     {401, kWptSignatureInvalid},
     ProofSwapped},
    {"txn-token-added",
     "proofs",
     "Txn-Token added to a proven call",
     26,
     kNeedsWpt,
     {401, kWptTthMissing},
     TxnTokenAdded},
    {"txn-token-swapped",
     "proofs",
     "Txn-Token exchanged in a proven call",
     26,
     kNeedsWpt,
     {401, kWptTthMismatch},
     TxnTokenSwapped},
    {"txn-token-dropped",
     "proofs",
     "Txn-Token taken out of a proven call",
     26,
     kNeedsWpt,
     {401, kWptTthWithoutToken},
     TxnTokenDropped},
};

}  // namespace

std::vector<Attack> ProofAttacks() { return {std::begin(kProofAttacks), std::end(kProofAttacks)}; }

}  // namespace signet::app::attack
