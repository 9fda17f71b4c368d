// Making compact JWS. Issuing side only (target signet_jose_sign).
//
// Floor 3. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/crypto/private_key.h"

namespace signet::jose {

// Signs `claims_json` under a header of alg (the key's), kid and typ (each left out if empty), in
// this order. `kid` and `typ` are UTF-8. `claims_json` is a JSON object; this is not checked.
// Errors: kCryptoFailure; kJoseTooLong if the token would exceed kMaxTokenBytes
[[nodiscard]] Result<std::string> SignCompactJws(const crypto::PrivateKey& key,
                                                 std::string_view typ, std::string_view kid,
                                                 std::string_view claims_json);

}  // namespace signet::jose
