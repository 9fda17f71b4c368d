#include "protocol/verify/policy.h"

#include <algorithm>
#include <utility>

namespace signet::verify {

Result<void> CheckPolicy(const Policy& policy) {
  const auto wrong = [](std::string detail) {
    return Refuse(Errc::kVerifyConfiguration, std::move(detail));
  };
  const bool application =
      policy.accept.Has(Binding::kWpt) || policy.accept.Has(Binding::kHttpSignature);
  if (policy.accept.empty()) return wrong("no binding is accepted");
  if (!policy.accept.HasAll(policy.demand)) return wrong("a binding is demanded but not accepted");
  // A certificate is not made for an audience: the handshake is with this very listener.
  if (application && policy.audiences.empty()) return wrong("no audience is configured [WPT-7]");
  if (policy.signature_revision == proof::httpsig::SignatureRevision::k06And07) {
    return wrong("a recipient follows one revision of HTTP signatures");
  }
  if (policy.leeway < seconds{0} || policy.leeway > seconds{300}) {
    return wrong("the leeway is not within 0 and 300 s");
  }
  if (policy.max_proof_ahead <= seconds{0} || policy.max_proof_ahead > seconds{3600}) {
    return wrong("max_proof_ahead is not within 1 s and 1 h");
  }
  if (policy.max_signature_lifetime <= seconds{0} ||
      policy.max_signature_lifetime > seconds{3600}) {
    return wrong("max_signature_lifetime is not within 1 s and 1 h");
  }
  if (policy.max_created_age.has_value() && *policy.max_created_age <= seconds{0}) {
    return wrong("max_created_age is not positive");
  }
  if (policy.max_wit_lifetime.has_value() && *policy.max_wit_lifetime <= seconds{0}) {
    return wrong("max_wit_lifetime is not positive");
  }
  return {};
}

seconds LongestProofLife(const Policy& policy) {
  const seconds wpt = policy.max_proof_ahead;
  const seconds signature = policy.max_signature_lifetime + proof::httpsig::kMaxCreatedAhead;
  const bool of_signature = policy.accept.Has(Binding::kHttpSignature);
  // The leeway is granted twice: to a clock of the sender that is ahead, and at the end.
  return (of_signature ? std::max(wpt, signature) : wpt) + 2 * policy.leeway;
}

}  // namespace signet::verify
