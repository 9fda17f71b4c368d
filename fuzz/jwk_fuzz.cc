// JWK, public and private: what is accepted is a usable key and survives being written again.
#include <string>

#include "property.h"
#include "protocol/codec/json.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_private.h"

namespace {

using signet::AsBytes;
using signet::AsText;
using signet::Errc;
using signet::SecretAccess;
using signet::fuzz::CheckSameVerdict;
using signet::fuzz::Property;
namespace jose = signet::jose;
namespace codec = signet::codec;
namespace crypto = signet::crypto;

bool HasPrivateMember(const codec::JsonValue& value) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth"}) {
    if (value.Find(name)) return true;
  }
  return false;
}

void CheckPublic(const codec::JsonValue& value, const jose::Jwk& jwk) {
  Property(value.is_object() && !HasPrivateMember(value));
  Property(value.Find("kty")->AsString() != "oct");
  const crypto::AlgSet suitable = crypto::AlgsOf(jwk.key.type());
  Property(!jwk.algs.empty() && jwk.algs.And(suitable) == jwk.algs);
  Property(jwk.alg.has_value() == value.Find("alg").has_value());
  if (jwk.alg) Property(jwk.algs == crypto::AlgSet{*jwk.alg});
  Property(jwk.kid.size() <= signet::kMaxKidBytes);

  const auto again = jose::ParseJwk(jose::PublicJwkJson(jwk.key, jwk.alg, jwk.kid, jwk.use));
  Property(again.has_value() || jwk.key.type() == crypto::KeyType::kRsa);
  if (again) {
    Property(again->key == jwk.key && again->algs == jwk.algs && again->alg == jwk.alg);
    Property(again->kid == jwk.kid && again->use == jwk.use);
    Property(jose::Thumbprint(again->key) == jose::Thumbprint(jwk.key));
  }
  Property(crypto::PublicKey::FromSpki(jwk.key.ToSpki()).value() == jwk.key);
}

void CheckPrivate(const jose::PrivateJwk& jwk) {
  const crypto::PublicKey& key = jwk.key.public_key();
  Property(crypto::AlgsOf(key.type()).Has(jwk.key.alg()));
  const auto signature = jwk.key.Sign(AsBytes("message"));
  Property(key.Verify(jwk.key.alg(), AsBytes("message"), signature.value()).has_value());
  const SecretAccess access = SecretAccess::Grant();
  const signet::SecretBytes json = jose::PrivateJwkJson(jwk.key, jwk.kid, access);
  const auto again = jose::ParsePrivateJwk(AsText(json.Expose(access)));
  Property(again.has_value() && again->kid == jwk.kid && again->key.alg() == jwk.key.alg());
  Property(again->key.public_key() == key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  const auto jwk = jose::ParseJwk(text);
  CheckSameVerdict(jwk, jose::ParseJwk(text));
  const auto with_alg = jose::ParseJwk(text, {.require_alg = true});
  const auto any = jose::ParseJwk(text, {.allow_private_members = true});
  // A rule more never accepts more.
  if (with_alg) Property(jwk.has_value() && jwk->alg.has_value());
  if (jwk) Property(any.has_value() && any->key == jwk->key);

  codec::JsonDocument document;
  if (!document.Parse(text)) {
    Property(!jwk && !any);
    return 0;
  }
  if (jwk) CheckPublic(document.root(), *jwk);

  const auto secret = jose::ParsePrivateJwk(text);
  if (secret) {
    // What is private is never read as public (WIT-11).
    Property(!jwk && jwk.error().code == Errc::kJwkPrivate);
    CheckPrivate(*secret);
  }
  return 0;
}
