// Health: the service grpc.health.v1.Health of a server.
#pragma once

#include <memory>
#include <string>

#include "platform/rpc/server.h"
#include "platform/runtime/loops.h"

namespace signet::rpc {

enum class ServingStatus : std::uint8_t { kUnknown = 0, kServing = 1, kNotServing = 2 };

// What each service says of itself; "" is the server as a whole. Watch streams hear of changes at
// once. Thread-safe; outlives the servers it was added to.
class Health {
 public:
  explicit Health(runtime::Loops& loops);
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;
  ~Health();

  // From any thread; each loop learns of it in turn.
  void Set(const std::string& service, ServingStatus status);

  // Adds Check and Watch.
  void AddTo(ServiceTable& services);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace signet::rpc
