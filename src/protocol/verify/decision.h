// Decision: what a verifier found, with every check it made.
//
// Floor 8. A value; thread-safe once made.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bounded_text.h"
#include "protocol/base/check_list.h"
#include "protocol/base/error.h"
#include "protocol/base/limits.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/identity/workload_id.h"
#include "protocol/proof/httpsig/wimse_verify.h"

namespace signet::verify {

// Unavailable is never allow: something that is needed to decide could not be asked.
enum class Verdict : std::uint8_t { kDeny, kAllow, kUnavailable };
[[nodiscard]] std::string_view NameOf(Verdict verdict);

// How a request proves that it is its caller's.
enum class Binding : std::uint8_t { kWpt, kHttpSignature, kMutualTls };
[[nodiscard]] std::string_view NameOf(Binding binding);

class BindingSet {
 public:
  constexpr BindingSet() = default;
  constexpr BindingSet(std::initializer_list<Binding> bindings) {
    for (const Binding binding : bindings) bits_ = static_cast<std::uint8_t>(bits_ | Bit(binding));
  }
  [[nodiscard]] constexpr bool Has(Binding binding) const { return (bits_ & Bit(binding)) != 0; }
  constexpr void Add(Binding binding) { bits_ = static_cast<std::uint8_t>(bits_ | Bit(binding)); }
  [[nodiscard]] constexpr bool HasAll(BindingSet others) const {
    return (bits_ & others.bits_) == others.bits_;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  constexpr bool operator==(const BindingSet&) const = default;

 private:
  static constexpr std::uint8_t Bit(Binding binding) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(binding));
  }
  std::uint8_t bits_ = 0;
};

// "wpt", "http-signature", "both" (these two), "mtls"; "none" for the empty set.
[[nodiscard]] std::string_view NameOf(BindingSet bindings);

// jti of a WPT, or nonce of a signature.
using ProofId = BoundedText<std::max(kMaxJtiBytes, proof::httpsig::kMaxNonceBytes)>;

struct Decision {
  Verdict verdict = Verdict::kDeny;
  std::optional<Error> error;  // why not; set unless allowed
  int http_status = 500;       // for the refusal [WPT-8, WIT-9]; 200 if allowed
  bool challenge_wpt = false;  // the refusal carries WWW-Authenticate: WPT [WPT-8]
  CheckList checks;            // in the order of the documents, the failing one marked

  // Of an allowed request, and of a refused one as far as verification came: the audit record
  // names who it was that was refused. Only `verdict` says that the request may be acted on.
  //
  // The caller: the subject of the WIT, or of the certificate where that alone is the proof. The
  // identity of the transport stands beside it and never replaces it: with a proxy in between they
  // differ, and both are reported [TLS-8].
  std::optional<identity::WorkloadId> subject;
  std::optional<identity::WorkloadId> transport;
  BindingSet bindings;  // proofs that were verified
  credential::WptRevision revision = credential::kDefaultWptRevision;
  ProofId proof_id;                    // jti of the WPT, else the nonce of the signature
  DigestText wit_hash;                 // base64url(SHA-256(WIT)); never the token [WPT-11]
  std::optional<WallTime> first_seen;  // of a replayed proof
  std::uint64_t trust_generation = 0;
  // The caller's HTTP signature, verified: which fields it covers, its nonce, and whether it
  // demands a signed response [SIG-5a, SIG-11].
  std::optional<proof::httpsig::VerifiedSignature> signature;

  [[nodiscard]] bool allowed() const { return verdict == Verdict::kAllow; }
};

// What is sent back for a refusal: status, header fields, problem details (RFC 9457). `extra`
// names the other authentication schemes that the listener accepts; a 401 lists them all.
struct Refusal {
  int status = 500;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};
[[nodiscard]] Refusal RefusalOf(const Decision& decision,
                                const std::vector<std::string>& extra_challenges = {});

}  // namespace signet::verify
