#include "service/proxy/response_sign.h"

#include <utility>

#include "protocol/proof/httpsig/wimse_sign.h"

namespace signet::proxy {

Result<std::vector<http1::Header>> WitResponseSigner::Sign(const http::Response& response,
                                                           const http::Request& request,
                                                           std::string_view request_nonce) {
  const std::shared_ptr<const SigningCredential> credential = credential_.load();
  if (credential == nullptr) return Refuse(Errc::kHttpsigCannotSign, "no credential yet");
  const WallTime now = clock_.Now();
  const proof::httpsig::SignOptions options{
      .wit = credential->wit,
      .now = now,
      .expires = now + proof::httpsig::kDefaultSignatureLifetime,
      .nonce = {},
      .revision = revision_};
  SIGNET_TRY_ASSIGN(proof::httpsig::SignedMessage message,
                    proof::httpsig::SignResponse(credential->key, response, request, request_nonce,
                                                 options, random_));
  std::vector<http1::Header> out;
  for (proof::httpsig::SignedField& field : message.fields) {
    out.push_back({std::move(field.name), std::move(field.value)});
  }
  return out;
}

}  // namespace signet::proxy
