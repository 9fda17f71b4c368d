// Claims of a JWT (RFC 7519), read with the types they must have.
//
// Floor 3. Pure. Strings borrow the document.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/codec/json.h"

namespace signet::jose {

// Absent is nullopt; present with another type is kJwtClaimType, so that a claim is never taken
// for absent because it is malformed.
[[nodiscard]] Result<std::optional<std::string_view>> StringClaim(const codec::JsonValue& claims,
                                                                  std::string_view name);
// NumericDate as a whole number of seconds in 0 ... kMaxNumericDate.
[[nodiscard]] Result<std::optional<WallTime>> TimeClaim(const codec::JsonValue& claims,
                                                        std::string_view name);

}  // namespace signet::jose
