#include "app/inspect/token.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/inspect/key.h"
#include "app/inspect/lenient.h"
#include "app/inspect/token_rules.h"
#include "app/tool_text.h"
#include "protocol/codec/base64url.h"
#include "protocol/credential/profile.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jws.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

struct TypName {
  std::string_view typ, kind, title;
};
constexpr std::array<TypName, 7> kTypNames{{
    {"wit+jwt", "wit", "Workload Identity Token (WIT)"},
    {"wpt+jwt", "wpt", "Workload Proof Token (WPT)"},
    {"txntoken+jwt", "jwt", "Transaction token (JWT)"},
    {"oauth-id-jag+jwt", "jwt", "Identity assertion grant (JWT)"},
    {"authorization-grant+jwt", "jwt", "Authorization grant (JWT)"},
    {"at+jwt", "jwt", "OAuth access token (JWT)"},
    {"dpop+jwt", "jwt", "DPoP proof (JWT)"},
}};

std::vector<std::string_view> SplitAtDots(std::string_view token) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t dot = token.find('.');
    parts.push_back(token.substr(0, dot));
    if (dot == std::string_view::npos || parts.size() > 5) return parts;
    token.remove_prefix(dot + 1);
  }
}

std::optional<Json> DecodePart(std::string_view part) {
  const Result<Bytes> bytes = codec::Base64UrlDecode(part);
  if (!bytes.has_value()) return std::nullopt;
  std::optional<Json> json = ReadJsonLeniently(AsText(*bytes));
  if (!json.has_value() || !json->is_object()) return std::nullopt;
  return WithoutSecrets(*json);
}

const TypName* NameOfTyp(const std::optional<Json>& header) {
  if (!header.has_value() || !header->contains("typ") || !(*header)["typ"].is_string()) {
    return nullptr;
  }
  const std::string& typ = (*header)["typ"].get_ref<const std::string&>();
  for (const TypName& name : kTypNames) {
    if (jose::IsMediaType(typ, name.typ)) return &name;
  }
  return nullptr;
}

// One inspection; its methods fill `out_` from top to bottom.
class TokenInspection {
 public:
  TokenInspection(std::string_view token, TokenKind kind, WallTime now)
      : token_(token), kind_(kind), now_(now) {}

  Inspection Run() {
    const std::vector<std::string_view> parts = SplitAtDots(token_);
    if (!parts.empty()) header_ = DecodePart(parts[0]);
    if (parts.size() > 1) claims_ = DecodePart(parts[1]);
    Name(parts.size());
    Describe("header", header_);
    Describe("claims", claims_);
    DescribeKey();
    if (parts.size() == 3) DescribeSignature(parts[2]);
    FindFaults();
    AddNotes();
    SayWhatIsUnverified();
    return std::move(out_);
  }

 private:
  bool IsWit() const { return out_.kind == "wit"; }
  bool IsWpt() const { return out_.kind == "wpt"; }

  void Name(std::size_t parts) {
    const TypName* name = NameOfTyp(header_);
    if (kind_ == TokenKind::kWit) name = &kTypNames[0];
    if (kind_ == TokenKind::kWpt) name = &kTypNames[1];
    out_.kind = name != nullptr ? name->kind : parts == 5 ? "jwe" : "jwt";
    out_.title = fmt::format("{}, {} bytes",
                             name != nullptr ? name->title
                             : parts == 5    ? "Encrypted token (JWE)"
                                             : "JSON Web Token (JWT)",
                             token_.size());
    out_.json["size"] = token_.size();
  }

  void Describe(const std::string& title, const std::optional<Json>& part) {
    out_.json[title] = part.has_value() ? *part : Json(nullptr);
    if (part.has_value()) out_.groups.push_back({title, MemberRows(*part, now_)});
  }

  void DescribeKey() {
    if (!claims_.has_value() || !claims_->contains("cnf")) return;
    const Json& cnf = (*claims_)["cnf"];
    if (!cnf.is_object() || !cnf.contains("jwk")) return;
    // Secrets are gone from this copy, but public members are all that is read.
    const Result<jose::Jwk> jwk = jose::ParseJwk(
        cnf["jwk"].dump(), {.require_alg = false, .allow_private_members = true, .key_only = true});
    if (!jwk.has_value()) return;
    const std::string thumbprint = jose::Thumbprint(jwk->key);
    const std::string alg =
        jwk->alg.has_value() ? std::string(crypto::NameOf(*jwk->alg)) : "not stated";
    out_.groups.push_back(
        {"confirmed key (the proof must be made with it)",
         {{"type", KeyTypeText(jwk->key)}, {"algorithm", alg}, {"thumbprint", thumbprint}}});
    out_.json["cnf_thumbprint"] = thumbprint;
  }

  void DescribeSignature(std::string_view signature) {
    RowGroup group{"token", {}};
    group.rows.push_back(
        {"signature", fmt::format("{} bytes", codec::Base64UrlDecodedSize(signature.size()))});
    out_.json["signature_bytes"] = codec::Base64UrlDecodedSize(signature.size());
    if (IsWit()) {
      const std::string hash(proof::TokenHash(token_).view());
      group.rows.push_back({"hash", hash + "  (wth of its proofs)"});
      out_.json["hash"] = hash;
    }
    out_.groups.push_back(std::move(group));
  }

