// Checking that bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing over
// U+10FFFF.
//
// Floor 1. Pure; thread-safe.
#pragma once

#include <string_view>

namespace signet::codec::internal {

[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace signet::codec::internal
