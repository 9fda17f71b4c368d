#include "app/inspect/http_message.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/inspect/token.h"
#include "app/tool_text.h"
#include "protocol/credential/profile.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/content_digest.h"
#include "protocol/proof/httpsig/profile.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/wimse_verify.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;
using httpsig::Component;
using httpsig::SignatureEntry;
using httpsig::SignatureRevision;
using Json = nlohmann::ordered_json;

constexpr std::size_t kShownText = 300;

std::string CoveredText(const std::vector<Component>& components) {
  std::vector<std::string> names;
  for (const Component& component : components) {
    names.push_back(Printable(httpsig::IdentifierOf(component).value_or(component.name)));
  }
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, " "));
}

std::string TimeText(std::int64_t seconds_since_1970, WallTime now) {
  const std::optional<WallTime> time = WallTimeFromNumericDate(seconds_since_1970);
  const std::string number = fmt::format("{}", seconds_since_1970);
  return time.has_value() ? number + "  " + DateAndRelativeText(*time, now) : number;
}

// One signature: rows and JSON.
class SignatureRows {
 public:
  SignatureRows(const SignatureEntry& entry, WallTime now) : now_(now) {
    const httpsig::SignatureParameters& parameters = entry.parameters;
    group_.title = "signature " + PrintableStart(entry.label, 60);
    json_["label"] = entry.label;
    group_.rows.push_back({"covers", CoveredText(entry.components)});
    json_["covers"] = Json::array();
    for (const Component& component : entry.components) {
      json_["covers"].push_back(httpsig::IdentifierOf(component).value_or(component.name));
    }
    Time("created", parameters.created);
    Time("expires", parameters.expires);
    Text("nonce", parameters.nonce);
    Text("alg", parameters.alg);
    Text("keyid", parameters.keyid);
    Text("tag", parameters.tag);
    Text("wimse-aud", parameters.wimse_aud);
    Text("wimse-req-nonce", parameters.wimse_req_nonce);
    if (parameters.wimse_sign_response.has_value()) {
      const bool wanted = *parameters.wimse_sign_response;
      group_.rows.push_back({"wimse-sign-response", wanted ? "true" : "false"});
      json_["wimse-sign-response"] = wanted;
    }
    group_.rows.push_back({"signature", fmt::format("{} bytes", entry.signature.size())});
  }

  RowGroup TakeGroup() { return std::move(group_); }
  Json TakeJson() { return std::move(json_); }

 private:
  void Time(const char* name, std::optional<std::int64_t> value) {
    if (!value.has_value()) return;
    group_.rows.push_back({name, TimeText(*value, now_)});
    json_[name] = *value;
  }
  void Text(const char* name, const std::optional<std::string>& value) {
    if (!value.has_value()) return;
    group_.rows.push_back({name, PrintableStart(*value, kShownText)});
    json_[name] = *value;
  }

  WallTime now_;
  RowGroup group_;
  Json json_ = Json::object();
};

// What a verifier would refuse in the signature of the profile, in its order.
class ProfileRules {
 public:
  ProfileRules(const MessageText& message, const SignatureEntry& entry, WallTime now,
               Inspection& out)
      : message_(message), entry_(entry), now_(now), out_(out) {}

  void Check(std::optional<std::string_view> wit) {
    CheckParameters();
    CheckCoverage();
    CheckPartner();
    CheckTimes();
    CheckContent();
    if (wit.has_value()) CheckSignature(*wit);
  }

 private:
  void Find(std::string_view rule, Errc code, std::string detail) {
    out_.findings.push_back(Error(code, std::move(detail)).At(rule));
  }
  [[nodiscard]] const httpsig::SignatureParameters& parameters() const { return entry_.parameters; }

  void CheckParameters() {
    if (!parameters().created || !parameters().expires || !parameters().nonce) {
      Find("SIG-4", Errc::kHttpsigParameterMissing, "created, expires or nonce");
    }
    if (parameters().keyid || parameters().alg) {
      Find("SIG-7", Errc::kHttpsigParameterForbidden, "keyid or alg");
    }
    const std::optional<std::string>& nonce = parameters().nonce;
    if (nonce && (nonce->empty() || nonce->size() > httpsig::kMaxNonceBytes)) {
      Find("SIG-9", Errc::kHttpsigNonceInvalid, "nonce has not 1 to 256 bytes");
    }
  }

