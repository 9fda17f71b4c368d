#include "app/inspect/token_rules.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/codec/base64url.h"
#include "protocol/credential/profile.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwt.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::app {
namespace {

using codec::JsonValue;

class Faults {
 public:
  void Add(Errc code, std::string detail) { list_.emplace_back(code, std::move(detail)); }
  void AddAt(std::string_view step, Errc code, std::string detail) {
    list_.push_back(Error(code, std::move(detail)).At(step));
  }
  void Add(Error error) { list_.push_back(std::move(error)); }

  // The time claim, if it is there and well formed.
  std::optional<WallTime> Time(const JsonValue& claims, std::string_view name,
                               std::string_view step) {
    Result<std::optional<WallTime>> time = jose::TimeClaim(claims, name);
    if (time.has_value()) return *time;
    Add(std::move(time).error().At(step));
    return std::nullopt;
  }

  std::vector<Error> Take() { return std::move(list_); }

 private:
  std::vector<Error> list_;
};

void CheckSubject(const JsonValue& claims, Faults& faults) {
  const std::optional<JsonValue> sub = claims.Find("sub");
  if (!sub.has_value()) return faults.Add(Errc::kWitSubMissing, "no sub claim");
  const std::optional<std::string_view> text = sub->AsString();
  if (!text.has_value()) return faults.Add(Errc::kWitSubInvalid, "sub is no string");
  const Result<identity::WorkloadId> id = identity::WorkloadId::Parse(*text);
  if (id.has_value()) return;
  faults.Add(Errc::kWitSubInvalid,
             std::string(id.error().name()) + " [" + std::string(id.error().rule()) + "]");
}

void CheckTyp(const jose::JwsReader& jws, std::string_view typ, Errc code, Faults& faults) {
  const std::optional<std::string_view> got = jws.header().typ;
  if (got.has_value() && jose::IsMediaType(*got, typ)) return;
  faults.Add(code,
             (got.has_value() ? "typ is not " : "there is no typ; it must be ") + std::string(typ));
}

void CheckWitTimes(const JsonValue& claims, WallTime now, Faults& faults) {
  const bool has_exp = claims.Find("exp").has_value();
  if (!has_exp) faults.Add(Errc::kWitExpMissing, "no exp claim");
  const std::optional<WallTime> exp = faults.Time(claims, "exp", "WIT-2");
  const std::optional<WallTime> nbf = faults.Time(claims, "nbf", "WIT-2");
  faults.Time(claims, "iat", "WIT-2");
  if (exp.has_value() && now - kDefaultLeeway >= *exp) {
    faults.Add(Errc::kWitExpired, "exp has passed");
  }
  if (nbf.has_value() && now + kDefaultLeeway < *nbf) {
    faults.Add(Errc::kWitNotYetValid, "nbf is ahead");
  }
}

void CheckConfirmation(const JsonValue& claims, Faults& faults) {
  const std::optional<JsonValue> cnf = claims.Find("cnf");
  const std::optional<JsonValue> jwk = cnf.has_value() ? cnf->Find("jwk") : std::nullopt;
  if (!jwk.has_value() || !jwk->is_object()) {
    return faults.Add(Errc::kWitCnfMissing, "no cnf.jwk object");
  }
  const std::optional<JsonValue> alg = jwk->Find("alg");
  const std::optional<std::string_view> name = alg.has_value() ? alg->AsString() : std::nullopt;
  if (!name.has_value()) {
    faults.Add(Errc::kWitCnfAlgMissing, "no cnf.jwk.alg");
  } else if (!crypto::AlgFromName(*name).has_value()) {
    const std::string kind = crypto::IsNoneName(*name) ? "none"
                             : crypto::IsSymmetricOrEncryptionName(*name)
                                 ? "symmetric or encryption"
                                 : "unknown";
    faults.Add(Errc::kWitCnfAlgForbidden, "cnf.jwk.alg is " + kind);
    return;
  }
  const Result<jose::Jwk> key = jose::ParseJwk(*jwk, {.require_alg = name.has_value()});
  if (!key.has_value() && key.error().code == Errc::kJwkPrivate) {
    faults.Add(Errc::kWitCnfPrivate, "cnf.jwk has private members");
  } else if (!key.has_value()) {
    faults.Add(Errc::kWitCnfKeyInvalid, "cnf.jwk: " + std::string(key.error().name()));
  } else if (!key->use.empty() && key->use != "sig") {
    faults.Add(Errc::kWitCnfKeyInvalid, "cnf.jwk.use is not sig");
  }
}

void CheckWptAudience(const JsonValue& claims, Faults& faults) {
  const std::optional<JsonValue> aud = claims.Find("aud");
  if (!aud.has_value()) return faults.Add(Errc::kWptAudMissing, "no aud claim");
  std::optional<std::string_view> value = aud->AsString();
  if (aud->is_array() && aud->size() == 1) value = (*aud->begin()).AsString();
  if (!value.has_value()) faults.Add(Errc::kWptAudMismatch, "aud is not one string");
}

void CheckWptTimes(const JsonValue& claims, WallTime now, Faults& faults) {
  if (!claims.Find("exp").has_value()) {
    return faults.Add(Errc::kWptExpMissing, "no exp claim");
  }
  const std::optional<WallTime> exp = faults.Time(claims, "exp", "WPT-5.7");
  if (!exp.has_value()) return;
  if (now - kDefaultLeeway >= *exp) faults.Add(Errc::kWptExpired, "exp has passed");
  if (*exp > now + proof::kDefaultMaxProofAhead + kDefaultLeeway) {
    faults.Add(Errc::kWptLifetimeTooLong, "exp is too far ahead");
  }
}

// A hash claim can only match if it is the base64url text of 32 bytes.
bool IsHash(std::optional<std::string_view> text) {
  if (!text.has_value()) return false;
  const Result<Bytes> bytes = codec::Base64UrlDecode(*text);
  return bytes.has_value() && bytes->size() == sizeof(Digest256);
}

void CheckWptHashes(const JsonValue& claims, Faults& faults) {
  const std::optional<JsonValue> wth = claims.Find("wth");
  if (!wth.has_value()) {
    faults.Add(Errc::kWptWthMissing, "no wth claim");
  } else if (!wth->is_string()) {
    faults.AddAt("WPT-5.8", Errc::kJwtClaimType, "wth is no string");
  } else if (!IsHash(wth->AsString())) {
    faults.Add(Errc::kWptWthMismatch, "wth is no SHA-256 in base64url, so it fits no WIT");
  }
  const std::optional<JsonValue> jti = claims.Find("jti");
  const std::optional<std::string_view> id = jti.has_value() ? jti->AsString() : std::nullopt;
  if (!jti.has_value()) {
    faults.Add(Errc::kWptJtiMissing, "no jti claim");
  } else if (!id.has_value() || id->empty() || id->size() > kMaxJtiBytes) {
    faults.Add(Errc::kWptJtiInvalid, "jti is no string of 1 to 256 bytes");
  }
  const std::optional<JsonValue> tth = claims.Find("tth");
  if (tth.has_value() && !tth->is_string()) {
    faults.AddAt("WPT-5.10", Errc::kJwtClaimType, "tth is no string");
  } else if (tth.has_value() && !IsHash(tth->AsString())) {
    faults.Add(Errc::kWptTthMismatch, "tth is no SHA-256 in base64url");
  }
  const std::optional<JsonValue> oth = claims.Find("oth");
  if (!oth.has_value()) return;
  bool good = oth->is_object();
  for (const JsonValue entry : *oth) good = good && entry.is_string();
  if (!good) faults.Add(Errc::kWptOthMalformed, "oth is no object of strings");
}

}  // namespace

