#include "protocol/proof/httpsig/profile.h"

namespace signet::proof::httpsig {
namespace {

// @authority is left out on purpose: gateways rewrite it, and wimse-aud names the recipient
// [SIG-1].
constexpr std::array<std::string_view, 2> kDerived06{"@method", "@request-target"};
constexpr std::array<std::string_view, 3> kDerived07{"@method", "@path", "@query"};
constexpr std::array<std::string_view, 4> kDerivedBoth{"@method", "@path", "@query",
                                                       "@request-target"};

// In the order of the enumerators.
constexpr std::array<SignatureRevisionInfo, 3> kRevisions{{
    {SignatureRevision::k06, "http-signature-06", "draft-ietf-wimse-http-signature-06", kDerived06},
    {SignatureRevision::k07, "http-signature-07", "draft-ietf-wimse-http-signature-07", kDerived07},
    {SignatureRevision::k06And07, "both-sign", "draft-ietf-wimse-http-signature-06 and -07",
     kDerivedBoth},
}};

}  // namespace

const SignatureRevisionInfo& InfoOf(SignatureRevision revision) {
  return kRevisions[static_cast<std::size_t>(revision)];
}

std::optional<SignatureRevision> SignatureRevisionFromName(std::string_view name) {
  for (const SignatureRevisionInfo& info : kRevisions) {
    if (info.name == name) return info.revision;
  }
  return std::nullopt;
}

}  // namespace signet::proof::httpsig
