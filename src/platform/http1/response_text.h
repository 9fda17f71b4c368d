// The bytes of a response. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

#include "platform/http1/message.h"

namespace signet::http1 {

// True for a field that may be sent: a token as name, no control characters in the value.
[[nodiscard]] bool IsSendable(const Header& header);

// False if the response cannot be sent as it is: status out of 200 ... 599, a field that is not
// sendable, or one that belongs to the server (Content-Length, Transfer-Encoding, Connection).
[[nodiscard]] bool AppendResponse(const Response& response, bool close, bool head_only,
                                  std::string& out);

}  // namespace signet::http1
