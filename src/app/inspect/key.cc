#include "app/inspect/key.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/inspect/lenient.h"
#include "app/tool_input.h"
#include "app/tool_text.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwk.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kKeyUnverified =
    "Nothing was verified: a key says nothing of who holds it.";

std::string AlgText(const jose::Jwk& jwk) {
  if (jwk.alg.has_value()) return std::string(crypto::NameOf(*jwk.alg));
  if (jwk.key.type() == crypto::KeyType::kEd25519) return "not stated: EdDSA or Ed25519";
  return "not stated: signing needs it";
}

void AddKeyFacts(const jose::Jwk& jwk, RowGroup& group, Json& json) {
  const std::string thumbprint = jose::Thumbprint(jwk.key);
  group.rows.push_back({"type", KeyTypeText(jwk.key)});
  group.rows.push_back({"algorithm", AlgText(jwk)});
  group.rows.push_back({"thumbprint", thumbprint});
  json["type"] = KeyTypeText(jwk.key);
  json["alg"] = jwk.alg.has_value() ? Json(crypto::NameOf(*jwk.alg)) : Json(nullptr);
  json["thumbprint"] = thumbprint;
}

trust::BundleFormat GuessFormat(const Json& set) {
  const auto uses = [&set](std::string_view name) {
    const auto keys = set.find("keys");
    if (keys == set.end() || !keys->is_array()) return false;
    return std::ranges::any_of(*keys, [name](const Json& key) {
      return key.is_object() && key.contains("use") && key["use"] == name;
    });
  };
  if (set.contains("spiffe_sequence") || set.contains("spiffe_refresh_hint") || uses("wit-svid") ||
      uses("jwt-svid") || uses("x509-svid")) {
    return trust::BundleFormat::kSpiffe;
  }
  if (set.contains("sequence_number") || set.contains("refresh_hint") || uses("wimse-jwt") ||
      uses("wimse-x509")) {
    return trust::BundleFormat::kWimse;
  }
  return trust::BundleFormat::kRaw;
}

std::string_view UseText(trust::KeyUse use) {
  switch (use) {
    case trust::KeyUse::kWit:
      return "signs WITs";
    case trust::KeyUse::kJwtSvid:
      return "signs JWT-SVIDs";
    case trust::KeyUse::kX509:
      return "X.509 anchor";
  }
  return "";
}

}  // namespace

std::string_view NameOf(trust::BundleFormat format) {
  switch (format) {
    case trust::BundleFormat::kRaw:
      return "raw";
    case trust::BundleFormat::kSpiffe:
      return "spiffe";
    case trust::BundleFormat::kWimse:
      return "wimse";
  }
  return "";
}

std::string KeyTypeText(const crypto::PublicKey& key) {
  switch (key.type()) {
    case crypto::KeyType::kEcP256:
      return "EC P-256";
    case crypto::KeyType::kEcP384:
      return "EC P-384";
    case crypto::KeyType::kEcP521:
      return "EC P-521";
    case crypto::KeyType::kEd25519:
      return "OKP Ed25519";
    case crypto::KeyType::kRsa:
      return fmt::format("RSA {} bits", key.x().size() * 8);
  }
  return "";
}

Inspection InspectJwk(std::string_view text, WallTime now) {
  Inspection out;
  const std::optional<Json> members = ReadJsonLeniently(text);
  const Json shown = members.has_value() ? WithoutSecrets(*members) : Json::object();
  bool is_private = false;
  for (const auto& [name, member] : shown.items()) is_private |= IsSecretMember(name);
  out.kind = is_private ? "private-jwk" : "jwk";
  out.title = is_private ? "Private JWK" : "Public JWK";
  RowGroup facts{"key", {}};
  const Result<jose::Jwk> jwk =
      jose::ParseJwk(text, {.require_alg = false, .allow_private_members = true, .key_only = true});
  if (jwk.has_value()) {
    AddKeyFacts(*jwk, facts, out.json);
  } else {
    out.findings.push_back(jwk.error());
  }
  out.json["jwk"] = shown;
  if (!facts.rows.empty()) out.groups.push_back(std::move(facts));
  out.groups.push_back({"members", MemberRows(shown, now)});
  if (is_private) {
    out.notes.emplace_back(
        "This is a private key: its secret part is not shown. Publish only what `signet key "
        "public` prints.");
  }
  out.unverified = kKeyUnverified;
  return out;
}

Inspection InspectPem(std::string_view text) {
  Inspection out;
  const KeyText kind = KindOfKeyText(text);
  const bool certificate = kind == KeyText::kCertificate;
  out.kind = kind == KeyText::kPrivatePem ? "private-pem" : certificate ? "certificate" : "pem";
  out.title = kind == KeyText::kPrivatePem ? "Private key (PEM)"
              : certificate                ? "Key of an X.509 certificate (PEM)"
                                           : "Public key (PEM)";
  out.unverified = kKeyUnverified;
  if (kind == KeyText::kNone) {
    out.findings.emplace_back(Errc::kPemLabel, "known are PUBLIC KEY, PRIVATE KEY and CERTIFICATE");
    return out;
  }
  const Result<jose::Jwk> jwk = ParsePublicKeyText(text, {.allow_private = true});
  if (!jwk.has_value()) {
    out.findings.push_back(jwk.error());
    return out;
  }
  RowGroup facts{"key", {}};
  AddKeyFacts(*jwk, facts, out.json);
  out.groups.push_back(std::move(facts));
  if (kind == KeyText::kPrivatePem) {
    out.notes.emplace_back("This is a private key: its secret part is not shown.");
  }
  return out;
}

