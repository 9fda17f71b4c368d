// WitResponseSigner: answers signed with a WIT and its key (http-signature 3.5).
//
// Service. Signing code only (target service_proxy_sign): an enforcement point without it links no
// private key. Thread-safe; the credential is replaced as a whole.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "protocol/base/random.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/proof/httpsig/profile.h"
#include "service/proxy/enforcement_point.h"

namespace signet::proxy {

// A WIT and the private key that it confirms.
struct SigningCredential {
  crypto::PrivateKey key;
  std::string wit;
};

class WitResponseSigner final : public ResponseSigner {
 public:
  // `clock` and `random` outlive the signer; `random` may be called from every loop at once.
  WitResponseSigner(
      std::shared_ptr<const SigningCredential> credential, const Clock& clock, Random& random,
      proof::httpsig::SignatureRevision revision = proof::httpsig::kDefaultSignatureRevision)
      : credential_(std::move(credential)), clock_(clock), random_(random), revision_(revision) {}

  // The next answers are signed with this one, as soon as a WIT was renewed. From any thread.
  void Replace(std::shared_ptr<const SigningCredential> credential) {
    credential_.store(std::move(credential));
  }

  // Errors: those of SignResponse
  [[nodiscard]] Result<std::vector<http1::Header>> Sign(const http::Response& response,
                                                        const http::Request& request,
                                                        std::string_view request_nonce) override;

 private:
  std::atomic<std::shared_ptr<const SigningCredential>> credential_;
  const Clock& clock_;
  Random& random_;
  proof::httpsig::SignatureRevision revision_;
};

}  // namespace signet::proxy
