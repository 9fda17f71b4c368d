#include "app/check/input.h"

#include "protocol/codec/base64url.h"

namespace signet::app {

using codec::JsonValue;

namespace {

std::unexpected<Error> Bad(std::string_view name, std::string_view wanted) {
  return Refuse(Errc::kUsageBadMember, std::string(name) + ": " + std::string(wanted));
}

std::unexpected<Error> Missing(std::string_view name) {
  return Refuse(Errc::kUsageMissingMember, std::string(name));
}

Result<std::vector<std::string>> StringsOf(const JsonValue& value, std::string_view name) {
  if (!value.is_array()) return Bad(name, "an array of strings");
  std::vector<std::string> out;
  for (const JsonValue element : value) {
    const std::optional<std::string_view> text = element.AsString();
    if (!text.has_value()) return Bad(name, "an array of strings");
    out.emplace_back(*text);
  }
  return out;
}

}  // namespace

std::optional<JsonValue> CheckInput::Take(std::string_view name) {
  known_.emplace(name);
  return line_.Find(name);
}

Result<std::optional<std::string>> CheckInput::OptionalString(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (!member.has_value()) return std::nullopt;
  const std::optional<std::string_view> text = member->AsString();
  if (!text.has_value()) return Bad(name, "a string");
  return std::string(*text);
}

Result<std::string> CheckInput::String(std::string_view name) {
  SIGNET_TRY_ASSIGN(std::optional<std::string> text, OptionalString(name));
  if (!text.has_value()) return Missing(name);
  return *std::move(text);
}

Result<std::optional<std::int64_t>> CheckInput::OptionalInteger(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (!member.has_value()) return std::nullopt;
  const std::optional<std::int64_t> number = member->AsInteger();
  if (!number.has_value()) return Bad(name, "an integer");
  return number;
}

Result<std::optional<bool>> CheckInput::OptionalBool(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (!member.has_value()) return std::nullopt;
  const std::optional<bool> value = member->AsBool();
  if (!value.has_value()) return Bad(name, "true or false");
  return value;
}

Result<std::optional<std::vector<std::string>>> CheckInput::OptionalStrings(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (!member.has_value()) return std::nullopt;
  SIGNET_TRY_ASSIGN(std::vector<std::string> out, StringsOf(*member, name));
  return out;
}

Result<std::vector<std::string>> CheckInput::Strings(std::string_view name) {
  SIGNET_TRY_ASSIGN(std::optional<std::vector<std::string>> out, OptionalStrings(name));
  if (!out.has_value()) return Missing(name);
  return *std::move(out);
}

Result<std::optional<JsonValue>> CheckInput::OptionalObject(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (member.has_value() && !member->is_object()) return Bad(name, "an object");
  return member;
}

Result<std::string> CheckInput::JsonText(std::string_view name) {
  const std::optional<JsonValue> member = Take(name);
  if (!member.has_value()) return Missing(name);
  if (const std::optional<std::string_view> text = member->AsString(); text.has_value()) {
    return std::string(*text);
  }
  if (!member->is_object()) return Bad(name, "an object, or its JSON text as a string");
  return ToJsonText(*member);
}

Result<WallTime> CheckInput::Now() {
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> now, OptionalInteger("now"));
  if (!now.has_value()) return Missing("now");
  const std::optional<WallTime> time = WallTimeFromNumericDate(*now);
  if (!time.has_value()) return Bad("now", "seconds since 1970");
  return *time;
}

Result<WallTime> CheckInput::Expiry(WallTime now) {
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> ttl, OptionalInteger("ttl_s"));
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> exp, OptionalInteger("exp"));
  if (ttl.has_value() == exp.has_value()) {
    return ttl.has_value() ? Result<WallTime>(Bad("exp", "not together with ttl_s"))
                           : Result<WallTime>(Missing("ttl_s or exp"));
  }
  if (ttl.has_value() && (*ttl < -kMaxNumericDate || *ttl > kMaxNumericDate)) {
    return Bad("ttl_s", "a number of seconds");
  }
  const std::int64_t value = exp.has_value() ? *exp : ToNumericDate(now) + *ttl;
  const std::optional<WallTime> time = WallTimeFromNumericDate(value);
  if (!time.has_value())
    return Bad(exp.has_value() ? "exp" : "ttl_s", "within the years 1970 to 9999");
  return *time;
}

Result<seconds> CheckInput::SecondsOr(std::string_view name, seconds otherwise) {
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> value, OptionalInteger(name));
  if (!value.has_value()) return otherwise;
  if (*value < 0 || *value > kMaxNumericDate) return Bad(name, "a number of seconds");
  return seconds{*value};
}

Result<credential::WitProfile> CheckInput::Profile() {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, OptionalString("profile"));
  const auto profile = credential::WitProfileFromName(name.value_or("wimse"));
  if (!profile.has_value()) return Bad("profile", "wimse or spiffe");
  return *profile;
}

Result<credential::WptRevision> CheckInput::WptRevision(bool http_names_too) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, OptionalString("revision"));
  if (!name.has_value()) return credential::kDefaultWptRevision;
  // A line for both bindings may name the revision of the other one.
  if (http_names_too && (*name == "http-signature-07" || *name == "http-signature-06")) {
    return credential::kDefaultWptRevision;
  }
  const auto revision = credential::WptRevisionFromName(*name);
  if (!revision.has_value()) return Bad("revision", "wpt-02 or wpt-01");
  return *revision;
}

