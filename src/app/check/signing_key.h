// Keys of `signet check` lines that make a proof.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/jose/jwk_private.h"

namespace signet::app {

// The private JWK `text`. Where it does not say by which name its algorithm goes (Ed25519, RSA), it
// is the one that `wit` confirms; the WIT is not verified.
// Errors: those of ParsePrivateJwk
[[nodiscard]] Result<jose::PrivateJwk> SigningKeyFor(std::string_view text, std::string_view wit);

}  // namespace signet::app
