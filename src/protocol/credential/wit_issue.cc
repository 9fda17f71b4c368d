#include "protocol/credential/wit_issue.h"

#include <algorithm>

#include "protocol/codec/json.h"
#include "protocol/codec/uri.h"
#include "protocol/jose/jws_sign.h"

namespace signet::credential {
namespace {

// One call for the memory of the claims with an EC key, beside subject and issuer.
constexpr std::size_t kUsualClaimsBytes = 320;

std::unexpected<Error> Wrong(std::string detail) {
  return Refuse(Errc::kWitIssueInput, std::move(detail));
}

Result<void> CheckText(const WitContent& content) {
  const bool kid_printable =
      std::ranges::all_of(content.kid, [](char c) { return c >= 0x20 && c != 0x7f; });
  if (content.kid.size() > kMaxKidBytes || !kid_printable) {
    return Wrong("kid is too long or not printable");
  }
  if (!content.iss.empty()) {
    const Result<codec::UriParts> iss = codec::ParseUri(content.iss);
    if (!iss.has_value() || !iss->scheme.has_value())
      return Wrong("iss is no absolute URI [WIT-2]");
  }
  return {};
}

Result<void> CheckContent(const crypto::PrivateKey& issuer, const WitContent& content,
                          const WitProfileInfo& profile) {
  if (!content.confirmation.alg.has_value()) return Wrong("the confirmed key has no alg [WIT-2]");
  if (!profile.algs.Has(*content.confirmation.alg)) {
    return Wrong("the alg of the confirmed key is refused by the profile");
  }
  if (!profile.algs.Has(issuer.alg())) return Wrong("the issuer's alg is refused by the profile");
  if (content.confirmation.key == issuer.public_key()) {
    return Wrong("the confirmed key is the issuer's own [WIT-11]");
  }
  if (content.exp <= content.now) return Wrong("exp is not after now");
  if (ToNumericDate(content.exp) > kMaxNumericDate) return Wrong("exp is out of range");
  if (content.exp - content.now > kMaxWitLifetime && !content.allow_long_lifetime) {
    return Wrong("the lifetime is over 24 h [WIT-8]");
  }
  if (profile.kid_required && content.kid.empty()) return Wrong("a WIT-SVID needs a kid [WSVID-1]");
  if (profile.spiffe_subject_required && content.subject.scheme() != identity::Scheme::kSpiffe) {
    return Wrong("a WIT-SVID needs a SPIFFE ID [WSVID-1]");
  }
  return CheckText(content);
}

}  // namespace

Result<std::string> IssueWit(const crypto::PrivateKey& issuer_key, const WitContent& content,
                             WitProfile profile) {
  SIGNET_TRY(CheckContent(issuer_key, content, InfoOf(profile)));
  std::string claims;
  claims.reserve(kUsualClaimsBytes + content.subject.text().size() + content.iss.size());
  claims += R"({"cnf":{"jwk":)";
  claims += jose::PublicJwkJson(content.confirmation.key, content.confirmation.alg);
  claims += R"(},"exp":)" + std::to_string(ToNumericDate(content.exp));
  claims += R"(,"iat":)" + std::to_string(ToNumericDate(content.now));
  if (!content.iss.empty()) {
    claims += R"(,"iss":)";
    codec::AppendJsonString(content.iss, claims);
  }
  if (!content.jti.empty()) {
    claims += R"(,"jti":)";
    codec::AppendJsonString(content.jti, claims);
  }
  claims += R"(,"sub":)";
  codec::AppendJsonString(content.subject.text(), claims);
  claims += "}";
  return jose::SignCompactJws(issuer_key, kWitTyp, content.kid, claims);
}

}  // namespace signet::credential
