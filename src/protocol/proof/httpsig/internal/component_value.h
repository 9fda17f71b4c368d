// The value of a component, as ComponentValue of signature_base.h, for one of many.
//
// Floor 6. Pure.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "protocol/proof/httpsig/internal/parsed_parts.h"
#include "protocol/proof/httpsig/signature_base.h"

namespace signet::proof::httpsig {

// `parsed` is of the base that is being built. Errors: those of ComponentValue
[[nodiscard]] Result<std::string> ComponentValue(const Component& component,
                                                 const MessageView& message, ParsedParts& parsed);

}  // namespace signet::proof::httpsig
