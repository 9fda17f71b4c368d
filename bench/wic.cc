#include <memory>

#include "bench/messages.h"
#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/credential/csr.h"
#include "protocol/credential/csr_sign.h"
#include "protocol/credential/wic_issue.h"
#include "protocol/credential/wic_verify.h"
#include "tests/support/wic_pki.h"

namespace signet::bench {
namespace {

using testing::kNow;

// An authority and what is asked of it.
struct Authority {
  testing::WicPki pki;
  crypto::SystemRandom random;
  crypto::PublicKey key = testing::PublicKeyOf(testing::kWorkloadJwk);
  Bytes csr = *credential::MakeCsr(testing::KeyOf(testing::kWorkloadJwk),
                                   std::string(testing::kCaller), {});
  credential::WicContent content{.id = testing::IdOf(testing::kCaller),
                                 .dns_names = {},
                                 .now = kNow,
                                 .not_after = kNow + seconds{3600},
                                 .usages = {}};

  void Issue(const crypto::PublicKey& to) {
    SIGNET_CHECK(pki.issuer().Issue(content, to, random).has_value());
  }
  void IssueForCsr() {
    const Result<credential::VerifiedCsr> verified = credential::VerifyCsr(csr);
    SIGNET_CHECK(verified.has_value());
    Issue(verified->key);
  }
};

// One leaf directly below the anchor.
struct Peer {
  testing::WicPki pki;
  std::vector<Bytes> chain{pki.Leaf()};
  std::shared_ptr<const trust::TrustSnapshot> trust = testing::SnapshotOf(pki.Origins());

  void Verify() const {
    CheckList checks;
    SIGNET_CHECK(credential::VerifyWic(chain, *trust, crypto::CertUsage::kClient, {}, kNow, checks)
                     .has_value());
  }
};

}  // namespace

void AddCertificates() {
  AddRow("wic/mint", [] {
    auto authority = std::make_shared<Authority>();
    return Subject{.ours = Repeat([authority] { authority->Issue(authority->key); }),
                   .primitive = Es256Sign()};
  });
  AddRow("wic/mint_from_csr", [] {
    auto authority = std::make_shared<Authority>();
    return Subject{.ours = Repeat([authority] { authority->IssueForCsr(); }),
                   .primitive = Es256VerifyAndSign()};
  });
  AddRow("wic/verify", [] {
    return Subject{.ours = Repeat([peer = std::make_shared<Peer>()] { peer->Verify(); }),
                   .primitive = Es256Verify()};
  });
}

}  // namespace signet::bench
