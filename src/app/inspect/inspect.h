// `signet inspect`: recognises what it is given, says what it holds and what is wrong with it.
//
// Nothing here uses a trust anchor: an inspection without findings is in good form, not genuine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/context.h"
#include "app/inspect/report.h"

namespace signet::app {

inline constexpr std::size_t kMaxInspectedBytes = 1024 * 1024;

// Recognises tokens (also behind "Authorization: WPT " and other field names), JWKs, sets and
// bundles, PEM keys, certificates and certificate requests (also as base64 of DER), identifiers,
// HTTP requests and responses; nullopt if `text` is none of them.
[[nodiscard]] std::optional<Inspection> Inspect(std::string_view text, WallTime now);

// Prints it; the exit code is kExitRefused if anything is wrong.
void PrintInspection(Context& context, const Inspection& inspection);

}  // namespace signet::app
