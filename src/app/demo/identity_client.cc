#include "app/demo/identity_client.h"

#include <nlohmann/json.hpp>

#include "app/call/answer.h"
#include "app/demo/key_proof.h"
#include "app/demo/names.h"
#include "platform/http1/client.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"
#include "protocol/credential/csr_sign.h"
#include "protocol/jose/jwk.h"
#include "protocol/trust/bundle.h"

namespace signet::app::demo {
namespace {

using nlohmann::ordered_json;

Result<std::string> Post(const std::string& socket, const std::string& body) {
  SIGNET_TRY_ASSIGN(
      const http1::ClientResponse response,
      http1::CallOnce(net::UnixTarget{socket}, {.method = "POST",
                                                .target = std::string(kIdentityPath),
                                                .headers = {{"Content-Type", "application/json"}},
                                                .body = body,
                                                .host = std::string(kServerName)}));
  if (IsSuccess(response.status)) return response.body;
  const auto problem = ProblemOf(response);
  const ErrorInfo* info = problem.has_value() ? FindErrorByName(problem->code) : nullptr;
  return Refuse(info != nullptr ? info->code : Errc::kIoRead, "the identity server refused");
}

struct Answer {
  std::string id;
  std::string wit;
  std::vector<Bytes> chain;
  std::string bundle;
};

Result<Answer> ReadAnswer(const std::string& text) {
  const ordered_json json = ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) return Refuse(Errc::kJsonMalformed, "answer of the identity server");
  Answer out;
  for (const auto& [name, into] : {std::pair{"id", &out.id}, std::pair{"wit", &out.wit}}) {
    const auto member = json.find(name);
    if (member == json.end() || !member->is_string()) return Refuse(Errc::kJsonMemberMissing, name);
    *into = member->get<std::string>();
  }
  const auto chain = json.find("chain");
  if (chain == json.end() || !chain->is_array()) return Refuse(Errc::kJsonMemberMissing, "chain");
  for (const auto& element : *chain) {
    if (!element.is_string()) return Refuse(Errc::kJsonMemberType, "chain");
    SIGNET_TRY_ASSIGN(Bytes der, codec::Base64UrlDecode(element.get<std::string>()));
    out.chain.push_back(std::move(der));
  }
  const auto bundle = json.find("bundle");
  if (bundle == json.end()) return Refuse(Errc::kJsonMemberMissing, "bundle");
  out.bundle = bundle->dump();
  return out;
}

}  // namespace

Result<Identity> RequestIdentity(const std::string& socket, const Clock& clock, Random& random,
                                 const crypto::PrivateKey* wit_key) {
  // Two keys: one key serves one kind of credential.
  Result<crypto::PrivateKey> key = wit_key != nullptr
                                       ? Result<crypto::PrivateKey>(*wit_key)
                                       : crypto::PrivateKey::Generate(crypto::Alg::kES256);
  if (!key.has_value()) return std::unexpected(std::move(key).error());
  SIGNET_TRY_ASSIGN(const crypto::PrivateKey tls_key,
                    crypto::PrivateKey::Generate(crypto::Alg::kES256));
  SIGNET_TRY_ASSIGN(const std::string proof, MakeKeyProof(*key, kServerName, clock.Now(), random));
  SIGNET_TRY_ASSIGN(const Bytes csr, credential::MakeCsr(tls_key, std::string(kOrigin), {}));
  const ordered_json request = {
      {"jwk", ordered_json::parse(jose::PublicJwkJson(key->public_key(), key->alg()))},
      {"proof", proof},
      {"csr", codec::Base64UrlEncode(csr)}};
  SIGNET_TRY_ASSIGN(const std::string text, Post(socket, request.dump()));
  SIGNET_TRY_ASSIGN(Answer answer, ReadAnswer(text));

  SIGNET_TRY_ASSIGN(identity::WorkloadId id, identity::WorkloadId::Parse(answer.id));
  SIGNET_TRY_ASSIGN(trust::Bundle bundle,
                    trust::ParseBundle(answer.bundle, trust::BundleFormat::kWimse));
  std::vector<trust::OriginConfig> origins;
  origins.push_back({.origin = id.origin(),
                     .bundle = std::move(bundle),
                     .extra_x509 = {},
                     .issuers = {},
                     .algs = {}});
  SIGNET_TRY_ASSIGN(std::shared_ptr<const trust::TrustSnapshot> trust,
                    trust::TrustSnapshot::Make(std::move(origins), 1));
  return Identity{.id = std::move(id),
                  .wit = std::move(answer.wit),
                  .wit_key = *std::move(key),
                  .tls = {.chain = std::move(answer.chain),
                          .key_pkcs8 = tls_key.ToPkcs8(SecretAccess::Grant())},
                  .trust = std::move(trust)};
}

}  // namespace signet::app::demo
