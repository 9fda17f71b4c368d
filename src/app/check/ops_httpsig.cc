// Operations on HTTP signatures: http.signature_base and http.sig_verify (RFC 9421 alone),
// http.sign_request and http.sign_response (WIMSE profile).
#include <algorithm>

#include "app/check/check.h"
#include "app/check/messages.h"
#include "app/check/signing_key.h"
#include "protocol/codec/base64url.h"
#include "protocol/proof/httpsig/algorithm.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/signature_fields.h"
#include "protocol/proof/httpsig/wimse_sign.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;
using httpsig::SignatureAlg;
using httpsig::SignatureEntry;

// A request, or a response with its request; both own their text.
struct MessageLine {
  OwnedRequest owned_request;
  std::optional<OwnedResponse> owned_response;
  http::Request request;
  std::optional<http::Response> response;

  [[nodiscard]] httpsig::MessageView View() const {
    return {.request = &request, .response = response.has_value() ? &*response : nullptr};
  }
  [[nodiscard]] const http::Fields& fields() const {
    return response.has_value() ? response->fields : request.fields;
  }
};

Result<void> ReadMessage(CheckInput& input, MessageLine& out) {
  SIGNET_TRY_ASSIGN(out.owned_request, ReadRequest(input));
  SIGNET_TRY_ASSIGN(out.owned_response, ReadOptionalResponse(input));
  out.request = out.owned_request.View();
  if (out.owned_response.has_value()) out.response = out.owned_response->View();
  return {};
}

// The key of a line: a JWK or a shared secret.
struct VerificationKey {
  std::optional<jose::Jwk> jwk;
  Bytes secret;
};

Result<VerificationKey> ReadKey(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> encoded, input.OptionalString("hmac_b64u"));
  VerificationKey out;
  if (encoded.has_value()) {
    const Result<Bytes> secret = codec::Base64UrlDecode(*encoded);
    if (!secret.has_value()) return Refuse(Errc::kUsageBadMember, "hmac_b64u: base64url");
    out.secret = *secret;
    return out;
  }
  SIGNET_TRY_ASSIGN(const std::string text, input.JsonText("jwk"));
  SIGNET_TRY_ASSIGN(out.jwk,
                    jose::ParseJwk(text, {.allow_private_members = true, .key_only = true}));
  return out;
}

std::unexpected<Error> WrongAlg(const char* why) { return Refuse(Errc::kHttpsigAlg, why); }

// What the JWK's own alg is called in RFC 9421; Ed25519 goes by two names in JOSE.
std::optional<SignatureAlg> SignatureAlgOf(crypto::Alg jose) {
  if (jose == crypto::Alg::kEdDSA) return SignatureAlg::kEd25519;
  for (const auto alg :
       {SignatureAlg::kRsaPssSha512, SignatureAlg::kRsaV15Sha256, SignatureAlg::kEcdsaP256Sha256,
        SignatureAlg::kEcdsaP384Sha384, SignatureAlg::kEd25519}) {
    if (httpsig::JoseAlgOf(alg) == jose) return alg;
  }
  return std::nullopt;
}

// RFC 9421 section 3.2 step 6: every source that says something must say the same.
Result<SignatureAlg> ChooseAlg(const VerificationKey& key, std::optional<SignatureAlg> asked,
                               const std::optional<std::string>& parameter) {
  std::optional<SignatureAlg> chosen = asked;
  const auto say = [&](std::optional<SignatureAlg> alg) {
    const bool agrees = alg.has_value() && (!chosen.has_value() || *chosen == *alg);
    chosen = alg;
    return agrees;
  };
  if (parameter.has_value() && !say(httpsig::SignatureAlgFromName(*parameter))) {
    return WrongAlg("the alg parameter");
  }
  if (!key.jwk.has_value()) {
    if (!say(SignatureAlg::kHmacSha256)) return WrongAlg("the key is a shared secret");
    return SignatureAlg::kHmacSha256;
  }
  if (key.jwk->alg.has_value() && !say(SignatureAlgOf(*key.jwk->alg))) {
    return WrongAlg("alg of the JWK");
  }
  if (!chosen.has_value()) chosen = httpsig::OnlyAlgOf(key.jwk->key.type());
  if (!chosen.has_value()) return WrongAlg("nothing says which algorithm");
  return *chosen;
}

