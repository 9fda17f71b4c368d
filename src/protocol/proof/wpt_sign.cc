#include "protocol/proof/wpt_sign.h"

#include <algorithm>
#include <array>
#include <set>

#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"
#include "protocol/codec/uri.h"
#include "protocol/jose/jws_sign.h"
#include "protocol/proof/own_wit_sign.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::proof {
namespace {

std::unexpected<Error> Wrong(std::string detail) {
  return Refuse(Errc::kWptSignInput, std::move(detail));
}

Result<void> CheckOtherTokens(std::span<const OtherToken> tokens) {
  std::set<std::string_view> names;
  for (const OtherToken& token : tokens) {
    const bool lower = !token.name.empty() && std::ranges::none_of(token.name, [](char c) {
      return (c >= 'A' && c <= 'Z') || c <= 0x20 || c >= 0x7f;
    });
    if (!lower) return Wrong("a context token's name is not in lower case");
    if (!names.insert(token.name).second) return Wrong("a context token is given twice");
  }
  return {};
}

void AppendMember(std::string_view name, std::string_view value, std::string& out) {
  if (out.size() > 1) out += ",";
  codec::AppendJsonString(name, out);
  out += ":";
  codec::AppendJsonString(value, out);
}

std::string ClaimsOf(const WptContent& content, std::string_view jti) {
  std::string out = "{";
  if (content.access_token.has_value() && credential::InfoOf(content.revision).has_ath) {
    AppendMember("ath", TokenHash(*content.access_token).view(), out);
  }
  AppendMember("aud", codec::WithoutQueryAndFragment(content.aud), out);
  out += ",\"exp\":" + std::to_string(ToNumericDate(content.exp));
  AppendMember("jti", jti, out);
  if (!content.other_tokens.empty()) {
    std::string oth = "{";
    for (const OtherToken& token : content.other_tokens) {
      AppendMember(token.name, TokenHash(http::TrimOws(token.value)).view(), oth);
    }
    out += ",\"oth\":" + oth + "}";
  }
  if (content.txn_token.has_value()) AppendMember("tth", TokenHash(*content.txn_token).view(), out);
  AppendMember("wth", TokenHash(content.wit).view(), out);
  return out + "}";
}

}  // namespace

std::string RandomId(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.Fill(bytes);
  return codec::Base64UrlEncode(bytes);
}

Result<std::string> SignWpt(const crypto::PrivateKey& key, const WptContent& content,
                            Random& random) {
  if (codec::WithoutQueryAndFragment(content.aud).empty()) return Wrong("aud is empty");
  SIGNET_TRY(CheckOtherTokens(content.other_tokens));
  if (!content.allow_foreign_wit) {
    SIGNET_TRY(CheckOwnWit(key, content.wit, Errc::kWptSignInput));
  }
  const std::string jti = content.jti.empty() ? RandomId(random) : std::string(content.jti);
  return jose::SignCompactJws(key, credential::kWptTyp, /*kid=*/"", ClaimsOf(content, jti));
}

}  // namespace signet::proof
