// Inspecting the text of an HTTP request: its WIT, its proof, and whether they belong together.
#pragma once

#include <string_view>

#include "app/inspect/report.h"
#include "protocol/base/time.h"

namespace signet::app {

[[nodiscard]] Inspection InspectRequest(std::string_view text, WallTime now);

}  // namespace signet::app
