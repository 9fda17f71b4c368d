// Methods whose messages are protobuf types: what a service registers, in terms of its own
// messages.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "platform/rpc/server.h"
#include "platform/rpc/server_call.h"
#include "platform/rpc/status.h"

namespace signet::rpc {

template <typename Message>
[[nodiscard]] Bytes Serialize(const Message& message) {
  Bytes out(message.ByteSizeLong());
  message.SerializeToArray(out.data(), static_cast<int>(out.size()));
  return out;
}

// nullopt-like: false if the bytes are no such message.
template <typename Message>
[[nodiscard]] bool Deserialize(ByteView bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// The way to answer a unary call: once, from any thread. One that dies unused answers INTERNAL, so
// that no client waits for ever.
template <typename Response>
class Reply {
 public:
  explicit Reply(std::shared_ptr<ServerCall> call) : call_(std::move(call)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) = delete;
  ~Reply() { Fail({StatusCode::kInternal, "no answer was made"}); }

  void Send(const Response& response) {
    if (call_ == nullptr) return;
    ServerCall& call = *call_;
    call.OnLoop([call = std::exchange(call_, nullptr), bytes = Serialize(response)] {
      call->Send(bytes);
      call->Finish({});
    });
  }
  void Fail(Status status) {
    if (call_ == nullptr) return;
    ServerCall& call = *call_;
    call.OnLoop([call = std::exchange(call_, nullptr), status = std::move(status)] {
      call->Finish(status);
    });
  }
  void SendOr(const StatusOr<Response>& response) {
    response ? Send(*response) : Fail(response.error());
  }
  // Still unused. On the loop of the call its peer, metadata and deadline can be asked.
  [[nodiscard]] ServerCall& call() const { return *call_; }

 private:
  std::shared_ptr<ServerCall> call_;
};

namespace internal {

// Waits for the one request message of a unary or server-streaming call.
template <typename Request>
class SingleRequest final : public CallHandler {
 public:
  using Ready = std::move_only_function<std::shared_ptr<CallHandler>(std::shared_ptr<ServerCall>,
                                                                     const Request&)>;
  SingleRequest(std::shared_ptr<ServerCall> call, Ready ready)
      : call_(std::move(call)), ready_(std::move(ready)) {}

  void OnMessage(Bytes message) override {
    if (message_) return Refuse("more than one request message");
    message_ = std::move(message);
  }
  void OnHalfClose() override {
    if (!message_) return Refuse("no request message");
    Request request;
    if (!Deserialize(*message_, request)) {
      return Refuse("the request is not the protobuf message of this method");
    }
    message_.reset();
    rest_ = std::exchange(ready_, nullptr)(call_, request);
  }
  void OnDrained() override {
    if (rest_ != nullptr) rest_->OnDrained();
  }
  void OnDone() override {
    call_ = nullptr;
    ready_ = nullptr;
    if (const auto rest = std::exchange(rest_, nullptr)) rest->OnDone();
  }

 private:
  void Refuse(const char* why) const {
    if (call_ != nullptr) call_->Finish({StatusCode::kInternal, why});
  }

  std::shared_ptr<ServerCall> call_;
  Ready ready_;
  std::optional<Bytes> message_;
  std::shared_ptr<CallHandler> rest_;
};

}  // namespace internal

// `answer` is called on the loop of the call and must not block.
template <typename Request, typename Response>
[[nodiscard]] StartCall Unary(std::function<void(const Request&, Reply<Response>)> answer) {
  return [answer = std::move(answer)](const std::shared_ptr<ServerCall>& call) {
    return std::make_shared<internal::SingleRequest<Request>>(
        call, [answer](std::shared_ptr<ServerCall> ready, const Request& request) {
          answer(request, Reply<Response>(std::move(ready)));
          return std::shared_ptr<CallHandler>();
        });
  };
}

// The responses of a server-streaming call. On the loop of the call.
template <typename Response>
class ResponseStream {
 public:
  explicit ResponseStream(std::shared_ptr<ServerCall> call) : call_(std::move(call)) {}
  void Send(const Response& response) const { call_->Send(Serialize(response)); }
  // See ServerCall::SendLatest.
  void SendLatest(const Response& response) const { call_->SendLatest(Serialize(response)); }
  void Finish(const Status& status) const { call_->Finish(status); }
  [[nodiscard]] ServerCall& call() const { return *call_; }

 private:
  std::shared_ptr<ServerCall> call_;
};

// `begin` gives what hears of the call's end (OnDrained, OnDone), or nullptr if that is of no
// interest. It is called on the loop of the call and must not block.
template <typename Request, typename Response>
[[nodiscard]] StartCall ServerStreaming(
    std::function<std::shared_ptr<CallHandler>(const Request&, ResponseStream<Response>)> begin) {
  return [begin = std::move(begin)](const std::shared_ptr<ServerCall>& call) {
    return std::make_shared<internal::SingleRequest<Request>>(
        call, [begin](std::shared_ptr<ServerCall> ready, const Request& request) {
          return begin(request, ResponseStream<Response>(std::move(ready)));
        });
  };
}

}  // namespace signet::rpc
