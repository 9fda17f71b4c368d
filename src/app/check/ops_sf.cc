// Operations on structured fields: sf.parse, digest.verify.
#include "app/check/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/sfv.h"
#include "protocol/proof/content_digest.h"

namespace signet::app {
namespace {

template <typename Value>
Result<CheckOutcome> Canonical(Result<Value> parsed) {
  SIGNET_TRY_ASSIGN(const Value value, std::move(parsed));
  SIGNET_TRY_ASSIGN(const std::string text, codec::sfv::Serialize(value));
  return CheckOutcome{.result = {{"canonical", text}}, .refusal = std::nullopt};
}

}  // namespace

Result<CheckOutcome> CheckSfParse(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string kind, input.String("kind"));
  SIGNET_TRY_ASSIGN(const std::vector<std::string> raw, input.Strings("raw"));
  SIGNET_TRY(input.Finish());
  const std::vector<std::string_view> lines(raw.begin(), raw.end());
  if (kind == "item") return Canonical(codec::sfv::ParseItem(lines));
  if (kind == "list") return Canonical(codec::sfv::ParseList(lines));
  if (kind == "dictionary") return Canonical(codec::sfv::ParseDictionary(lines));
  return Refuse(Errc::kUsageBadMember, "kind: item, list or dictionary");
}

Result<CheckOutcome> CheckDigestVerify(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const std::string header, input.String("header"));
  SIGNET_TRY_ASSIGN(const std::string body_text, input.String("body_b64u"));
  SIGNET_TRY(input.Finish());
  const Result<Bytes> body = codec::Base64UrlDecode(body_text);
  if (!body.has_value()) return Refuse(Errc::kUsageBadMember, "body_b64u: base64url");
  const std::string_view line = header;
  SIGNET_TRY(proof::VerifyContentDigest({&line, 1}, *body));
  return CheckOutcome{};
}

}  // namespace signet::app
