// HTTP signatures by the WIMSE profile: verification of requests and of responses.
//
// Document: draft-ietf-wimse-http-signature (SIG-1 to SIG-17) over RFC 9421. Floor 6. Pure. The WIT
// is verified first, by the caller [SIG-10]; replay is decided by the caller, last [SIG-9, RPL-1].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bounded_text.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/crypto/key_table_view.h"
#include "protocol/http/message.h"
#include "protocol/proof/audience.h"
#include "protocol/proof/httpsig/profile.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "protocol/proof/replay.h"

namespace signet::proof::httpsig {

struct SignatureRules {
  SignatureRevision revision = kDefaultSignatureRevision;
  seconds leeway = kDefaultLeeway;
  seconds max_lifetime = kMaxSignatureLifetime;
  // Oldest `created`, leeway on top; nullopt: only `expires` bounds it.
  std::optional<seconds> max_created_age{};
  crypto::AlgSet algs = crypto::kAllAlgs;  // acceptable for this peer's trust domain [SIG-7]
};

// A signature that passed every rule but replay. Only this file makes one.
class VerifiedSignature {
 public:
  [[nodiscard]] std::string_view nonce() const { return nonce_.view(); }
  [[nodiscard]] WallTime expires() const { return expires_; }
  [[nodiscard]] bool sign_response() const { return sign_response_; }  // [SIG-5a]
  // True if this field (lower case) is covered: only such a field may speak for the caller.
  [[nodiscard]] bool Covers(std::string_view field) const;
  [[nodiscard]] const ReplayEntry& replay_entry() const { return replay_; }
  // Position in the check list at which SIG-9 belongs.
  [[nodiscard]] std::size_t replay_check_position() const { return replay_position_; }

 private:
  friend class SignatureVerification;
  VerifiedSignature() = default;
  BoundedText<kMaxNonceBytes> nonce_;
  WallTime expires_;
  bool sign_response_ = false;
  std::vector<Component> components_;
  ReplayEntry replay_{};
  std::size_t replay_position_ = 0;
};

// True if the message carries either signature field: only then is it "signed" for SIG-12.
[[nodiscard]] bool HasSignatureFields(const http::Fields& fields);

// Verifies the one signature with the WIMSE tag as a proof for `wit`. Checks made are added to
// `checks`.
//
// Errors, in the order of the checks:
//   SIG-8   kHttpsigMissing (no signature with the tag), kHttpsigDuplicate (several), and what
//           ReadSignatures says
//   SIG-4   kHttpsigParameterMissing, kHttpsigParameterType
//   SIG-7   kHttpsigParameterForbidden (keyid, alg), kHttpsigAlg (cnf.jwk.alg not acceptable)
//   SIG-1   kHttpsigComponentInvalid (empty list), kHttpsigComponentMissing
//   SIG-5   kHttpsigParameterMissing (wimse-aud), kHttpsigAudMismatch
//   SIG-14  kHttpsigExpired (also if `expires` is before `created`), kHttpsigCreatedAhead (no
//           leeway on top), kHttpsigTooOld, kHttpsigLifetimeTooLong
//   SIG-9   kHttpsigNonceInvalid (empty or over kMaxNonceBytes)
//   SIG-3   kDigestMissing, kDigestMalformed, kDigestUnsupported, kDigestMismatch
//   SIG-10  kHttpsigUnresolvable, kHttpsigSignatureInvalid, kCryptoFailure
[[nodiscard]] Result<VerifiedSignature> VerifyRequestSignature(
    const http::Request& request, std::string_view request_path, const credential::VerifiedWit& wit,
    const AudienceSet& audiences, const SignatureRules& rules, WallTime now, CheckList& checks,
    crypto::KeyTableView* tables = nullptr);

// The same of a response to `request`, which this side sent. `request_nonce` is the nonce of the
// request's signature; `wit` is the server's.
// Errors: as above, with SIG-2 for SIG-1, without SIG-5, and
//   SIG-6   kHttpsigReqNonceMissing, kHttpsigReqNonceMismatch
[[nodiscard]] Result<VerifiedSignature> VerifyResponseSignature(
    const http::Response& response, const http::Request& request, std::string_view request_nonce,
    const credential::VerifiedWit& wit, const SignatureRules& rules, WallTime now,
    CheckList& checks, crypto::KeyTableView* tables = nullptr);

}  // namespace signet::proof::httpsig
