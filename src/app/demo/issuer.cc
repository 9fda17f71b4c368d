#include "app/demo/issuer.h"

#include "app/demo/names.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"
#include "protocol/codec/pem.h"
#include "protocol/credential/csr.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/jose/jwk.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app::demo {
namespace {

using nlohmann::ordered_json;

constexpr std::chrono::hours kAuthorityLifetime{24};

struct IdentityRequest {
  jose::Jwk jwk;
  std::string proof;
  crypto::PublicKey tls_key;
};

Result<std::string> TextMember(const codec::JsonValue& object, std::string_view name) {
  const auto member = object.Find(name);
  if (!member.has_value()) return Refuse(Errc::kJsonMemberMissing, std::string(name));
  const auto text = member->AsString();
  if (!text.has_value()) return Refuse(Errc::kJsonMemberType, std::string(name));
  return std::string(*text);
}

Result<IdentityRequest> ReadRequest(std::string_view body) {
  codec::JsonDocument document;
  SIGNET_TRY(document.Parse(body, {.max_bytes = kMaxIdentityRequestBytes}));
  const codec::JsonValue root = document.root();
  const auto jwk_member = root.Find("jwk");
  if (!jwk_member.has_value()) return Refuse(Errc::kJsonMemberMissing, "jwk");
  SIGNET_TRY_ASSIGN(jose::Jwk jwk, jose::ParseJwk(*jwk_member, {.require_alg = true}));
  SIGNET_TRY_ASSIGN(std::string proof, TextMember(root, "proof"));
  SIGNET_TRY_ASSIGN(const std::string csr_text, TextMember(root, "csr"));
  const Result<Bytes> csr = codec::Base64UrlDecode(csr_text);
  if (!csr.has_value()) return Refuse(Errc::kIssueCsr, "csr is not base64url");
  SIGNET_TRY_ASSIGN(credential::VerifiedCsr verified, credential::VerifyCsr(*csr));
  return IdentityRequest{
      .jwk = std::move(jwk), .proof = std::move(proof), .tls_key = std::move(verified.key)};
}

ordered_json ParsedJwk(const crypto::PublicKey& key, std::optional<crypto::Alg> alg,
                       std::string_view kid, std::string_view use) {
  return ordered_json::parse(jose::PublicJwkJson(key, alg, kid, use), nullptr, false);
}

}  // namespace

Issuer::Issuer(const Clock& clock, Random& random, credential::WicIssuer authority,
               crypto::PrivateKey wit_key)
    : clock_(clock),
      random_(random),
      authority_(std::move(authority)),
      wit_key_(std::move(wit_key)),
      wit_kid_(jose::Thumbprint(wit_key_.public_key())),
      proofs_(std::string(kServerName)) {}

Result<Issuer> Issuer::Make(const Clock& clock, Random& random) {
  SIGNET_TRY_ASSIGN(crypto::PrivateKey ca_key, crypto::PrivateKey::Generate(crypto::Alg::kES256));
  SIGNET_TRY_ASSIGN(crypto::PrivateKey wit_key, crypto::PrivateKey::Generate(crypto::Alg::kES256));
  const WallTime now = clock.Now();
  SIGNET_TRY_ASSIGN(const Bytes ca_certificate,
                    credential::MakeCaCertificate(ca_key,
                                                  {.trust_domain_uri = std::string(kOrigin),
                                                   .common_name = "Signet demo CA",
                                                   .now = now,
                                                   .not_after = now + kAuthorityLifetime},
                                                  random));
  SIGNET_TRY_ASSIGN(credential::WicIssuer authority,
                    credential::WicIssuer::Make(std::move(ca_key), ca_certificate));
  return Issuer(clock, random, std::move(authority), std::move(wit_key));
}

Result<ordered_json> Issuer::Issue(std::string_view body, const identity::WorkloadId& subject) {
  SIGNET_TRY_ASSIGN(const IdentityRequest request, ReadRequest(body));
  const WallTime now = clock_.Now();
  SIGNET_TRY(proofs_.Check(request.proof, request.jwk, now));
  SIGNET_TRY_ASSIGN(const std::string wit,
                    credential::IssueWit(wit_key_, {.subject = subject,
                                                    .confirmation = request.jwk,
                                                    .now = now,
                                                    .exp = now + kIdentityLifetime,
                                                    .kid = wit_kid_,
                                                    .iss = {},
                                                    .jti = proof::RandomId(random_)}));
  SIGNET_TRY_ASSIGN(const Bytes leaf, authority_.Issue({.id = subject,
                                                        .dns_names = {},
                                                        .now = now,
                                                        .not_after = now + kIdentityLifetime,
                                                        .usages = {}},
                                                       request.tls_key, random_));
  return ordered_json{{"id", subject.text()},
                      {"wit", wit},
                      {"chain", ordered_json::array({codec::Base64UrlEncode(leaf)})},
                      {"bundle", Bundle()},
                      {"ca", CaPem()}};
}

ordered_json Issuer::Bundle() const {
  ordered_json x509 = ParsedJwk(authority_.certificate().key, std::nullopt, {}, "wimse-x509");
  x509["x5c"] = ordered_json::array({codec::Base64Encode(authority_.certificate_der())});
  ordered_json keys = ordered_json::array();
  keys.push_back(ParsedJwk(wit_key_.public_key(), wit_key_.alg(), wit_kid_, "wimse-jwt"));
  keys.push_back(std::move(x509));
  return {{"keys", std::move(keys)}, {"sequence_number", 1}, {"refresh_hint", 300}};
}

std::string Issuer::CaPem() const {
  return codec::PemEncode(authority_.certificate_der(), "CERTIFICATE");
}

}  // namespace signet::app::demo
