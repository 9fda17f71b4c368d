#include "bench/dump.h"

#include <nlohmann/json.hpp>

#include "bench/messages.h"
#include "protocol/base/check.h"
#include "protocol/proof/httpsig/signature_fields.h"

namespace signet::bench {
namespace {

using Json = nlohmann::ordered_json;

Json RequestJson(const StoredRequest& request) {
  Json headers = Json::array();
  for (const auto& [name, value] : request.lines) headers.push_back({name, value});
  return {{"method", request.method},
          {"url", "https://" + std::string(kAuthority) + std::string(kTarget)},
          {"headers", std::move(headers)},
          {"body", request.body}};
}

Json WithAlg(std::string_view jwk, crypto::Alg alg) {
  Json out = Json::parse(jwk);
  out["alg"] = crypto::NameOf(alg);
  return out;
}

Json ClaimsOf(const Cast& cast) {
  jose::JwsReader reader;
  SIGNET_CHECK(reader.Read(cast.wit()).has_value());
  const Result<Bytes> payload = codec::Base64UrlDecode(reader.parts().payload);
  SIGNET_CHECK(payload.has_value());
  return Json::parse(AsText(*payload));
}

// The identifiers that the signature covers, as its field writes them.
Json ComponentsOf(const http::Request& request) {
  const auto signatures = proof::httpsig::ReadSignatures(request.fields);
  SIGNET_CHECK(signatures.has_value() && signatures->size() == 1);
  const std::string& text = signatures->front().params_text;
  Json out = Json::array();
  std::size_t at = 1;  // behind '('
  while (text[at] != ')') {
    const std::size_t end = text.find_first_of(" )", at);
    out.push_back(text.substr(at, end - at));
    at = text[end] == ' ' ? end + 1 : end;
  }
  return out;
}

Json CastJson(crypto::Alg alg, WallTime now) {
  const Cast cast(alg, now);
  const StoredRequest signed_request = SignedRequest(cast, 1);
  return {{"jwks", Json::parse(cast.jwks())},
          {"issuer_jwk", WithAlg(cast.issuer_jwk(), alg)},
          {"workload_jwk", WithAlg(cast.workload_jwk(), alg)},
          {"kid", testing::kIssuerKid},
          {"wit", cast.wit()},
          {"wpt", cast.Wpt("AAECAwQFBgcICQoLDA0ODw")},
          {"aud", kProofAudience},
          {"claims", ClaimsOf(cast)},
          {"components", ComponentsOf(signed_request.View())},
          {"request", RequestJson(signed_request)},
          {"unsigned_request", RequestJson(UnsignedRequest())}};
}

}  // namespace

std::string MessagesJson(std::int64_t now) {
  const WallTime at{seconds{now}};
  return Json{{"es256", CastJson(crypto::Alg::kES256, at)},
              {"eddsa", CastJson(crypto::Alg::kEdDSA, at)}}
      .dump();
}

}  // namespace signet::bench
