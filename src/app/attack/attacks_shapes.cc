// Parts of a call left out, doubled or put elsewhere; and identifiers that are none.
#include <iterator>

#include "app/attack/catalogue.h"
#include "protocol/credential/profile.h"

namespace signet::app::attack {
namespace {

// What proxies and applications are known to believe when it comes from outside (ATTACKS 11).
constexpr std::string_view kTrustedFields[] = {"X-Workload-Identity", "X-Spiffe-Id",
                                               "X-Forwarded-Client-Cert", "X-Remote-User",
                                               "X-Authenticated-Id"};

Result<Message> NoCredentials(const Loot& loot) { return BareCall(loot); }
Result<Message> WitAlone(const Loot& loot) {
  Message out = BareCall(loot);
  AddField(out, credential::kWitField, loot.caller.wit);
  return out;
}
Result<Message> WitAsBearer(const Loot& loot) {
  Message out = BareCall(loot);
  AddField(out, credential::kAuthorizationField, "Bearer " + loot.caller.wit);
  return out;
}
Result<Message> WitAndBearer(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, WitAlone(loot));
  AddField(out, credential::kAuthorizationField, "Bearer " + loot.caller.wit);
  return out;
}
Result<Message> TwoAuthorizations(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodWptCall(loot, loot.caller));
  AddField(out, credential::kAuthorizationField, "Bearer abc");
  return out;
}
Result<Message> TwoProofs(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, GoodWptCall(loot, loot.caller));
  SIGNET_TRY_ASSIGN(Message again, GoodWptCall(loot, loot.caller));
  AddField(out, credential::kAuthorizationField, *FieldOf(again, credential::kAuthorizationField));
  return out;
}
Result<Message> TwoWits(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, WithWit(loot, loot.caller.wit, loot.caller.alg, loot.caller.sign));
  AddField(out, credential::kWitField, loot.caller.wit);
  return out;
}
Result<Message> TwoTxnTokens(const Loot& loot) {
  Message out = UnsignedCall(loot, loot.caller.wit);
  AddField(out, credential::kTxnTokenField, "e30.e30.AA");
  AddField(out, credential::kTxnTokenField, "e30.e30.AQ");
  if (loot.accept.Has(verify::Binding::kWpt)) {
    ProofDraft draft = GoodProof(loot, loot.caller.wit, loot.caller.alg);
    draft.claims["tth"] = HashOf("e30.e30.AA");
    SIGNET_TRY_ASSIGN(const std::string wpt, draft.Seal(loot.caller.sign));
    RemoveField(out, "Content-Digest");
    AddField(out, credential::kAuthorizationField, "WPT " + wpt);
    return out;
  }
  SIGNET_TRY(SignMessage(out, GoodSignature(loot, out), loot.caller.sign));
  return out;
}
void AddTrustedFields(const Loot& loot, Message& message) {
  for (const std::string_view name : kTrustedFields) {
    AddField(message, name,
             name == "X-Forwarded-Client-Cert" ? "URI=" + loot.caller.id : loot.caller.id);
  }
}
Result<Message> TrustedFields(const Loot& loot) {
  Message out = BareCall(loot);
  AddTrustedFields(loot, out);
  return out;
}
Result<Message> TrustedFieldsOfOther(const Loot& loot) {
  SIGNET_TRY_ASSIGN(Message out, WithWit(loot, loot.other->wit, loot.other->alg, loot.other->sign));
  AddTrustedFields(loot, out);
  return out;
}
Result<Message> NotOnTheList(const Loot& loot) {
  return WithWit(loot, loot.other->wit, loot.other->alg, loot.other->sign);
}
Result<Message> LookAlike(const Loot& loot) {
  return WithWit(loot, loot.look_alike->wit, loot.look_alike->alg, loot.look_alike->sign);
}

// "wimse://domain" and "/path" of the caller.
std::pair<std::string, std::string> Split(const std::string& id) {
  const std::size_t start = id.find("://");
  const std::size_t slash = start == std::string::npos ? id.size() : id.find('/', start + 3);
  return {id.substr(0, slash), slash == std::string::npos ? "" : id.substr(slash)};
}

