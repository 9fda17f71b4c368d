// JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037), public keys.
//
// Floor 3. Pure; thread-safe. Private JWKs are jwk_private.h, in another target.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"

namespace signet::jose {

// One key, one algorithm [BCP-1]. A JWK without `alg` gets its curve's algorithm; an Ed25519 JWK
// without `alg` accepts the two names of the one signature, as the token says; RSA without `alg`
// is refused.
struct Jwk {
  crypto::PublicKey key;
  crypto::AlgSet algs;  // one algorithm, or {EdDSA, Ed25519} for an Ed25519 key without `alg`
  std::optional<crypto::Alg> alg;  // as stated by the `alg` member
  std::string kid;                 // empty if absent
  std::string use;                 // empty if absent
};

struct JwkRules {
  bool require_alg = false;            // cnf.jwk [WIT-2]
  bool allow_private_members = false;  // read only the public part of a private JWK
  // Read the key alone: an RSA key without alg passes, with no algorithm (certificate entries of a
  // bundle, TD-2).
  bool key_only = false;
  // Do not check the point of an Ed25519 key: for a caller who verifies with it at once.
  bool unchecked_point = false;
  // Take a key that is meant for something else than signatures: for tools that only show it.
  bool any_use = false;
};

// Reads a public key. Unknown members are ignored (RFC 7517 section 4).
//
// Errors:
//   kJwkMalformed        not an object, or a member of the wrong type, length or encoding
//   kJwkSymmetric        kty is oct
//   kJwkKeyType          unknown kty or crv
//   kJwkPrivate          d, p, q, dp, dq, qi or oth is present (unless allowed)
//   kJwkAlgMissing       alg is absent and needed
//   kJwkAlgMismatch      alg does not suit kty and crv, or is no signature algorithm of ours
//   kJwkUse              key_ops is present without "verify", or use is "enc" (unless allowed)
//   kJoseKid             kid is empty, over 128 bytes or holds control characters
//   kCryptoPointInvalid, kCryptoKeySize, kCryptoKeyMalformed: the key itself
[[nodiscard]] Result<Jwk> ParseJwk(const codec::JsonValue& value, const JwkRules& rules = {});
[[nodiscard]] Result<Jwk> ParseJwk(std::string_view json, const JwkRules& rules = {});

// base64url of the SHA-256 thumbprint (RFC 7638).
[[nodiscard]] std::string Thumbprint(const crypto::PublicKey& key);
[[nodiscard]] Digest256 ThumbprintDigest(const crypto::PublicKey& key);

// The public JWK as JSON, members in lexicographic order; empty `kid` and `use` are left out.
[[nodiscard]] std::string PublicJwkJson(const crypto::PublicKey& key,
                                        std::optional<crypto::Alg> alg, std::string_view kid = {},
                                        std::string_view use = {});

}  // namespace signet::jose