  void FindFaults() {
    Result<void> read = reader_.Read(token_);
    if (!read.has_value()) {
      Error error = std::move(read).error();
      if (IsWit()) error = std::move(error).At("WIT-12.a");
      if (IsWpt()) error = std::move(error).At("WPT-5.2");
      out_.findings.push_back(std::move(error));
      FindAlgFault();
      return;
    }
    if (IsWit()) {
      out_.findings = WitFaults(reader_, now_);
    } else if (IsWpt()) {
      out_.findings = WptFaults(reader_, now_);
    } else {
      const Result<crypto::Alg> alg = jose::CheckAlg(reader_.header(), crypto::kAllAlgs);
      if (!alg.has_value()) out_.findings.push_back(Error(alg.error()).At("BCP-1"));
    }
  }

  // A token that could not be read for another reason (an empty signature, say) is still worth
  // this one word.
  void FindAlgFault() {
    if (!header_.has_value() || !header_->contains("alg")) return;
    const Json& alg = (*header_)["alg"];
    if (!alg.is_string() || !crypto::IsNoneName(alg.get_ref<const std::string&>())) return;
    out_.findings.push_back(Error(Errc::kJoseAlgNone, "alg is none").At("WIT-1"));
  }

  void AddNotes() {
    if (!claims_.has_value()) return;
    if (IsWit()) AddWitNotes();
    if (IsWpt() && claims_->contains("ath")) {
      out_.notes.emplace_back("ath counts in revision 01 only; revision 02 ignores it [WPT-3].");
    }
    if (IsWit() || IsWpt()) return;
    const auto exp = TimeOf("exp");
    if (exp.has_value() && *exp <= now_)
      out_.notes.push_back("Expired " + RelativeText(*exp, now_) + ".");
    if (claims_->contains("cnf") && claims_->contains("sub")) {
      out_.notes.emplace_back(
          "It has the claims of a WIT but another typ: nobody accepts it as one. `signet wit "
          "inspect` judges it as a WIT.");
    }
  }

  void AddWitNotes() {
    const auto exp = TimeOf("exp");
    const auto iat = TimeOf("iat");
    if (exp.has_value() && iat.has_value()) {
      const seconds lifetime = *exp - *iat;
      if (lifetime > credential::kMaxWitLifetime) {
        out_.notes.push_back(
            fmt::format("Its lifetime is {}: WITs are meant to live for hours [WIT-8].",
                        DurationText(lifetime)));
      }
      if (*iat > now_ + kDefaultLeeway) {
        out_.notes.emplace_back("iat is in the future: look at the clocks.");
      }
    }
    if (claims_->contains("aud")) {
      out_.notes.emplace_back(
          "aud is ignored in the wimse profile (Q8) and refused in the spiffe profile [WSVID-1].");
    }
    const bool spiffe = claims_->contains("sub") && (*claims_)["sub"].is_string() &&
                        (*claims_)["sub"].get_ref<const std::string&>().starts_with("spiffe://");
    if (spiffe && header_.has_value() && !header_->contains("kid")) {
      out_.notes.emplace_back("Without kid it is refused in the spiffe profile [WSVID-1].");
    }
  }

  void SayWhatIsUnverified() {
    if (IsWit()) {
      std::string origin = "ORIGIN";
      if (claims_.has_value() && claims_->contains("sub") && (*claims_)["sub"].is_string()) {
        const Result<identity::WorkloadId> id =
            identity::WorkloadId::Parse((*claims_)["sub"].get_ref<const std::string&>());
        if (id.has_value()) origin = id->origin_text();
      }
      out_.unverified = fmt::format(
          "Nothing was verified: neither the signature nor who may sign for this trust domain. "
          "To verify: signet wit verify TOKEN --trust {}=KEYS",
          origin);
    } else if (IsWpt()) {
      out_.unverified =
          "Nothing was verified: neither the signature, nor the audience, nor the WIT, nor that it "
          "is used once. To verify: signet wpt verify TOKEN --wit WIT --trust ORIGIN=KEYS "
          "--audience URI";
    } else {
      out_.unverified = "Nothing was verified: neither the signature nor any claim.";
    }
  }

  std::optional<WallTime> TimeOf(std::string_view claim) const {
    const std::string name(claim);
    if (!claims_->contains(name) || !(*claims_)[name].is_number_integer()) return std::nullopt;
    return WallTimeFromNumericDate((*claims_)[name].get<std::int64_t>());
  }

  std::string_view token_;
  TokenKind kind_;
  WallTime now_;
  std::optional<Json> header_;
  std::optional<Json> claims_;
  jose::JwsReader reader_;
  Inspection out_;
};

}  // namespace

Inspection InspectToken(std::string_view token, TokenKind kind, WallTime now) {
  return TokenInspection(token, kind, now).Run();
}

}  // namespace signet::app