  [[nodiscard]] bool Covers(const Component& component) const {
    return std::ranges::find(entry_.components, component) != entry_.components.end();
  }

  [[nodiscard]] std::vector<std::string> Missing(SignatureRevision revision) const {
    std::vector<Component> wanted;
    if (!message_.is_request) wanted.push_back(httpsig::Plain("@status"));
    for (const std::string_view name : httpsig::InfoOf(revision).derived) {
      wanted.push_back(message_.is_request ? httpsig::Plain(name) : httpsig::OfRequest(name));
    }
    const std::span<const std::string_view> fields =
        message_.is_request ? std::span<const std::string_view>(httpsig::kRequestFields)
                            : std::span<const std::string_view>(httpsig::kResponseFields);
    for (const std::string_view name : fields) {
      const bool always = name == "workload-identity-token" && !message_.is_request;
      if (always || message_.fields().Find(name).count > 0) wanted.push_back(httpsig::Plain(name));
    }
    std::vector<std::string> missing;
    for (const Component& component : wanted) {
      if (!Covers(component)) missing.push_back(component.name);
    }
    return missing;
  }

  void CheckCoverage() {
    const std::vector<std::string> missing = Missing(SignatureRevision::k07);
    if (missing.empty()) return;
    if (Missing(SignatureRevision::k06).empty()) {
      out_.notes.emplace_back(
          "It covers what revision 06 demands, not what 07 does: verify with --revision "
          "http-signature-06.");
      return;
    }
    Find(message_.is_request ? "SIG-1" : "SIG-2", Errc::kHttpsigComponentMissing,
         fmt::format("not covered: {}", fmt::join(missing, ", ")));
  }

  void CheckPartner() {
    if (message_.is_request && !parameters().wimse_aud) {
      Find("SIG-5", Errc::kHttpsigParameterMissing, "wimse-aud");
    }
    if (!message_.is_request && !parameters().wimse_req_nonce) {
      Find("SIG-6", Errc::kHttpsigReqNonceMissing, "no wimse-req-nonce");
    }
  }

  void CheckTimes() {
    if (!parameters().created || !parameters().expires) return;
    const auto created = WallTimeFromNumericDate(*parameters().created);
    const auto expires = WallTimeFromNumericDate(*parameters().expires);
    if (!created || !expires) {
      return Find("SIG-4", Errc::kHttpsigParameterType, "a time outside the years 1970 to 9999");
    }
    if (now_ - kDefaultLeeway >= *expires) {
      Find("SIG-14", Errc::kHttpsigExpired, "expires has passed");
    } else if (*created > now_ + httpsig::kMaxCreatedAhead) {
      Find("SIG-14", Errc::kHttpsigCreatedAhead, "created is in the future");
    }
    if (*expires - *created > httpsig::kMaxSignatureLifetime + kDefaultLeeway) {
      Find("SIG-14", Errc::kHttpsigLifetimeTooLong, "expires is too long after created");
    }
  }

  void CheckContent() {
    std::vector<std::string_view> lines;
    for (const http::Field& field : message_.fields().lines()) {
      if (http::EqualsIgnoreCase(field.name, "Content-Digest")) lines.push_back(field.value);
    }
    if (lines.empty() && message_.body().empty()) return;
    Result<void> digest = proof::VerifyContentDigest(lines, AsBytes(message_.body()));
    if (!digest.has_value()) out_.findings.push_back(std::move(digest).error().At("SIG-3"));
  }

