// Certificate requests (PKCS#10, RFC 2986): reading. The one thing a request proves is possession
// of its key; names in it are wishes and the issuer decides.
//
// Floor 5. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/public_key.h"

namespace signet::credential {

inline constexpr std::size_t kMaxCsrBytes = 16 * 1024;

struct VerifiedCsr {
  crypto::PublicKey key;
  std::vector<std::string> uris;  // of the extension request; wishes
  std::vector<std::string> dns;
};

// Reads one request and verifies its signature with the very key in it: ES256, ES384, ES512,
// Ed25519, or RSA with SHA-256, 384, 512 (PKCS#1 v1.5).
// Errors: kIoTooLarge, kIssueCsr, and those of PublicKey::FromSpki
[[nodiscard]] Result<VerifiedCsr> VerifyCsr(ByteView der);

}  // namespace signet::credential
