// Whole requests with an HTTP signature. The input is a message; "$wit", "$in" and "$sig" stand for
// the WIT, the Signature-Input and the Signature of one good request, so that what is around them
// is tried.
//
// Properties: allowed is the good request alone: its method, path, query, content and each field of
// the profile, whatever else is in the message; and it is allowed once. Cached and fresh WITs
// decide alike. A signed response is never accepted for another request.
#include <map>
#include <string>

#include "property.h"
#include "protocol/verify/response_verifier.h"
#include "request_text.h"
#include "tests/support/signed_scene.h"

namespace {

using signet::Errc;
using signet::fuzz::Property;
using signet::verify::Decision;
using signet::verify::VerifyContext;
namespace testing = signet::testing;

struct World {
  World() {
    scene.Sign();
    trust = testing::SnapshotOf(scene.origins);
    verifier.emplace(*signet::verify::Verifier::Make(scene.policy));
  }
  [[nodiscard]] std::string Value(std::string_view name) { return *scene.Line(name); }
  testing::SignedScene scene;
  std::shared_ptr<const signet::trust::TrustSnapshot> trust;
  std::optional<signet::verify::Verifier> verifier;
};
World& TheWorld() {
  static World world;
  return world;
}

std::string Filled(std::string_view text) {
  static const std::map<std::string, std::string> values = {
      {"$wit", TheWorld().scene.wit},
      {"$in", TheWorld().Value("Signature-Input")},
      {"$sig", TheWorld().Value("Signature")}};
  return signet::fuzz::Filled(text, values);
}

void CheckAllowed(const Decision& decision, const signet::http::Request& request) {
  World& world = TheWorld();
  Property(decision.subject->text() == testing::kCaller);
  Property(request.method == world.scene.method);
  const auto target = signet::http::ParseTarget(request.method, request.target);
  Property(target.has_value() && target->path == "/v1/items" && target->query == "page=2");
  Property(signet::AsText(request.body) == world.scene.body);
  for (const auto* name : {"Content-Type", "Content-Digest", "Workload-Identity-Token"}) {
    const auto found = request.fields.Find(name);
    Property(found.count == 1 && found.value == world.Value(name));
  }
  Property(request.fields.Find("authorization").count == 0);
  Property(request.fields.Find("txn-token").count == 0);
  for (const signet::Check& check : decision.checks) Property(check.ok());
}

// The request's own signature is no answer to it.
void CheckAsResponse(const signet::http::Request& request, VerifyContext& context) {
  signet::http::Response response;
  response.status = 200;
  response.fields = request.fields;
  response.body = request.body;
  signet::verify::ResponseRules rules;
  rules.waive_expected_server = true;
  rules.request_nonce = "nonce-1";
  const auto got = signet::verify::VerifyResponse(response, request, rules, *TheWorld().trust,
                                                  testing::kNow, context);
  Property(!got.is_signed);
  if (got.error.has_value()) signet::fuzz::CheckRefusal(*got.error);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 20000) return 0;
  World& world = TheWorld();
  const std::string text = Filled(signet::fuzz::AsText(data, size));
  const signet::http::Request request = signet::fuzz::RequestOf(text);
  testing::TableGuard store;
  VerifyContext context;
  const auto decide = [&] {
    return world.verifier->Decide(request, signet::verify::Channel::kProtected, *world.trust,
                                  &store, testing::kNow, context);
  };
  CheckAsResponse(request, context);
  const Decision first = decide();
  const Decision again = decide();
  Property(!again.allowed() && again.error.has_value());
  if (first.allowed()) {
    CheckAllowed(first, request);
    Property(again.error->code == Errc::kHttpsigReplayed);
    return 0;
  }
  signet::fuzz::CheckRefusal(*first.error);
  Property(again.error->code == first.error->code && again.http_status == first.http_status);
  Property(!first.challenge_wpt);
  int failed = 0;
  for (const signet::Check& check : first.checks) failed += check.ok() ? 0 : 1;
  Property(failed == 1);
  return 0;
}
