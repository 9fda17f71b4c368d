#include "app/demo/holder_control.h"

#include "protocol/codec/base64url.h"

namespace signet::app::demo {

Json AnswerSign(const Json& command, const crypto::PrivateKey& key) {
  const Result<Bytes> bytes = codec::Base64UrlDecode(TextOf(command, "bytes"));
  if (!bytes.has_value()) return ErrorAnswer(bytes.error());
  const Result<Bytes> signature = key.Sign(*bytes);
  if (!signature.has_value()) return ErrorAnswer(signature.error());
  return {{"signature", codec::Base64UrlEncode(*signature)}};
}

Result<attack::Holder> HolderIn(RoleProcess& process) {
  return attack::MakeHolder(
      TextOf(process.ready(), "wit"), [&process](ByteView bytes) -> Result<Bytes> {
        SIGNET_TRY_ASSIGN(const Json answer,
                          process.Ask({{"cmd", "sign"}, {"bytes", codec::Base64UrlEncode(bytes)}}));
        return codec::Base64UrlDecode(TextOf(answer, "signature"));
      });
}

}  // namespace signet::app::demo
