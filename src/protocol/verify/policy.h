// Policy: what one listener accepts. Verification asks for everything it needs; there is no
// setting whose absence means "anything".
//
// Floor 8. Immutable once handed to a Verifier; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/identity/id_set.h"
#include "protocol/proof/audience.h"
#include "protocol/proof/httpsig/profile.h"
#include "protocol/proof/wpt_verify.h"
#include "protocol/verify/decision.h"

namespace signet::verify {

struct Policy {
  // Whom proofs must be made for. From configuration only [WPT-7, SIG-5].
  proof::AudienceSet audiences;
  // Which proofs count, each alone. A request that carries two that count must pass with both.
  BindingSet accept{Binding::kWpt};
  // Which of them every request must carry, all together: without it, whoever can take a signature
  // off a request that has a WPT too makes it a request with a WPT.
  BindingSet demand;
  // Who may call. IdSet::AnyAuthenticated() is the named waiver.
  identity::IdSet callers;

  credential::WitProfile profile = credential::WitProfile::kWimse;
  credential::WptRevision wpt_revision = credential::kDefaultWptRevision;
  proof::httpsig::SignatureRevision signature_revision = proof::httpsig::kDefaultSignatureRevision;
  credential::WicProfile wic_profile = credential::WicProfile::kWimse;
  seconds leeway = kDefaultLeeway;
  seconds max_proof_ahead = proof::kDefaultMaxProofAhead;                  // [WPT-5.7]
  seconds max_signature_lifetime = proof::httpsig::kMaxSignatureLifetime;  // [SIG-14]
  std::optional<seconds> max_created_age;  // oldest `created` of a signature; nullopt: `expires`
  std::optional<seconds> max_wit_lifetime = credential::kMaxWitLifetime;  // [WIT-8]
  std::optional<std::string> expected_issuer;
  bool allow_eddsa = true;
  identity::IdRules id_rules;
  // Fields that carry context tokens and must be covered by oth when present [WPT-3].
  std::vector<std::string> context_fields;

  // Named waivers. Each is off.
  bool waive_protected_channel = false;  // credentials over a channel without TLS [WIT-10]
  bool waive_replay_protection = false;  // the same proof may be used again [RPL-1]

  // Number of this policy: part of the key of cached verifications.
  std::uint64_t generation = 1;
};

// Refuses a policy that accepts no binding, contradicts itself or leaves its limits, so that a
// mistake shows at start. An empty list of callers is no mistake: nobody gets in.
// Errors: kVerifyConfiguration
[[nodiscard]] Result<void> CheckPolicy(const Policy& policy);

// Longest time from the first use of a proof to the end of its validity, clock differences
// included: what a replay store must remember [RPL-1].
[[nodiscard]] seconds LongestProofLife(const Policy& policy);

}  // namespace signet::verify
