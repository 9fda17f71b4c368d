// HMAC (RFC 2104). For checking signatures of other parties by RFC 9421 `hmac-sha256` and for
// tools; no credential of WIMSE is made with a shared secret.
//
// Floor 2. Pure; thread-safe.
#pragma once

#include "protocol/base/bytes.h"

namespace signet::crypto {

[[nodiscard]] Digest256 HmacSha256(ByteView key, ByteView message);

// True if both are equal; takes a time that depends on their length only.
[[nodiscard]] bool ConstantTimeEqual(ByteView a, ByteView b);

}  // namespace signet::crypto
