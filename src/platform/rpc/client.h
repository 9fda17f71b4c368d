// Channel: the client's side of gRPC: calls to one server, over one connection at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "platform/http2/client.h"
#include "platform/net/connect_target.h"
#include "platform/rpc/message_reader.h"
#include "platform/rpc/status.h"
#include "platform/rpc/wire.h"
#include "platform/runtime/loops.h"
#include "protocol/base/bytes.h"

namespace signet::rpc {

struct CallOptions {
  // Of the whole call, the connection included; zero: none. It is told to the server.
  std::chrono::milliseconds timeout{0};
  Metadata metadata{};
  std::size_t max_message_bytes = kDefaultMaxMessageBytes;
};

// What comes back on a call; everything on the loop of the channel.
class ResponseHandler {
 public:
  virtual ~ResponseHandler() = default;
  virtual void OnMetadata(const Metadata& metadata) { static_cast<void>(metadata); }
  virtual void OnMessage(Bytes message) = 0;
  virtual void OnDrained() {}
  // The last event, exactly once. Never from inside Channel::Start.
  virtual void OnDone(const Status& status, const Metadata& trailing) = 0;
};

// The client's side of one call; on the loop of its channel.
class ClientCall {
 public:
  virtual ~ClientCall() = default;
  virtual void Send(ByteView message) = 0;
  virtual void HalfClose() = 0;  // no more messages
  // Ends it here and at the server; OnDone follows with kCancelled.
  virtual void Cancel() = 0;
  [[nodiscard]] virtual std::size_t queued() const = 0;
};

struct ChannelConfig {
  // Where to connect to; asked anew for each connection, so that certificates may change. On the
  // loop of the channel.
  std::function<Result<net::ConnectTarget>()> target{};
  // The Host of the requests; only shown.
  std::string authority = "localhost";
  std::chrono::milliseconds connect_timeout{10'000};
  http2::ConnectionConfig connection{};
};

// Connects when there is a call and no connection that takes it. It tries once: the calls that wait
// fail with kUnavailable if that fails, and when to call again is their business.
class Channel {
 public:
  // `loops` outlives the channel, and runs when it dies.
  [[nodiscard]] static std::shared_ptr<Channel> Make(runtime::Loops& loops, std::size_t loop,
                                                     ChannelConfig config);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();  // from any thread; calls under way end with kUnavailable

  [[nodiscard]] runtime::Loops& loops() const;
  [[nodiscard]] std::size_t loop() const;

  // On the loop. `method` is "/package.Service/Method".
  std::shared_ptr<ClientCall> Start(std::string method, const CallOptions& options,
                                    std::shared_ptr<ResponseHandler> handler);

  // From any thread: one message each way. `done` is called on the loop.
  void Unary(std::string method, Bytes request, CallOptions options,
             std::move_only_function<void(StatusOr<Bytes>)> done);
  // The same, blocking; never on a loop.
  [[nodiscard]] StatusOr<Bytes> BlockingUnary(std::string method, Bytes request,
                                              CallOptions options);

  // From any thread. Lets calls under way end and uses a new connection for the next ones: after
  // the target has changed.
  void Renew();

 private:
  struct Impl;
  explicit Channel(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// One typed call, blocking: for tools. Never on a loop.
template <typename Response, typename Request>
[[nodiscard]] StatusOr<Response> BlockingCall(Channel& channel, std::string method,
                                              const Request& request, CallOptions options) {
  Bytes bytes(request.ByteSizeLong());
  request.SerializeToArray(bytes.data(), static_cast<int>(bytes.size()));
  const StatusOr<Bytes> answer =
      channel.BlockingUnary(std::move(method), std::move(bytes), std::move(options));
  if (!answer) return std::unexpected(answer.error());
  Response response;
  if (!response.ParseFromArray(answer->data(), static_cast<int>(answer->size()))) {
    return std::unexpected(Status{StatusCode::kInternal, "the answer is no such message"});
  }
  return response;
}

}  // namespace signet::rpc
