#include "protocol/proof/wpt_verify.h"

#include <algorithm>

#include "protocol/codec/base64url.h"
#include "protocol/crypto/digest.h"
#include "protocol/jose/jwt.h"

namespace signet::proof {

using codec::JsonValue;

namespace {

bool IsDottedBase64Url(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!codec::IsBase64UrlText(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

DigestText TokenHash(std::string_view text) {
  return codec::Base64UrlEncodeDigest(crypto::Sha256(AsBytes(text)));
}

Result<std::string_view> WptOfAuthorization(std::string_view field_value) {
  const std::string_view scheme = credential::InfoOf(credential::WptRevision::k02).auth_scheme;
  const std::string_view value = http::TrimOws(field_value);
  const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
  if (!http::EqualsIgnoreCase(value.substr(0, end), scheme)) {
    return Refuse(Errc::kWptSchemeMismatch, "the scheme is not WPT");
  }
  std::string_view token = value.substr(end);
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
  if (token.empty() || !IsDottedBase64Url(token)) {
    return Refuse(Errc::kWptCredentialsMalformed, "the credentials are not one compact JWS");
  }
  return token;
}

// One verification; its methods are the steps of the document.
class WptVerification {
 public:
  WptVerification(std::string_view token, const credential::VerifiedWit& wit,
                  const WptExpectation& expected, WallTime now, jose::JwsReader& reader,
                  CheckList& checks, crypto::KeyTableView* tables)
      : token_(token),
        wit_(wit),
        expected_(expected),
        now_(now),
        jws_(reader),
        checks_(checks),
        tables_(tables) {}

  Result<VerifiedWpt> Run() {
    SIGNET_TRY(Step("WPT-5.2", ReadStructure()));
    SIGNET_TRY(Step("WPT-5.3", CheckAlg()));
    SIGNET_TRY(Step("WPT-5.4", CheckSignature()));
    SIGNET_TRY(Step("WPT-5.5", CheckTyp()));
    SIGNET_TRY(Step("WPT-5.6", CheckAudience()));
    SIGNET_TRY(Step("WPT-5.7", CheckExpiry()));
    SIGNET_TRY(Step("WPT-5.8", CheckWitHash()));
    SIGNET_TRY(Step("WPT-5.9", ReadJti(), /*record_pass=*/false));
    out_.replay_position_ = checks_.size();
    SIGNET_TRY(Step("WPT-5.10", CheckTxnToken()));
    if (credential::InfoOf(expected_.revision).has_ath)
      SIGNET_TRY(Step("WPT-3", CheckAccessToken()));
    SIGNET_TRY(Step("WPT-5.11", CheckContextTokens()));
    SIGNET_TRY(Step("WPT-5.12", CheckOtherEntries()));
    out_.replay_ = MakeReplayEntry(ProofKind::kWpt, wit_.subject(), wit_.confirmation_thumbprint(),
                                   out_.jti(), out_.exp_ + expected_.leeway);
    return out_;
  }

 private:
  Result<void> Step(std::string_view rule, Result<void> outcome, bool record_pass = true) {
    if (!outcome.has_value()) {
      checks_.Fail(outcome.error());
    } else if (record_pass) {
      checks_.Pass(rule);
    }
    return outcome;
  }

  Result<void> ReadStructure() {
    Result<void> read = jws_.Read(token_);
    if (!read.has_value()) return std::unexpected(std::move(read).error().At("WPT-5.2"));
    return {};
  }

  // String equality with cnf.jwk.alg, so neither `none`, nor a symmetric name, nor EdDSA for
  // Ed25519 passes [WPT-1].
  Result<void> CheckAlg() const {
    if (jws_.header().alg_name != crypto::NameOf(wit_.confirmation_alg())) {
      return Refuse(Errc::kWptAlgMismatch, "alg is not cnf.jwk.alg");
    }
    return {};
  }

  Result<void> CheckSignature() const {
    Result<void> verified = jose::VerifyJws(jws_, wit_.confirmation_alg(), wit_.confirmation_jwk(),
                                            crypto::TableOf(tables_, wit_.confirmation_key()));
    if (verified.has_value() || verified.error().code == Errc::kCryptoFailure) return verified;
    return Refuse(Errc::kWptSignatureInvalid, std::string(verified.error().name()));
  }

  Result<void> CheckTyp() const {
    const std::optional<std::string_view> typ = jws_.header().typ;
    if (!typ.has_value() || !jose::IsMediaType(*typ, credential::kWptTyp)) {
      return Refuse(Errc::kWptTypMismatch, "typ is not wpt+jwt");
    }
    return {};
  }

  // WPT-9: a string, or an array of exactly one.
  Result<void> CheckAudience() const {
    const std::optional<JsonValue> aud = jws_.claims().Find("aud");
    if (!aud.has_value()) return Refuse(Errc::kWptAudMissing, "no aud claim");
    std::optional<std::string_view> value = aud->AsString();
    if (aud->is_array() && aud->size() == 1) value = (*aud->begin()).AsString();
    if (!value.has_value()) return Refuse(Errc::kWptAudMismatch, "aud is not one string");
    if (!expected_.audiences.Accepts(*value, expected_.request_path)) {
      return Refuse(Errc::kWptAudMismatch, "aud is none of the configured audiences");
    }
    return {};
  }

  Result<void> CheckExpiry() {
    Result<std::optional<WallTime>> exp = jose::TimeClaim(jws_.claims(), "exp");
    if (!exp.has_value()) return std::unexpected(std::move(exp).error().At("WPT-5.7"));
    if (!exp->has_value()) return Refuse(Errc::kWptExpMissing, "no exp claim");
    out_.exp_ = **exp;
    if (now_ - expected_.leeway >= out_.exp_) return Refuse(Errc::kWptExpired, "exp has passed");
    if (out_.exp_ > now_ + expected_.max_ahead + expected_.leeway) {
      return Refuse(Errc::kWptLifetimeTooLong, "exp is too far ahead");
    }
    // The document has no nbf; one that is there means what it means in any JWT (RFC 7519 section
    // 4.1.5).
    Result<std::optional<WallTime>> nbf = jose::TimeClaim(jws_.claims(), "nbf");
    if (!nbf.has_value()) return std::unexpected(std::move(nbf).error().At("WPT-5.7"));
    if (nbf->has_value() && now_ + expected_.leeway < **nbf) {
      return Refuse(Errc::kWptNotYetValid, "nbf is ahead");
    }
    return {};
  }

  Result<void> CheckWitHash() const {
    SIGNET_TRY_ASSIGN(const std::optional<std::string_view> wth, Hash("wth", "WPT-5.8"));
    if (!wth.has_value()) return Refuse(Errc::kWptWthMissing, "no wth claim");
    // Plain comparison: both sides are hashes of what the sender itself sent.
    if (*wth != wit_.hash()) return Refuse(Errc::kWptWthMismatch, "wth is not this WIT's hash");
    return {};
  }

  Result<void> ReadJti() {
    const std::optional<JsonValue> jti = jws_.claims().Find("jti");
    if (!jti.has_value()) return Refuse(Errc::kWptJtiMissing, "no jti claim");
    const std::optional<std::string_view> value = jti->AsString();
    if (!value.has_value() || value->empty() || value->size() > kMaxJtiBytes) {
      return Refuse(Errc::kWptJtiInvalid, "jti is no string of 1 to 256 bytes");
    }
    out_.jti_ = BoundedText<kMaxJtiBytes>(*value);
    return {};
  }

  Result<void> CheckTxnToken() const {
    SIGNET_TRY_ASSIGN(const std::optional<std::string_view> tth, Hash("tth", "WPT-5.10"));
    if (!expected_.txn_token.has_value()) {
      // A Txn-Token was taken out of the request on its way (ATTACKS 26).
      if (tth.has_value()) return Refuse(Errc::kWptTthWithoutToken, "tth without a Txn-Token");
      return {};
    }
    if (!tth.has_value()) return Refuse(Errc::kWptTthMissing, "a Txn-Token without tth");
    if (*tth != TokenHash(*expected_.txn_token)) {
      return Refuse(Errc::kWptTthMismatch, "tth is not this Txn-Token's hash");
    }
    return {};
  }

  Result<void> CheckAccessToken() const {
    SIGNET_TRY_ASSIGN(const std::optional<std::string_view> ath, Hash("ath", "WPT-3"));
    if (!expected_.access_token.has_value()) {
      if (ath.has_value()) return Refuse(Errc::kWptAthMismatch, "ath without an access token");
      return {};
    }
    if (!ath.has_value()) return Refuse(Errc::kWptAthMissing, "an access token without ath");
    if (*ath != TokenHash(*expected_.access_token)) {
      return Refuse(Errc::kWptAthMismatch, "ath is not this access token's hash");
    }
    return {};
  }

  // WPT-5.11: every configured context token of the request is covered.
  Result<void> CheckContextTokens() {
    oth_ = jws_.claims().Find("oth");
    if (oth_.has_value() && !oth_->is_object()) {
      return Refuse(Errc::kWptOthMalformed, "oth is no object");
    }
    for (const std::string& name : expected_.context_fields) {
      if (expected_.fields.Find(name).count == 0) continue;
      if (!oth_.has_value() || !oth_->Find(LowerCase(name)).has_value()) {
        return Refuse(Errc::kWptOthMissing, "a context token is not covered by oth");
      }
    }
    return {};
  }

  // WPT-5.12: every entry is understood and right. The default way of the document: the name of a
  // field in lower case, present once, and the hash of its whole value.
  Result<void> CheckOtherEntries() const {
    if (!oth_.has_value()) return {};
    for (const JsonValue entry : *oth_) {
      const std::optional<std::string_view> hash = entry.AsString();
      if (!hash.has_value()) return Refuse(Errc::kWptOthMalformed, "an entry of oth is no string");
      const bool lower = LowerCase(entry.name()) == entry.name();
      const http::FieldOccurrence field = expected_.fields.Find(entry.name());
      if (!lower || field.count != 1) {
        return Refuse(Errc::kWptOthUnknown, "an entry of oth names no single field");
      }
      if (*hash != TokenHash(field.value)) {
        return RefuseAt("WPT-5.11", Errc::kWptOthMismatch, "an entry of oth has another hash");
      }
    }
    return {};
  }

  static std::string LowerCase(std::string_view name) {
    std::string out(name);
    std::ranges::transform(out, out.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
  }

  Result<std::optional<std::string_view>> Hash(std::string_view claim,
                                               std::string_view step) const {
    Result<std::optional<std::string_view>> value = jose::StringClaim(jws_.claims(), claim);
    if (!value.has_value()) return std::unexpected(std::move(value).error().At(step));
    return value;
  }

  std::string_view token_;
  const credential::VerifiedWit& wit_;
  const WptExpectation& expected_;
  WallTime now_;
  jose::JwsReader& jws_;
  CheckList& checks_;
  crypto::KeyTableView* tables_;
  std::optional<JsonValue> oth_;
  VerifiedWpt out_;
};

Result<VerifiedWpt> VerifyWpt(std::string_view token, const credential::VerifiedWit& wit,
                              const WptExpectation& expected, WallTime now, jose::JwsReader& reader,
                              CheckList& checks, crypto::KeyTableView* tables) {
  return WptVerification(token, wit, expected, now, reader, checks, tables).Run();
}

}  // namespace signet::proof
