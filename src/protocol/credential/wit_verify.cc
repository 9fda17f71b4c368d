#include "protocol/credential/wit_verify.h"

#include <algorithm>

#include "protocol/codec/base64url.h"
#include "protocol/credential/deny_key.h"
#include "protocol/crypto/digest.h"
#include "protocol/jose/jwt.h"

namespace signet::credential {
namespace {

using codec::JsonValue;

std::string Name(std::string_view code_name) { return std::string(code_name); }

// Time rules that hold at every use. Compares on the side of `now`, which is ours: exp and nbf are
// the peer's, though bounded by kMaxNumericDate.
Result<void> CheckValidity(WallTime exp, std::optional<WallTime> nbf, seconds leeway,
                           WallTime now) {
  if (now - leeway >= exp) return Refuse(Errc::kWitExpired, "exp has passed");
  if (nbf.has_value() && now + leeway < *nbf) return Refuse(Errc::kWitNotYetValid, "nbf is ahead");
  return {};
}

// RFC 7517 faults of cnf.jwk in the words of the WIT.
std::unexpected<Error> CnfFault(const Error& fault) {
  if (fault.code == Errc::kJwkPrivate) {
    return Refuse(Errc::kWitCnfPrivate, "cnf.jwk has private members");
  }
  if (fault.code == Errc::kCryptoFailure) return std::unexpected(Error(fault));
  // Whatever else is wrong with a key makes it no key; the inner code tells the operator more.
  return Refuse(Errc::kWitCnfKeyInvalid, "cnf.jwk: " + Name(fault.name()));
}

}  // namespace

// One verification; its methods are the steps, in the order in which they run.
class WitVerification {
 public:
  WitVerification(std::string_view token, const trust::TrustSnapshot& trust, const WitRules& rules,
                  WallTime now, jose::JwsReader& reader, CheckList& checks, const WitAids& aids)
      : token_(token),
        trust_(trust),
        rules_(rules),
        now_(now),
        jws_(reader),
        checks_(checks),
        aids_(aids) {}

  Result<VerifiedWit> Run() {
    SIGNET_TRY(Step("WIT-12.a", ReadStructure()));
    Result<VerifiedWit> wit = ReadSubject();
    if (!wit.has_value()) return Fail(std::move(wit).error());
    checks_.Pass("WIT-12.b");
    SIGNET_TRY(Step("WIT-12.c", CheckTyp()));
    SIGNET_TRY(Step("WIT-1", ReadAlg()));
    SIGNET_TRY(Step("WIT-12.d", CheckSignature()));
    SIGNET_TRY(Step("WIT-2", ReadTimes(*wit)));
    SIGNET_TRY(Step("WIT-8", CheckTimes(*wit)));
    if (NeedsIssuer()) SIGNET_TRY(Step("TA-2", CheckIssuer()));
    SIGNET_TRY(Step("WIT-12.e", ReadConfirmation(*wit)));
    SIGNET_TRY(Step("WIT-3", CheckConfirmationAlg(*wit)));
    SIGNET_TRY(Step("WIT-11", CheckConfirmationOwner(*wit)));
    if (profile().kid_required) SIGNET_TRY(Step("WSVID-1", CheckSpiffe()));
    SIGNET_TRY(Step("WIC-3", CheckDenied(*wit)));
    checks_.Pass("WIT-12.f");  // unknown claims were not looked at
    Describe(*wit);
    return wit;
  }

 private:
  const WitProfileInfo& profile() const { return InfoOf(rules_.profile); }

  std::unexpected<Error> Fail(Error error) {
    checks_.Fail(error);
    return std::unexpected(std::move(error));
  }

  Result<void> Step(std::string_view rule, Result<void> outcome) {
    if (!outcome.has_value()) return Fail(std::move(outcome).error());
    checks_.Pass(rule);
    return {};
  }

  Result<void> ReadStructure() {
    Result<void> read = jws_.Read(token_);
    if (!read.has_value()) return std::unexpected(std::move(read).error().At("WIT-12.a"));
    return {};
  }

  // ID-8: the identifier is canonical before its origin chooses anchors, and only its value is
  // used from here on.
  Result<VerifiedWit> ReadSubject() {
    const std::optional<JsonValue> sub = jws_.claims().Find("sub");
    if (!sub.has_value()) return Refuse(Errc::kWitSubMissing, "no sub claim");
    const std::optional<std::string_view> text = sub->AsString();
    if (!text.has_value()) return Refuse(Errc::kWitSubInvalid, "sub is no string");
    Result<identity::WorkloadId> id = identity::WorkloadId::Parse(*text, rules_.id_rules);
    if (!id.has_value()) {
      return Refuse(Errc::kWitSubInvalid,
                    Name(id.error().name()) + " [" + Name(id.error().rule()) + "]");
    }
    if (profile().spiffe_subject_required && id->scheme() != identity::Scheme::kSpiffe) {
      return Refuse(Errc::kWitSubNotSpiffe, "sub is no SPIFFE ID");
    }
    origin_ = trust_.Find(id->origin_text());
    if (origin_ == nullptr) {
      return RefuseAt("WIT-12.b", Errc::kTrustDomainUnknown, "no anchors for the origin of sub");
    }
    return VerifiedWit(*std::move(id));
  }

