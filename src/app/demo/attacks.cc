#include "app/demo/attacks.h"

#include "app/call/prove.h"

namespace signet::app::demo {
namespace {

constexpr std::string_view kForeignId = "wimse://evil.example/shop/edge";
constexpr std::string_view kStolenName = "wimse://demo.signet.internal/shop/edge";

// The captured call with other credentials.
http1::ClientRequest With(const Loot& loot, std::vector<http1::Header> fields) {
  http1::ClientRequest request = loot.captured;
  request.headers = std::move(fields);
  request.headers.push_back({"Content-Type", "application/json"});
  return request;
}

http1::ClientRequest WithTokens(const Loot& loot, std::string_view wit, std::string_view wpt) {
  return With(loot, ProofFields(wit, wpt, credential::kDefaultWptRevision));
}

http1::Header Wit(const Loot& loot) { return {std::string(credential::kWitField), loot.wit}; }

http1::Header Authorization(std::string_view scheme, std::string_view token) {
  return {std::string(credential::kAuthorizationField),
          std::string(scheme) + " " + std::string(token)};
}

// Genuine tokens, used where or when they must not be.
void AddMisuse(const Loot& loot, std::vector<Attack>& out) {
  out.push_back(
      {"replay of the captured call", loot.captured, RefusedWith(401, Errc::kWptReplayed)});
  out.push_back({"proof made for another audience",
                 WithTokens(loot, loot.wit, loot.proof_for_another),
                 RefusedWith(401, Errc::kWptAudMismatch)});
  out.push_back({"expired proof", WithTokens(loot, loot.wit, loot.expired_proof),
                 RefusedWith(401, Errc::kWptExpired)});
  out.push_back({"proof of another WIT", WithTokens(loot, loot.wit, loot.proof_of_other_wit),
                 RefusedWith(401, Errc::kWptWthMismatch)});
  out.push_back({"another token of the caller's key as proof",
                 WithTokens(loot, loot.wit, loot.other_token),
                 RefusedWith(401, Errc::kWptTypMismatch)});
  out.push_back({"WIT sent as proof", WithTokens(loot, loot.wit, loot.wit),
                 RefusedWith(401, Errc::kWptSignatureInvalid)});
  out.push_back({"workload that is not on the list",
                 WithTokens(loot, loot.reports_wit, loot.reports_proof),
                 RefusedWith(403, Errc::kVerifyCallerNotAllowed)});
}

// Parts of a call left out, doubled or moved.
void AddShapes(const Loot& loot, std::vector<Attack>& out) {
  out.push_back({"no credentials", With(loot, {}), RefusedWith(401, Errc::kVerifyNoCredentials)});
  out.push_back(
      {"WIT alone, without proof", With(loot, {Wit(loot)}), RefusedWith(401, Errc::kWptMissing)});
  out.push_back({"WIT as bearer token", With(loot, {Authorization("Bearer", loot.wit)}),
                 RefusedWith(401, Errc::kWitMissing)});
  out.push_back({"WIT, and again as bearer token",
                 With(loot, {Wit(loot), Authorization("Bearer", loot.wit)}),
                 RefusedWith(401, Errc::kWptSchemeMismatch)});
  out.push_back({"two Authorization fields",
                 With(loot, {Wit(loot), Authorization("WPT", loot.spare_proof),
                             Authorization("Bearer", "abc")}),
                 RefusedWith(400, Errc::kWptAuthorizationDuplicate)});
  out.push_back({"two Workload-Identity-Token fields",
                 With(loot, {Wit(loot), Wit(loot), Authorization("WPT", loot.spare_proof)}),
                 RefusedWith(400, Errc::kWitDuplicate)});
}

// Tokens that the attacker made.
Result<void> AddForgeries(const Loot& loot, const Forger& forger, std::vector<Attack>& out) {
  SIGNET_TRY_ASSIGN(const std::string own_proof,
                    forger.ForgeProof(loot.wit, loot.audience, loot.now));
  out.push_back({"stolen WIT with another key", WithTokens(loot, loot.wit, own_proof),
                 RefusedWith(401, Errc::kWptSignatureInvalid)});
  const auto add_wit = [&](std::string name, const std::string& wit,
                           const Refused& expected) -> Result<void> {
    SIGNET_TRY_ASSIGN(const std::string proof, forger.ForgeProof(wit, loot.audience, loot.now));
    out.push_back({std::move(name), WithTokens(loot, wit, proof), expected});
    return {};
  };
  SIGNET_TRY_ASSIGN(const std::string foreign,
                    forger.ForgeWit({.subject = kForeignId, .kid = "1", .now = loot.now}));
  SIGNET_TRY(add_wit("WIT of another trust domain", foreign,
                     RefusedWith(400, Errc::kTrustDomainUnknown, "WIT-12.b")));
  SIGNET_TRY_ASSIGN(
      const std::string forged,
      forger.ForgeWit({.subject = kStolenName, .kid = loot.issuer_kid, .now = loot.now}));
  SIGNET_TRY(add_wit("forged WIT of the demo domain", forged,
                     RefusedWith(400, Errc::kWitSignatureInvalid)));
  SIGNET_TRY_ASSIGN(const std::string none, WithAlgNone(forged, /*keep_signature=*/true));
  SIGNET_TRY(add_wit("WIT with alg none", none, RefusedWith(400, Errc::kJoseAlgNone, "WIT-1")));
  SIGNET_TRY_ASSIGN(const std::string hmac, WithHmac(forged, loot.issuer_key));
  SIGNET_TRY(add_wit("WIT with alg HS256 and the public key as secret", hmac,
                     RefusedWith(400, Errc::kJoseAlgUnknown, "WIT-1")));
  SIGNET_TRY_ASSIGN(const std::string unsigned_proof,
                    WithAlgNone(loot.spare_proof, /*keep_signature=*/false));
  out.push_back({"proof without signature", WithTokens(loot, loot.wit, unsigned_proof),
                 RefusedWith(401, Errc::kJosePartEmpty, "WPT-5.2")});
  SIGNET_TRY_ASSIGN(const std::string none_proof,
                    WithAlgNone(loot.spare_proof, /*keep_signature=*/true));
  out.push_back({"proof with alg none", WithTokens(loot, loot.wit, none_proof),
                 RefusedWith(401, Errc::kWptAlgMismatch)});
  return {};
}

}  // namespace

Refused RefusedWith(int status, Errc code, std::string_view rule) {
  const ErrorInfo& info = InfoOf(code);
  return {.status = status,
          .code = std::string(info.name),
          .rule = std::string(rule.empty() ? info.rule : rule)};
}

Result<std::vector<Attack>> MakeAttacks(const Loot& loot, const Forger& forger) {
  std::vector<Attack> out;
  AddMisuse(loot, out);
  AddShapes(loot, out);
  SIGNET_TRY(AddForgeries(loot, forger, out));
  return out;
}

}  // namespace signet::app::demo
