// The public key of an X.509 certificate, for trust bundles. Says nothing of the certificate's
// validity.
//
// Floor 2. Pure; thread-safe.
#pragma once

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/public_key.h"

namespace signet::crypto {

// Largest certificate read, in bytes.
inline constexpr std::size_t kMaxCertificateBytes = 16 * 1024;

// Errors: kIoTooLarge; kCryptoKeyMalformed (no certificate, or bytes after it); the errors of
// PublicKey::FromSpki
[[nodiscard]] Result<PublicKey> PublicKeyOfCertificate(ByteView der);

}  // namespace signet::crypto
