// The bare primitives that rows are compared with: one call of a library with a key that is ready.
#pragma once

#include "bench/harness.h"

namespace signet::bench {

inline constexpr std::size_t kPrimitiveMessageBytes = 32;

// OpenSSL's ECDSA_do_sign and ECDSA_do_verify on P-256 over a digest of 32 bytes.
[[nodiscard]] Op Es256Sign();
[[nodiscard]] Op Es256Verify();
// Both, one after the other.
[[nodiscard]] Op Es256VerifyAndSign();
// libsodium's Ed25519 over a message of 32 bytes.
[[nodiscard]] Op EdDsaSign();
[[nodiscard]] Op EdDsaVerify();

}  // namespace signet::bench
