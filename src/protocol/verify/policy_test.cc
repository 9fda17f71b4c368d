#include "protocol/verify/policy.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/verify/verifier.h"
#include "tests/support/expect.h"
#include "tests/support/http_scene.h"

namespace signet::verify {
namespace {

using credential::WptRevision;
using testing::Accepted;
using testing::RefusedWith;
using testing::TestPolicy;

struct PolicyCase {
  const char* name;
  const char* rule;
  std::function<void(Policy&)> change;
  bool good;
};
void PrintTo(const PolicyCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class PolicyCheck : public ::testing::TestWithParam<PolicyCase> {};

TEST_P(PolicyCheck, IsMadeAtStart) {
  Policy policy = TestPolicy();
  GetParam().change(policy);
  EXPECT_EQ(CheckPolicy(policy).has_value(), GetParam().good);
  const Result<Verifier> made = Verifier::Make(policy);
  if (GetParam().good) {
    ASSERT_TRUE(Accepted(made));
    EXPECT_EQ(made->policy().leeway, policy.leeway);
  } else {
    EXPECT_TRUE(RefusedWith(made, Errc::kVerifyConfiguration, "WPT-7"));
  }
}
const std::vector<PolicyCase> kPolicies = {
    {"NothingWrong", "WPT-7", [](auto&) {}, true},
    {"NoAudience", "WPT-7", [](auto& p) { p.audiences = {}; }, false},
    {"NoBinding", "WPT-8", [](auto& p) { p.accept = {}; }, false},
    {"DemandsWhatItAccepts", "NQ4",
     [](auto& p) {
       p.accept = {Binding::kWpt, Binding::kHttpSignature};
       p.demand = p.accept;
     },
     true},
    {"DemandsWhatItDoesNotAccept", "NQ4", [](auto& p) { p.demand = {Binding::kHttpSignature}; },
     false},
    {"LeewayZero", "WPT-9", [](auto& p) { p.leeway = seconds{0}; }, true},
    {"LeewayNegative", "WPT-9", [](auto& p) { p.leeway = seconds{-1}; }, false},
    {"LeewayAtLimit", "WPT-9", [](auto& p) { p.leeway = seconds{300}; }, true},
    {"LeewayOverLimit", "WPT-9", [](auto& p) { p.leeway = seconds{301}; }, false},
    {"ProofAheadZero", "WPT-5.7", [](auto& p) { p.max_proof_ahead = seconds{0}; }, false},
    {"ProofAheadOne", "WPT-5.7", [](auto& p) { p.max_proof_ahead = seconds{1}; }, true},
    {"ProofAheadAtLimit", "WPT-5.7", [](auto& p) { p.max_proof_ahead = seconds{3600}; }, true},
    {"ProofAheadOverLimit", "WPT-5.7", [](auto& p) { p.max_proof_ahead = seconds{3601}; }, false},
    {"WitLifetimeZero", "WIT-8", [](auto& p) { p.max_wit_lifetime = seconds{0}; }, false},
    {"WitLifetimeOne", "WIT-8", [](auto& p) { p.max_wit_lifetime = seconds{1}; }, true},
    {"SignatureRevisionForSigningOnly", "SIG-1",
     [](auto& p) { p.signature_revision = proof::httpsig::SignatureRevision::k06And07; }, false},
    {"SignatureLifetimeZero", "SIG-14", [](auto& p) { p.max_signature_lifetime = seconds{0}; },
     false},
    {"SignatureLifetimeOne", "SIG-14", [](auto& p) { p.max_signature_lifetime = seconds{1}; },
     true},
    {"SignatureLifetimeAtLimit", "SIG-14",
     [](auto& p) { p.max_signature_lifetime = seconds{3600}; }, true},
    {"SignatureLifetimeOverLimit", "SIG-14",
     [](auto& p) { p.max_signature_lifetime = seconds{3601}; }, false},
    {"SignatureAgeZero", "SIG-14", [](auto& p) { p.max_created_age = seconds{0}; }, false},
    {"SignatureAgeOne", "SIG-14", [](auto& p) { p.max_created_age = seconds{1}; }, true},
    {"CertificatesNeedNoAudience", "TLS-2",
     [](auto& p) {
       p.accept = {Binding::kMutualTls};
       p.audiences = {};
     },
     true},
    {"WitLifetimeUnlimited", "WIT-8", [](auto& p) { p.max_wit_lifetime.reset(); }, true},
};
INSTANTIATE_TEST_SUITE_P(Settings, PolicyCheck, ::testing::ValuesIn(kPolicies),
                         [](const auto& p) { return std::string(p.param.name); });

// RPL-1: a WPT may expire 300 s and a leeway ahead and is taken for a leeway longer; a signature
// may be created 60 s ahead on top.
TEST(Policy, SaysHowLongAProofMayLive) {
  Policy policy = TestPolicy();
  EXPECT_EQ(LongestProofLife(policy), seconds{420});
  policy.accept = {Binding::kWpt, Binding::kHttpSignature};
  EXPECT_EQ(LongestProofLife(policy), seconds{480});
  policy.max_proof_ahead = seconds{1000};
  EXPECT_EQ(LongestProofLife(policy), seconds{1120});
  policy.max_signature_lifetime = seconds{2000};
  policy.leeway = seconds{0};
  EXPECT_EQ(LongestProofLife(policy), seconds{2060});
}

TEST(Policy, DefaultsAreTheSafeOnes) {
  const Policy policy;
  EXPECT_FALSE(policy.waive_protected_channel || policy.waive_replay_protection);
  EXPECT_FALSE(policy.callers.matches_everyone());
  EXPECT_EQ(policy.leeway, seconds{60});            // WPT-9
  EXPECT_EQ(policy.max_proof_ahead, seconds{300});  // WPT-5.7
  EXPECT_EQ(policy.max_wit_lifetime, seconds{24 * 3600});
  EXPECT_EQ(policy.wpt_revision, WptRevision::k02);
  EXPECT_FALSE(CheckPolicy(policy).has_value());
}

}  // namespace
}  // namespace signet::verify
