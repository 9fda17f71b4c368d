#include "app/check/signing_key.h"

#include <optional>

#include "protocol/jose/jws.h"

namespace signet::app {
namespace {

// cnf.jwk.alg of a WIT that nobody has verified: only to choose between the two names of one
// signature for a key that states neither.
std::optional<crypto::Alg> ConfirmationAlgOf(std::string_view wit) {
  jose::JwsReader reader;
  if (!reader.Read(wit).has_value()) return std::nullopt;
  const std::optional<codec::JsonValue> cnf = reader.claims().Find("cnf");
  if (!cnf.has_value()) return std::nullopt;
  const std::optional<codec::JsonValue> jwk = cnf->Find("jwk");
  if (!jwk.has_value()) return std::nullopt;
  const std::optional<codec::JsonValue> alg = jwk->Find("alg");
  return alg.has_value() ? crypto::AlgFromName(alg->AsString().value_or("")) : std::nullopt;
}

}  // namespace

Result<jose::PrivateJwk> SigningKeyFor(std::string_view text, std::string_view wit) {
  return jose::ParsePrivateJwk(text, ConfirmationAlgOf(wit));
}

}  // namespace signet::app