std::vector<Error> WitFaults(const jose::JwsReader& jws, WallTime now) {
  Faults faults;
  CheckSubject(jws.claims(), faults);
  CheckTyp(jws, credential::kWitTyp, Errc::kWitTypMismatch, faults);
  Result<crypto::Alg> alg = jose::CheckAlg(jws.header(), crypto::kAllAlgs);
  if (!alg.has_value()) faults.Add(std::move(alg).error().At("WIT-1"));
  CheckWitTimes(jws.claims(), now, faults);
  const Result<std::optional<std::string_view>> iss = jose::StringClaim(jws.claims(), "iss");
  if (!iss.has_value()) faults.Add(Error(iss.error()).At("TA-2"));
  CheckConfirmation(jws.claims(), faults);
  return faults.Take();
}

std::vector<Error> WptFaults(const jose::JwsReader& jws, WallTime now) {
  Faults faults;
  Result<crypto::Alg> alg = jose::CheckAlg(jws.header(), crypto::kAllAlgs);
  if (!alg.has_value()) faults.Add(std::move(alg).error().At("WPT-5.3"));
  CheckTyp(jws, credential::kWptTyp, Errc::kWptTypMismatch, faults);
  CheckWptAudience(jws.claims(), faults);
  CheckWptTimes(jws.claims(), now, faults);
  CheckWptHashes(jws.claims(), faults);
  return faults.Take();
}

}  // namespace signet::app
