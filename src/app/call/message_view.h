// Our own HTTP/1.1 messages as the protocol code looks at them.
//
// What is returned borrows from the argument. Pure; thread-safe.
#pragma once

#include "platform/http1/client.h"
#include "protocol/http/message.h"

namespace signet::app {

// Its scheme is https.
[[nodiscard]] http::Request ViewOf(const http1::ClientRequest& request);
[[nodiscard]] http::Response ViewOf(const http1::ClientResponse& response);

}  // namespace signet::app
