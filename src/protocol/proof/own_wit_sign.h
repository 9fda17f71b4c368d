// Is this WIT ours? Signers of proofs ask before they sign (target signet_proof_sign).
//
// Floor 6. Pure; thread-safe.
#pragma once

#include <string_view>

#include "protocol/base/result.h"
#include "protocol/crypto/private_key.h"

namespace signet::proof {

// A proof for a WIT that confirms another key or algorithm is refused everywhere: say so here,
// where the mistake is made [WPT-1, SIG-7]. The WIT itself is not verified.
// Errors: `code`, with what is wrong as detail
[[nodiscard]] Result<void> CheckOwnWit(const crypto::PrivateKey& key, std::string_view wit,
                                       Errc code);

}  // namespace signet::proof
