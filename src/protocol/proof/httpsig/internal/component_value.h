// The value of a component, as ComponentValue of signature_base.h, for one of many.
//
// Floor 6. Pure.
#pragma once

#include <string>

#include "protocol/base/result.h"
#include "protocol/proof/httpsig/internal/parsed_parts.h"
#include "protocol/proof/httpsig/signature_base.h"

namespace signet::proof::httpsig {

// Appends it to `out`; after an error `out` is to be dropped. `parsed` is of the base that is being
// built. Errors: those of ComponentValue
[[nodiscard]] Result<void> AppendComponentValue(const Component& component,
                                                const MessageView& message, ParsedParts& parsed,
                                                std::string& out);

}  // namespace signet::proof::httpsig
