// Operations on credentials and proofs: wit.verify, wpt.verify.
#include "app/check/check.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::app {
namespace {

Result<credential::WitRules> ReadWitRules(CheckInput& input) {
  credential::WitRules rules;
  SIGNET_TRY_ASSIGN(rules.profile, input.Profile());
  SIGNET_TRY_ASSIGN(rules.leeway, input.SecondsOr("leeway_s", kDefaultLeeway));
  SIGNET_TRY_ASSIGN(rules.expected_issuer, input.OptionalString("expected_issuer"));
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> lifetime,
                    input.OptionalInteger("max_wit_lifetime_s"));
  if (lifetime.has_value()) {
    SIGNET_TRY_ASSIGN(rules.max_lifetime, input.SecondsOr("max_wit_lifetime_s", seconds{0}));
  }
  return rules;
}

}  // namespace

Result<CheckOutcome> CheckWitVerify(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string token, input.String("token"));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(const credential::WitRules rules, ReadWitRules(input));
  SIGNET_TRY_ASSIGN(const auto trust, ReadTrust(input));
  SIGNET_TRY(input.Finish());
  jose::JwsReader reader;
  CheckList checks;
  SIGNET_TRY_ASSIGN(const credential::VerifiedWit wit,
                    credential::VerifyWit(token, *trust, rules, now, reader, checks));
  return CheckOutcome{.result = {{"sub", wit.subject().text()},
                                 {"exp", ToNumericDate(wit.exp())},
                                 {"kid", OrNull(wit.kid())},
                                 {"cnf_alg", crypto::NameOf(wit.confirmation_alg())},
                                 {"cnf_thumbprint", wit.confirmation_thumbprint()}},
                      .refusal = std::nullopt};
}

namespace {

// Members of a wpt.verify line; `fields` borrows `tokens`.
struct WptLine {
  std::string wit, wpt;
  WallTime now;
  credential::WitRules rules;
  std::shared_ptr<const trust::TrustSnapshot> trust;
  proof::AudienceSet audiences;
  std::optional<std::string> txn_token, access_token;
  std::vector<std::pair<std::string, std::string>> tokens;
  credential::WptRevision revision = credential::kDefaultWptRevision;
  seconds max_ahead{};
  bool replay = false;
};

Result<WptLine> ReadWptLine(CheckInput& input) {
  WptLine line;
  SIGNET_TRY_ASSIGN(line.wit, input.String("wit"));
  SIGNET_TRY_ASSIGN(line.wpt, input.String("wpt"));
  SIGNET_TRY_ASSIGN(line.now, input.Now());
  SIGNET_TRY_ASSIGN(line.rules, ReadWitRules(input));
  SIGNET_TRY_ASSIGN(const std::vector<std::string> audiences, input.Strings("audiences"));
  SIGNET_TRY_ASSIGN(line.txn_token, input.OptionalString("txn_token"));
  SIGNET_TRY_ASSIGN(line.access_token, input.OptionalString("access_token"));
  SIGNET_TRY_ASSIGN(line.tokens, input.OptionalStringMap("other_tokens"));
  SIGNET_TRY_ASSIGN(line.revision, input.WptRevision(/*http_names_too=*/false));
  SIGNET_TRY_ASSIGN(line.max_ahead,
                    input.SecondsOr("max_proof_ahead_s", proof::kDefaultMaxProofAhead));
  SIGNET_TRY_ASSIGN(const std::optional<bool> replay, input.OptionalBool("replay"));
  line.replay = replay.value_or(false);
  SIGNET_TRY_ASSIGN(line.trust, ReadTrust(input));
  SIGNET_TRY(input.Finish());
  for (const std::string& audience : audiences) SIGNET_TRY(line.audiences.Add(audience));
  return line;
}

}  // namespace

Result<CheckOutcome> CheckWptVerify(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const WptLine line, ReadWptLine(input));
  jose::JwsReader reader;
  CheckList checks;
  SIGNET_TRY_ASSIGN(
      const credential::VerifiedWit wit,
      credential::VerifyWit(line.wit, *line.trust, line.rules, line.now, reader, checks));
  http::Fields fields;
  std::vector<std::string> names;
  for (const auto& [name, value] : line.tokens) {
    fields.Add(name, value);
    names.push_back(name);
  }
  const proof::WptExpectation expected{.audiences = line.audiences,
                                       .request_path = {},
                                       .txn_token = line.txn_token,
                                       .access_token = line.access_token,
                                       .fields = fields,
                                       .context_fields = names,
                                       .revision = line.revision,
                                       .leeway = line.rules.leeway,
                                       .max_ahead = line.max_ahead};
  SIGNET_TRY_ASSIGN(const proof::VerifiedWpt wpt,
                    proof::VerifyWpt(line.wpt, wit, expected, line.now, reader, checks));
  if (line.replay &&
      state.TestAndInsert(wpt.replay_entry(), line.now).verdict != proof::ReplayVerdict::kFresh) {
    return Refuse(Errc::kWptReplayed, "this jti of this sender was used before");
  }
  return CheckOutcome{.result = {{"sub", wit.subject().text()},
                                 {"jti", wpt.jti()},
                                 {"exp", ToNumericDate(wpt.exp())}},
                      .refusal = std::nullopt};
}

}  // namespace signet::app
