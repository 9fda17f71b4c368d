// Certificate requests (PKCS#10): making. Signing code only (target signet_credential_issue).
//
// Floor 5. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/private_key.h"

namespace signet::credential {

// A request with empty subject, signed with `key`; `uri` and `dns_names` go into the extension
// request and are hints. Errors: kWicIssueInput, kCryptoFailure
[[nodiscard]] Result<Bytes> MakeCsr(const crypto::PrivateKey& key, const std::string& uri,
                                    const std::vector<std::string>& dns_names);

}  // namespace signet::credential
