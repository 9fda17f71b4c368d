// Attacks with a Workload Identity Token that is not what it claims to be.
#include <iterator>

#include "app/attack/catalogue.h"

namespace signet::app::attack {
namespace {

constexpr std::string_view kEvilUrl = "https://evil.example/keys";
constexpr std::size_t kTooManyBytes = 9000;  // over the 8 KiB of a token
constexpr int kTooDeep = 12;                 // over the 8 levels of a token

std::string KidOf(const Loot& loot) {
  const Result<TokenParts> parts = OpenToken(loot.caller.wit);
  return parts.has_value() ? parts->header.value("kid", std::string()) : std::string();
}

TokenParts Forged(const Loot& loot) {
  return loot.forger->WitParts(loot.caller.id, KidOf(loot), loot.now);
}

// A WIT that the attacker signed, for the attacker's own key, with a proof by that key.
Result<Message> SendForged(const Loot& loot, const TokenParts& parts) {
  SIGNET_TRY_ASSIGN(const std::string wit, loot.forger->SealWit(parts));
  return WithWit(loot, wit, loot.forger->proof_alg(), loot.forger->ProofSigner());
}

// A WIT made of the genuine one; the caller's own key proves it, so the WIT alone is wrong.
Result<Message> SendChanged(const Loot& loot, std::string_view wit) {
  return WithWit(loot, wit, loot.caller.alg, loot.caller.sign);
}

Result<Message> AlgNone(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wit, WithAlgNone(loot.caller.wit, true));
  return SendChanged(loot, wit);
}
Result<Message> NoSignature(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wit, WithAlgNone(loot.caller.wit, false));
  return SendChanged(loot, wit);
}
Result<Message> Hmac(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string forged, loot.forger->SealWit(Forged(loot)));
  SIGNET_TRY_ASSIGN(const std::string wit, WithHmac(forged, *loot.issuer_spki));
  return WithWit(loot, wit, loot.forger->proof_alg(), loot.forger->ProofSigner());
}
template <int kWhich>
Result<Message> WithKid(const Loot& loot) {
  constexpr const char* kKids[] = {"../../../../../../dev/null", "' UNION SELECT 'a' --"};
  TokenParts parts = Forged(loot);
  parts.header["kid"] = kKids[kWhich];
  return SendForged(loot, parts);
}
Result<Message> LongKid(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["kid"] = std::string(129, 'k');
  return SendForged(loot, parts);
}
Result<Message> HeaderJwk(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["jwk"] = parts.payload["cnf"]["jwk"];
  return SendForged(loot, parts);
}
Result<Message> HeaderJku(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["jku"] = kEvilUrl;
  return SendForged(loot, parts);
}
Result<Message> HeaderX5u(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["x5u"] = kEvilUrl;
  return SendForged(loot, parts);
}
Result<Message> HeaderX5c(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["x5c"] = {"MAA="};
  return SendForged(loot, parts);
}
Result<Message> Crit(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["crit"] = {"x-policy"};
  parts.header["x-policy"] = "none";
  return SendForged(loot, parts);
}
Result<Message> Compressed(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["zip"] = "DEF";
  return SendForged(loot, parts);
}
Result<Message> Oversized(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.payload["x"] = std::string(kTooManyBytes, 'x');
  return SendForged(loot, parts);
}
Result<Message> Deep(const Loot& loot) {
  TokenParts parts = Forged(loot);
  OrderedJson value = 1;
  for (int i = 0; i < kTooDeep; ++i) value = OrderedJson::array({value});
  parts.payload["x"] = std::move(value);
  return SendForged(loot, parts);
}
// Readers that take the first and readers that take the last see two workloads.
Result<Message> Duplicate(const Loot& loot) {
  const TokenParts parts = Forged(loot);
  const std::string payload =
      "{\"sub\":\"" + loot.caller.id + "2\"," + parts.payload.dump().substr(1);
  SIGNET_TRY_ASSIGN(const std::string wit,
                    SealToken(parts.header.dump(), payload, loot.forger->ProofSigner()));
  return WithWit(loot, wit, loot.forger->proof_alg(), loot.forger->ProofSigner());
}
Result<Message> ForgedWit(const Loot& loot) { return SendForged(loot, Forged(loot)); }
Result<Message> ForgedWithoutKid(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["kid"] = "attacker";
  return SendForged(loot, parts);
}
Result<Message> ChangedSubject(const Loot& loot) {
  SIGNET_TRY_ASSIGN(TokenParts parts, OpenToken(loot.caller.wit));
  parts.payload["sub"] = loot.caller.id + "/admin";
  return SendChanged(loot, JoinToken(parts));
}
Result<Message> ChangedExpiry(const Loot& loot) {
  SIGNET_TRY_ASSIGN(TokenParts parts, OpenToken(loot.caller.wit));
  parts.payload["exp"] = ToNumericDate(loot.now) + 86'000;
  return SendChanged(loot, JoinToken(parts));
}
// The attacker's key in a genuine WIT.
Result<Message> ChangedKey(const Loot& loot) {
  SIGNET_TRY_ASSIGN(TokenParts parts, OpenToken(loot.caller.wit));
  parts.payload["cnf"] = Forged(loot).payload["cnf"];
  return WithWit(loot, JoinToken(parts), loot.forger->proof_alg(), loot.forger->ProofSigner());
}
Result<Message> ZeroSignature(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wit, WithZeroSignature(loot.caller.wit));
  return SendChanged(loot, wit);
}
Result<Message> Padding(const Loot& loot) {
  return SendChanged(loot, WithPadding(loot.caller.wit));
}
Result<Message> UnusedBits(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wit, WithUnusedBits(loot.caller.wit));
  return SendChanged(loot, wit);
}
Result<Message> OtherTyp(const Loot& loot) {
  TokenParts parts = Forged(loot);
  parts.header["typ"] = "JWT";
  return SendForged(loot, parts);
}
// A proof in the place of the WIT: signed by the caller, and names nobody.
Result<Message> ProofAsWit(const Loot& loot) {
  SIGNET_TRY_ASSIGN(const std::string wpt,
                    GoodProof(loot, loot.caller.wit, loot.caller.alg).Seal(loot.caller.sign));
  return SendChanged(loot, wpt);
}

