// Attacks with a Workload Proof Token that is not what it should be. Most are signed by the
// caller's own key: the signature is good, and only the rule in question refuses them.
#include <iterator>

#include "app/attack/catalogue.h"
#include "protocol/crypto/alg.h"

namespace signet::app::attack {
namespace {

constexpr std::size_t kTooManyBytes = 9000;
constexpr int kTooDeep = 12;

Result<std::string> GoodToken(const Loot& loot) {
  return GoodProof(loot, loot.caller.wit, loot.caller.alg).Seal(loot.caller.sign);
}

Message SendProof(const Loot& loot, std::string_view wpt) {
  return WithTokens(loot, loot.caller.wit, wpt);
}

// The caller's proof with one thing changed before it was signed.
Result<Message> SendChanged(const Loot& loot, void (*change)(ProofDraft&, const Loot&)) {
  ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
  change(draft, loot);
  SIGNET_TRY_ASSIGN(const std::string wpt, draft.Seal(loot.caller.sign));
  return SendProof(loot, wpt);
}

Result<Message> AlgNone(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  SIGNET_TRY_ASSIGN(const std::string wpt, WithAlgNone(good, true));
  return SendProof(loot, wpt);
}
Result<Message> NoSignature(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  SIGNET_TRY_ASSIGN(const std::string wpt, WithAlgNone(good, false));
  return SendProof(loot, wpt);
}
// The secret is the confirmed key, which everybody can read in the WIT.
Result<Message> Hmac(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  SIGNET_TRY_ASSIGN(const std::string wpt, WithHmac(good, loot.caller.spki));
  return SendProof(loot, wpt);
}
// The same signature under another name of its algorithm, or the algorithm of a larger key.
Result<Message> OtherAlg(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& draft, const Loot& l) {
    draft.header["alg"] = l.caller.alg == "Ed25519" ? "EdDSA"
                          : l.caller.alg == "ES256" ? "ES384"
                                                    : "ES256";
  });
}
Result<Message> HeaderJwk(const Loot& loot) {
  ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.forger->proof_alg());
  draft.header["jwk"] = loot.forger->WitParts(loot.caller.id, {}, loot.now).payload["cnf"]["jwk"];
  SIGNET_TRY_ASSIGN(const std::string wpt, draft.Seal(loot.forger->ProofSigner()));
  return SendProof(loot, wpt);
}
Result<Message> Crit(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.header["crit"] = {"exp"}; });
}
Result<Message> OtherTyp(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.header["typ"] = "dpop+jwt"; });
}
Result<Message> WitAsProof(const Loot& loot) {
  // Under the name of the algorithm that a proof must have: refused for its signature.
  SIGNET_TRY_ASSIGN(TokenParts parts, OpenToken(loot.caller.wit));
  if (parts.header["alg"] == loot.caller.alg) return SendProof(loot, loot.caller.wit);
  parts.header["alg"] = loot.caller.alg;
  return SendProof(loot, JoinToken(parts));
}
Result<Message> Expired(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot& l) {
    d.claims["exp"] = ToNumericDate(l.now) - 120;  // beyond the leeway of 60 s
  });
}
Result<Message> FarAhead(const Loot& loot) {
  return SendChanged(
      loot, [](ProofDraft& d, const Loot& l) { d.claims["exp"] = ToNumericDate(l.now) + 86'400; });
}
Result<Message> NoExpiry(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.claims.erase("exp"); });
}
Result<Message> ExpiryAsText(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot& l) {
    d.claims["exp"] = std::to_string(ToNumericDate(l.now) + 60);
  });
}
Result<Message> NoJti(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.claims.erase("jti"); });
}
Result<Message> NoAudience(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.claims.erase("aud"); });
}
Result<Message> TwoAudiences(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot& l) {
    d.claims["aud"] = {l.call.audience, "https://evil.example/"};
  });
}
Result<Message> NoWitHash(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) { d.claims.erase("wth"); });
}
Result<Message> UnknownOth(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) {
    d.claims["oth"] = {{"x-nobody-knows", HashOf("x")}};
  });
}
Result<Message> ZeroSignature(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  SIGNET_TRY_ASSIGN(const std::string wpt, WithZeroSignature(good));
  return SendProof(loot, wpt);
}
Result<Message> Padding(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  return SendProof(loot, WithPadding(good));
}
Result<Message> UnusedBits(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string good, GoodToken(loot));
  SIGNET_TRY_ASSIGN(const std::string wpt, WithUnusedBits(good));
  return SendProof(loot, wpt);
}
Result<Message> Oversized(const Loot& loot) {
  return SendChanged(
      loot, [](ProofDraft& d, const Loot&) { d.claims["x"] = std::string(kTooManyBytes, 'x'); });
}
Result<Message> Deep(const Loot& loot) {
  return SendChanged(loot, [](ProofDraft& d, const Loot&) {
    OrderedJson value = 1;
    for (int i = 0; i < kTooDeep; ++i) value = OrderedJson::array({value});
    d.claims["x"] = std::move(value);
  });
}
// A store that remembers the first jti and a verifier that reads the last would never meet.
Result<Message> Duplicate(const Loot& loot) {
  const ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
  const std::string claims = "{\"jti\":\"another\"," + draft.claims.dump().substr(1);
  SIGNET_TRY_ASSIGN(const std::string wpt,
                    SealToken(draft.header.dump(), claims, loot.caller.sign));
  return SendProof(loot, wpt);
}

