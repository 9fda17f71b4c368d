// Inspecting certificates and certificate requests: what they hold, and what is wrong with them as
// Workload Identity Certificates.
#pragma once

#include <optional>
#include <string_view>

#include "app/inspect/report.h"
#include "protocol/base/time.h"

namespace signet::app {

// PEM with one or more certificates or one request, or base64 of the DER of one; nullopt if `text`
// is none of these. A leaf is judged by the rules of its identifier's scheme; no anchor is used.
[[nodiscard]] std::optional<Inspection> InspectCertificateText(std::string_view text, WallTime now);

}  // namespace signet::app
