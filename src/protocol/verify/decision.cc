#include "protocol/verify/decision.h"

#include "protocol/http/problem.h"

namespace signet::verify {

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllow:
      return "allow";
    case Verdict::kUnavailable:
      return "unavailable";
    case Verdict::kDeny:
      break;
  }
  return "deny";
}

std::string_view NameOf(Binding binding) {
  switch (binding) {
    case Binding::kWpt:
      return "wpt";
    case Binding::kHttpSignature:
      return "http-signature";
    case Binding::kMutualTls:
      return "mtls";
  }
  return "";
}

std::string_view NameOf(BindingSet bindings) {
  const bool wpt = bindings.Has(Binding::kWpt);
  const bool signature = bindings.Has(Binding::kHttpSignature);
  if (wpt && signature) return "both";
  if (wpt) return NameOf(Binding::kWpt);
  if (signature) return NameOf(Binding::kHttpSignature);
  return bindings.Has(Binding::kMutualTls) ? NameOf(Binding::kMutualTls) : "none";
}

Refusal RefusalOf(const Decision& decision, const std::vector<std::string>& extra_challenges) {
  SIGNET_CHECK(decision.error.has_value());
  Refusal out;
  out.status = decision.http_status;
  out.fields.emplace_back("Content-Type", http::kProblemContentType);
  out.fields.emplace_back("Cache-Control", "no-store");
  if (out.status == 401) {
    // WPT-8: no parameters are defined, so none are invented; details are in the body.
    if (decision.challenge_wpt) out.fields.emplace_back("WWW-Authenticate", "WPT");
    for (const std::string& scheme : extra_challenges) {
      out.fields.emplace_back("WWW-Authenticate", scheme);
    }
  }
  if (out.status == 503) out.fields.emplace_back("Retry-After", "1");
  out.body = http::ProblemJson(*decision.error, out.status);
  return out;
}

}  // namespace signet::verify
