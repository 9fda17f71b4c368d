// The header fields with which a request proves itself: the WIT and fresh proofs, a WPT, an HTTP
// signature or both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http1/client.h"
#include "platform/http1/message.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/private_key.h"
#include "protocol/http/message.h"
#include "protocol/proof/httpsig/profile.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app {

struct ProofOptions {
  std::string_view wit;
  std::string_view audience;
  WallTime now;
  seconds ttl = proof::kDefaultProofLifetime;
  // Sent too, and bound by tth [WPT-3].
  std::optional<std::string_view> txn_token = std::nullopt;
  // Revision 01: bound by ath; the caller sends it.
  std::optional<std::string_view> access_token = std::nullopt;
  credential::WptRevision revision = credential::kDefaultWptRevision;
  bool wpt = true;
  // The request to sign: method, target, host, headers and body as they will be sent, without the
  // fields that are made here. nullptr: no HTTP signature.
  const http1::ClientRequest* to_sign = nullptr;
  bool sign_response = false;  // wimse-sign-response [SIG-5a]
  proof::httpsig::SignatureRevision signature_revision = proof::httpsig::kDefaultSignatureRevision;
};

struct ProvenFields {
  std::string wpt;    // empty: none
  std::string nonce;  // of the HTTP signature; empty: none
  // WIT, proof, Txn-Token, where the revision puts them [WPT-4]; Content-Digest, Signature-Input,
  // Signature.
  std::vector<http1::Header> fields;
};

// Errors: those of SignWpt and SignRequest
[[nodiscard]] Result<ProvenFields> ProveRequest(const crypto::PrivateKey& key,
                                                const ProofOptions& options, Random& random);

// The fields around a proof that was made elsewhere.
[[nodiscard]] std::vector<http1::Header> ProofFields(std::string_view wit, std::string_view wpt,
                                                     credential::WptRevision revision);

}  // namespace signet::app