using enum Errc;

constexpr Attack kProofTokenAttacks[] = {
    {"wpt-alg-none",
     "tokens",
     "proof with alg none and its old signature",
     1,
     kNeedsWpt,
     {401, kWptAlgMismatch},
     AlgNone},
    {"wpt-no-signature",
     "tokens",
     "proof with alg none and no signature",
     1,
     kNeedsWpt,
     {401, kJosePartEmpty, "WPT-5.2"},
     NoSignature},
    {"wpt-hmac-public-key",
     "tokens",
     "proof with HS256, the confirmed key as secret",
     2,
     kNeedsWpt,
     {401, kWptAlgMismatch},
     Hmac},
    {"wpt-alg-other",
     "tokens",
     "proof under another algorithm than cnf.jwk.alg",
     8,
     kNeedsWpt,
     {401, kWptAlgMismatch},
     OtherAlg},
    {"wpt-header-jwk",
     "tokens",
     "proof that brings its own key (jwk)",
     4,
     kNeedsWpt,
     {401, kJoseKeyInHeader, "WPT-5.2"},
     HeaderJwk},
    {"wpt-crit",
     "tokens",
     "proof with a critical extension",
     4,
     kNeedsWpt,
     {401, kJoseCrit, "WPT-5.2"},
     Crit},
    {"wpt-typ",
     "tokens",
     "another token of the caller's key as proof",
     6,
     kNeedsWpt,
     {401, kWptTypMismatch},
     OtherTyp},
    {"wit-as-proof",
     "tokens",
     "WIT in the place of the proof",
     6,
     kNeedsWpt,
     {401, kWptSignatureInvalid},
     WitAsProof},
    {"wpt-expired", "tokens", "proof that has expired", 17, kNeedsWpt, {401, kWptExpired}, Expired},
    {"wpt-far-ahead",
     "tokens",
     "proof that lives for a day",
     17,
     kNeedsWpt,
     {401, kWptLifetimeTooLong},
     FarAhead},
    {"wpt-no-expiry",
     "tokens",
     "proof without expiry",
     33,
     kNeedsWpt,
     {401, kWptExpMissing},
     NoExpiry},
    {"wpt-expiry-text",
     "tokens",
     "proof whose expiry is no number",
     33,
     kNeedsWpt,
     {401, kJwtClaimType, "WPT-5.7"},
     ExpiryAsText},
    {"wpt-no-jti",
     "tokens",
     "proof without an identifier",
     16,
     kNeedsWpt,
     {401, kWptJtiMissing},
     NoJti},
    {"wpt-no-audience",
     "tokens",
     "proof without audience",
     7,
     kNeedsWpt,
     {401, kWptAudMissing},
     NoAudience},
    {"wpt-two-audiences",
     "tokens",
     "proof for two audiences",
     7,
     kNeedsWpt,
     {401, kWptAudMismatch},
     TwoAudiences},
    {"wpt-no-wit-hash",
     "tokens",
     "proof that names no WIT",
     26,
     kNeedsWpt,
     {401, kWptWthMissing},
     NoWitHash},
    {"wpt-unknown-oth",
     "tokens",
     "proof that covers a token nobody knows",
     26,
     kNeedsWpt,
     {401, kWptOthUnknown},
     UnknownOth},
    {"wpt-signature-zero",
     "tokens",
     "proof with r = s = 0",
     9,
     kNeedsWpt,
     {401, kWptSignatureInvalid},
     ZeroSignature},
    {"wpt-padding",
     "tokens",
     "proof with base64 padding",
     10,
     kNeedsWpt,
     {401, kWptCredentialsMalformed, "WPT-5.2"},
     Padding},
    {"wpt-unused-bits",
     "tokens",
     "proof with unused base64url bits set",
     10,
     kNeedsWpt,
     {401, kBase64UrlTrailingBits, "WPT-5.2"},
     UnusedBits},
    {"wpt-oversized",
     "tokens",
     "proof of more than 8 KiB",
     5,
     kNeedsWpt,
     {401, kJoseTooLong, "WPT-5.2"},
     Oversized},
    {"wpt-deep-json",
     "tokens",
     "proof with JSON nested too deeply",
     5,
     kNeedsWpt,
     {401, kJsonTooDeep, "WPT-5.2"},
     Deep},
    {"wpt-duplicate-member",
     "tokens",
     "proof with two identifiers",
     5,
     kNeedsWpt,
     {401, kJsonDuplicateName, "WPT-5.2"},
     Duplicate},
};

}  // namespace

std::vector<Attack> ProofTokenAttacks() {
  return {std::begin(kProofTokenAttacks), std::end(kProofTokenAttacks)};
}

}  // namespace signet::app::attack
