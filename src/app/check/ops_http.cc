// Operations on whole messages: http.verify_request, http.verify_response.
#include "app/check/check.h"
#include "app/check/messages.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "protocol/verify/response_verifier.h"
#include "protocol/verify/verifier.h"

namespace signet::app {
namespace {

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

// One member names the revision of the binding that the line is about; the other one has its
// default.
Result<proof::httpsig::SignatureRevision> ReadSignatureRevision(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, line.OptionalString("revision"));
  if (!name.has_value() || credential::WptRevisionFromName(*name).has_value()) {
    return proof::httpsig::kDefaultSignatureRevision;
  }
  const auto revision = proof::httpsig::SignatureRevisionFromName(*name);
  if (!revision.has_value() || *revision == proof::httpsig::SignatureRevision::k06And07) {
    return Refuse(Errc::kUsageBadMember, "revision: http-signature-07, http-signature-06");
  }
  return *revision;
}

// Not limited unless the line says so: a WIT of a test vector may live for years.
Result<std::optional<seconds>> ReadMaxWitLifetime(CheckInput& line) {
  SIGNET_TRY_ASSIGN(const auto given, line.OptionalInteger("max_wit_lifetime_s"));
  if (!given.has_value()) return std::nullopt;
  SIGNET_TRY_ASSIGN(const seconds limit, line.SecondsOr("max_wit_lifetime_s", seconds{0}));
  return limit;
}

Result<verify::Policy> ReadPolicy(CheckInput& line) {
  verify::Policy policy;
  SIGNET_TRY_ASSIGN(const std::vector<std::string> audiences, line.Strings("audiences"));
  SIGNET_TRY_ASSIGN(policy.accept, ReadAccept(line));
  SIGNET_TRY_ASSIGN(policy.callers, ReadCallers(line));
  SIGNET_TRY_ASSIGN(policy.profile, line.Profile());
  SIGNET_TRY_ASSIGN(policy.wpt_revision, line.WptRevision(/*http_names_too=*/true));
  SIGNET_TRY_ASSIGN(policy.leeway, line.SecondsOr("leeway_s", kDefaultLeeway));
  SIGNET_TRY_ASSIGN(policy.signature_revision, ReadSignatureRevision(line));
  SIGNET_TRY_ASSIGN(policy.max_proof_ahead,
                    line.SecondsOr("max_proof_ahead_s", proof::kDefaultMaxProofAhead));
  policy.max_signature_lifetime = policy.max_proof_ahead;
  SIGNET_TRY_ASSIGN(policy.expected_issuer, line.OptionalString("expected_issuer"));
  SIGNET_TRY_ASSIGN(policy.max_wit_lifetime, ReadMaxWitLifetime(line));
  SIGNET_TRY_ASSIGN(auto context, line.OptionalStrings("context_headers"));
  policy.context_fields = std::move(context).value_or(std::vector<std::string>());
  SIGNET_TRY_ASSIGN(const auto age, line.OptionalInteger("max_created_age_s"));
  if (age.has_value()) {
    SIGNET_TRY_ASSIGN(policy.max_created_age, line.SecondsOr("max_created_age_s", seconds{0}));
  }
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
                              ? nlohmann::ordered_json(verify::NameOf(decision.bindings))
                              : nlohmann::ordered_json();
  out.result["checks"] = ChecksJson(decision.checks);
  out.refusal = std::move(decision.error);
  return out;
}

namespace {

// What the client remembers of its own request: the nonce of its signature, and whether it demanded
// a signed answer. Nothing if it was not signed.
struct OwnSignature {
  std::string nonce;
  bool sign_response = false;
};

OwnSignature SignatureOfOwnRequest(const http::Request& request) {
  const auto signatures = proof::httpsig::ReadSignatures(request.fields);
  if (!signatures.has_value()) return {};
  for (const proof::httpsig::SignatureEntry& entry : *signatures) {
    if (entry.parameters.tag != proof::httpsig::kWimseTag) continue;
    return {.nonce = entry.parameters.nonce.value_or(""),
            .sign_response = entry.parameters.wimse_sign_response.value_or(false)};
  }
  return {};
}

Result<verify::ResponseRules> ReadResponseRules(CheckInput& line, const http::Request& request) {
  verify::ResponseRules rules;
  const OwnSignature own = SignatureOfOwnRequest(request);
  SIGNET_TRY_ASSIGN(auto nonce, line.OptionalString("request_nonce"));
  rules.request_nonce = std::move(nonce).value_or(own.nonce);
  SIGNET_TRY_ASSIGN(const std::optional<bool> required, line.OptionalBool("required"));
  rules.signature_required = required.value_or(false) || own.sign_response;
  SIGNET_TRY_ASSIGN(rules.revision, ReadSignatureRevision(line));
  SIGNET_TRY_ASSIGN(rules.wit.profile, line.Profile());
  SIGNET_TRY_ASSIGN(rules.wit.leeway, line.SecondsOr("leeway_s", kDefaultLeeway));
  SIGNET_TRY_ASSIGN(rules.wit.max_lifetime, ReadMaxWitLifetime(line));
  SIGNET_TRY_ASSIGN(const auto server, line.OptionalString("expected_peer"));
  rules.waive_expected_server = !server.has_value();
  if (server.has_value()) {
    Result<identity::WorkloadId> id = identity::WorkloadId::Parse(*server);
    if (!id.has_value()) return Refuse(Errc::kUsageBadMember, "expected_peer: no identifier");
    rules.expected_server = *std::move(id);
  }
  return rules;
}

}  // namespace

Result<CheckOutcome> CheckHttpVerifyResponse(CheckInput& input, CheckState&) {
  SIGNET_TRY_ASSIGN(const OwnedRequest request, ReadRequest(input));
  SIGNET_TRY_ASSIGN(const OwnedResponse response, ReadResponse(input));
  SIGNET_TRY_ASSIGN(const WallTime now, input.Now());
  const http::Request request_view = request.View();
  SIGNET_TRY_ASSIGN(const verify::ResponseRules rules, ReadResponseRules(input, request_view));
  SIGNET_TRY_ASSIGN(const auto trust, ReadTrust(input));
  SIGNET_TRY(input.Finish());
  verify::VerifyContext context;
  verify::ResponseDecision decision =
      verify::VerifyResponse(response.View(), request_view, rules, *trust, now, context);
  CheckOutcome out;
  const bool named = decision.accepted() && decision.is_signed;
  out.result["signed"] = decision.is_signed;
  out.result["subject"] =
      named ? nlohmann::ordered_json(decision.server->text()) : nlohmann::ordered_json();
  out.result["checks"] = ChecksJson(decision.checks);
  out.refusal = std::move(decision.error);
  return out;
}

}  // namespace signet::app
