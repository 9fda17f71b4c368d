// What tls_issue*.cc share.
#pragma once

#include <string>
#include <vector>

#include "platform/net/tls_openssl.h"
#include "protocol/base/result.h"
#include "protocol/crypto/private_key.h"

namespace signet::net {

// The digest that X509_sign wants; nullptr for Ed25519. Errors: kTlsConfiguration
[[nodiscard]] Result<const EVP_MD*> SigningDigest(crypto::Alg alg);

// Errors: kCryptoFailure
[[nodiscard]] Result<PkeyPtr> ToPkey(const crypto::PrivateKey& key);

// One URI and the host names, as a subjectAltName. Errors: kTlsConfiguration, kCryptoFailure
[[nodiscard]] Result<GeneralNamesPtr> MakeNames(const std::string& uri,
                                                const std::vector<std::string>& dns_names);

}  // namespace signet::net
