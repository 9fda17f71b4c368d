#include "app/check/messages.h"

#include <optional>

#include "protocol/codec/base64url.h"

namespace signet::app {
namespace {

using codec::JsonValue;

Result<std::vector<std::pair<std::string, std::string>>> ReadHeaders(const JsonValue& message,
                                                                     std::string_view what) {
  const auto bad = [&] {
    return Refuse(Errc::kUsageBadMember, std::string(what) + ".headers: an array of [name, value]");
  };
  const std::optional<JsonValue> headers = message.Find("headers");
  if (!headers.has_value()) {
    return Refuse(Errc::kUsageMissingMember, std::string(what) + ".headers");
  }
  if (!headers->is_array()) return bad();
  std::vector<std::pair<std::string, std::string>> out;
  for (const JsonValue line : *headers) {
    if (!line.is_array() || line.size() != 2) return bad();
    auto part = line.begin();
    const std::optional<std::string_view> name = (*part).AsString();
    const std::optional<std::string_view> value = (*++part).AsString();
    if (!name.has_value() || !value.has_value()) return bad();
    out.emplace_back(*name, *value);
  }
  return out;
}

Result<Bytes> ReadBody(CheckInput& message, std::string_view what) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> text, message.OptionalString("body"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> encoded, message.OptionalString("body_b64u"));
  if (text.has_value() && encoded.has_value()) {
    return Refuse(Errc::kUsageBadMember, std::string(what) + ".body: not together with body_b64u");
  }
  if (encoded.has_value()) {
    Result<Bytes> bytes = codec::Base64UrlDecode(*encoded);
    if (!bytes.has_value()) {
      return Refuse(Errc::kUsageBadMember, std::string(what) + ".body_b64u: base64url");
    }
    return bytes;
  }
  const ByteView bytes = AsBytes(text.has_value() ? std::string_view(*text) : std::string_view());
  return Bytes(bytes.begin(), bytes.end());
}

http::Fields FieldsOf(const std::vector<std::pair<std::string, std::string>>& headers) {
  http::Fields out;
  for (const auto& [name, value] : headers) out.Add(name, value);
  return out;
}

}  // namespace

http::Request OwnedRequest::View() const {
  return {.method = method,
          .scheme = scheme,
          .authority = authority,
          .target = target,
          .fields = FieldsOf(headers),
          .body = body};
}

http::Response OwnedResponse::View() const {
  return {.status = status, .fields = FieldsOf(headers), .body = body};
}

Result<OwnedRequest> ReadRequest(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const std::optional<JsonValue> value, line.OptionalObject("request"));
  if (!value.has_value()) return Refuse(Errc::kUsageMissingMember, "request");
  CheckInput members(*value);
  OwnedRequest out;
  SIGNET_TRY_ASSIGN(out.method, members.String("method"));
  SIGNET_TRY_ASSIGN(out.target, members.String("target"));
  SIGNET_TRY_ASSIGN(auto scheme, members.OptionalString("scheme"));
  SIGNET_TRY_ASSIGN(auto authority, members.OptionalString("authority"));
  out.scheme = std::move(scheme).value_or("https");
  out.authority = std::move(authority).value_or("");
  SIGNET_TRY_ASSIGN(out.headers, ReadHeaders(*value, "request"));
  SIGNET_TRY_ASSIGN(out.body, ReadBody(members, "request"));
  members.MarkKnown("headers");
  SIGNET_TRY(members.Finish());
  return out;
}

Result<std::optional<OwnedResponse>> ReadOptionalResponse(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const std::optional<JsonValue> value, line.OptionalObject("response"));
  if (!value.has_value()) return std::optional<OwnedResponse>();
  CheckInput members(*value);
  OwnedResponse out;
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> status, members.OptionalInteger("status"));
  if (!status.has_value()) return Refuse(Errc::kUsageMissingMember, "response.status");
  if (*status < 100 || *status > 999) {
    return Refuse(Errc::kUsageBadMember, "response.status: three digits");
  }
  out.status = static_cast<int>(*status);
  SIGNET_TRY_ASSIGN(out.headers, ReadHeaders(*value, "response"));
  SIGNET_TRY_ASSIGN(out.body, ReadBody(members, "response"));
  members.MarkKnown("headers");
  SIGNET_TRY(members.Finish());
  return std::optional<OwnedResponse>(std::move(out));
}

Result<OwnedResponse> ReadResponse(CheckInput& line) {
  SIGNET_TRY_ASSIGN(std::optional<OwnedResponse> response, ReadOptionalResponse(line));
  if (!response.has_value()) return Refuse(Errc::kUsageMissingMember, "response");
  return *std::move(response);
}

}  // namespace signet::app