  Result<void> CheckTyp() {
    const std::optional<std::string_view> typ = jws_.header().typ;
    const bool right = typ.has_value() &&
                       (profile().exact_typ ? *typ == kWitTyp : jose::IsMediaType(*typ, kWitTyp));
    if (!right) return Refuse(Errc::kWitTypMismatch, "typ is not wit+jwt");
    return {};
  }

  Result<void> ReadAlg() {
    crypto::AlgSet allowed = origin_->AllowedAlgs(profile().algs);
    const Result<crypto::Alg> alg = jose::CheckAlg(jws_.header(), allowed);
    if (!alg.has_value()) {
      const bool not_allowed = alg.error().code == Errc::kJoseAlgNotAllowed;
      return std::unexpected(Error(alg.error()).At(not_allowed ? "WIT-12.d" : "WIT-1"));
    }
    if (*alg == crypto::Alg::kEdDSA && !rules_.allow_eddsa) {
      return RefuseAt("WIT-12.d", Errc::kJoseAlgNotAllowed, "EdDSA is switched off");
    }
    alg_ = *alg;
    return {};
  }

  Result<void> CheckSignature() {
    Result<const trust::WitKey*> key = origin_->SelectWitKey(jws_.header().kid, alg_);
    if (!key.has_value()) return std::unexpected(std::move(key).error().At("WIT-12.d"));
    Result<void> verified =
        jose::VerifyJws(jws_, alg_, (*key)->jwk, crypto::TableOf(aids_.tables, (*key)->jwk.key));
    if (verified.has_value()) return {};
    if (verified.error().code == Errc::kJoseAlgKeyMismatch) {
      return std::unexpected(std::move(verified).error().At("WIT-12.d"));
    }
    if (verified.error().code == Errc::kCryptoFailure) return verified;
    return Refuse(Errc::kWitSignatureInvalid, Name(verified.error().name()));
  }

  Result<void> ReadTimes(VerifiedWit& wit) {
    Result<std::optional<WallTime>> exp = jose::TimeClaim(jws_.claims(), "exp");
    if (!exp.has_value()) return std::unexpected(std::move(exp).error().At("WIT-2"));
    if (!exp->has_value()) return Refuse(Errc::kWitExpMissing, "no exp claim");
    Result<std::optional<WallTime>> nbf = jose::TimeClaim(jws_.claims(), "nbf");
    if (!nbf.has_value()) return std::unexpected(std::move(nbf).error().At("WIT-2"));
    Result<std::optional<WallTime>> iat = jose::TimeClaim(jws_.claims(), "iat");
    if (!iat.has_value()) return std::unexpected(std::move(iat).error().At("WIT-2"));
    wit.exp_ = **exp;
    wit.nbf_ = *nbf;
    issued_ = *iat;
    return {};
  }

  // iat never bounds validity [WSVID-1]; it only tells the lifetime that the issuer gave.
  Result<void> CheckTimes(const VerifiedWit& wit) {
    SIGNET_TRY(CheckValidity(wit.exp_, wit.nbf_, rules_.leeway, now_));
    if (!rules_.max_lifetime.has_value()) return {};
    const WallTime from = wit.nbf_.value_or(issued_.value_or(now_));
    const bool too_long = wit.exp_ - from > *rules_.max_lifetime ||
                          wit.exp_ - now_ > *rules_.max_lifetime + rules_.leeway;
    if (too_long) return Refuse(Errc::kWitLifetimeTooLong, "the lifetime is over the limit");
    return {};
  }

  bool NeedsIssuer() const {
    return origin_->has_issuer_list() || rules_.expected_issuer.has_value() ||
           jws_.claims().Find("iss").has_value();
  }

  // Never used to find keys [TA-2]; present and configured, it must be one of the listed.
  Result<void> CheckIssuer() {
    Result<std::optional<std::string_view>> iss = jose::StringClaim(jws_.claims(), "iss");
    if (!iss.has_value()) return std::unexpected(std::move(iss).error().At("TA-2"));
    if (rules_.expected_issuer.has_value() && *iss != *rules_.expected_issuer) {
      return Refuse(Errc::kTrustIssuer, "iss is not the expected issuer");
    }
    if (iss->has_value() && !origin_->AllowsIssuer(**iss)) {
      return Refuse(Errc::kTrustIssuer, "iss is not on the list of this origin");
    }
    return {};
  }

