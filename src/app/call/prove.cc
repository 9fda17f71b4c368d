#include "app/call/prove.h"

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

Result<ProvenFields> ProveRequest(const crypto::PrivateKey& key, const ProofOptions& options,
                                  Random& random) {
  ProvenFields out;
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
  if (options.txn_token.has_value()) {
    out.fields.push_back(
        {std::string(credential::kTxnTokenField), std::string(*options.txn_token)});
  }
  return out;
}

}  // namespace signet::app
