// Responses: whether the answer is that of the server that was called, to the request that was
// sent.
//
// Document: draft-ietf-wimse-http-signature 3.4, 3.5 (SIG-2, SIG-6, SIG-11, SIG-12). Floor 8. Pure;
// thread-safe, as long as each thread brings its own `context`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/check_list.h"
#include "protocol/base/error.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/http/message.h"
#include "protocol/identity/workload_id.h"
#include "protocol/proof/httpsig/profile.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/verifier.h"

namespace signet::verify {

struct ResponseRules {
  // The server that was called. A caller that cannot know says so by the waiver below.
  std::optional<identity::WorkloadId> expected_server;
  // True if the request said wimse-sign-response, and only then [SIG-12].
  bool signature_required = false;
  // The nonce of the request's signature; empty if the request was not signed: then no signed
  // response can be bound to it, and none is accepted [SIG-6].
  std::string request_nonce;

  credential::WitRules wit{.max_lifetime = credential::kMaxWitLifetime};
  proof::httpsig::SignatureRevision revision = proof::httpsig::kDefaultSignatureRevision;
  std::uint64_t policy_generation = 1;  // part of the key of cached verifications

  // Named waiver: a response signed by any workload of a trusted domain will do.
  bool waive_expected_server = false;
};

// What was found. `error` is set if the response must not be used.
struct ResponseDecision {
  std::optional<Error> error;
  CheckList checks;
  bool is_signed = false;                      // carries a WIMSE signature, and it is valid
  std::optional<identity::WorkloadId> server;  // who signed; also of a refused one, for the record
  DigestText wit_hash;

  [[nodiscard]] bool accepted() const { return !error.has_value(); }
};

// Decides on `response` to `request`, which is the request as it was sent, with its signature.
//
// A response without a WIMSE signature is accepted if none was demanded, and says nothing about who
// answered. One that has a signature must have a valid one, demanded or not [SIG-12].
//
// Errors: kVerifyConfiguration (neither an expected server nor the waiver);
// kHttpsigResponseUnsigned [SIG-12]; kWitMissing, kWitDuplicate [WIT-6] and those of
// VerifyMessageWit; kVerifyServerUnexpected [TLS-4]; those of VerifyResponseSignature
[[nodiscard]] ResponseDecision VerifyResponse(const http::Response& response,
                                              const http::Request& request,
                                              const ResponseRules& rules,
                                              const trust::TrustSnapshot& trust, WallTime now,
                                              VerifyContext& context);

}  // namespace signet::verify
