#include "app/inspect/inspect.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/http_text.h"
#include "app/inspect/certificate.h"
#include "app/inspect/http_message.h"
#include "app/inspect/key.h"
#include "app/inspect/lenient.h"
#include "app/inspect/request.h"
#include "app/inspect/token.h"
#include "app/tool_text.h"
#include "protocol/credential/profile.h"
#include "protocol/http/message.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

struct FieldKind {
  std::string_view name;
  TokenKind kind;
};
constexpr std::array<FieldKind, 4> kFields{{
    {credential::kWitField, TokenKind::kWit},
    {credential::kAuthorizationField, TokenKind::kAsTyped},
    {"Workload-Proof-Token", TokenKind::kWpt},
    {credential::kTxnTokenField, TokenKind::kAsTyped},
}};

// "Authorization: WPT eyJ..." as people copy it from a request; "WPT eyJ..." too.
struct FieldText {
  std::string_view token;
  TokenKind kind = TokenKind::kAsTyped;
};
FieldText WithoutFieldName(std::string_view text) {
  FieldText out{text, TokenKind::kAsTyped};
  const std::size_t colon = text.find(':');
  for (const FieldKind& field : kFields) {
    if (colon == std::string_view::npos ||
        !http::EqualsIgnoreCase(text.substr(0, colon), field.name)) {
      continue;
    }
    out = {Trimmed(text.substr(colon + 1)), field.kind};
  }
  const std::size_t space = out.token.find(' ');
  if (space == std::string_view::npos) return out;
  const std::string_view scheme = out.token.substr(0, space);
  const bool wpt = http::EqualsIgnoreCase(scheme, "WPT");
  if (wpt || http::EqualsIgnoreCase(scheme, "Bearer") || http::EqualsIgnoreCase(scheme, "DPoP")) {
    out.token = Trimmed(out.token.substr(space + 1));
    if (wpt) out.kind = TokenKind::kWpt;
  }
  return out;
}

std::optional<Inspection> InspectJson(std::string_view text, WallTime now) {
  const std::optional<Json> json = ReadJsonLeniently(text);
  if (!json.has_value() || !json->is_object()) return std::nullopt;
  if (json->contains("keys")) return InspectBundle(text, std::nullopt, now);
  if (json->contains("kty")) return InspectJwk(text, now);
  return std::nullopt;
}

Json InspectionJson(const Inspection& inspection) {
  Json out = {{"kind", inspection.kind}, {"ok", inspection.findings.empty()}};
  for (const auto& [name, value] : inspection.json.items()) out[name] = value;
  out["findings"] = Json::array();
  for (const Error& finding : inspection.findings) out["findings"].push_back(ErrorJson(finding));
  out["notes"] = inspection.notes;
  out["verified"] = false;
  if (!inspection.parts.empty()) {
    out["parts"] = Json::array();
    for (const Inspection& part : inspection.parts) out["parts"].push_back(InspectionJson(part));
  }
  return out;
}

void AppendText(const Context& context, const Inspection& inspection, bool is_part,
                std::string& out) {
  out += context.Paint('b', inspection.title);
  for (const RowGroup& group : inspection.groups) {
    out += fmt::format("\n  {}\n{}", group.title, RowsText(group.rows, 4));
  }
  out += "\n  what is wrong";
  if (inspection.findings.empty()) out += "\n    nothing found";
  for (const Error& finding : inspection.findings) {
    // Painted after wrapping, so that no escape sequence counts as text.
    const std::string line = Wrapped(ErrorLine(finding), 6);
    out += "\n    " + context.Paint('r', finding.name()) + line.substr(finding.name().size());
    out += "\n      fix: " + Wrapped(InfoOf(finding.code).fix, 11);
  }
  for (const std::string& note : inspection.notes) out += "\n  note: " + Wrapped(note, 8);
  if (!is_part) return;
  out += '\n';
}

bool HasFindings(const Inspection& inspection) {
  return !inspection.findings.empty() || std::ranges::any_of(inspection.parts, HasFindings);
}

}  // namespace

std::optional<Inspection> Inspect(std::string_view input, WallTime now) {
  const std::string_view text = Trimmed(input);
  if (text.starts_with('{')) return InspectJson(text, now);
  if (std::optional<Inspection> found = InspectCertificateText(text, now)) return found;
  if (text.starts_with("-----BEGIN ")) return InspectPem(text);
  if (LooksLikeMessage(text)) {
    const std::string_view message = input.substr(input.find(text[0]));
    return text.starts_with("HTTP/") ? InspectResponse(message, now) : InspectRequest(message, now);
  }
  const FieldText field = WithoutFieldName(text);
  const bool has_space = field.token.find_first_of(" \t\r\n") != std::string_view::npos;
  const std::size_t slashes = field.token.find("://");
  const bool scheme =
      slashes < 20 && field.token.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == slashes;
  if (scheme) {
    return InspectIdentifier(field.token);
  }
  if (!has_space && std::ranges::count(field.token, '.') >= 2) {
    return InspectToken(field.token, field.kind, now);
  }
  return std::nullopt;
}

void PrintInspection(Context& context, const Inspection& inspection) {
  const bool wrong = HasFindings(inspection);
  if (context.json) {
    Json out = InspectionJson(inspection);
    out["ok"] = !wrong;
    context.Print(DumpJson(out));
  } else {
    std::string text;
    for (const Inspection& part : inspection.parts) {
      AppendText(context, part, /*is_part=*/true, text);
      text += '\n';
    }
    AppendText(context, inspection, /*is_part=*/false, text);
    text += '\n' + context.Paint('d', Wrapped(inspection.unverified, 0));
    context.Print(text);
  }
  if (wrong) context.exit_code = kExitRefused;
}

}  // namespace signet::app
