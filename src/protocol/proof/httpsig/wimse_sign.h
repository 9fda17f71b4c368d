// HTTP signatures by the WIMSE profile: signing. Signing code only: a relying party links none of
// this (target signet_httpsig_sign).
//
// Document: draft-ietf-wimse-http-signature (SIG-1 to SIG-16). Floor 6. Pure but for the random
// source, which is given; thread-safe where that is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/http/message.h"
#include "protocol/proof/content_digest.h"
#include "protocol/proof/httpsig/component.h"
#include "protocol/proof/httpsig/profile.h"

namespace signet::proof::httpsig {

struct SignOptions {
  std::string_view wit;  // sent as Workload-Identity-Token, and covered
  WallTime now;
  WallTime expires;        // now < expires <= now + kMaxSignatureLifetime
  std::string_view nonce;  // empty: 128 random bits
  SignatureRevision revision = kDefaultSignatureRevision;
  DigestAlg digest = DigestAlg::kSha256;
  std::vector<Component> extra{};  // covered besides what the profile demands
  // Named waiver for tests of other implementations: sign although the WIT confirms another key.
  bool allow_foreign_wit = false;
};

struct RequestSignOptions {
  std::string_view audience;   // wimse-aud; the target URI without query and fragment [SIG-5]
  bool sign_response = false;  // wimse-sign-response [SIG-5a]
};

// A header field to add. Names as the documents write them.
struct SignedField {
  std::string name;
  std::string value;
};
struct SignedMessage {
  std::vector<SignedField> fields;  // Workload-Identity-Token, Content-Digest (if there is
                                    // content), Signature-Input, Signature; only those to add
  std::string nonce;
};

// Signs `request` as it will be sent. It must not hold a WIT other than `options.wit`, and a
// Content-Digest that is there already must be right.
// Errors:
//   kHttpsigSignInput  the WIT cannot be read or confirms another key; a signature with our tag is
//                      there already [SIG-16]; times; empty audience; a nonce over its limit
//   kHttpsigUnresolvable, kHttpsigComponentInvalid (of `extra`), the digest codes,
//   kSfvUnserializable (an audience or nonce that no String can hold), kCryptoFailure
[[nodiscard]] Result<SignedMessage> SignRequest(const crypto::PrivateKey& key,
                                                const http::Request& request,
                                                const SignOptions& options,
                                                const RequestSignOptions& request_options,
                                                Random& random);

// Signs `response` to `request`; `request_nonce` is the nonce of the request's signature and is
// never empty [SIG-6]. Errors: as above
[[nodiscard]] Result<SignedMessage> SignResponse(const crypto::PrivateKey& key,
                                                 const http::Response& response,
                                                 const http::Request& request,
                                                 std::string_view request_nonce,
                                                 const SignOptions& options, Random& random);

// Accept-Signature values that list exactly what the profile demands [SIG-13].
[[nodiscard]] std::string AcceptSignatureForRequests(SignatureRevision revision);
[[nodiscard]] std::string AcceptSignatureForResponses(SignatureRevision revision);

}  // namespace signet::proof::httpsig
