// Server: gRPC over HTTP/2.
//
// What is not a gRPC request is answered as gRPC's HTTP/2 mapping says: 405 for another method than
// POST, 415 for another content type, INTERNAL without "te: trailers" (a proxy between drops
// trailers, so no status would arrive), UNIMPLEMENTED for an unknown method or compression.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http2/server.h"
#include "platform/rpc/server_call.h"
#include "platform/runtime/loops.h"
#include "protocol/base/result.h"

namespace signet::rpc {

// What a server offers. Immutable once the server has started.
class ServiceTable {
 public:
  // `path` as on the wire: "/package.Service/Method". One method is added once (an invariant).
  void Add(std::string path, StartCall start);
  [[nodiscard]] const StartCall* Find(std::string_view path) const;
  // Names of the services, in order: "grpc.health.v1.Health".
  [[nodiscard]] std::vector<std::string> Services() const;

 private:
  std::map<std::string, StartCall, std::less<>> methods_;
};

struct ServerConfig {
  http2::ServerConfig http2{};
  ServerCall::Limits call{};
  // Every call, before its method is looked up; a status that is not OK ends it. May be empty. On
  // the loop of the connection; must not block.
  std::function<Status(const ServerCall&)> admit{};
};

class Server {
 public:
  // `loops` outlives the server and must still run when the server dies. Errors: kIoListen,
  // kTlsConfiguration
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(runtime::Loops& loops,
                                                             ServerConfig config,
                                                             ServiceTable services);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // Stop(0)

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  void ReplaceTls(const std::shared_ptr<const net::TlsContext>& tls);
  // As http2::Server::Stop.
  void Stop(std::chrono::milliseconds grace);

 private:
  explicit Server(std::unique_ptr<http2::Server> server);
  std::unique_ptr<http2::Server> server_;
};

}  // namespace signet::rpc
