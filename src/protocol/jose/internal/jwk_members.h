// Reading the members of a JWK, for public and private keys alike.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/alg.h"
#include "protocol/jose/jwk.h"

namespace signet::jose::internal {

// Longest number of an RSA key.
inline constexpr std::size_t kMaxNumberBytes = crypto::kMaxRsaBits / 8;

// Who reads the key decides what key_ops must allow, and what an RSA key without `alg` is for.
struct JwkReading {
  JwkRules rules;
  std::string_view operation = "verify";
  std::optional<crypto::Alg> alg_if_absent;
};

// The public part.
[[nodiscard]] Result<Jwk> ParsePublicPart(const codec::JsonValue& value, const JwkReading& reading);

// The member's text; nullopt if it is absent. Errors: kJwkMalformed (not a string)
[[nodiscard]] Result<std::optional<std::string_view>> TextMember(const codec::JsonValue& value,
                                                                 std::string_view name);

// The member, which must be there, decoded into the front of `buffer`; returns that part.
// Errors: kJwkMalformed (absent, not base64url, or longer than the buffer)
[[nodiscard]] Result<ByteView> BytesMember(const codec::JsonValue& value, std::string_view name,
                                           MutableByteView buffer);

// True if `kid` may be used as one: neither empty nor over kMaxKidBytes, no control characters.
[[nodiscard]] bool IsKid(std::string_view kid);

// "P-256" and so on; empty for RSA.
[[nodiscard]] std::string_view CurveNameOf(crypto::KeyType type);
// "EC", "OKP" or "RSA".
[[nodiscard]] std::string_view KtyOf(crypto::KeyType type);

}  // namespace signet::jose::internal
