#include "protocol/jose/jws_sign.h"

#include "protocol/base/limits.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/json.h"

namespace signet::jose {

Result<std::string> SignCompactJws(const crypto::PrivateKey& key, std::string_view typ,
                                   std::string_view kid, std::string_view claims_json) {
  std::string header;
  header.reserve(64 + kid.size() + typ.size());
  header.append("{\"alg\":\"").append(crypto::NameOf(key.alg())).append(1, '"');
  if (!kid.empty()) {
    header.append(",\"kid\":");
    codec::AppendJsonString(kid, header);
  }
  if (!typ.empty()) {
    header.append(",\"typ\":");
    codec::AppendJsonString(typ, header);
  }
  header.push_back('}');

  // Before the work of encoding and signing: base64url never makes a text shorter.
  if (header.size() + claims_json.size() > kMaxTokenBytes) return Refuse(Errc::kJoseTooLong);
  std::string token;
  token.reserve((header.size() + claims_json.size()) / 3 * 4 + 128);
  codec::Base64UrlAppend(AsBytes(header), token);
  token.push_back('.');
  codec::Base64UrlAppend(AsBytes(claims_json), token);
  SIGNET_TRY_ASSIGN(const Bytes signature, key.Sign(AsBytes(token)));
  token.push_back('.');
  codec::Base64UrlAppend(signature, token);
  if (token.size() > kMaxTokenBytes) return Refuse(Errc::kJoseTooLong);
  return token;
}

}  // namespace signet::jose
