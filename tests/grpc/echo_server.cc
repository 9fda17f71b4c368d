// A gRPC server for peers_test.py:  grpc_echo_server unix PATH | tcp
// Prints "ready PORT" (0 for a Unix socket) and serves until its standard input ends.
#include <iostream>
#include <memory>
#include <string>

#include "platform/rpc/health.h"
#include "platform/rpc/reflection.h"
#include "platform/rpc/server.h"

namespace {

using namespace signet;       // NOLINT
using namespace signet::rpc;  // NOLINT

// What a method does with each message, and at the end of them.
struct Behaviour {
  std::function<void(ServerCall&, const Bytes&)> message;
  std::function<void(ServerCall&)> end;
};

class Handler : public CallHandler {
 public:
  Handler(std::shared_ptr<ServerCall> call, const Behaviour& behaviour)
      : call_(std::move(call)), behaviour_(behaviour) {}
  void OnMessage(Bytes message) override {
    if (behaviour_.message) behaviour_.message(*call_, message);
  }
  void OnHalfClose() override {
    if (behaviour_.end) behaviour_.end(*call_);
  }
  void OnDone() override {
    if (call_->cancelled()) std::cout << "cancelled " << call_->method() << std::endl;
    call_ = nullptr;
  }

 private:
  std::shared_ptr<ServerCall> call_;
  Behaviour behaviour_;
};

void Add(ServiceTable& services, const std::string& method, Behaviour behaviour) {
  services.Add("/test.Echo/" + method,
               [behaviour = std::move(behaviour)](const std::shared_ptr<ServerCall>& call) {
                 return std::make_shared<Handler>(call, behaviour);
               });
}

ServiceTable Services(Health& health) {
  ServiceTable services;
  const auto echo = [](ServerCall& call, const Bytes& message) { call.Send(message); };
  const auto finish = [](ServerCall& call) { call.Finish({}); };
  Add(services, "Echo", {.message = echo, .end = finish});
  Add(services, "Metadata", {.message = {}, .end = [](ServerCall& call) {
                               Metadata back;
                               for (const MetadataEntry& entry : call.metadata()) {
                                 back.push_back({"back-" + entry.name, entry.value});
                               }
                               call.SetInitialMetadata(back);
                               call.Send({});
                               call.Finish({}, back);
                             }});
  Add(services, "Deny", {.message = {}, .end = [](ServerCall& call) {
                           call.Finish(StatusOf(Error(Errc::kPeerGone), "n\xc3\xb6, 100%"));
                         }});
  Add(services, "Hold", {});
  Add(services, "Many",
      {.message =
           [](ServerCall& call, const Bytes& message) {
             const int count = std::stoi(std::string(AsText(message)));
             for (int i = 0; i < count; ++i) call.Send(AsBytes(std::to_string(i)));
           },
       .end = finish});
  Add(services, "Pid", {.message = {}, .end = [](ServerCall& call) {
                          const auto& peer = call.peer().unix_peer;
                          call.Send(AsBytes(std::to_string(peer ? peer->pid : -1)));
                          call.Finish({});
                        }});
  health.AddTo(services);
  AddReflection(services);
  return services;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto loops = *runtime::Loops::Start(2);
  Health health(*loops);
  health.Set("", ServingStatus::kServing);
  ServerConfig config;
  if (std::string(argv[1]) == "unix") {
    config.http2.listen.where = net::UnixListenConfig{.path = argv[2], .check_directory = false};
  } else {
    config.http2.listen.where = net::PlainTcpListen{};
  }
  config.http2.on_error = [](const Error& error) {
    std::cout << "error " << error.name() << " " << error.detail << std::endl;
  };
  auto server = Server::Start(*loops, config, Services(health));
  if (!server) {
    std::cerr << server.error().detail << "\n";
    return 1;
  }
  std::cout << "ready " << (*server)->port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "down") health.Set("", ServingStatus::kNotServing);
    if (line == "stop") break;
  }
  (*server)->Stop(std::chrono::milliseconds{5'000});
  return 0;
}
