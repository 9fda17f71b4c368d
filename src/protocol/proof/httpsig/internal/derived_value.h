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

// A request in asterisk or authority form has neither @path nor @query: "/" would make it equal to
// a request for "/".
// Errors: kHttpsigUnresolvable
[[nodiscard]] Result<std::string> DerivedOfRequest(const Component& component,
                                                   const http::Request& request,
                                                   ParsedParts& parsed);
[[nodiscard]] Result<std::string> DerivedOfResponse(const Component& component,
                                                    const http::Response& response);

}  // namespace signet::proof::httpsig
