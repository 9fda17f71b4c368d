#include "protocol/jose/jws.h"

#include <memory>

#include "bench/messages.h"
#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/jose/jws_sign.h"

namespace signet::bench {
namespace {

using crypto::Alg;

// A token with claims like those of a WIT, and the key that verifies it.
struct Signed {
  std::string token;
  jose::Jwk key;
  jose::JwsReader reader;
  Alg alg;

  static std::shared_ptr<Signed> Make(Alg alg) {
    const Result<crypto::PrivateKey> key = crypto::PrivateKey::Generate(alg);
    SIGNET_CHECK(key.has_value());
    testing::WitMaker claims;
    const Result<std::string> token =
        jose::SignCompactJws(*key, "wit+jwt", testing::kIssuerKid, claims.ClaimsText());
    SIGNET_CHECK(token.has_value());
    Result<jose::Jwk> jwk = jose::ParseJwk(jose::PublicJwkJson(key->public_key(), alg));
    SIGNET_CHECK(jwk.has_value());
    return std::make_shared<Signed>(
        Signed{.token = *token, .key = *std::move(jwk), .reader = {}, .alg = alg});
  }
  void Verify() {
    SIGNET_CHECK(reader.Read(token).has_value());
    const Result<Alg> checked = jose::CheckAlg(reader.header(), crypto::kAllAlgs);
    SIGNET_CHECK(checked.has_value());
    SIGNET_CHECK(jose::VerifyJws(reader, *checked, key).has_value());
  }
};

Op PrimitiveOf(Alg alg) {
  switch (alg) {
    case Alg::kES256:
      return Es256Verify();
    case Alg::kEdDSA:
    case Alg::kEd25519:
      return EdDsaVerify();
    default:
      return {};
  }
}

}  // namespace

void AddJws() {
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    const auto alg = static_cast<Alg>(i);
    AddRow("jws/verify/" + std::string(crypto::NameOf(alg)), [alg] {
      return Subject{.ours = Repeat([made = Signed::Make(alg)] { made->Verify(); }),
                     .primitive = PrimitiveOf(alg)};
    });
  }
}

}  // namespace signet::bench
