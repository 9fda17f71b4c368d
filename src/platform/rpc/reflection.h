// Reflection: the services grpc.reflection.v1.ServerReflection and v1alpha of a server, so that
// tools as grpcurl find out what it offers. Answers from the protobuf files that are linked in.
#pragma once

#include "platform/rpc/server.h"

namespace signet::rpc {

// Adds both, and lists what is in the table then: call it last.
void AddReflection(ServiceTable& services);

}  // namespace signet::rpc
