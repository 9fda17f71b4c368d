// Certificates of an attacker: well-formed, and by nobody who is trusted.
#pragma once

#include <string>
#include <vector>

#include "platform/net/tls_context.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::app::attack {

struct CertForgery {
  std::vector<std::string> uris;  // URI names of the leaf
  bool own_authority = true;      // false: self-signed
  bool is_authority = false;      // the leaf may sign others
  WallTime now;
};

// A chain of ES256 keys that nobody knows, valid for an hour.
// Errors: kCryptoFailure
[[nodiscard]] Result<net::TlsIdentity> ForgeCertificate(const CertForgery& forgery, Random& random);

}  // namespace signet::app::attack