Row BundleKeyRow(const trust::BundleKey& key) {
  const std::string alg = key.alg.has_value() ? std::string(crypto::NameOf(*key.alg)) : "no alg";
  return {key.kid.empty() ? "(no kid)" : PrintableStart(key.kid, 60),
          fmt::format("{}, {}, {}, thumbprint {}", KeyTypeText(key.key), alg, UseText(key.use),
                      key.thumbprint)};
}

Json BundleKeyJson(const trust::BundleKey& key) {
  Json out = Json::object();
  out["kid"] = key.kid.empty() ? Json(nullptr) : Json(key.kid);
  out["use"] = key.use_name.empty() ? Json(nullptr) : Json(key.use_name);
  out["alg"] = key.alg.has_value() ? Json(crypto::NameOf(*key.alg)) : Json(nullptr);
  out["type"] = KeyTypeText(key.key);
  out["thumbprint"] = key.thumbprint;
  return out;
}

Inspection InspectBundle(std::string_view text, std::optional<trust::BundleFormat> format,
                         WallTime now) {
  Inspection out;
  const std::optional<Json> set = ReadJsonLeniently(text);
  if (!format.has_value()) {
    format = set.has_value() ? GuessFormat(*set) : trust::BundleFormat::kRaw;
  }
  out.kind = "bundle";
  out.title = *format == trust::BundleFormat::kRaw
                  ? "JWK Set"
                  : fmt::format("Trust bundle, {} format", NameOf(*format));
  out.json["format"] = NameOf(*format);
  out.unverified = "Nothing was verified: a bundle is as good as the way by which it came [TA-1].";
  const Result<trust::Bundle> bundle = trust::ParseBundle(text, *format);
  if (!bundle.has_value()) {
    out.findings.push_back(bundle.error());
    const Json shown = set.has_value() ? WithoutSecrets(*set) : Json::object();
    out.groups.push_back({"members", MemberRows(shown, now)});
    return out;
  }
  RowGroup facts{"bundle", {}};
  const std::size_t entries = set.has_value() && set->contains("keys") ? (*set)["keys"].size() : 0;
  if (bundle->sequence.has_value()) {
    facts.rows.push_back({"sequence", fmt::format("{}", *bundle->sequence)});
    out.json["sequence"] = *bundle->sequence;
  }
  if (bundle->refresh_hint.has_value()) {
    facts.rows.push_back({"refresh hint", DurationText(*bundle->refresh_hint)});
    out.json["refresh_hint_s"] = bundle->refresh_hint->count();
  }
  facts.rows.push_back({"keys", fmt::format("{} usable of {}", bundle->keys.size(), entries)});
  out.groups.push_back(std::move(facts));
  RowGroup keys{"keys", {}};
  out.json["keys"] = Json::array();
  for (const trust::BundleKey& key : bundle->keys) {
    keys.rows.push_back(BundleKeyRow(key));
    out.json["keys"].push_back(BundleKeyJson(key));
  }
  if (!keys.rows.empty()) out.groups.push_back(std::move(keys));
  if (bundle->keys.empty()) {
    out.notes.emplace_back(
        "No key is usable, so nothing of this trust domain is accepted [BUN-1].");
  } else if (bundle->keys.size() < entries) {
    out.notes.emplace_back(
        "Entries of an unknown use, type or algorithm are ignored, as the format demands.");
  }
  return out;
}

Inspection InspectIdentifier(std::string_view text) {
  Inspection out;
  out.kind = "identifier";
  out.title = "Workload Identifier";
  out.unverified =
      "Nothing was verified: an identifier is authenticated only when it comes out of a verified "
      "credential [ID-13].";
  RowGroup facts{"identifier", {{"text", PrintableStart(text, kMaxIdentifierBytes)}}};
  out.json["id"] = std::string(text.substr(0, kMaxIdentifierBytes));
  const Result<identity::WorkloadId> id = identity::WorkloadId::Parse(text);
  if (id.has_value()) {
    out.json["scheme"] = identity::NameOf(id->scheme());
    out.json["trust_domain"] = id->trust_domain();
    out.json["path"] = id->path();
    out.json["origin"] = id->origin_text();
    facts.rows.push_back({"scheme", std::string(identity::NameOf(id->scheme()))});
    facts.rows.push_back({"trust domain", std::string(id->trust_domain())});
    facts.rows.push_back({"path", std::string(id->path())});
    facts.rows.push_back({"origin", std::string(id->origin_text())});
  } else {
    out.findings.push_back(id.error());
  }
  out.groups.push_back(std::move(facts));
  return out;
}

}  // namespace signet::app
