// Attacks on calls that are proven by an HTTP signature: what was signed is changed, and what
// should have been signed is left out.
#include <iterator>

#include "app/attack/catalogue.h"
#include "protocol/codec/base64url.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/digest.h"

namespace signet::app::attack {
namespace {

Result<Message> Good(const Loot& loot) { return GoodSignedCall(loot, loot.caller); }

std::string DigestOf(std::string_view body) {
  return "sha-256=:" + codec::Base64Encode(crypto::Sha256(AsBytes(body))) + ":";
}

// The caller's signature over `message` with one thing changed in its description.
template <typename Change>
Result<Message> Signed(const Loot& loot, Message message, const Change& change) {
  SignatureDraft draft = GoodSignature(loot, message);
  change(draft);
  SIGNET_TRY(SignMessage(message, draft, loot.caller.sign));
  return message;
}
template <typename Change>
Result<Message> Signed(const Loot& loot, const Change& change) {
  return Signed(loot, UnsignedCall(loot, loot.caller.wit), change);
}
Result<Message> SignedWith(const Loot& loot, std::string_view name, std::string value) {
  return Signed(loot, [&](SignatureDraft& draft) { draft.Set(name, std::move(value)); });
}
Result<Message> SignedWithout(const Loot& loot, std::string_view name) {
  return Signed(loot, [&](SignatureDraft& draft) { draft.Drop(name); });
}

Result<Message> Replay(const Loot& loot) {
  if (!loot.captured_signature.has_value()) {
    return Refuse(Errc::kHttpsigMissing, "no call was captured");
  }
  return *loot.captured_signature;
}
Result<Message> MethodChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  out.method = out.method == "PUT" ? "POST" : "PUT";
  return out;
}
// Signed for another path and sent to this one, so that the audience is right.
Result<Message> PathChanged(const Loot& loot) {
  Message message = UnsignedCall(loot, loot.caller.wit);
  message.target.insert(PathOf(message).size(), "x");
  SIGNET_TRY_ASSIGN(Message out, Signed(loot, std::move(message), [](SignatureDraft&) {}));
  out.target = loot.call.target;
  return out;
}
Result<Message> QueryChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  out.target += out.target.find('?') == std::string::npos ? "?admin=1" : "&admin=1";
  return out;
}
Result<Message> BodyChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  out.body += " ";
  return out;
}
Result<Message> BodyAndDigestChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  out.body += " ";
  *FieldOf(out, "Content-Digest") = DigestOf(out.body);
  return out;
}
Result<Message> ContentTypeChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  *FieldOf(out, "Content-Type") = "application/x-www-form-urlencoded";
  return out;
}
Result<Message> DigestRemoved(const Loot& loot) {
  Message message = UnsignedCall(loot, loot.caller.wit);
  RemoveField(message, "Content-Digest");
  return Signed(loot, std::move(message), [](SignatureDraft&) {});
}
Result<Message> DigestNotCovered(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.DropComponent("\"content-digest\""); });
}
Result<Message> DigestWeak(const Loot& loot) {
  Message message = UnsignedCall(loot, loot.caller.wit);
  *FieldOf(message, "Content-Digest") = "md5=:AAAAAAAAAAAAAAAAAAAAAA==:";
  return Signed(loot, std::move(message), [](SignatureDraft&) {});
}
Result<Message> TxnTokenAdded(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  AddField(out, credential::kTxnTokenField, "eyJhIjoxfQ.eyJhIjoxfQ.AAAA");
  return out;
}
Result<Message> AuthorizationAdded(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  AddField(out, credential::kAuthorizationField, "Bearer abc");
  return out;
}
Result<Message> WitNotCovered(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.DropComponent("\"workload-identity-token\""); });
}
Result<Message> WitSwapped(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  *FieldOf(out, credential::kWitField) = loot.other->wit;
  return out;
}
Result<Message> StolenWit(const Loot& loot) {
  Message out = UnsignedCall(loot, loot.caller.wit);
  SIGNET_TRY(SignMessage(out, GoodSignature(loot, out), loot.forger->ProofSigner()));
  return out;
}
Result<Message> ZeroSignature(const Loot& loot) {
  Message out = UnsignedCall(loot, loot.caller.wit);
  const SignFunction zero = [&](ByteView bytes) -> Result<Bytes> {
    SIGNET_TRY_ASSIGN(const Bytes good, loot.caller.sign(bytes));
    return Bytes(good.size(), 0);
  };
  SIGNET_TRY(SignMessage(out, GoodSignature(loot, out), zero));
  return out;
}
// A fresh nonce, put in after signing, so that the replay store has never seen it.
Result<Message> NonceChanged(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  std::string& input = *FieldOf(out, "Signature-Input");
  const std::size_t nonce = input.find("nonce=\"") + 7;
  input[nonce] = input[nonce] == 'A' ? 'B' : 'A';
  return out;
}