  // With the key that the WIT names. A response is bound to its request, which is not here.
  void CheckSignature(std::string_view wit) {
    if (!message_.is_request) {
      out_.notes.emplace_back(
          "The signature covers parts of the request, which is not here: signet http verify "
          "REQUEST --response FILE.");
      return;
    }
    jose::JwsReader reader;
    if (!reader.Read(wit).has_value()) return;
    const auto cnf = reader.claims().Find("cnf");
    const auto jwk = cnf.has_value() ? cnf->Find("jwk") : std::nullopt;
    if (!jwk.has_value()) return;
    const Result<jose::Jwk> key = jose::ParseJwk(*jwk, {.require_alg = true});
    if (!key.has_value() || !key->alg.has_value()) return;
    const Result<std::string> base = httpsig::BuildSignatureBase(
        entry_.components, entry_.params_text, {.request = &message_.request});
    if (!base.has_value()) {
      out_.findings.push_back(Error(base.error()).At("SIG-10"));
    } else if (key->key.Verify(*key->alg, AsBytes(*base), entry_.signature).has_value()) {
      out_.notes.emplace_back(
          "The message is signed with the key that the WIT names. That says nothing yet: anybody "
          "can write a WIT.");
    } else {
      Find("SIG-10", Errc::kHttpsigSignatureInvalid, "not signed with cnf.jwk of the WIT");
    }
  }

  const MessageText& message_;
  const SignatureEntry& entry_;
  WallTime now_;
  Inspection& out_;
};

}  // namespace

void InspectSignatures(const MessageText& message, std::optional<std::string_view> wit,
                       bool has_proof, WallTime now, Inspection& out) {
  if (!httpsig::HasSignatureFields(message.fields())) return;
  const Result<std::vector<SignatureEntry>> entries = httpsig::ReadSignatures(message.fields());
  if (!entries.has_value()) {
    out.findings.push_back(Error(entries.error()).At("SIG-8"));
    return;
  }
  out.json["signatures"] = Json::array();
  const SignatureEntry* ours = nullptr;
  std::size_t count = 0;
  for (const SignatureEntry& entry : *entries) {
    SignatureRows rows(entry, now);
    out.json["signatures"].push_back(rows.TakeJson());
    out.groups.push_back(rows.TakeGroup());
    if (entry.parameters.tag != httpsig::kWimseTag) continue;
    ours = &entry;
    ++count;
  }
  if (count > 1) {
    out.findings.emplace_back(Errc::kHttpsigDuplicate, "several signatures with the WIMSE tag");
  } else if (count == 1) {
    ProfileRules(message, *ours, now, out).Check(wit);
  } else if (has_proof || !message.is_request) {
    out.notes.emplace_back(
        "No signature has the WIMSE tag: what is signed is somebody else's matter [SIG-8].");
  } else {
    out.findings.emplace_back(Errc::kHttpsigMissing, "no signature with the WIMSE tag");
  }
}

Inspection InspectResponse(std::string_view text, WallTime now) {
  const MessageText message = ParseMessage(text);
  Inspection out;
  out.kind = "http-response";
  out.title = "HTTP response";
  out.groups.push_back({"response",
                        {{"status", fmt::format("{}", message.response.status)},
                         {"fields", fmt::format("{}", message.fields().lines().size())},
                         {"body", fmt::format("{} bytes", message.body().size())}}});
  out.json["status"] = message.response.status;
  out.json["body_bytes"] = message.body().size();
  if (message.fault.has_value()) out.findings.push_back(*message.fault);
  const http::FieldOccurrence field = message.fields().Find(credential::kWitField);
  if (field.count > 1) {
    out.findings.emplace_back(Errc::kWitDuplicate, fmt::format("{} fields", field.count));
  }
  std::optional<std::string_view> wit;
  if (field.count > 0) {
    wit = field.value;
    out.parts.push_back(InspectToken(field.value, TokenKind::kWit, now));
  }
  const bool is_signed = httpsig::HasSignatureFields(message.fields());
  if (!is_signed) {
    out.notes.emplace_back("It is not signed: it says nothing of who answered [SIG-12].");
  } else if (field.count == 0) {
    out.findings.emplace_back(Errc::kWitMissing, "signed, and no Workload-Identity-Token field");
  }
  InspectSignatures(message, wit, /*has_proof=*/false, now, out);
  out.unverified =
      "Nothing was verified: neither who issued the WIT, nor that it answers the request. To "
      "verify: signet http verify REQUEST --response FILE --trust ORIGIN=KEYS --expected-server ID";
  return out;
}

}  // namespace signet::app