Result<void> CheckTimes(const httpsig::SignatureParameters& parameters, WallTime now) {
  const std::int64_t seconds_now = ToNumericDate(now);
  if (parameters.expires.has_value() &&
      seconds_now - kDefaultLeeway.count() >= *parameters.expires) {
    return Refuse(Errc::kHttpsigExpired, "expires has passed");
  }
  if (parameters.created.has_value() &&
      *parameters.created > seconds_now + httpsig::kMaxCreatedAhead.count()) {
    return Refuse(Errc::kHttpsigCreatedAhead, "created is in the future");
  }
  return {};
}

Result<SignatureEntry> EntryWithLabel(const http::Fields& fields, std::string_view label) {
  SIGNET_TRY_ASSIGN(std::vector<SignatureEntry> entries, httpsig::ReadSignatures(fields));
  const auto found = std::ranges::find(entries, label, &SignatureEntry::label);
  if (found == entries.end()) {
    return Refuse(Errc::kHttpsigMissing, "no signature with this label");
  }
  return std::move(*found);
}

Result<std::optional<SignatureAlg>> ReadAlg(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, input.OptionalString("alg"));
  if (!name.has_value()) return std::optional<SignatureAlg>();
  const std::optional<SignatureAlg> alg = httpsig::SignatureAlgFromName(*name);
  if (!alg.has_value()) return Refuse(Errc::kUsageBadMember, "alg: a name of RFC 9421");
  return alg;
}

Result<std::optional<WallTime>> ReadOptionalNow(CheckInput& input) {
  SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> now, input.OptionalInteger("now"));
  if (!now.has_value()) return std::optional<WallTime>();
  SIGNET_TRY_ASSIGN(const WallTime time, input.Now());
  return std::optional<WallTime>(time);
}

// Members of both signing operations. `options` borrows the texts, so it is made at the end.
struct SignLine {
  std::string key, wit, nonce;
  WallTime now, expires;
  httpsig::SignatureRevision revision = httpsig::kDefaultSignatureRevision;

  [[nodiscard]] httpsig::SignOptions Options() const {
    return {.wit = wit, .now = now, .expires = expires, .nonce = nonce, .revision = revision};
  }
};

Result<SignLine> ReadSignLine(CheckInput& input) {
  SignLine out;
  SIGNET_TRY_ASSIGN(out.key, input.JsonText("key"));
  SIGNET_TRY_ASSIGN(out.wit, input.String("wit"));
  SIGNET_TRY_ASSIGN(out.now, input.Now());
  SIGNET_TRY_ASSIGN(out.expires, input.Expiry(out.now));
  SIGNET_TRY_ASSIGN(const std::optional<std::string> nonce, input.OptionalString("nonce"));
  out.nonce = nonce.value_or("");
  SIGNET_TRY_ASSIGN(const std::optional<std::string> name, input.OptionalString("revision"));
  if (name.has_value()) {
    const auto revision = httpsig::SignatureRevisionFromName(*name);
    if (!revision.has_value()) {
      return Refuse(Errc::kUsageBadMember,
                    "revision: http-signature-07, http-signature-06 or both-sign");
    }
    out.revision = *revision;
  }
  return out;
}

CheckOutcome OutcomeOf(const httpsig::SignedMessage& message) {
  CheckOutcome out;
  out.result["headers"] = nlohmann::ordered_json::array();
  for (const httpsig::SignedField& field : message.fields) {
    out.result["headers"].push_back({field.name, field.value});
  }
  return out;
}

// The nonce of the one WIMSE signature of the request [SIG-6].
Result<std::string> NonceOf(const http::Request& request) {
  SIGNET_TRY_ASSIGN(const std::vector<SignatureEntry> entries,
                    httpsig::ReadSignatures(request.fields));
  std::optional<std::string> nonce;
  for (const SignatureEntry& entry : entries) {
    if (entry.parameters.tag != httpsig::kWimseTag) continue;
    if (nonce.has_value()) return Refuse(Errc::kHttpsigDuplicate, "of the request");
    nonce = entry.parameters.nonce.value_or("");
  }
  if (!nonce.has_value()) return Refuse(Errc::kHttpsigMissing, "of the request");
  return *nonce;
}

}  // namespace

