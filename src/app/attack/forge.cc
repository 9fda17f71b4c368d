#include "app/attack/forge.h"

#include <algorithm>

#include "protocol/codec/base64url.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/crypto/hmac.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app::attack {
namespace {

std::string Encoded(std::string_view text) { return codec::Base64UrlEncode(AsBytes(text)); }

Result<OrderedJson> DecodedObject(std::string_view part, Errc fault) {
  SIGNET_TRY_ASSIGN(const Bytes bytes, codec::Base64UrlDecode(part));
  OrderedJson json = OrderedJson::parse(AsText(bytes), nullptr, false);
  if (!json.is_object()) return Refuse(fault, "the token to be forged");
  return json;
}

// Header and payload of `token` with another algorithm in the header, as a signing input.
Result<std::string> InputWithAlg(std::string_view token, const char* alg) {
  SIGNET_TRY_ASSIGN(const jose::JwsParts parts, jose::SplitCompactJws(token));
  SIGNET_TRY_ASSIGN(OrderedJson header, DecodedObject(parts.header, Errc::kJoseHeader));
  header["alg"] = alg;
  return Encoded(header.dump()) + "." + std::string(parts.payload);
}

}  // namespace

Result<std::string> SealToken(std::string_view header, std::string_view payload,
                              const SignFunction& sign) {
  std::string out = Encoded(header) + "." + Encoded(payload);
  SIGNET_TRY_ASSIGN(const Bytes signature, sign(AsBytes(out)));
  return out + "." + codec::Base64UrlEncode(signature);
}

Result<TokenParts> OpenToken(std::string_view token) {
  SIGNET_TRY_ASSIGN(const jose::JwsParts parts, jose::SplitCompactJws(token));
  TokenParts out;
  SIGNET_TRY_ASSIGN(out.header, DecodedObject(parts.header, Errc::kJoseHeader));
  SIGNET_TRY_ASSIGN(out.payload, DecodedObject(parts.payload, Errc::kJosePayload));
  out.signature = parts.signature;
  return out;
}

std::string JoinToken(const TokenParts& parts) {
  return Encoded(parts.header.dump()) + "." + Encoded(parts.payload.dump()) + "." + parts.signature;
}

Result<Forger> Forger::Make(Random& random, crypto::Alg issuer_alg, crypto::Alg proof_alg) {
  SIGNET_TRY_ASSIGN(crypto::PrivateKey issuer, crypto::PrivateKey::Generate(issuer_alg));
  SIGNET_TRY_ASSIGN(crypto::PrivateKey proof, crypto::PrivateKey::Generate(proof_alg));
  return Forger(std::move(issuer), std::move(proof), random);
}

TokenParts Forger::WitParts(std::string_view subject, std::string_view kid, WallTime now) const {
  TokenParts out;
  out.header = {{"alg", crypto::NameOf(issuer_.alg())}};
  if (!kid.empty()) out.header["kid"] = kid;
  out.header["typ"] = "wit+jwt";
  out.payload = {
      {"sub", subject},
      {"iat", ToNumericDate(now)},
      {"exp", ToNumericDate(now + credential::kDefaultWitLifetime)},
      {"jti", proof::RandomId(random_)},
      {"cnf",
       {{"jwk", OrderedJson::parse(jose::PublicJwkJson(proof_.public_key(), proof_.alg()))}}}};
  return out;
}

Result<std::string> Forger::SealWit(const TokenParts& parts) const {
  return SealToken(parts.header.dump(), parts.payload.dump(),
                   [this](ByteView bytes) { return issuer_.Sign(bytes); });
}

Result<std::string> Forger::ForgeWit(std::string_view subject, std::string_view kid,
                                     WallTime now) const {
  return SealWit(WitParts(subject, kid, now));
}

SignFunction Forger::ProofSigner() const {
  return [this](ByteView bytes) { return proof_.Sign(bytes); };
}

std::string Forger::proof_alg() const { return std::string(crypto::NameOf(proof_.alg())); }

Result<std::string> WithAlgNone(std::string_view token, bool keep_signature) {
  SIGNET_TRY_ASSIGN(std::string out, InputWithAlg(token, "none"));
  out.push_back('.');
  if (keep_signature) out.append(token.substr(token.rfind('.') + 1));
  return out;
}

Result<std::string> WithHmac(std::string_view token, ByteView public_bytes) {
  SIGNET_TRY_ASSIGN(const std::string input, InputWithAlg(token, "HS256"));
  return input + "." + codec::Base64UrlEncode(crypto::HmacSha256(public_bytes, AsBytes(input)));
}

Result<std::string> WithZeroSignature(std::string_view token) {
  SIGNET_TRY_ASSIGN(const jose::JwsParts parts, jose::SplitCompactJws(token));
  SIGNET_TRY_ASSIGN(const Bytes signature, codec::Base64UrlDecode(parts.signature));
  return std::string(parts.signing_input) + "." +
         codec::Base64UrlEncode(Bytes(signature.size(), 0));
}

std::string WithPadding(std::string_view token) { return std::string(token) + "=="; }

Result<std::string> WithUnusedBits(std::string_view token) {
  SIGNET_TRY_ASSIGN(const jose::JwsParts parts, jose::SplitCompactJws(token));
  // Only in the signature: a change elsewhere would be one of what is signed.
  if (parts.signature.size() % 4 == 0) {
    return Refuse(Errc::kJoseParts, "the signature has no unused bits");
  }
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out(token);
  // The lowest bit of the last character is never used there.
  out.back() = kAlphabet[kAlphabet.find(out.back()) ^ 1U];
  return out;
}

}  // namespace signet::app::attack
