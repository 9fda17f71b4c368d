#include "app/call/prove.h"

#include "app/call/message_view.h"
#include "protocol/proof/httpsig/wimse_sign.h"

namespace signet::app {

std::vector<http1::Header> ProofFields(std::string_view wit, std::string_view wpt,
                                       credential::WptRevision revision) {
  const credential::WptRevisionInfo& info = credential::InfoOf(revision);
  std::string credentials(info.auth_scheme);
  if (!credentials.empty()) credentials.push_back(' ');  // exactly one [WPT-4]
  credentials.append(wpt);
  return {{std::string(credential::kWitField), std::string(wit)},
          {std::string(info.proof_field), std::move(credentials)}};
}

namespace {

Result<void> AddWpt(const crypto::PrivateKey& key, const ProofOptions& options, Random& random,
                    ProvenFields& out) {
  SIGNET_TRY_ASSIGN(out.wpt, proof::SignWpt(key,
                                            {.wit = options.wit,
                                             .aud = options.audience,
                                             .exp = options.now + options.ttl,
                                             .jti = {},
                                             .txn_token = options.txn_token,
                                             .access_token = options.access_token,
                                             .other_tokens = {},
                                             .revision = options.revision},
                                            random));
  out.fields = ProofFields(options.wit, out.wpt, options.revision);
  return {};
}

// Last of all: the signature covers the fields that were made before it [SIG-1].
Result<void> AddSignature(const crypto::PrivateKey& key, const ProofOptions& options,
                          Random& random, ProvenFields& out) {
  http::Request request = ViewOf(*options.to_sign);
  for (const http1::Header& field : out.fields) request.fields.Add(field.name, field.value);
  SIGNET_TRY_ASSIGN(
      proof::httpsig::SignedMessage made,
      proof::httpsig::SignRequest(
          key, request,
          {.wit = options.wit,
           .now = options.now,
           .expires = options.now + options.ttl,
           .nonce = {},
           .revision = options.signature_revision},
          {.audience = options.audience, .sign_response = options.sign_response}, random));
  out.nonce = std::move(made.nonce);
  for (proof::httpsig::SignedField& field : made.fields) {
    out.fields.push_back({std::move(field.name), std::move(field.value)});
  }
  return {};
}

}  // namespace

Result<ProvenFields> ProveRequest(const crypto::PrivateKey& key, const ProofOptions& options,
                                  Random& random) {
  ProvenFields out;
  if (options.wpt) SIGNET_TRY(AddWpt(key, options, random, out));
  if (options.txn_token.has_value()) {
    out.fields.push_back(
        {std::string(credential::kTxnTokenField), std::string(*options.txn_token)});
  }
  if (options.to_sign != nullptr) SIGNET_TRY(AddSignature(key, options, random, out));
  return out;
}

}  // namespace signet::app