// A forged WIT with this subject. Subjects are read before the signature: what refuses it is the
// subject, and nothing of it has chosen an anchor.
Result<Message> WithSubject(const Loot& loot, const std::string& subject) {
  SIGNET_TRY_ASSIGN(const std::string wit, loot.forger->ForgeWit(subject, {}, loot.now));
  return WithWit(loot, wit, loot.forger->proof_alg(), loot.forger->ProofSigner());
}
Result<Message> UpperCaseDomain(const Loot& loot) {
  auto [origin, path] = Split(loot.caller.id);
  for (std::size_t i = origin.find("://") + 3; i < origin.size(); ++i) {
    char& c = origin[i];
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return WithSubject(loot, origin + path);
}
Result<Message> UpperCaseScheme(const Loot& loot) {
  std::string id = loot.caller.id;
  id.front() = static_cast<char>(id.front() - 'a' + 'A');
  return WithSubject(loot, id);
}
Result<Message> PercentEncoded(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  constexpr char kDigits[] = "0123456789abcdef";
  const auto last = static_cast<unsigned char>(path.back());
  const std::string encoded = {'%', kDigits[last >> 4], kDigits[last & 15]};
  return WithSubject(loot, origin + path.substr(0, path.size() - 1) + encoded);
}
Result<Message> DotSegments(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  return WithSubject(loot, origin + "/x/.." + path);
}
Result<Message> EmptySegment(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  return WithSubject(loot, origin + "/" + path);
}
Result<Message> TrailingSlash(const Loot& loot) { return WithSubject(loot, loot.caller.id + "/"); }
Result<Message> UserInfo(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  const std::size_t host = origin.find("://") + 3;
  return WithSubject(loot, origin.substr(0, host) + "a@" + origin.substr(host) + path);
}
Result<Message> Port(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  return WithSubject(loot, origin + ":443" + path);
}
Result<Message> Query(const Loot& loot) { return WithSubject(loot, loot.caller.id + "?a=1"); }
Result<Message> Nul(const Loot& loot) {
  return WithSubject(loot, loot.caller.id + std::string(1, '\0') + ".evil.example");
}
Result<Message> Control(const Loot& loot) { return WithSubject(loot, loot.caller.id + "\r\nX: 1"); }
Result<Message> NonAscii(const Loot& loot) {
  return WithSubject(loot, loot.caller.id + "\xc3\xa9");
}
Result<Message> ForeignDomain(const Loot& loot) {
  return WithSubject(loot, "wimse://evil.example" + Split(loot.caller.id).second);
}
Result<Message> DomainSuffix(const Loot& loot) {
  const auto [origin, path] = Split(loot.caller.id);
  return WithSubject(loot, origin + ".evil.example" + path);
}

using enum Errc;
constexpr Expectation kNoSignature{400, kHttpsigMissing};
constexpr Expectation kInvalid{400, kWitSubInvalid};
constexpr Expectation kUnknown{400, kTrustDomainUnknown, "WIT-12.b"};

constexpr Attack kShapeAttacks[] = {
    {"no-credentials",
     "shapes",
     "call without any credentials",
     18,
     kNeedsNoCertificateProof,
     {401, kVerifyNoCredentials},
     NoCredentials,
     Expectation{400, kVerifyNoCredentials, "SIG-8"}},
    {"wit-alone",
     "shapes",
     "WIT without a proof",
     18,
     kNeedsNothing,
     {401, kWptMissing},
     WitAlone,
     kNoSignature},
    {"wit-as-bearer",
     "shapes",
     "WIT as a bearer token",
     18,
     kNeedsNoCertificateProof,
     {401, kWitMissing},
     WitAsBearer,
     Expectation{400, kWitMissing}},
    {"wit-and-bearer",
     "shapes",
     "WIT, and again as a bearer token",
     18,
     kNeedsNothing,
     {401, kWptSchemeMismatch},
     WitAndBearer,
     kNoSignature},
    {"two-authorizations",
     "shapes",
     "a proof and a bearer token, both in Authorization",
     12,
     kNeedsNothing,
     {400, kWptAuthorizationDuplicate},
     TwoAuthorizations,
     Expectation{400, kHttpFieldDuplicate, "SIG-1"}},
    {"two-proofs",
     "shapes",
     "two good proofs",
     12,
     kNeedsWpt,
     {400, kWptAuthorizationDuplicate},
     TwoProofs},
    {"two-wits", "shapes", "two WITs", 12, kNeedsNothing, {400, kWitDuplicate}, TwoWits},
    {"two-txn-tokens",
     "shapes",
     "two Txn-Tokens, one of them covered",
     12,
     kNeedsNothing,
     {400, kHttpFieldDuplicate, "WPT-5.10"},
     TwoTxnTokens,
     Expectation{400, kHttpFieldDuplicate, "SIG-1"}},
    {"trusted-fields",
     "shapes",
     "identity in header fields that proxies set",
     11,
     kNeedsNoCertificateProof,
     {401, kVerifyNoCredentials},
     TrustedFields,
     Expectation{400, kVerifyNoCredentials, "SIG-8"}},
    {"trusted-fields-of-other",
     "shapes",
     "a workload that may not call, with such fields",
     11,
     kNeedsOther,
     {403, kVerifyCallerNotAllowed},
     TrustedFieldsOfOther},
    {"not-on-the-list",
     "shapes",
     "a workload that may not call",
     20,
     kNeedsOther,
     {403, kVerifyCallerNotAllowed},
     NotOnTheList},
    {"look-alike",
     "shapes",
     "a workload whose identifier begins with the caller's",
     20,
     kNeedsLookAlike,
     {403, kVerifyCallerNotAllowed},
     LookAlike},
};

constexpr Attack kIdentifierAttacks[] = {
    {"id-upper-case-domain", "identifiers", "trust domain in upper case", 23, kNeedsNothing,
     kInvalid, UpperCaseDomain},
    {"id-upper-case-scheme", "identifiers", "scheme in upper case", 23, kNeedsNothing, kInvalid,
     UpperCaseScheme},
    {"id-percent-encoded", "identifiers", "a character percent-encoded", 23, kNeedsNothing,
     kInvalid, PercentEncoded},
    {"id-dot-segments", "identifiers", "dot segments that lead to the caller", 23, kNeedsNothing,
     kInvalid, DotSegments},
    {"id-empty-segment", "identifiers", "an empty segment", 23, kNeedsNothing, kInvalid,
     EmptySegment},
    {"id-trailing-slash", "identifiers", "a slash at the end", 23, kNeedsNothing, kInvalid,
     TrailingSlash},
    {"id-userinfo", "identifiers", "user information before the trust domain", 23, kNeedsNothing,
     kInvalid, UserInfo},
    {"id-port", "identifiers", "a port behind the trust domain", 23, kNeedsNothing, kInvalid, Port},
    {"id-query", "identifiers", "a query behind the path", 23, kNeedsNothing, kInvalid, Query},
    {"id-nul", "identifiers", "a zero byte", 22, kNeedsNothing, kInvalid, Nul},
    {"id-control", "identifiers", "a line break", 22, kNeedsNothing, kInvalid, Control},
    {"id-non-ascii", "identifiers", "a character outside ASCII", 22, kNeedsNothing, kInvalid,
     NonAscii},
    {"id-foreign-domain", "identifiers", "a trust domain that is not trusted", 19, kNeedsNothing,
     kUnknown, ForeignDomain},
    {"id-domain-suffix", "identifiers", "a domain that begins with the trusted one", 20,
     kNeedsNothing, kUnknown, DomainSuffix},
};

}  // namespace

std::vector<Attack> ShapeAttacks() { return {std::begin(kShapeAttacks), std::end(kShapeAttacks)}; }

std::vector<Attack> IdentifierAttacks() {
  return {std::begin(kIdentifierAttacks), std::end(kIdentifierAttacks)};
}

}  // namespace signet::app::attack
