// Reading what may be malformed, only to show it. Nothing read here decides anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/tool_report.h"
#include "protocol/base/time.h"

namespace signet::app {

// Values nested deeper than this are left out when shown.
inline constexpr int kMaxShownDepth = 12;

// Any JSON, duplicates and all; nullopt if it is none. Deeply nested values are dropped.
[[nodiscard]] std::optional<nlohmann::ordered_json> ReadJsonLeniently(std::string_view text);

// `value` with every private member of every JWK in it, at any depth, replaced by its size:
// "(secret, 32 bytes)".
[[nodiscard]] nlohmann::ordered_json WithoutSecrets(const nlohmann::ordered_json& value);

// True for a member of a JWK that is never shown.
[[nodiscard]] bool IsSecretMember(std::string_view name);

// One row for each member, with claims that are times as dates. `value` has no secrets any more.
[[nodiscard]] std::vector<Row> MemberRows(const nlohmann::ordered_json& value, WallTime now);

}  // namespace signet::app
