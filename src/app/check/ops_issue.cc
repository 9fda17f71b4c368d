// Operations that make credentials and proofs: wit.issue, wpt.sign.
#include "app/check/check.h"
#include "app/check/signing_key.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/jose/jwk_private.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app {
namespace {

// The confirmed key. An EC key without alg has its curve's; which name an Ed25519 key goes by is
// for the caller to say.
Result<jose::Jwk> ReadConfirmation(const std::string& text) {
  SIGNET_TRY_ASSIGN(jose::Jwk jwk, jose::ParseJwk(text));
  if (!jwk.alg.has_value()) {
    for (int i = 0; i < crypto::kAlgCount; ++i) {
      const auto alg = static_cast<crypto::Alg>(i);
      if (jwk.algs == crypto::AlgSet{alg}) jwk.alg = alg;
    }
  }
  return jwk;
}

}  // namespace

Result<CheckOutcome> CheckWitIssue(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string key_text, input.JsonText("key"));
  SIGNET_TRY_ASSIGN(const std::string subject, input.String("sub"));
  SIGNET_TRY_ASSIGN(const std::string confirmation_text, input.JsonText("cnf_jwk"));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(const WallTime exp, input.Expiry(now));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> kid, input.OptionalString("kid"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> iss, input.OptionalString("iss"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> jti, input.OptionalString("jti"));
  SIGNET_TRY_ASSIGN(const credential::WitProfile profile, input.Profile());
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(identity::WorkloadId id, identity::WorkloadId::Parse(subject));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, jose::ParsePrivateJwk(key_text));
  SIGNET_TRY_ASSIGN(jose::Jwk confirmation, ReadConfirmation(confirmation_text));
  const credential::WitContent content{.subject = std::move(id),
                                       .confirmation = std::move(confirmation),
                                       .now = now,
                                       .exp = exp,
                                       .kid = kid.value_or(key.kid),
                                       .iss = iss.value_or(""),
                                       .jti = jti.value_or("")};
  SIGNET_TRY_ASSIGN(const std::string token, credential::IssueWit(key.key, content, profile));
  return CheckOutcome{.result = {{"token", token}}, .refusal = std::nullopt};
}

Result<CheckOutcome> CheckWptSign(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const std::string key_text, input.JsonText("key"));
  SIGNET_TRY_ASSIGN(const std::string wit, input.String("wit"));
  SIGNET_TRY_ASSIGN(const std::string aud, input.String("aud"));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(const WallTime exp, input.Expiry(now));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> jti, input.OptionalString("jti"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> txn, input.OptionalString("txn_token"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> access, input.OptionalString("access_token"));
  SIGNET_TRY_ASSIGN(const auto others, input.OptionalStringMap("other_tokens"));
  SIGNET_TRY_ASSIGN(const credential::WptRevision revision, input.WptRevision(false));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, SigningKeyFor(key_text, wit));
  std::vector<proof::OtherToken> tokens;
  for (const auto& [name, value] : others) tokens.push_back({name, value});
  const proof::WptContent content{.wit = wit,
                                  .aud = aud,
                                  .exp = exp,
                                  .jti = jti.has_value() ? std::string_view(*jti) : "",
                                  .txn_token = txn,
                                  .access_token = access,
                                  .other_tokens = tokens,
                                  .revision = revision};
  SIGNET_TRY_ASSIGN(const std::string wpt, proof::SignWpt(key.key, content, state.random));
  return CheckOutcome{.result = {{"wpt", wpt}}, .refusal = std::nullopt};
}

}  // namespace signet::app