Result<CheckOutcome> CheckHttpSignatureBase(CheckInput& input, CheckState&) {
  MessageLine message;
  SIGNET_TRY(ReadMessage(input, message));
  SIGNET_TRY_ASSIGN(const std::string field, input.String("signature_input"));
  SIGNET_TRY_ASSIGN(const std::string label, input.String("label"));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const SignatureEntry entry, httpsig::ReadSignatureInput(field, label));
  SIGNET_TRY_ASSIGN(
      const std::string base,
      httpsig::BuildSignatureBase(entry.components, entry.params_text, message.View()));
  return CheckOutcome{.result = {{"base", base}}, .refusal = std::nullopt};
}

Result<CheckOutcome> CheckHttpSigVerify(CheckInput& input, CheckState&) {
  MessageLine message;
  SIGNET_TRY(ReadMessage(input, message));
  SIGNET_TRY_ASSIGN(const std::string label, input.String("label"));
  SIGNET_TRY_ASSIGN(const std::optional<SignatureAlg> asked, ReadAlg(input));
  SIGNET_TRY_ASSIGN(const std::optional<WallTime> now, ReadOptionalNow(input));
  SIGNET_TRY_ASSIGN(const VerificationKey key, ReadKey(input));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const SignatureEntry entry, EntryWithLabel(message.fields(), label));
  if (now.has_value()) SIGNET_TRY(CheckTimes(entry.parameters, *now));
  SIGNET_TRY_ASSIGN(const SignatureAlg alg, ChooseAlg(key, asked, entry.parameters.alg));
  SIGNET_TRY_ASSIGN(
      const std::string base,
      httpsig::BuildSignatureBase(entry.components, entry.params_text, message.View()));
  if (key.jwk.has_value()) {
    SIGNET_TRY(httpsig::VerifySignature(alg, key.jwk->key, base, entry.signature));
  } else {
    SIGNET_TRY(httpsig::VerifyHmac(key.secret, base, entry.signature));
  }
  return CheckOutcome{.result = {{"alg", httpsig::NameOf(alg)}}, .refusal = std::nullopt};
}

Result<CheckOutcome> CheckHttpSignRequest(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const OwnedRequest request, ReadRequest(input));
  SIGNET_TRY_ASSIGN(const SignLine line, ReadSignLine(input));
  SIGNET_TRY_ASSIGN(const std::string audience, input.String("audience"));
  SIGNET_TRY_ASSIGN(const std::optional<bool> sign_response, input.OptionalBool("sign_response"));
  SIGNET_TRY(input.Finish());
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, SigningKeyFor(line.key, line.wit));
  SIGNET_TRY_ASSIGN(
      const httpsig::SignedMessage made,
      httpsig::SignRequest(key.key, request.View(), line.Options(),
                           {.audience = audience, .sign_response = sign_response.value_or(false)},
                           state.random));
  return OutcomeOf(made);
}

Result<CheckOutcome> CheckHttpSignResponse(CheckInput& input, CheckState& state) {
  SIGNET_TRY_ASSIGN(const OwnedRequest owned_request, ReadRequest(input));
  SIGNET_TRY_ASSIGN(const OwnedResponse response, ReadResponse(input));
  SIGNET_TRY_ASSIGN(const SignLine line, ReadSignLine(input));
  SIGNET_TRY_ASSIGN(std::optional<std::string> nonce, input.OptionalString("request_nonce"));
  input.MarkKnown("audience");  // so that a line for a request needs no other members
  SIGNET_TRY(input.Finish());
  const http::Request request = owned_request.View();
  if (!nonce.has_value()) {
    SIGNET_TRY_ASSIGN(nonce, NonceOf(request));
  }
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, SigningKeyFor(line.key, line.wit));
  SIGNET_TRY_ASSIGN(const httpsig::SignedMessage made,
                    httpsig::SignResponse(key.key, response.View(), request, *nonce, line.Options(),
                                          state.random));
  return OutcomeOf(made);
}

}  // namespace signet::app
