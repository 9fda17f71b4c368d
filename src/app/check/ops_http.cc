// Operations on whole requests: http.verify_request.
#include "app/check/check.h"
#include "protocol/codec/base64url.h"
#include "protocol/verify/verifier.h"

namespace signet::app {
namespace {

using codec::JsonValue;

// A request that owns its text.
struct OwnedRequest {
  std::string method, scheme, authority, target;
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;

  [[nodiscard]] http::Request View() const {
    http::Request out{.method = method,
                      .scheme = scheme,
                      .authority = authority,
                      .target = target,
                      .fields = {},
                      .body = body};
    for (const auto& [name, value] : headers) out.fields.Add(name, value);
    return out;
  }
};

Result<std::vector<std::pair<std::string, std::string>>> ReadHeaders(const JsonValue& request) {
  const auto bad = [] {
    return Refuse(Errc::kUsageBadMember, "request.headers: an array of [name, value]");
  };
  const std::optional<JsonValue> headers = request.Find("headers");
  if (!headers.has_value()) return Refuse(Errc::kUsageMissingMember, "request.headers");
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

Result<Bytes> ReadBody(CheckInput& request) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> text, request.OptionalString("body"));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> encoded, request.OptionalString("body_b64u"));
  if (text.has_value() && encoded.has_value()) {
    return Refuse(Errc::kUsageBadMember, "request.body: not together with body_b64u");
  }
  if (encoded.has_value()) {
    Result<Bytes> bytes = codec::Base64UrlDecode(*encoded);
    if (!bytes.has_value()) return Refuse(Errc::kUsageBadMember, "request.body_b64u: base64url");
    return bytes;
  }
  const ByteView bytes = AsBytes(text.has_value() ? std::string_view(*text) : std::string_view());
  return Bytes(bytes.begin(), bytes.end());
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
  SIGNET_TRY_ASSIGN(out.headers, ReadHeaders(*value));
  SIGNET_TRY_ASSIGN(out.body, ReadBody(members));
  members.MarkKnown("headers");
  SIGNET_TRY(members.Finish());
  return out;
}

Result<verify::BindingSet> ReadAccept(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const auto names, line.OptionalStrings("accept"));
  if (!names.has_value()) {
    return verify::BindingSet{verify::Binding::kWpt, verify::Binding::kHttpSignature};
  }
  bool wpt = false;
  bool http = false;
  for (const std::string& name : *names) {
    wpt = wpt || name == "wpt";
    http = http || name == "http-signature";
    if (name != "wpt" && name != "http-signature") {
      return Refuse(Errc::kUsageBadMember, "accept: wpt, http-signature");
    }
  }
  if (!wpt && !http) return Refuse(Errc::kUsageBadMember, "accept: at least one binding");
  if (wpt && http)
    return verify::BindingSet{verify::Binding::kWpt, verify::Binding::kHttpSignature};
  return verify::BindingSet{wpt ? verify::Binding::kWpt : verify::Binding::kHttpSignature};
}

Result<identity::IdSet> ReadCallers(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const auto names, line.OptionalStrings("callers"));
  if (!names.has_value()) return identity::IdSet::AnyAuthenticated();  // here only
  identity::IdSet out;
  for (const std::string& name : *names) {
    Result<identity::WorkloadId> id = identity::WorkloadId::Parse(name);
    if (!id.has_value()) return Refuse(Errc::kUsageBadMember, "callers: an entry is no identifier");
    out.Add(*std::move(id));
  }
  return out;
}

Result<verify::Policy> ReadPolicy(CheckInput& line) {
  verify::Policy policy;
  SIGNET_TRY_ASSIGN(const std::vector<std::string> audiences, line.Strings("audiences"));
  SIGNET_TRY_ASSIGN(policy.accept, ReadAccept(line));
  SIGNET_TRY_ASSIGN(policy.callers, ReadCallers(line));
  SIGNET_TRY_ASSIGN(policy.profile, line.Profile());
  SIGNET_TRY_ASSIGN(policy.wpt_revision, line.WptRevision(/*http_names_too=*/true));
  SIGNET_TRY_ASSIGN(policy.leeway, line.SecondsOr("leeway_s", kDefaultLeeway));
  SIGNET_TRY_ASSIGN(policy.max_proof_ahead,
                    line.SecondsOr("max_proof_ahead_s", proof::kDefaultMaxProofAhead));
  SIGNET_TRY_ASSIGN(policy.expected_issuer, line.OptionalString("expected_issuer"));
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> lifetime,
                    line.OptionalInteger("max_wit_lifetime_s"));
  policy.max_wit_lifetime.reset();
  if (lifetime.has_value()) {
    SIGNET_TRY_ASSIGN(policy.max_wit_lifetime, line.SecondsOr("max_wit_lifetime_s", seconds{0}));
  }
  SIGNET_TRY_ASSIGN(auto context, line.OptionalStrings("context_headers"));
  policy.context_fields = std::move(context).value_or(std::vector<std::string>());
  // Of HTTP signatures: read, so that a line for both bindings is a good line.
  SIGNET_TRY_ASSIGN(const seconds unused, line.SecondsOr("max_created_age_s", seconds{0}));
  (void)unused;
  SIGNET_TRY_ASSIGN(const std::optional<bool> replay, line.OptionalBool("replay"));
  policy.waive_replay_protection = !replay.value_or(false);
  for (const std::string& audience : audiences) SIGNET_TRY(policy.audiences.Add(audience));
  return policy;
}

}  // namespace

Result<CheckOutcome> CheckHttpVerifyRequest(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const OwnedRequest request, ReadRequest(input));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  SIGNET_TRY_ASSIGN(verify::Policy policy, ReadPolicy(input));
  SIGNET_TRY_ASSIGN(const auto trust, ReadTrust(input));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const verify::Verifier verifier, verify::Verifier::Make(std::move(policy)));
  verify::VerifyContext context;
  const verify::Channel channel =
      request.scheme == "https" ? verify::Channel::kProtected : verify::Channel::kUnprotected;
  verify::Decision decision =
      verifier.Decide(request.View(), channel, *trust, &state, now, context);
  CheckOutcome out;
  // The caller is named only where it was authenticated.
  out.result["subject"] = decision.allowed() ? nlohmann::ordered_json(decision.subject->text())
                                             : nlohmann::ordered_json();
  out.result["binding"] = decision.allowed()
                              ? nlohmann::ordered_json(verify::NameOf(decision.binding))
                              : nlohmann::ordered_json();
  out.result["checks"] = ChecksJson(decision.checks);
  out.refusal = std::move(decision.error);
  return out;
}

}  // namespace signet::app
