#include <array>
#include <memory>

#include "bench/key_tables.h"
#include "bench/messages.h"
#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::bench {
namespace {

using crypto::Alg;

Op Sign(Alg alg) { return alg == Alg::kES256 ? Es256Sign() : EdDsaSign(); }
Op Verify(Alg alg) { return alg == Alg::kES256 ? Es256Verify() : EdDsaVerify(); }

Subject Mint(Alg alg) {
  const Cast& cast = CastOf(alg);
  Result<jose::Jwk> confirmation = jose::ParseJwk(testing::PublicJwkOf(cast.workload_jwk(), alg));
  SIGNET_CHECK(confirmation.has_value());
  const credential::WitContent content{.subject = testing::IdOf(testing::kCaller),
                                       .confirmation = *confirmation,
                                       .now = cast.now(),
                                       .exp = cast.now() + seconds{3600},
                                       .kid = std::string(testing::kIssuerKid),
                                       .iss = {},
                                       .jti = "AAECAwQFBgcICQoLDA0ODw"};
  return {.ours = Repeat([&cast, content] {
            SIGNET_CHECK(credential::IssueWit(cast.issuer_key(), content).has_value());
          }),
          .primitive = Sign(alg)};
}

Subject MintWpt(Alg alg) {
  const Cast& cast = CastOf(alg);
  return {.ours = Repeat([&cast, random = std::make_shared<crypto::SystemRandom>()] {
            const proof::WptContent content{.wit = cast.wit(),
                                            .aud = kProofAudience,
                                            .exp = cast.now() + seconds{60},
                                            .jti = {},
                                            .txn_token = {},
                                            .access_token = {},
                                            .other_tokens = {}};
            SIGNET_CHECK(proof::SignWpt(cast.workload_key(), content, *random).has_value());
          }),
          .primitive = Sign(alg)};
}

// The WIT alone, with a table of the issuer's key or without.
Subject VerifyOne(Alg alg, bool with_table) {
  struct State {
    std::unique_ptr<proxy::KeyTables> tables;
    crypto::KeyTableView view;
    jose::JwsReader reader;
  };
  const Cast& cast = CastOf(alg);
  auto state = std::make_shared<State>();
  if (with_table) state->tables = BuiltTables(std::array{cast.issuer_key().public_key()});
  state->view.Attach(state->tables.get());
  return {.ours = Repeat([&cast, trust = cast.Trust(), state] {
            CheckList checks;
            SIGNET_CHECK(credential::VerifyWit(cast.wit(), *trust, {}, cast.now(), state->reader,
                                               checks, {.tables = &state->view})
                             .has_value());
          }),
          .primitive = Verify(alg)};
}

}  // namespace

void AddWit() {
  for (const Alg alg : {Alg::kES256, Alg::kEdDSA}) {
    AddRow("wit/mint/" + RowName(alg), [alg] { return Mint(alg); });
    AddRow("wpt/mint/" + RowName(alg), [alg] { return MintWpt(alg); });
  }
  AddRow("wit/verify/es256", [] { return VerifyOne(Alg::kES256, true); });
  AddRow("wit/verify/es256/plain", [] { return VerifyOne(Alg::kES256, false); });
  AddRow("wit/verify/eddsa", [] { return VerifyOne(Alg::kEdDSA, false); });
}

}  // namespace signet::bench
