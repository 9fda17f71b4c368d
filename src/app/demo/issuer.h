// Issuer: the certificate authority and credential issuer of the first run. Small on purpose: its
// keys live in memory and die with the process.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "app/demo/key_proof.h"
#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wic_issue.h"
#include "protocol/crypto/private_key.h"
#include "protocol/identity/workload_id.h"

namespace signet::app::demo {

inline constexpr seconds kIdentityLifetime{3600};
inline constexpr std::size_t kMaxIdentityRequestBytes = 32 * 1024;

// Not thread-safe.
class Issuer {
 public:
  // Makes the two keys: one for certificates, one for WITs [BCP-1]. `random` and `clock` outlive
  // the issuer. Errors: kCryptoFailure, kWicIssueInput
  [[nodiscard]] static Result<Issuer> Make(const Clock& clock, Random& random);

  // Answers a request of the workload `subject`, whom the caller has identified by other means:
  // nothing in the request says who it is. The request is {"jwk","proof","csr"}: the public key for
  // the WIT with its alg, a proof of its possession (key_proof.h), and a PKCS#10 request in
  // base64url for the TLS key. The answer is {"id","wit","chain":[base64url...],"bundle","ca"}.
  // Errors: JSON errors, kJsonMemberMissing, those of ParseJwk; kIssueKeyProof, kIssueCsr, those of
  // IssueWit and WicIssuer::Issue
  [[nodiscard]] Result<nlohmann::ordered_json> Issue(std::string_view request,
                                                     const identity::WorkloadId& subject);

  // The trust bundle in WIMSE form: the WIT key and the authority's certificate [TD-2].
  [[nodiscard]] nlohmann::ordered_json Bundle() const;
  [[nodiscard]] std::string CaPem() const;
  [[nodiscard]] const std::string& wit_kid() const { return wit_kid_; }

 private:
  Issuer(const Clock& clock, Random& random, credential::WicIssuer authority,
         crypto::PrivateKey wit_key);
  const Clock& clock_;
  Random& random_;
  credential::WicIssuer authority_;
  crypto::PrivateKey wit_key_;
  std::string wit_kid_;
  KeyProofChecker proofs_;
};

}  // namespace signet::app::demo
