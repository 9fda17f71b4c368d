// Values of derived components (RFC 9421 section 2.2).
//
// Floor 6. Pure.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "protocol/http/message.h"
#include "protocol/proof/httpsig/component.h"
#include "protocol/proof/httpsig/internal/parsed_parts.h"

namespace signet::proof::httpsig {

// Both append the value to `out`; after an error `out` is to be dropped. A request in asterisk or
// authority form has neither @path nor @query: "/" would make it equal to a request for "/".
// Errors: kHttpsigUnresolvable
[[nodiscard]] Result<void> AppendDerivedOfRequest(const Component& component,
                                                  const http::Request& request, ParsedParts& parsed,
                                                  std::string& out);
[[nodiscard]] Result<void> AppendDerivedOfResponse(const Component& component,
                                                   const http::Response& response,
                                                   std::string& out);

}  // namespace signet::proof::httpsig
