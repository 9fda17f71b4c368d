// The messages of the rows as JSON, for other implementations to be timed on.
#pragma once

#include <cstdint>
#include <string>

namespace signet::bench {

// {"es256": {...}, "eddsa": {...}}, each with jwks, issuer_jwk, workload_jwk (private), kid, wit,
// wpt, aud, claims (of the WIT), components and request (signed), unsigned_request.
[[nodiscard]] std::string MessagesJson(std::int64_t now);

}  // namespace signet::bench
