#include "protocol/jose/jwt.h"

#include <string>

namespace signet::jose {

Result<std::optional<std::string_view>> StringClaim(const codec::JsonValue& claims,
                                                    std::string_view name) {
  const std::optional<codec::JsonValue> claim = claims.Find(name);
  if (!claim) return std::nullopt;
  const std::optional<std::string_view> text = claim->AsString();
  if (!text) return Refuse(Errc::kJwtClaimType, std::string(name) + " is not a string");
  return text;
}

Result<std::optional<WallTime>> TimeClaim(const codec::JsonValue& claims, std::string_view name) {
  const std::optional<codec::JsonValue> claim = claims.Find(name);
  if (!claim) return std::nullopt;
  const std::optional<std::int64_t> number = claim->AsInteger();
  const std::optional<WallTime> time =
      number ? WallTimeFromNumericDate(*number) : std::optional<WallTime>();
  if (!time) {
    return Refuse(Errc::kJwtClaimType, std::string(name) + " is not a whole number of seconds");
  }
  return time;
}

}  // namespace signet::jose
