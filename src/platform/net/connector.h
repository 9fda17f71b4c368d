// Connect: an outgoing connection on a loop, for clients that live as long as their process.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "platform/net/connect_target.h"
#include "platform/net/stream.h"
#include "platform/runtime/loops.h"
#include "protocol/base/result.h"

namespace signet::net {

using ConnectDone = std::move_only_function<void(Result<std::shared_ptr<Stream>>)>;

// From any thread. Resolves the name, connects to its addresses in turn and, for TLS, makes the
// handshake, all within `timeout`. `done` is called once, on loop `loop`, never from inside the
// call; its stream lives on that loop. `loops` outlives the stream. Errors: kIoConnect, kIoTimeout,
// kTlsConfiguration, those of TlsSession::Handshake
void Connect(runtime::Loops& loops, std::size_t loop, ConnectTarget target,
             std::chrono::milliseconds timeout, ConnectDone done);

}  // namespace signet::net
