#include "app/demo/forge.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "protocol/codec/base64url.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/crypto/digest.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app::demo {
namespace {

// Header and payload of `token` with another algorithm in the header, as a signing input.
Result<std::string> InputWithAlg(std::string_view token, const char* alg) {
  SIGNET_TRY_ASSIGN(const jose::JwsParts parts, jose::SplitCompactJws(token));
  SIGNET_TRY_ASSIGN(const Bytes header, codec::Base64UrlDecode(parts.header));
  auto json = nlohmann::ordered_json::parse(AsText(header), nullptr, false);
  if (!json.is_object()) return Refuse(Errc::kJoseHeader, "the token to be forged");
  json["alg"] = alg;
  const std::string text = json.dump();
  return codec::Base64UrlEncode(AsBytes(text)) + "." + std::string(parts.payload);
}

}  // namespace

Result<Forger> Forger::Make(Random& random) {
  SIGNET_TRY_ASSIGN(crypto::PrivateKey issuer, crypto::PrivateKey::Generate(crypto::Alg::kES256));
  SIGNET_TRY_ASSIGN(crypto::PrivateKey proof, crypto::PrivateKey::Generate(crypto::Alg::kES256));
  return Forger(std::move(issuer), std::move(proof), random);
}

Result<std::string> Forger::ForgeWit(const WitForgery& wit) const {
  SIGNET_TRY_ASSIGN(identity::WorkloadId subject, identity::WorkloadId::Parse(wit.subject));
  return credential::IssueWit(issuer_, {.subject = std::move(subject),
                                        .confirmation = {.key = proof_.public_key(),
                                                         .algs = {proof_.alg()},
                                                         .alg = proof_.alg(),
                                                         .kid = {},
                                                         .use = {}},
                                        .now = wit.now,
                                        .exp = wit.now + credential::kDefaultWitLifetime,
                                        .kid = std::string(wit.kid),
                                        .iss = {},
                                        .jti = proof::RandomId(random_)});
}

Result<std::string> Forger::ForgeProof(std::string_view wit, std::string_view audience,
                                       WallTime now) const {
  return proof::SignWpt(proof_,
                        {.wit = wit,
                         .aud = audience,
                         .exp = now + proof::kDefaultProofLifetime,
                         .jti = {},
                         .txn_token = std::nullopt,
                         .access_token = std::nullopt,
                         .other_tokens = {},
                         .allow_foreign_wit = true},
                        random_);
}

Result<std::string> WithAlgNone(std::string_view token, bool keep_signature) {
  SIGNET_TRY_ASSIGN(std::string out, InputWithAlg(token, "none"));
  out.push_back('.');
  if (keep_signature) out.append(token.substr(token.rfind('.') + 1));
  return out;
}

Result<std::string> WithHmac(std::string_view token, ByteView public_bytes) {
  SIGNET_TRY_ASSIGN(const std::string input, InputWithAlg(token, "HS256"));
  return input + "." + codec::Base64UrlEncode(HmacSha256(public_bytes, AsBytes(input)));
}

Digest256 HmacSha256(ByteView key, ByteView message) {
  constexpr std::size_t kBlock = 64;
  std::array<std::uint8_t, kBlock> padded{};
  if (key.size() > kBlock) {
    const Digest256 hashed = crypto::Sha256(key);
    std::copy(hashed.begin(), hashed.end(), padded.begin());
  } else {
    std::copy(key.begin(), key.end(), padded.begin());
  }
  const auto round = [&](std::uint8_t pad, ByteView bytes) {
    std::array<std::uint8_t, kBlock> block = padded;
    for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(byte ^ pad);
    crypto::Sha256Stream hash;
    hash.Update(block);
    hash.Update(bytes);
    return hash.Finish();
  };
  return round(0x5c, round(0x36, message));
}

}  // namespace signet::app::demo
