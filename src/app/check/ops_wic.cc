// Operations on certificates: wic.verify, wic.issue.
#include "app/check/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/credential/wic_issue.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/jose/jwk_private.h"

namespace signet::app {
namespace {

Result<Bytes> DerOf(const std::string& text, std::string_view name) {
  Result<Bytes> der = codec::Base64UrlDecode(text);
  if (!der.has_value()) return Refuse(Errc::kUsageBadMember, std::string(name) + ": base64url");
  return der;
}

Result<crypto::CertUsage> ReadUsage(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::string name, input.String("usage"));
  if (name == "client") return crypto::CertUsage::kClient;
  if (name == "server") return crypto::CertUsage::kServer;
  return Refuse(Errc::kUsageBadMember, "usage: client or server");
}

Result<credential::WicUsages> ReadUsages(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, input.OptionalString("usage"));
  if (!name.has_value() || *name == "both") return credential::WicUsages{};
  if (*name == "client") return credential::WicUsages{.client = true, .server = false};
  if (*name == "server") return credential::WicUsages{.client = false, .server = true};
  return Refuse(Errc::kUsageBadMember, "usage: client, server or both");
}

credential::WicProfile ProfileOf(credential::WitProfile profile) {
  switch (profile) {
    case credential::WitProfile::kWimse:
      return credential::WicProfile::kWimse;
    case credential::WitProfile::kSpiffe:
      return credential::WicProfile::kSpiffe;
  }
  return credential::WicProfile::kSpiffe;
}

// Whom the line expects: by the rules of VerifyTlsPeer, for either usage.
Result<void> CheckExpected(const credential::VerifiedWic& wic,
                           const std::optional<std::string>& dns_name,
                           const std::optional<std::string>& expected_id) {
  if (dns_name.has_value()) {
    SIGNET_TRY(credential::CheckHostName(wic.certificate(), *dns_name));
  }
  if (!expected_id.has_value() || *expected_id == wic.subject().text()) return {};
  const std::string_view origin = wic.subject().origin_text();
  const bool same_domain =
      expected_id->starts_with(origin) && expected_id->substr(origin.size()).starts_with('/');
  return RefuseAt(same_domain ? "TLS-4" : "TLS-1", Errc::kTlsPeerUnexpected,
                  "another identifier than the expected one");
}

}  // namespace

Result<CheckOutcome> CheckWicVerify(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::vector<std::string> texts, input.Strings("chain_der_b64u"));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(const crypto::CertUsage usage, ReadUsage(input));
  SIGNET_TRY_ASSIGN(const auto expected_id, input.OptionalString("expected_id"));
  SIGNET_TRY_ASSIGN(const auto dns_name, input.OptionalString("dns_name"));
  SIGNET_TRY_ASSIGN(const credential::WitProfile profile, input.Profile());
  SIGNET_TRY_ASSIGN(const std::shared_ptr<const trust::TrustSnapshot> trust, ReadTrust(input));
  SIGNET_TRY(input.Finish());
  std::vector<Bytes> chain;
  for (const std::string& text : texts) {
    SIGNET_TRY_ASSIGN(Bytes der, DerOf(text, "chain_der_b64u"));
    chain.push_back(std::move(der));
  }
  CheckList checks;
  SIGNET_TRY_ASSIGN(
      const credential::VerifiedWic wic,
      credential::VerifyWic(chain, *trust, usage, {.profile = ProfileOf(profile), .id_rules = {}},
                            now, checks));
  SIGNET_TRY(CheckExpected(wic, dns_name, expected_id));
  return CheckOutcome{.result = {{"subject", wic.subject().text()},
                                 {"not_after", ToNumericDate(wic.not_after())},
                                 {"dns", wic.certificate().san->dns},
                                 {"sha256", codec::Base64UrlEncode(wic.digest())}},
                      .refusal = std::nullopt};
}

Result<CheckOutcome> CheckWicIssue(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const std::string key_text, input.JsonText("ca_key"));
  SIGNET_TRY_ASSIGN(const std::string ca_text, input.String("ca_der_b64u"));
  SIGNET_TRY_ASSIGN(const std::string id_text, input.String("id"));
  SIGNET_TRY_ASSIGN(const std::string jwk_text, input.JsonText("public_jwk"));
  SIGNET_TRY_ASSIGN(const auto dns, input.OptionalStrings("dns"));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(const WallTime not_after, input.Expiry(now));
  SIGNET_TRY_ASSIGN(const credential::WicUsages usages, ReadUsages(input));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const Bytes ca, DerOf(ca_text, "ca_der_b64u"));
  SIGNET_TRY_ASSIGN(identity::WorkloadId id, identity::WorkloadId::Parse(id_text));
  SIGNET_TRY_ASSIGN(jose::PrivateJwk ca_key, jose::ParsePrivateJwk(key_text));
  SIGNET_TRY_ASSIGN(const jose::Jwk subject, jose::ParseJwk(jwk_text, {.key_only = true}));
  SIGNET_TRY_ASSIGN(const credential::WicIssuer issuer,
                    credential::WicIssuer::Make(std::move(ca_key.key), ca));
  const credential::WicContent content{.id = std::move(id),
                                       .dns_names = dns.value_or(std::vector<std::string>()),
                                       .now = now,
                                       .not_after = not_after,
                                       .usages = usages};
  SIGNET_TRY_ASSIGN(const Bytes leaf, issuer.Issue(content, subject.key, state.random));
  // The authority is the anchor: no intermediate stands between.
  return CheckOutcome{.result = {{"chain_der_b64u", {codec::Base64UrlEncode(leaf)}}},
                      .refusal = std::nullopt};
}

}  // namespace signet::app