Result<Message> QueryNotCovered(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.DropComponent("\"@query\""); });
}
Result<Message> MethodNotCovered(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) { d.DropComponent("\"@method\""); });
}
Result<Message> RequestTarget(const Loot& loot) {
  return Signed(loot, [](SignatureDraft& d) {
    d.DropComponent("\"@query\"");
    d.ReplaceComponent("\"@path\"", "\"@request-target\"");
  });
}
Result<Message> WrongTag(const Loot& loot) {
  return SignedWith(loot, "tag", "\"wimse-service-to-service\"");
}
Result<Message> NoTag(const Loot& loot) { return SignedWithout(loot, "tag"); }
Result<Message> TwoTags(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, Good(loot));
  SignatureDraft again = GoodSignature(loot, UnsignedCall(loot, loot.caller.wit));
  again.label = "wimse2";
  SIGNET_TRY(SignMessage(out, again, loot.caller.sign));
  return out;
}
Result<Message> KeyId(const Loot& loot) { return SignedWith(loot, "keyid", "\"a\""); }
Result<Message> AlgParameter(const Loot& loot) {
  return SignedWith(loot, "alg", "\"ecdsa-p256-sha256\"");
}
Result<Message> CreatedAhead(const Loot& loot) {
  return Signed(loot, [&](SignatureDraft& d) {
    d.Set("created", std::to_string(ToNumericDate(loot.now) + 200));
    d.Set("expires", std::to_string(ToNumericDate(loot.now) + 260));
  });
}
Result<Message> Expired(const Loot& loot) {
  return Signed(loot, [&](SignatureDraft& d) {
    d.Set("created", std::to_string(ToNumericDate(loot.now) - 240));
    d.Set("expires", std::to_string(ToNumericDate(loot.now) - 120));
  });
}
Result<Message> LongLived(const Loot& loot) {
  return SignedWith(loot, "expires", std::to_string(ToNumericDate(loot.now) + 86'400));
}
Result<Message> NoExpires(const Loot& loot) { return SignedWithout(loot, "expires"); }
Result<Message> NoNonce(const Loot& loot) { return SignedWithout(loot, "nonce"); }
Result<Message> EmptyNonce(const Loot& loot) { return SignedWith(loot, "nonce", "\"\""); }
Result<Message> CreatedAsText(const Loot& loot) {
  return SignedWith(loot, "created", "\"" + std::to_string(ToNumericDate(loot.now)) + "\"");
}
Result<Message> OtherAudience(const Loot& loot) {
  return SignedWith(loot, "wimse-aud", "\"https://evil.example/\"");
}
Result<Message> NoAudience(const Loot& loot) { return SignedWithout(loot, "wimse-aud"); }

using enum Errc;
constexpr unsigned kSig = kNeedsSignature;
constexpr Expectation kInvalid{400, kHttpsigSignatureInvalid};
constexpr Expectation kNotCovered{400, kHttpsigComponentMissing};

constexpr Attack kSignatureAttacks[] = {
    {"sig-replay",
     "signatures",
     "a captured call, sent again",
     16,
     kSig,
     {400, kHttpsigReplayed},
     Replay},
    {"sig-method-changed", "signatures", "another method", 13, kSig, kInvalid, MethodChanged},
    {"sig-path-changed", "signatures", "signed for another path", 14, kSig, kInvalid, PathChanged},
    {"sig-query-changed", "signatures", "a parameter added to the query", 14, kSig, kInvalid,
     QueryChanged},
    {"sig-body-changed",
     "signatures",
     "another body",
     15,
     kSig | kNeedsBody,
     {400, kDigestMismatch},
     BodyChanged},
    {"sig-body-and-digest-changed", "signatures", "another body with its digest", 15,
     kSig | kNeedsBody, kInvalid, BodyAndDigestChanged},
    {"sig-content-type-changed", "signatures", "another content type", 13, kSig | kNeedsBody,
     kInvalid, ContentTypeChanged},
    {"sig-digest-removed",
     "signatures",
     "body without a digest",
     15,
     kSig | kNeedsBody,
     {400, kDigestMissing},
     DigestRemoved},
    {"sig-digest-not-covered", "signatures", "digest that is not covered", 15, kSig | kNeedsBody,
     kNotCovered, DigestNotCovered},
    {"sig-digest-weak",
     "signatures",
     "digest by an algorithm that is broken",
     15,
     kSig | kNeedsBody,
     {400, kDigestUnsupported},
     DigestWeak},
    {"sig-txn-token-added", "signatures", "Txn-Token added to a signed call", 26, kSig, kNotCovered,
     TxnTokenAdded},
    {"sig-authorization-added", "signatures", "Authorization added to a signed call", 26, kSig,
     kNotCovered, AuthorizationAdded},
    {"sig-wit-not-covered", "signatures", "WIT that is not covered", 26, kSig, kNotCovered,
     WitNotCovered},
    {"sig-wit-swapped", "signatures", "another workload's WIT in a signed call", 26,
     kSig | kNeedsOther, kInvalid, WitSwapped},
    {"sig-stolen-wit", "signatures", "the caller's WIT, signed with the attacker's key", 18, kSig,
     kInvalid, StolenWit},
    {"sig-zero", "signatures", "signature with r = s = 0", 9, kSig, kInvalid, ZeroSignature},
    {"sig-nonce-changed", "signatures", "captured call with a fresh nonce", 16, kSig, kInvalid,
     NonceChanged},
    {"sig-query-not-covered", "signatures", "@query is not covered", 14, kSig, kNotCovered,
     QueryNotCovered},
    {"sig-method-not-covered", "signatures", "@method is not covered", 13, kSig, kNotCovered,
     MethodNotCovered},
    {"sig-request-target", "signatures", "@request-target for @path and @query", 14, kSig,
     kNotCovered, RequestTarget},
    {"sig-wrong-tag",
     "signatures",
     "the right label with another tag",
     13,
     kSig,
     {400, kHttpsigMissing},
     WrongTag},
    {"sig-no-tag", "signatures", "no tag", 13, kSig, {400, kHttpsigMissing}, NoTag},
    {"sig-two-tags",
     "signatures",
     "two good signatures with the tag",
     12,
     kSig,
     {400, kHttpsigDuplicate},
     TwoTags},
    {"sig-keyid",
     "signatures",
     "a key named in the message",
     8,
     kSig,
     {400, kHttpsigParameterForbidden},
     KeyId},
    {"sig-alg",
     "signatures",
     "an algorithm named in the message",
     8,
     kSig,
     {400, kHttpsigParameterForbidden},
     AlgParameter},
    {"sig-created-ahead",
     "signatures",
     "signed in the future",
     17,
     kSig,
     {400, kHttpsigCreatedAhead},
     CreatedAhead},
    {"sig-expired", "signatures", "expired", 17, kSig, {400, kHttpsigExpired}, Expired},
    {"sig-long-lived",
     "signatures",
     "valid for a day",
     17,
     kSig,
     {400, kHttpsigLifetimeTooLong},
     LongLived},
    {"sig-no-expires",
     "signatures",
     "valid for ever",
     33,
     kSig,
     {400, kHttpsigParameterMissing},
     NoExpires},
    {"sig-no-nonce", "signatures", "no nonce", 16, kSig, {400, kHttpsigParameterMissing}, NoNonce},
    {"sig-empty-nonce",
     "signatures",
     "an empty nonce",
     16,
     kSig,
     {400, kHttpsigNonceInvalid},
     EmptyNonce},
    {"sig-created-text",
     "signatures",
     "created is no number",
     17,
     kSig,
     {400, kHttpsigParameterType, "SIG-8"},
     CreatedAsText},
    {"sig-audience-other",
     "signatures",
     "signed for another server",
     7,
     kSig,
     {400, kHttpsigAudMismatch},
     OtherAudience},
    {"sig-no-audience",
     "signatures",
     "signed for no server",
     7,
     kSig,
     {400, kHttpsigParameterMissing, "SIG-5"},
     NoAudience},
};

}  // namespace

std::vector<Attack> SignatureAttacks() {
  return {std::begin(kSignatureAttacks), std::end(kSignatureAttacks)};
}

}  // namespace signet::app::attack
