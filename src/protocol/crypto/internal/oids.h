// Contents of the object identifiers of key types (RFC 3279, RFC 5480, RFC 8410).
#pragma once

#include <cstdint>

namespace signet::crypto::internal {

inline constexpr std::uint8_t kOidEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
inline constexpr std::uint8_t kOidEd25519[] = {0x2b, 0x65, 0x70};
inline constexpr std::uint8_t kOidRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

}  // namespace signet::crypto::internal