using enum Errc;

constexpr Attack kTokenAttacks[] = {
    {"wit-alg-none",
     "tokens",
     "WIT with alg none and its old signature",
     1,
     kNeedsNothing,
     {400, kJoseAlgNone, "WIT-1"},
     AlgNone},
    {"wit-no-signature",
     "tokens",
     "WIT with alg none and no signature",
     1,
     kNeedsNothing,
     {400, kJosePartEmpty, "WIT-12.a"},
     NoSignature},
    {"wit-hmac-public-key",
     "tokens",
     "WIT with HS256, the issuer's public key as secret",
     2,
     kNeedsIssuerKey,
     {400, kJoseAlgUnknown, "WIT-1"},
     Hmac},
    {"wit-kid-path",
     "tokens",
     "WIT whose kid is a path",
     3,
     kNeedsNothing,
     {400, kTrustKidUnknown, "WIT-12.d"},
     WithKid<0>},
    {"wit-kid-sql",
     "tokens",
     "WIT whose kid is a piece of SQL",
     3,
     kNeedsNothing,
     {400, kTrustKidUnknown, "WIT-12.d"},
     WithKid<1>},
    {"wit-kid-long",
     "tokens",
     "WIT whose kid has 129 bytes",
     3,
     kNeedsNothing,
     {400, kJoseKid, "WIT-12.a"},
     LongKid},
    {"wit-header-jwk",
     "tokens",
     "WIT that brings its own key (jwk)",
     4,
     kNeedsNothing,
     {400, kJoseKeyInHeader, "WIT-12.a"},
     HeaderJwk},
    {"wit-header-jku",
     "tokens",
     "WIT that says where its keys are (jku)",
     4,
     kNeedsNothing,
     {400, kJoseKeyInHeader, "WIT-12.a"},
     HeaderJku},
    {"wit-header-x5u",
     "tokens",
     "WIT that says where its certificate is (x5u)",
     4,
     kNeedsNothing,
     {400, kJoseKeyInHeader, "WIT-12.a"},
     HeaderX5u},
    {"wit-header-x5c",
     "tokens",
     "WIT that brings its own certificate (x5c)",
     4,
     kNeedsNothing,
     {400, kJoseKeyInHeader, "WIT-12.a"},
     HeaderX5c},
    {"wit-crit",
     "tokens",
     "WIT with a critical extension",
     4,
     kNeedsNothing,
     {400, kJoseCrit, "WIT-12.a"},
     Crit},
    {"wit-compressed",
     "tokens",
     "WIT that says it is compressed (zip)",
     5,
     kNeedsNothing,
     {400, kJoseNotJws, "WIT-12.a"},
     Compressed},
    {"wit-oversized",
     "tokens",
     "WIT of more than 8 KiB",
     5,
     kNeedsNothing,
     {400, kJoseTooLong, "WIT-12.a"},
     Oversized},
    {"wit-deep-json",
     "tokens",
     "WIT with JSON nested too deeply",
     5,
     kNeedsNothing,
     {400, kJsonTooDeep, "WIT-12.a"},
     Deep},
    {"wit-duplicate-member",
     "tokens",
     "WIT with two subjects",
     5,
     kNeedsNothing,
     {400, kJsonDuplicateName, "WIT-12.a"},
     Duplicate},
    {"wit-forged",
     "tokens",
     "WIT in the caller's name by an issuer of the attacker",
     6,
     kNeedsNothing,
     {400, kWitSignatureInvalid},
     ForgedWit},
    {"wit-forged-other-kid",
     "tokens",
     "the same under the attacker's own kid",
     36,
     kNeedsNothing,
     {400, kTrustKidUnknown, "WIT-12.d"},
     ForgedWithoutKid},
    {"wit-subject-changed",
     "tokens",
     "genuine WIT with another subject",
     10,
     kNeedsNothing,
     {400, kWitSignatureInvalid},
     ChangedSubject},
    {"wit-expiry-changed",
     "tokens",
     "genuine WIT that lives longer",
     10,
     kNeedsNothing,
     {400, kWitSignatureInvalid},
     ChangedExpiry},
    {"wit-key-changed",
     "tokens",
     "genuine WIT that confirms the attacker's key",
     8,
     kNeedsNothing,
     {400, kWitSignatureInvalid},
     ChangedKey},
    {"wit-signature-zero",
     "tokens",
     "genuine WIT with r = s = 0",
     9,
     kNeedsNothing,
     {400, kWitSignatureInvalid},
     ZeroSignature},
    {"wit-padding",
     "tokens",
     "genuine WIT with base64 padding",
     10,
     kNeedsNothing,
     {400, kJoseCharacter, "WIT-12.a"},
     Padding},
    {"wit-unused-bits",
     "tokens",
     "genuine WIT with unused base64url bits set",
     10,
     kNeedsNothing,
     {400, kBase64UrlTrailingBits, "WIT-12.a"},
     UnusedBits},
    {"wit-typ", "tokens", "WIT of another typ", 6, kNeedsNothing, {400, kWitTypMismatch}, OtherTyp},
    {"proof-as-wit",
     "tokens",
     "proof in the place of the WIT",
     6,
     kNeedsNothing,
     {400, kWitSubMissing},
     ProofAsWit},
};

}  // namespace

std::vector<Attack> TokenAttacks() { return {std::begin(kTokenAttacks), std::end(kTokenAttacks)}; }

}  // namespace signet::app::attack
