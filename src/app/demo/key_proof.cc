#include "app/demo/key_proof.h"

#include "protocol/codec/json.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/jws_sign.h"
#include "protocol/jose/jwt.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app::demo {
namespace {

std::unexpected<Error> Wrong(std::string detail) {
  return Refuse(Errc::kIssueKeyProof, std::move(detail));
}

}  // namespace

Result<std::string> MakeKeyProof(const crypto::PrivateKey& key, std::string_view audience,
                                 WallTime now, Random& random) {
  std::string claims = R"({"aud":)";
  codec::AppendJsonString(audience, claims);
  claims += ",\"exp\":" + std::to_string(ToNumericDate(now + kKeyProofLifetime)) + ",\"jti\":";
  codec::AppendJsonString(proof::RandomId(random), claims);
  claims += "}";
  return jose::SignCompactJws(key, kKeyProofTyp, {}, claims);
}

Result<void> KeyProofChecker::Check(std::string_view proof, const jose::Jwk& key, WallTime now) {
  jose::JwsReader reader;
  if (!reader.Read(proof).has_value()) return Wrong("the proof is not one compact JWS");
  const std::string_view typ = reader.header().typ.value_or("");
  if (typ != kKeyProofTyp) return Wrong("typ of the proof is not key-proof+jwt");
  const Result<crypto::Alg> alg = jose::CheckAlg(reader.header(), key.algs);
  if (!alg.has_value()) return Wrong("alg of the proof is not that of the key");
  if (!jose::VerifyJws(reader, *alg, key).has_value()) {
    return Wrong("the proof is not signed with the key");
  }
  const auto aud = jose::StringClaim(reader.claims(), "aud");
  if (!aud.has_value() || *aud != std::string_view(audience_)) {
    return Wrong("the proof is for another issuer");
  }
  const auto exp = jose::TimeClaim(reader.claims(), "exp");
  if (!exp.has_value() || !exp->has_value()) return Wrong("the proof has no expiry");
  if (**exp + kDefaultLeeway <= now) return Wrong("the proof has expired");
  if (**exp > now + kKeyProofLifetime + kDefaultLeeway) return Wrong("the proof lives too long");
  const auto jti = jose::StringClaim(reader.claims(), "jti");
  if (!jti.has_value() || !jti->has_value() || (*jti)->empty() || (*jti)->size() > kMaxJtiBytes) {
    return Wrong("the proof has no usable jti");
  }
  std::erase_if(used_, [now](const auto& entry) { return entry.second <= now; });
  if (used_.size() >= kMaxRemembered) return Wrong("too many proofs at once");
  const std::string name = jose::Thumbprint(key.key) + "." + std::string(**jti);
  if (!used_.emplace(name, **exp + kDefaultLeeway).second)
    return Wrong("the proof was used before");
  return {};
}

}  // namespace signet::app::demo
