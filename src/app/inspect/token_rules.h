// The rules of WIT and WPT that need no trust anchors, no request and no signature.
#pragma once

#include <vector>

#include "protocol/base/error.h"
#include "protocol/base/time.h"
#include "protocol/jose/jws.h"

namespace signet::app {

// Every fault, not only the first; in the order of VerifyWit and VerifyWpt, with the same codes and
// steps. `jws` has been read.
[[nodiscard]] std::vector<Error> WitFaults(const jose::JwsReader& jws, WallTime now);
[[nodiscard]] std::vector<Error> WptFaults(const jose::JwsReader& jws, WallTime now);

}  // namespace signet::app
