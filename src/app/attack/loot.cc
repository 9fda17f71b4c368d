#include "app/attack/loot.h"

#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/jose/jwt.h"

namespace signet::app::attack {

Result<Holder> MakeHolder(std::string wit, SignFunction sign) {
  jose::JwsReader reader;
  SIGNET_TRY(reader.Read(wit));
  SIGNET_TRY_ASSIGN(const auto sub, jose::StringClaim(reader.claims(), "sub"));
  if (!sub.has_value()) return Refuse(Errc::kWitSubMissing, "the WIT has no subject");
  std::string id(*sub);
  const auto cnf = reader.claims().Find("cnf");
  const auto jwk = cnf.has_value() && cnf->is_object() ? cnf->Find("jwk") : std::nullopt;
  if (!jwk.has_value()) return Refuse(Errc::kWitCnfMissing, "the WIT confirms no key");
  SIGNET_TRY_ASSIGN(jose::Jwk key, jose::ParseJwk(*jwk, {.require_alg = true}));
  SIGNET_TRY_ASSIGN(const auto alg, jose::StringClaim(*jwk, "alg"));
  std::string alg_name(alg.value_or(""));
  return Holder{.wit = std::move(wit),
                .id = std::move(id),
                .alg = std::move(alg_name),
                .spki = key.key.ToSpki(),
                .sign = std::move(sign)};
}

}  // namespace signet::app::attack
