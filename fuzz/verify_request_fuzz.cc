// Whole requests. The input is a request line and field lines; "$wit" and "$wpt" stand for a valid
// WIT and a valid proof of it, so that what is around them is tried.
#include <map>
#include <string>

#include "property.h"
#include "protocol/codec/json.h"
#include "protocol/proof/replay_table.h"
#include "protocol/verify/verifier.h"
#include "request_text.h"
#include "tests/support/tokens.h"

namespace {

using signet::Errc;
using signet::fuzz::Property;
using signet::verify::Decision;
using signet::verify::Verdict;
using signet::verify::VerifyContext;
namespace testing = signet::testing;

class Store final : public signet::proof::ReplayGuard {
 public:
  signet::proof::ReplayOutcome TestAndInsert(const signet::proof::ReplayEntry& entry,
                                             signet::WallTime now) override {
    return table_.TestAndInsert(entry, now, signet::SteadyTime{now.time_since_epoch()});
  }
  signet::seconds longest_life() const override { return signet::seconds{600}; }

 private:
  signet::proof::ReplayTable table_{signet::proof::ReplayLimits{}};
};

struct World {
  World() {
    testing::WitMaker maker;
    maker.key = testing::KeyOf(testing::kIssuerEdJwk, signet::crypto::Alg::kEd25519);
    maker.header.SetString("alg", "Ed25519");
    maker.Confirm(testing::kWorkloadEdJwk, "Ed25519");
    wit = maker.Token();
    testing::WptMaker proof(wit);
    proof.key = testing::KeyOf(testing::kWorkloadEdJwk, signet::crypto::Alg::kEd25519);
    proof.header.SetString("alg", "Ed25519");
    wpt = proof.Token();
    trust = testing::SnapshotOf({testing::OriginConfigOf(
        "wimse://trust.example.com",
        testing::JwkSet({testing::PublicJwkOf(testing::kIssuerEdJwk, {}, testing::kIssuerKid)}))});
    Property(policy.audiences.Add(testing::kAudience).has_value());
    policy.callers.Add(testing::IdOf(testing::kCaller));
    policy.context_fields = {"X-Ctx"};
  }
  std::string wit, wpt;
  std::shared_ptr<const signet::trust::TrustSnapshot> trust;
  signet::verify::Policy policy;
};
const World& TheWorld() {
  static const World world;
  return world;
}

std::string Filled(std::string_view text) {
  return signet::fuzz::Filled(text, {{"$wit", TheWorld().wit}, {"$wpt", TheWorld().wpt}});
}

void CheckRefusal(const Decision& decision) {
  Property(decision.error.has_value());
  signet::fuzz::CheckRefusal(*decision.error);
  const int status = decision.http_status;
  Property(status == 400 || status == 401 || status == 403 || status == 413 || status == 503);
  Property((status == 503) == (decision.verdict == Verdict::kUnavailable));
  Property(!decision.challenge_wpt || status == 401);
  const signet::verify::Refusal refusal = signet::verify::RefusalOf(decision);
  signet::codec::JsonDocument body;
  Property(body.Parse(refusal.body).has_value());
  Property(refusal.body.find(TheWorld().wpt) == std::string::npos);
  int failed = 0;
  for (const signet::Check& check : decision.checks) failed += check.ok() ? 0 : 1;
  Property(failed == 1);
}

void CheckAllowed(const Decision& decision, const signet::http::Request& request) {
  Property(!decision.error.has_value() && decision.http_status == 200);
  Property(decision.subject.has_value() && decision.subject->text() == testing::kCaller);
  const auto wit = request.fields.Find("workload-identity-token");
  const auto proof = request.fields.Find("authorization");
  Property(wit.count == 1 && wit.value == TheWorld().wit);
  Property(proof.count == 1 && proof.value.ends_with(" " + TheWorld().wpt));
  Property(request.fields.Find("txn-token").count == 0);
  Property(request.fields.Find("x-ctx").count == 0);
  for (const signet::Check& check : decision.checks) Property(check.ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 20000) return 0;
  using signet::verify::Channel;
  static const auto verifier = signet::verify::Verifier::Make(TheWorld().policy);
  const std::string text = Filled(signet::fuzz::AsText(data, size));
  const signet::http::Request request = signet::fuzz::RequestOf(text);
  const auto decide = [&](signet::proof::ReplayGuard* store, VerifyContext& context) {
    return verifier->Decide(request, Channel::kProtected, *TheWorld().trust, store, testing::kNow,
                            context);
  };
  Store store;
  VerifyContext context;
  const Decision first = decide(&store, context);
  if (!first.allowed()) {
    CheckRefusal(first);
    // From the cache or not, the same answer.
    const Decision again = decide(&store, context);
    Property(!again.allowed() && again.error->code == first.error->code);
    Property(again.http_status == first.http_status);
    return 0;
  }
  CheckAllowed(first, request);
  const Decision second = decide(&store, context);
  Property(!second.allowed() && second.error->code == Errc::kWptReplayed);
  Property(decide(nullptr, context).verdict == Verdict::kUnavailable);
  Property(!verifier
                ->Decide(request, Channel::kUnprotected, *TheWorld().trust, &store, testing::kNow,
                         context)
                .allowed());
  return 0;
}
