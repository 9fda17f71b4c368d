#include "protocol/jose/jws.h"

#include <algorithm>
#include <array>

#include "protocol/codec/base64url.h"
#include "protocol/jose/internal/jwk_members.h"

namespace signet::jose {
namespace {

using codec::JsonValue;

constexpr char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, LowerCase, LowerCase);
}

// Decodes `part` into `out`, whose memory is kept.
template <typename Container>
Result<void> DecodePart(std::string_view part, Container& out) {
  out.resize(codec::Base64UrlDecodedSize(part.size()));
  return codec::Base64UrlDecodeInto(part,
                                    {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
}

Result<void> CheckForbidden(std::string_view name) {
  // The peer's own key, or where to fetch it: never followed (ATTACKS 4).
  if (name == "jwk" || name == "jku" || name == "x5c" || name == "x5u") {
    return Refuse(Errc::kJoseKeyInHeader);
  }
  // No extension is understood, so each list of them is a reason to refuse; an empty list is
  // malformed by RFC 7515 section 4.1.11.
  if (name == "crit") return Refuse(Errc::kJoseCrit);
  // JWE (ATTACKS 5), and the payload that is not base64url (RFC 7797).
  if (name == "enc" || name == "zip" || name == "b64") return Refuse(Errc::kJoseNotJws);
  return {};
}

Result<std::string_view> HeaderText(const JsonValue& member) {
  const std::optional<std::string_view> text = member.AsString();
  if (!text) return Refuse(Errc::kJoseHeader, "alg, typ or kid is no string");
  return *text;
}

Result<JwsHeader> ReadHeader(const JsonValue& json) {
  if (!json.is_object()) return Refuse(Errc::kJoseHeader, "not an object");
  JwsHeader header;
  bool has_alg = false;
  for (const JsonValue member : json) {
    const std::string_view name = member.name();
    SIGNET_TRY(CheckForbidden(name));
    if (name == "alg") {
      SIGNET_TRY_ASSIGN(header.alg_name, HeaderText(member));
      has_alg = true;
    } else if (name == "typ") {
      SIGNET_TRY_ASSIGN(header.typ, HeaderText(member));
    } else if (name == "kid") {
      SIGNET_TRY_ASSIGN(header.kid, HeaderText(member));
    }
  }
  if (!has_alg) return Refuse(Errc::kJoseAlgMissing);
  if (header.kid && !internal::IsKid(*header.kid)) return Refuse(Errc::kJoseKid);
  header.alg = crypto::AlgFromName(header.alg_name);
  return header;
}

}  // namespace

Result<JwsParts> SplitCompactJws(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return Refuse(Errc::kJoseTooLong);
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= token.size();) {
    const std::size_t end = std::min(token.find('.', begin), token.size());
    const std::string_view part = token.substr(begin, end - begin);
    if (!codec::IsBase64UrlText(part)) return Refuse(Errc::kJoseCharacter);
    if (count < parts.size()) parts[count] = part;
    ++count;
    begin = end + 1;
  }
  if (count != parts.size()) {
    return Refuse(Errc::kJoseParts, count == 5 ? "five parts: encrypted" : "");
  }
  if (std::ranges::any_of(parts, &std::string_view::empty)) return Refuse(Errc::kJosePartEmpty);
  return JwsParts{.header = parts[0],
                  .payload = parts[1],
                  .signature = parts[2],
                  .signing_input = token.substr(0, parts[0].size() + 1 + parts[1].size())};
}

Result<void> JwsReader::Read(std::string_view token) { return ReadParts(token, true); }

Result<void> JwsReader::ReadWithAnyPayload(std::string_view token) {
  return ReadParts(token, false);
}

Result<void> JwsReader::ReadParts(std::string_view token, bool payload_is_claims) {
  // Nothing of an earlier token remains, whatever happens below.
  parts_ = {};
  header_ = {};
  signature_.clear();
  header_doc_.Wipe();
  payload_doc_.Wipe();
  SIGNET_TRY_ASSIGN(const JwsParts parts, SplitCompactJws(token));

  SIGNET_TRY(DecodePart(parts.header, text_));
  SIGNET_TRY(header_doc_.Parse(text_));
  SIGNET_TRY_ASSIGN(const JwsHeader header, ReadHeader(header_doc_.root()));

  SIGNET_TRY(DecodePart(parts.payload, text_));
  if (payload_is_claims) {
    SIGNET_TRY(payload_doc_.Parse(text_));
    if (!payload_doc_.root().is_object()) return Refuse(Errc::kJosePayload);
  }

  SIGNET_TRY(DecodePart(parts.signature, signature_));
  parts_ = parts;
  header_ = header;
  return {};
}

Result<crypto::Alg> CheckAlg(const JwsHeader& header, crypto::AlgSet allowed) {
  if (crypto::IsNoneName(header.alg_name)) return Refuse(Errc::kJoseAlgNone);
  if (!header.alg) {
    return Refuse(Errc::kJoseAlgUnknown, crypto::IsSymmetricOrEncryptionName(header.alg_name)
                                             ? "symmetric or encryption algorithm"
                                             : "");
  }
  if (!allowed.Has(*header.alg)) return Refuse(Errc::kJoseAlgNotAllowed);
  return *header.alg;
}

Result<void> VerifyJws(const JwsReader& jws, crypto::Alg alg, const Jwk& key,
                       const crypto::KeyTable* table) {
  if (!key.algs.Has(alg) || jws.header().alg != alg) return Refuse(Errc::kJoseAlgKeyMismatch);
  return key.key.Verify(alg, AsBytes(jws.parts().signing_input), jws.signature(), table);
}

bool IsMediaType(std::string_view typ, std::string_view subtype) {
  constexpr std::string_view kPrefix = "application/";
  if (EqualsIgnoringCase(typ.substr(0, kPrefix.size()), kPrefix)) {
    typ.remove_prefix(kPrefix.size());
  }
  return EqualsIgnoringCase(typ, subtype);
}

}  // namespace signet::jose
