#include "app/inspect/lenient.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "app/tool_text.h"
#include "protocol/codec/base64url.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShownValueBytes = 400;

// Claims of RFC 7519 and its kin that hold a NumericDate.
constexpr std::array<std::string_view, 5> kTimes{"exp", "iat", "nbf", "auth_time", "updated_at"};

std::string SecretText(const Json& value) {
  if (!value.is_string()) return "(secret)";
  return fmt::format("(secret, {} bytes)",
                     codec::Base64UrlDecodedSize(value.get_ref<const std::string&>().size()));
}

std::string ValueText(const std::string& name, const Json& value, WallTime now) {
  if (std::ranges::find(kTimes, name) != kTimes.end() && value.is_number_integer()) {
    // A value over the range of a signed number reads as negative and is shown bare.
    const auto time = WallTimeFromNumericDate(value.get<std::int64_t>());
    if (time.has_value()) {
      return fmt::format("{}  {}", value.get<std::int64_t>(), DateAndRelativeText(*time, now));
    }
  }
  if (value.is_string()) {
    return PrintableStart(value.get_ref<const std::string&>(), kMaxShownValueBytes);
  }
  return PrintableStart(DumpJson(value), kMaxShownValueBytes);
}

}  // namespace

std::optional<Json> ReadJsonLeniently(std::string_view text) {
  const auto shallow = [](int depth, Json::parse_event_t, Json&) {
    return depth <= kMaxShownDepth;
  };
  Json value = Json::parse(text.begin(), text.end(), shallow, /*allow_exceptions=*/false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

bool IsSecretMember(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kSecret{"d",  "p",  "q",   "dp",
                                                           "dq", "qi", "oth", "k"};
  return std::ranges::find(kSecret, name) != kSecret.end();
}

Json WithoutSecrets(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(WithoutSecrets(element));
    return out;
  }
  if (!value.is_object()) return value;
  // A key that lost its kty is still a key.
  const bool is_key = value.contains("kty") || value.contains("crv");
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    out[name] = is_key && IsSecretMember(name) ? Json(SecretText(member)) : WithoutSecrets(member);
  }
  return out;
}

std::vector<Row> MemberRows(const Json& value, WallTime now) {
  std::vector<Row> rows;
  if (!value.is_object()) return rows;
  for (const auto& [name, member] : value.items()) {
    rows.push_back({PrintableStart(name, 40), ValueText(name, member, now)});
  }
  return rows;
}

}  // namespace signet::app
