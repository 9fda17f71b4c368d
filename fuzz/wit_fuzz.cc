// WIT verification. The first byte chooses: '0' the input is a token; '1' (wimse) and '2' (spiffe)
// the input is a header, a line end and claims, which are signed by a trusted issuer, so that the
// rules behind the signature are reached.
#include "checks.h"
#include "property.h"
#include "protocol/credential/wit_verify.h"
#include "tests/support/published.h"
#include "tests/support/tokens.h"

namespace {

using signet::CheckList;
using signet::Result;
using signet::credential::VerifiedWit;
using signet::credential::WitProfile;
using signet::credential::WitRules;
using signet::fuzz::Property;
namespace testing = signet::testing;

const signet::trust::TrustSnapshot& Trust() {
  static const auto trust = testing::SnapshotOf(
      {testing::OriginConfigOf(
           "wimse://trust.example.com",
           testing::JwkSet({testing::PublicJwkOf(testing::kIssuerEdJwk, {}, testing::kIssuerKid)})),
       testing::OriginConfigOf(
           "spiffe://trust.example.com",
           testing::JwkSet({testing::PublicJwkOf(testing::kIssuerJwk, {}, testing::kIssuerKid)})),
       testing::OriginConfigOf("wimse://example.com",
                               testing::JwkSet({std::string(testing::published::kWitIssuerJwk)}))});
  return *trust;
}

Result<VerifiedWit> Verify(std::string_view token, const WitRules& rules, CheckList& checks) {
  // Warm from the tokens before: nothing of them may remain.
  static signet::jose::JwsReader reader;
  checks.Clear();
  return signet::credential::VerifyWit(token, Trust(), rules, testing::kNow, reader, checks);
}

void CheckAccepted(const VerifiedWit& wit, std::string_view token, const WitRules& rules) {
  Property(signet::identity::WorkloadId::Parse(wit.subject().text()).has_value());
  Property(Trust().Find(wit.subject().origin_text()) != nullptr);
  Property(wit.exp() > testing::kNow - rules.leeway);
  Property(!wit.nbf().has_value() || *wit.nbf() <= testing::kNow + rules.leeway);
  Property(signet::credential::InfoOf(rules.profile).algs.Has(wit.confirmation_alg()));
  Property(wit.confirmation_jwk().alg == wit.confirmation_alg());
  Property(wit.hash() == testing::Hash(token));
  Property(wit.kid().size() <= signet::kMaxKidBytes);
  // Another byte behind it, or none of its signature, is another token.
  CheckList checks;
  Property(!Verify(std::string(token) + "A", rules, checks).has_value());
  Property(!Verify(token.substr(0, token.rfind('.') + 1), rules, checks).has_value());
}

void Check(std::string_view token, const WitRules& rules) {
  CheckList checks;
  const Result<VerifiedWit> wit = Verify(token, rules, checks);
  signet::fuzz::CheckListAgrees(wit, checks);
  signet::fuzz::CheckSameVerdict(wit, Verify(token, rules, checks));
  if (wit.has_value()) CheckAccepted(*wit, token, rules);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 20000) return 0;
  using signet::crypto::Alg;
  static const auto wimse_issuer = testing::KeyOf(testing::kIssuerEdJwk, Alg::kEd25519);
  static const auto wimse_attacker = testing::KeyOf(testing::kWorkloadEdJwk, Alg::kEd25519);
  static const auto spiffe_issuer = testing::KeyOf(testing::kIssuerJwk);
  static const auto spiffe_attacker = testing::KeyOf(testing::kAttackerJwk);
  const std::string_view text = signet::fuzz::AsText(data + 1, size - 1);
  WitRules rules;
  if (data[0] == '0') {
    Check(text, rules);
    return 0;
  }
  const bool spiffe = data[0] == '2';  // no EdDSA there
  rules.profile = spiffe ? WitProfile::kSpiffe : WitProfile::kWimse;
  const auto& issuer = spiffe ? spiffe_issuer : wimse_issuer;
  const auto& attacker = spiffe ? spiffe_attacker : wimse_attacker;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  Check(testing::SignText(issuer, text.substr(0, end), text.substr(end + 1)), rules);
  // Whatever it says, a token of nobody's key is refused.
  CheckList checks;
  Property(
      !Verify(testing::SignText(attacker, text.substr(0, end), text.substr(end + 1)), rules, checks)
           .has_value());
  return 0;
}
