// A gRPC client for peers_test.py:  grpc_echo_client unix PATH | tcp PORT
// Reads lines "unary METHOD SIZE TIMEOUT_MS" and prints a line for each:
// "STATUS message-size status-message".
#include <iostream>
#include <sstream>
#include <string>

#include "platform/rpc/client.h"

int main(int argc, char** argv) {
  using namespace signet;       // NOLINT
  using namespace signet::rpc;  // NOLINT
  if (argc < 3) return 2;
  auto loops = *runtime::Loops::Start(1);
  const bool is_unix = std::string(argv[1]) == "unix";
  const std::string where = argv[2];
  auto channel = Channel::Make(*loops, 0, {.target = [&]() -> Result<net::ConnectTarget> {
    if (is_unix) return net::UnixTarget{.path = where};
    return net::PlainTcpTarget{.host = "127.0.0.1",
                               .port = static_cast<std::uint16_t>(std::stoi(where))};
  }});
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string kind;
    std::string method;
    std::size_t size = 0;
    int timeout = 0;
    words >> kind >> method >> size >> timeout;
    const auto answer = channel->BlockingUnary(
        "/test.Echo/" + method, Bytes(size, std::uint8_t{'x'}),
        {.timeout = std::chrono::milliseconds{timeout},
         .metadata = {{"plain", "v"}, {"raw-bin", std::string("\0\xff", 2)}}});
    if (answer) {
      std::cout << "OK " << answer->size() << std::endl;
    } else {
      std::cout << NameOf(answer.error().code) << " 0 " << answer.error().message << std::endl;
    }
  }
  channel.reset();
  return 0;
}
