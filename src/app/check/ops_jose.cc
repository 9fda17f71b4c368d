// Operations on identifiers, keys and signatures: id.parse, jwk.parse, signature.verify,
// jws.verify.
#include "app/check/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jws.h"

namespace signet::app {
namespace {

std::string_view KtyOf(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcP256:
    case crypto::KeyType::kEcP384:
    case crypto::KeyType::kEcP521:
      return "EC";
    case crypto::KeyType::kEd25519:
      return "OKP";
    case crypto::KeyType::kRsa:
      return "RSA";
  }
  return "";
}

// The one algorithm of a key: as stated, or as its curve implies; null for an Ed25519 key that may
// go by either name.
nlohmann::ordered_json AlgOf(const jose::Jwk& jwk) {
  if (jwk.alg.has_value()) return crypto::NameOf(*jwk.alg);
  for (int i = 0; i < crypto::kAlgCount; ++i) {
    const auto alg = static_cast<crypto::Alg>(i);
    if (jwk.algs == crypto::AlgSet{alg}) return crypto::NameOf(alg);
  }
  return nullptr;
}

// A published example is often the private key: its public part is what counts here.
constexpr jose::JwkRules kAnyKey{.allow_private_members = true};

}  // namespace

Result<CheckOutcome> CheckIdParse(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string text, input.String("id"));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const identity::WorkloadId id, identity::WorkloadId::Parse(text));
  return CheckOutcome{.result = {{"scheme", identity::NameOf(id.scheme())},
                                 {"trust_domain", id.trust_domain()},
                                 {"path", id.path()},
                                 {"origin", id.origin_text()}},
                      .refusal = std::nullopt};
}

Result<CheckOutcome> CheckJwkParse(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string text, input.JsonText("jwk"));
  SIGNET_TRY(input.Finish());
  // What a key is for does not matter where it is only read.
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk,
                    jose::ParseJwk(text, {.allow_private_members = true, .any_use = true}));
  return CheckOutcome{.result = {{"kty", KtyOf(jwk.key.type())},
                                 {"alg", AlgOf(jwk)},
                                 {"thumbprint", jose::Thumbprint(jwk.key)}},
                      .refusal = std::nullopt};
}

Result<CheckOutcome> CheckSignatureVerify(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string name, input.String("alg"));
  SIGNET_TRY_ASSIGN(const std::string key_text, input.JsonText("jwk"));
  SIGNET_TRY_ASSIGN(const std::string message_text, input.String("message_b64u"));
  SIGNET_TRY_ASSIGN(const std::string signature_text, input.String("signature_b64u"));
  SIGNET_TRY(input.Finish());
  const Result<Bytes> message = codec::Base64UrlDecode(message_text);
  if (!message.has_value()) return Refuse(Errc::kUsageBadMember, "message_b64u: base64url");
  const std::optional<crypto::Alg> alg = crypto::AlgFromName(name);
  if (!alg.has_value()) return Refuse(Errc::kCryptoAlgUnsupported, "alg is no algorithm of ours");
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk, jose::ParseJwk(key_text, kAnyKey));
  SIGNET_TRY_ASSIGN(const Bytes signature, codec::Base64UrlDecode(signature_text));
  if (!jwk.algs.Has(*alg)) {
    return Refuse(crypto::AlgsOf(jwk.key.type()).Has(*alg) ? Errc::kJoseAlgKeyMismatch
                                                           : Errc::kCryptoAlgUnsupported,
                  "the key is not for this algorithm");
  }
  SIGNET_TRY(jwk.key.Verify(*alg, *message, signature));
  return CheckOutcome{};
}

Result<CheckOutcome> CheckJwsVerify(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string token, input.String("jws"));
  SIGNET_TRY_ASSIGN(const std::string key_text, input.JsonText("jwk"));
  SIGNET_TRY_ASSIGN(const std::vector<std::string> algs, input.Strings("algs"));
  SIGNET_TRY(input.Finish());
  jose::JwsReader reader;
  SIGNET_TRY(reader.ReadWithAnyPayload(token));
  SIGNET_TRY_ASSIGN(const crypto::Alg alg, jose::CheckAlg(reader.header(), AlgsFromNames(algs)));
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk, jose::ParseJwk(key_text, kAnyKey));
  SIGNET_TRY(jose::VerifyJws(reader, alg, jwk));
  return CheckOutcome{.result = {{"alg", crypto::NameOf(alg)}}, .refusal = std::nullopt};
}

}  // namespace signet::app