Result<std::vector<std::pair<std::string, std::string>>> CheckInput::OptionalStringMap(
    std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  SIGNET_TRY_ASSIGN(const std::optional<JsonValue> object, OptionalObject(name));
  if (!object.has_value()) return out;
  for (const JsonValue member : *object) {
    const std::optional<std::string_view> value = member.AsString();
    if (!value.has_value()) return Bad(name, "an object of strings");
    out.emplace_back(member.name(), *value);
  }
  return out;
}

Result<void> CheckInput::Finish() const {
  for (const JsonValue member : line_) {
    if (!known_.contains(member.name())) {
      return Refuse(Errc::kUsageUnknownMember, std::string(member.name().substr(0, 80)));
    }
  }
  return {};
}

std::string ToJsonText(const JsonValue& value) {
  std::string out;
  switch (value.type()) {
    case JsonValue::Type::kNull:
      return "null";
    case JsonValue::Type::kBool:
      return *value.AsBool() ? "true" : "false";
    case JsonValue::Type::kNumber:
      return std::string(*value.AsNumberText());
    case JsonValue::Type::kString:
      codec::AppendJsonString(*value.AsString(), out);
      return out;
    case JsonValue::Type::kArray:
    case JsonValue::Type::kObject:
      break;
  }
  const bool object = value.is_object();
  out = object ? "{" : "[";
  for (const JsonValue child : value) {
    if (out.size() > 1) out += ",";
    if (object) {
      codec::AppendJsonString(child.name(), out);
      out += ":";
    }
    out += ToJsonText(child);
  }
  return out + (object ? "}" : "]");
}

crypto::AlgSet AlgsFromNames(const std::vector<std::string>& names) {
  crypto::AlgSet out;
  for (const std::string& name : names) {
    if (const auto alg = crypto::AlgFromName(name); alg.has_value()) out.Add(*alg);
  }
  return out;
}

namespace {

Result<trust::BundleFormat> FormatOf(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, input.OptionalString("bundle_format"));
  if (!name.has_value() || *name == "raw") return trust::BundleFormat::kRaw;
  if (*name == "spiffe") return trust::BundleFormat::kSpiffe;
  if (*name == "wimse") return trust::BundleFormat::kWimse;
  return Bad("trust.bundle_format", "raw, spiffe or wimse");
}

Result<std::vector<Bytes>> CertificatesOf(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const auto texts, input.OptionalStrings("x509_der_b64u"));
  std::vector<Bytes> out;
  for (const std::string& text : texts.value_or(std::vector<std::string>())) {
    Result<Bytes> der = codec::Base64UrlDecode(text);
    if (!der.has_value()) return Bad("trust.x509_der_b64u", "base64url");
    out.push_back(*std::move(der));
  }
  return out;
}

Result<trust::OriginConfig> ReadOrigin(const JsonValue& entry) {
  Result<identity::Origin> origin = identity::Origin::Parse(entry.name());
  if (!origin.has_value()) {
    return Bad("trust", "a member's name is no origin: " + std::string(origin.error().name()));
  }
  if (!entry.is_object()) return Bad("trust", "a member is no object");
  CheckInput members(entry);
  SIGNET_TRY_ASSIGN(const trust::BundleFormat format, FormatOf(members));
  SIGNET_TRY_ASSIGN(std::vector<Bytes> certificates, CertificatesOf(members));
  SIGNET_TRY_ASSIGN(auto issuers, members.OptionalStrings("issuers"));
  SIGNET_TRY_ASSIGN(auto algs, members.OptionalStrings("algs"));
  const bool has_jwks = entry.Find("jwks").has_value();
  std::string jwks = R"({"keys":[]})";
  if (has_jwks) {
    SIGNET_TRY_ASSIGN(jwks, members.JsonText("jwks"));
  }
  SIGNET_TRY(members.Finish());
  SIGNET_TRY_ASSIGN(trust::Bundle bundle, trust::ParseBundle(jwks, format));
  trust::OriginConfig out{.origin = *std::move(origin),
                          .bundle = std::move(bundle),
                          .extra_x509 = std::move(certificates),
                          .issuers = std::move(issuers).value_or(std::vector<std::string>()),
                          .algs = std::nullopt};
  if (algs.has_value()) out.algs = AlgsFromNames(*algs);
  return out;
}

}  // namespace

Result<std::shared_ptr<const trust::TrustSnapshot>> ReadTrust(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<JsonValue> object, input.OptionalObject("trust"));
  if (!object.has_value()) return Missing("trust");
  std::vector<trust::OriginConfig> origins;
  for (const JsonValue entry : *object) {
    SIGNET_TRY_ASSIGN(trust::OriginConfig config, ReadOrigin(entry));
    origins.push_back(std::move(config));
  }
  return trust::TrustSnapshot::Make(std::move(origins), /*generation=*/1);
}

nlohmann::ordered_json OrNull(std::string_view text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

}  // namespace signet::app
