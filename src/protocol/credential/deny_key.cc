#include "protocol/credential/deny_key.h"

#include "protocol/codec/der.h"
#include "protocol/crypto/digest.h"

namespace signet::credential {

Digest256 WitDenyKey(std::string_view token) {
  return crypto::Sha256(AsBytes(token.substr(0, token.rfind('.'))));
}

Digest256 WicDenyKey(ByteView certificate_der) {
  codec::DerReader outer(certificate_der);
  codec::DerReader parts(outer.Read(codec::kDerSequence).value_or(ByteView{}));
  const auto signed_part = parts.ReadElement(codec::kDerSequence);
  return crypto::Sha256(signed_part.has_value() ? signed_part->whole : certificate_der);
}

}  // namespace signet::credential
