// Mutual TLS as the proof, and under another proof.
#include <string>
#include <vector>

#include "protocol/credential/deny_key.h"
#include "tests/support/expect.h"
#include "tests/support/signed_scene.h"
#include "tests/support/wic_pki.h"

namespace signet::verify {
namespace {

using testing::HttpScene;
using testing::kNow;
using testing::RulesOf;
using testing::WicPki;

constexpr std::string_view kProxy = "wimse://trust.example.com/proxy";

// A request over a connection on which `id` showed its certificate.
struct TlsScene : HttpScene {
  explicit TlsScene(std::string_view id = testing::kCaller) {
    origins = pki.Origins();
    leaf = pki.Leaf(id);
    verified = testing::VerifiedClient(leaf, *testing::SnapshotOf(origins, trust_generation));
    peer = &*verified;
    policy.accept = {Binding::kMutualTls};
    lines.clear();
  }
  WicPki pki;
  Bytes leaf;
  std::optional<credential::VerifiedWic> verified;
};

TEST(MutualTls, AloneIsAProofWhereItIsAccepted) {  // TLS-2, ID-13
  TlsScene scene;
  const Decision got = scene.Decide();
  ASSERT_TRUE(got.allowed()) << got.error->name();
  EXPECT_EQ(got.subject->text(), testing::kCaller);
  EXPECT_EQ(got.transport->text(), testing::kCaller);
  EXPECT_EQ(NameOf(got.bindings), "mtls");
  EXPECT_FALSE(got.signature.has_value());
  EXPECT_EQ(scene.guard.asked, 0);  // the handshake is the proof; there is nothing to replay
  EXPECT_EQ(RulesOf(got.checks), (std::vector<std::string>{"WIT-10", "TLS-1", "TLS-2", "CRED-AZ"}));
}

TEST(MutualTls, NeedsNoAudience) {
  TlsScene scene;
  scene.policy.audiences = {};
  EXPECT_TRUE(scene.Decide().allowed());
  scene.policy.accept = {Binding::kMutualTls, Binding::kWpt};
  EXPECT_EQ(CheckPolicy(scene.policy).error().code, Errc::kVerifyConfiguration);
}

TEST(MutualTls, IsNoProofWhereItIsNotAccepted) {  // WPT-8
  TlsScene scene;
  scene.policy.accept = {Binding::kWpt};
  const Decision got = scene.Decide();
  EXPECT_EQ(got.error->code, Errc::kVerifyNoCredentials);
  EXPECT_EQ(got.http_status, 401);
}

TEST(MutualTls, AuthorizesOnTheWholeIdentifier) {  // TLS-6, CRED-AZ
  TlsScene scene("wimse://trust.example.com/edge2");
  const Decision got = scene.Decide();
  EXPECT_EQ(got.error->code, Errc::kVerifyCallerNotAllowed);
  EXPECT_EQ(got.http_status, 403);
}

TEST(MutualTls, HeaderFieldsDoNotOverrideIt) {  // TLS-6, ATTACKS 11
  TlsScene scene("wimse://trust.example.com/edge2");
  for (const auto* name : {"X-Forwarded-Client-Cert", "X-Workload-Identity", "Forwarded"}) {
    scene.Add(name, std::string(testing::kCaller));
  }
  EXPECT_EQ(scene.Decide().error->code, Errc::kVerifyCallerNotAllowed);
}

TEST(MutualTls, EndsWithTheCertificateAlsoOnALivingConnection) {  // WIC-2
  TlsScene scene;
  scene.now = kNow + seconds{3601};
  const Decision got = scene.Decide();
  EXPECT_EQ(got.error->code, Errc::kWicExpired);
  EXPECT_EQ(got.error->rule(), "WIC-2");
  EXPECT_EQ(got.http_status, 400);
  EXPECT_EQ(got.transport->text(), testing::kCaller);  // for the record
  EXPECT_FALSE(got.subject.has_value());
}

TEST(MutualTls, EndsWithTheDenyList) {  // WIC-3
  TlsScene scene;
  scene.deny.wics.insert(credential::WicDenyKey(scene.leaf));
  EXPECT_EQ(scene.Decide().error->code, Errc::kWicDenied);
  TlsScene by_name;
  by_name.deny.subjects.insert(std::string(testing::kCaller));
  EXPECT_EQ(by_name.Decide().error->code, Errc::kWicDenied);
}

// ATTACKS 30: a bundle from which the authority was removed counts for connections that are there.
TEST(MutualTls, IsVerifiedAgainUnderNewTrust) {
  TlsScene scene;
  scene.trust_generation = 8;
  EXPECT_TRUE(scene.Decide().allowed());
  scene.trust_generation = 9;
  scene.origins = WicPki("wimse://trust.example.com", testing::kIssuerJwk).Origins();
  EXPECT_EQ(scene.Decide().error->code, Errc::kWicUntrusted);
  scene.trust_generation = 10;
  scene.origins = testing::TestOrigins();
  EXPECT_EQ(scene.Decide().error->code, Errc::kTrustNoKeys);
}

TEST(MutualTls, MustBeThereWhereItIsDemanded) {  // NQ4
  TlsScene scene;
  scene.policy.accept = {Binding::kMutualTls, Binding::kWpt};
  scene.policy.demand = {Binding::kMutualTls, Binding::kWpt};
  EXPECT_EQ(scene.Decide().error->code, Errc::kVerifyNoCredentials);  // a certificate alone
  HttpScene with_wpt;
  with_wpt.policy.accept = scene.policy.accept;
  with_wpt.policy.demand = {Binding::kMutualTls};
  const Decision got = with_wpt.Decide();  // a WPT alone
  ASSERT_FALSE(got.allowed());
  EXPECT_EQ(got.error->code, Errc::kWicMissing);
  TlsScene layered;
  layered.policy.accept = scene.policy.accept;
  layered.policy.demand = scene.policy.demand;
  layered.Add("Workload-Identity-Token", layered.wit);
  layered.Add("Authorization", "WPT " + layered.wpt);
  EXPECT_TRUE(layered.Decide().allowed());
}

// A WIT that is sent must be proven: nobody may put somebody else's beside his own certificate.
TEST(MutualTls, DoesNotProveAWit) {  // WIT-5, ATTACKS 18
  TlsScene scene(kProxy);
  scene.policy.callers.Add(testing::IdOf(kProxy));
  scene.Add("Workload-Identity-Token", scene.wit);
  EXPECT_EQ(scene.Decide().error->code, Errc::kVerifyBindingNotAccepted);
  scene.policy.accept = {Binding::kMutualTls, Binding::kWpt};
  EXPECT_EQ(scene.Decide().error->code, Errc::kWptMissing);
  scene.policy.accept = {Binding::kMutualTls, Binding::kHttpSignature};
  EXPECT_EQ(scene.Decide().error->code, Errc::kHttpsigMissing);
}

TEST(LayeredIdentities, AreBothReportedAndTheProofDecides) {  // TLS-8
  TlsScene scene(kProxy);
  scene.policy.accept = {Binding::kWpt};
  scene.lines = {{"Workload-Identity-Token", scene.wit}, {"Authorization", "WPT " + scene.wpt}};
  const Decision got = scene.Decide();
  ASSERT_TRUE(got.allowed()) << got.error->name();
  EXPECT_EQ(got.subject->text(), testing::kCaller);
  EXPECT_EQ(got.transport->text(), kProxy);
  EXPECT_EQ(NameOf(got.bindings), "wpt");
}

TEST(LayeredIdentities, ABadTransportRefusesAGoodProof) {  // TLS-1
  TlsScene scene(kProxy);
  scene.policy.accept = {Binding::kWpt};
  scene.lines = {{"Workload-Identity-Token", scene.wit}, {"Authorization", "WPT " + scene.wpt}};
  scene.deny.subjects.insert(std::string(kProxy));
  EXPECT_EQ(scene.Decide().error->code, Errc::kWicDenied);
}

TEST(MutualTls, AWrongProofIsNotForgivenForTheCertificate) {
  TlsScene scene;
  scene.policy.accept = {Binding::kMutualTls, Binding::kWpt, Binding::kHttpSignature};
  scene.Add("Authorization", "WPT a.b.c");
  EXPECT_EQ(scene.Decide().error->code, Errc::kWitMissing);
  TlsScene half;
  half.policy.accept = {Binding::kMutualTls, Binding::kHttpSignature};
  half.Add("Signature-Input", "wimse=()");
  EXPECT_EQ(half.Decide().error->code, Errc::kWitMissing);
  // A bearer token is not looked at and says nothing.
  TlsScene other;
  other.policy.accept = {Binding::kMutualTls, Binding::kWpt};
  other.Add("Authorization", "Bearer x");
  EXPECT_TRUE(other.Decide().allowed());
}

}  // namespace
}  // namespace signet::verify
