// The signature base: the text that is signed (RFC 9421 section 2.5).
//
// Floor 6. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/http/message.h"
#include "protocol/proof/httpsig/component.h"

namespace signet::proof::httpsig {

// A message and what belongs to it. For a request, `response` is nullptr. For a response, both are
// set, and `;req` components come from `request`; nullptr there makes them unresolvable.
struct MessageView {
  const http::Request* request = nullptr;
  const http::Response* response = nullptr;
};

// The value of one component, exactly as it stands behind "name: " in the base. Values are the
// bytes as received: nothing is decoded or normalised but what RFC 9421 section 2 says (an empty
// path is "/", an absent query is "?", the authority and the scheme are in lower case, a default
// port is dropped) (ATTACKS 14).
// Errors: kHttpsigUnresolvable (absent field, key or parameter; more than one @query-param of this
// name; a derived component that this kind of message has not; a field that does not parse where
// `sf` or `key` need it; a value with a byte that no field may hold)
[[nodiscard]] Result<std::string> ComponentValue(const Component& component,
                                                 const MessageView& message);

// All lines and the final @signature-params line, without a newline at the end.
// Errors: those of ComponentValue
[[nodiscard]] Result<std::string> BuildSignatureBase(const std::vector<Component>& components,
                                                     std::string_view params_text,
                                                     const MessageView& message);

}  // namespace signet::proof::httpsig
