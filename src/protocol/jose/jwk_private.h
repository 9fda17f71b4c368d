// Private JSON Web Keys: import and export. Issuing side only (target signet_jose_sign).
//
// Floor 3. Pure; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/codec/json.h"
#include "protocol/crypto/private_key.h"

namespace signet::jose {

struct PrivateJwk {
  crypto::PrivateKey key;
  std::string kid;  // empty if absent
};

// Reads a private key. `alg_if_absent` decides for a JWK without `alg` whose type allows several
// algorithms; an Ed25519 key without both is Ed25519.
// Errors: those of ParseJwk; kJwkNotPrivate; kCryptoKeyMismatch if d does not make x and y
[[nodiscard]] Result<PrivateJwk> ParsePrivateJwk(const codec::JsonValue& value,
                                                 std::optional<crypto::Alg> alg_if_absent = {});
[[nodiscard]] Result<PrivateJwk> ParsePrivateJwk(std::string_view json,
                                                 std::optional<crypto::Alg> alg_if_absent = {});

// The private JWK as JSON text; wiped with its owner.
[[nodiscard]] SecretBytes PrivateJwkJson(const crypto::PrivateKey& key, std::string_view kid,
                                         SecretAccess access);

}  // namespace signet::jose
