#include "protocol/proof/own_wit_sign.h"

#include "protocol/codec/json.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"

namespace signet::proof {

Result<void> CheckOwnWit(const crypto::PrivateKey& key, std::string_view wit, Errc code) {
  jose::JwsReader reader;
  const Result<void> read = reader.Read(wit);
  if (!read.has_value()) return Refuse(code, "the WIT: " + std::string(read.error().name()));
  const std::optional<codec::JsonValue> cnf = reader.claims().Find("cnf");
  const std::optional<codec::JsonValue> jwk =
      cnf.has_value() ? cnf->Find("jwk") : std::optional<codec::JsonValue>();
  if (!jwk.has_value()) return Refuse(code, "the WIT confirms no key");
  const Result<jose::Jwk> confirmed =
      jose::ParseJwk(*jwk, {.require_alg = true, .unchecked_point = true});
  if (!confirmed.has_value()) {
    return Refuse(code, "cnf.jwk: " + std::string(confirmed.error().name()));
  }
  if (!(confirmed->key == key.public_key())) return Refuse(code, "the WIT confirms another key");
  if (confirmed->alg != key.alg()) return Refuse(code, "the WIT confirms another algorithm");
  return {};
}

}  // namespace signet::proof
