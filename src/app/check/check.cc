#include "app/check/check.h"

#include <array>

namespace signet::app {
namespace {

using nlohmann::ordered_json;

struct OpEntry {
  std::string_view name;
  CheckOp run;
};

constexpr std::array<OpEntry, 20> kOps{{
    {"id.parse", CheckIdParse},
    {"jwk.parse", CheckJwkParse},
    {"signature.verify", CheckSignatureVerify},
    {"jws.verify", CheckJwsVerify},
    {"wit.verify", CheckWitVerify},
    {"wpt.verify", CheckWptVerify},
    {"http.verify_request", CheckHttpVerifyRequest},
    {"http.verify_response", CheckHttpVerifyResponse},
    {"http.signature_base", CheckHttpSignatureBase},
    {"http.sig_verify", CheckHttpSigVerify},
    {"http.sign_request", CheckHttpSignRequest},
    {"http.sign_response", CheckHttpSignResponse},
    {"bundle.parse", CheckBundleParse},
    {"bundle.update", CheckBundleUpdate},
    {"wit.issue", CheckWitIssue},
    {"wpt.sign", CheckWptSign},
    {"wic.verify", CheckWicVerify},
    {"wic.issue", CheckWicIssue},
    {"sf.parse", CheckSfParse},
    {"digest.verify", CheckDigestVerify},
}};

// A line may hold a bundle and more, so its limits are wider than those of what it holds.
constexpr codec::JsonLimits kLineLimits{
    .max_bytes = kMaxCheckLineBytes, .max_depth = 64, .max_members = 64 * 1024};

bool IsUsage(Errc code) { return InfoOf(code).name.starts_with("usage."); }

std::string OutputLine(const ordered_json& id, const std::optional<Error>& refusal,
                       ordered_json result) {
  ordered_json out = {{"case", id}, {"ok", !refusal.has_value()}};
  out["code"] = refusal.has_value() ? ordered_json(refusal->name()) : ordered_json();
  const bool ruled = refusal.has_value() && refusal->rule() != "-";
  out["rule"] = ruled ? ordered_json(refusal->rule()) : ordered_json();
  out["detail"] = refusal.has_value() ? refusal->detail : "";
  out["result"] = std::move(result);
  // Anything that is not UTF-8 was refused on the way in; `replace` keeps a mistake of ours from
  // ending the run.
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Result<CheckOutcome> RunOp(const codec::JsonValue& line, CheckState& state) {
  const std::optional<codec::JsonValue> op = line.Find("op");
  if (!op.has_value()) return Refuse(Errc::kUsageMissingMember, "op");
  const std::optional<std::string_view> name = op->AsString();
  if (!name.has_value()) return Refuse(Errc::kUsageBadMember, "op: a string");
  for (const OpEntry& entry : kOps) {
    if (entry.name == *name) {
      CheckInput input(line);
      return entry.run(input, state);
    }
  }
  return Refuse(Errc::kUsageUnknownOp, std::string(name->substr(0, 80)));
}

}  // namespace

std::string Checker::Run(std::string_view line) {
  const Result<void> parsed = doc_.Parse(line, kLineLimits);
  if (!parsed.has_value() || !doc_.root().is_object()) {
    saw_usage_error_ = true;
    const std::string detail =
        parsed.has_value() ? "not an object" : std::string(parsed.error().name());
    return OutputLine(nullptr, Error(Errc::kUsageNotJson, detail), ordered_json::object());
  }
  ordered_json id;
  const std::optional<codec::JsonValue> case_id = doc_.root().Find("case");
  if (case_id.has_value()) id = ordered_json::parse(ToJsonText(*case_id), nullptr, false);
  if (!case_id.has_value()) {
    saw_usage_error_ = true;
    return OutputLine(nullptr, Error(Errc::kUsageMissingMember, "case"), ordered_json::object());
  }
  Result<CheckOutcome> outcome = RunOp(doc_.root(), state_);
  if (!outcome.has_value()) {
    // Configuration in a line that is refused (a broken trust bundle) is a refusal, not usage.
    saw_usage_error_ = saw_usage_error_ || IsUsage(outcome.error().code);
    return OutputLine(id, outcome.error(), ordered_json::object());
  }
  return OutputLine(id, outcome->refusal, std::move(outcome->result));
}

ordered_json ChecksJson(const CheckList& checks) {
  ordered_json out = ordered_json::array();
  for (const Check& check : checks) {
    const ordered_json code = check.ok() ? ordered_json() : ordered_json(InfoOf(*check.code).name);
    out.push_back({{"rule", check.rule}, {"ok", check.ok()}, {"code", code}});
  }
  return out;
}

}  // namespace signet::app
