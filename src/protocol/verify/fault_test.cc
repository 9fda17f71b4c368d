// Decisions while OpenSSL runs out of memory: never allowed by mistake, never the caller's fault.
#include <gtest/gtest.h>

#include "tests/support/http_scene.h"
#include "tests/support/openssl_fault.h"
#include "tests/support/signed_scene.h"
#include "tests/support/wic_pki.h"

namespace signet::verify {
namespace {

using signet::testing::OpensslFault;

// Each decision is that of a listener that has seen nothing yet. Of a certificate's signature the
// library does not always say that memory was the reason.
bool IsAllowed(const Decision& decision) {
  if (decision.allowed()) return true;
  if (decision.error->code == Errc::kWicUntrusted) {
    EXPECT_EQ(decision.error->detail, "certificate signature failure");
    return false;
  }
  EXPECT_EQ(decision.error->code, Errc::kCryptoFailure)
      << decision.error->name() << ": " << decision.error->detail;
  EXPECT_EQ(decision.verdict, Verdict::kUnavailable);
  EXPECT_FALSE(decision.challenge_wpt);
  EXPECT_EQ(RefusalOf(decision).status, 503);
  return false;
}

// Says how many allocations the decision takes.
int DecideCutShort(signet::testing::HttpScene& scene) {
  const auto trust = signet::testing::SnapshotOf(scene.origins, scene.trust_generation, scene.deny);
  const Result<Verifier> verifier = Verifier::Make(scene.policy);
  const http::Request request = scene.Request();
  return OpensslFault::CutShort([&] {
    signet::testing::TableGuard guard;
    VerifyContext context;
    return IsAllowed(verifier->Decide(request, {Channel::kProtected, scene.peer}, *trust, &guard,
                                      scene.now, context));
  });
}

TEST(OutOfMemory, AWptIsUndecided) {
  signet::testing::HttpScene scene;
  EXPECT_GT(DecideCutShort(scene), 0);
}

TEST(OutOfMemory, ASignatureIsUndecided) {
  signet::testing::SignedScene scene;
  scene.Sign();
  EXPECT_GT(DecideCutShort(scene), 0);
}

TEST(OutOfMemory, ACertificateUnderNewTrustIsUndecided) {
  signet::testing::WicPki pki;
  signet::testing::HttpScene scene;
  scene.origins = pki.Origins();
  scene.policy.accept = {Binding::kMutualTls};
  scene.lines.clear();
  const credential::VerifiedWic peer = signet::testing::VerifiedClient(
      pki.Leaf(), *signet::testing::SnapshotOf(scene.origins, scene.trust_generation));
  scene.peer = &peer;
  ++scene.trust_generation;
  EXPECT_GT(DecideCutShort(scene), 0);
}

}  // namespace
}  // namespace signet::verify

int main(int argc, char** argv) {
  if (!signet::testing::OpensslFault::Install()) return 2;
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
