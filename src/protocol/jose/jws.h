// Compact JWS (RFC 7515): splitting, header, signature. Only asymmetric signatures, only the
// compact form.
//
// Floor 3. Pure. Views borrow the token text; header strings borrow the JwsReader.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/alg.h"
#include "protocol/jose/jwk.h"

namespace signet::jose {

// The three parts, still encoded.
struct JwsParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signing_input;  // header "." payload
};

// Errors: kJoseTooLong (over kMaxTokenBytes), kJoseCharacter, kJoseParts, kJosePartEmpty
[[nodiscard]] Result<JwsParts> SplitCompactJws(std::string_view token);

// What a header may say. Strings borrow the reader that made it.
struct JwsHeader {
  std::string_view alg_name;       // as written
  std::optional<crypto::Alg> alg;  // nullopt: no algorithm of ours (none, symmetric, unknown)
  std::optional<std::string_view> typ;
  std::optional<std::string_view> kid;
};

// A JWS whose parts are decoded and whose header obeys the rules that hold for every token. Says
// nothing of the signature.
class JwsReader {
 public:
  // Decodes `token`; the reader is good for one token at a time and keeps its memory. `token` must
  // outlive the use of this reader's views.
  //
  // Errors: those of SplitCompactJws; base64url and JSON errors; and
  //   kJoseHeader       header is no object, or a member has the wrong type
  //   kJosePayload      payload is no JSON object
  //   kJoseAlgMissing
  //   kJoseKeyInHeader  jwk, jku, x5c or x5u is present (ATTACKS 4)
  //   kJoseCrit         crit is present: no extension is understood (RFC 7515 section 4.1.11)
  //   kJoseNotJws       enc, zip or b64 is present
  //   kJoseKid          kid empty, over 128 bytes or with control characters (ATTACKS 3)
  [[nodiscard]] Result<void> Read(std::string_view token);

  // The same for a JWS that is no JWT: the payload is any bytes in base64url and is not read;
  // claims() must not be called. For tools: every token of WIMSE is a JWT.
  [[nodiscard]] Result<void> ReadWithAnyPayload(std::string_view token);

  [[nodiscard]] const JwsParts& parts() const { return parts_; }
  [[nodiscard]] const JwsHeader& header() const { return header_; }
  [[nodiscard]] codec::JsonValue header_json() const { return header_doc_.root(); }
  [[nodiscard]] codec::JsonValue claims() const { return payload_doc_.root(); }
  [[nodiscard]] ByteView signature() const { return signature_; }

 private:
  [[nodiscard]] Result<void> ReadParts(std::string_view token, bool payload_is_claims);
  JwsParts parts_;
  JwsHeader header_;
  codec::JsonDocument header_doc_;
  codec::JsonDocument payload_doc_;
  std::string text_;  // decoded part being parsed
  Bytes signature_;
};

// The algorithm of `header` if it is one of `allowed`.
// Errors: kJoseAlgNone, kJoseAlgUnknown, kJoseAlgNotAllowed
[[nodiscard]] Result<crypto::Alg> CheckAlg(const JwsHeader& header, crypto::AlgSet allowed);

// Verifies the signature with a key of exactly this algorithm; `table` is as in PublicKey::Verify.
// Errors: kJoseAlgKeyMismatch (the key or the token is for another algorithm); the crypto errors of
// Verify
[[nodiscard]] Result<void> VerifyJws(const JwsReader& jws, crypto::Alg alg, const Jwk& key,
                                     const crypto::KeyTable* table = nullptr);

// True if `typ` names the media type "application/" + `subtype`: with or without the prefix,
// without regard to case (RFC 7515 section 4.1.9, Q9).
[[nodiscard]] bool IsMediaType(std::string_view typ, std::string_view subtype);

}  // namespace signet::jose