  Result<void> ReadConfirmation(VerifiedWit& wit) {
    const std::optional<JsonValue> cnf = jws_.claims().Find("cnf");
    if (!cnf.has_value() || !cnf->is_object()) return Refuse(Errc::kWitCnfMissing, "no cnf object");
    const std::optional<JsonValue> jwk = cnf->Find("jwk");
    if (!jwk.has_value() || !jwk->is_object()) {
      return Refuse(Errc::kWitCnfMissing, "no cnf.jwk object");
    }
    SIGNET_TRY(CheckConfirmationName(*jwk));
    Result<jose::Jwk> key = jose::ParseJwk(
        *jwk, {.require_alg = true, .unchecked_point = rules_.unchecked_confirmation_point});
    if (!key.has_value()) return CnfFault(key.error());
    if (!key->use.empty() && key->use != "sig") {
      return Refuse(Errc::kWitCnfKeyInvalid, "cnf.jwk.use is not sig");
    }
    wit.thumbprint_ = jose::Thumbprint(key->key);
    wit.cnf_ = *std::move(key);
    return {};
  }

  // WIT-3 names what alg must never be; that deserves its own refusal, before the key is read.
  static Result<void> CheckConfirmationName(const JsonValue& jwk) {
    const std::optional<JsonValue> alg = jwk.Find("alg");
    if (!alg.has_value()) return Refuse(Errc::kWitCnfAlgMissing, "cnf.jwk has no alg");
    const std::optional<std::string_view> name = alg->AsString();
    if (!name.has_value() || !crypto::AlgFromName(*name).has_value()) {
      return Refuse(Errc::kWitCnfAlgForbidden, "cnf.jwk.alg is no asymmetric signature algorithm");
    }
    return {};
  }

  Result<void> CheckConfirmationAlg(const VerifiedWit& wit) {
    const bool spiffe = rules_.profile == WitProfile::kSpiffe;
    if (!profile().algs.Has(wit.confirmation_alg())) {
      return RefuseAt(spiffe ? "WSVID-1" : "WIT-3", Errc::kWitCnfAlgNotAllowed,
                      "cnf.jwk.alg is not allowed in this profile");
    }
    if (wit.confirmation_alg() == crypto::Alg::kEdDSA && !rules_.allow_eddsa) {
      return Refuse(Errc::kWitCnfAlgNotAllowed, "EdDSA is switched off");
    }
    return {};
  }

  Result<void> CheckConfirmationOwner(const VerifiedWit& wit) {
    if (origin_->IsWitKey(wit.thumbprint_)) {
      return Refuse(Errc::kWitCnfIssuerKey, "cnf.jwk is a WIT key of the origin");
    }
    return {};
  }

  Result<void> CheckSpiffe() {
    if (!jws_.header().kid.has_value()) return Refuse(Errc::kWitKidMissing, "no kid");
    if (jws_.claims().Find("aud").has_value())
      return Refuse(Errc::kWitAudPresent, "aud is present");
    return {};
  }

  Result<void> CheckDenied(VerifiedWit& wit) {
    wit.digest_ = aids_.digest != nullptr ? *aids_.digest : crypto::Sha256(AsBytes(token_));
    const trust::DenyList& deny = trust_.deny();
    const bool denied = deny.subjects.contains(wit.subject_.text()) ||
                        (!deny.wits.empty() && deny.wits.contains(WitDenyKey(token_)));
    if (denied) {
      return Refuse(Errc::kWitDenied, "withdrawn by the operator");
    }
    return {};
  }

  void Describe(VerifiedWit& wit) {
    wit.hash_ = codec::Base64UrlEncode(wit.digest_);
    wit.kid_ = jws_.header().kid.value_or("");
    const auto text = [this](std::string_view claim) {
      const std::optional<JsonValue> value = jws_.claims().Find(claim);
      return value.has_value() ? std::string(value->AsString().value_or("")) : std::string();
    };
    wit.issuer_ = text("iss");
    wit.jti_ = text("jti");
  }

  std::string_view token_;
  const trust::TrustSnapshot& trust_;
  const WitRules& rules_;
  WallTime now_;
  jose::JwsReader& jws_;
  CheckList& checks_;
  WitAids aids_;
  const trust::OriginTrust* origin_ = nullptr;
  crypto::Alg alg_ = crypto::Alg::kES256;
  std::optional<WallTime> issued_;
};

Result<VerifiedWit> VerifyWit(std::string_view token, const trust::TrustSnapshot& trust,
                              const WitRules& rules, WallTime now, jose::JwsReader& reader,
                              CheckList& checks, const WitAids& aids) {
  return WitVerification(token, trust, rules, now, reader, checks, aids).Run();
}

Result<void> CheckWitTime(const VerifiedWit& wit, const WitRules& rules, WallTime now) {
  return CheckValidity(wit.exp(), wit.nbf(), rules.leeway, now);
}

}  // namespace signet::credential
