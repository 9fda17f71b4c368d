// Call: one call of a Channel. Internal to this folder.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/rpc/client.h"
#include "platform/runtime/timer.h"

namespace signet::rpc {

// What a call ends with that nobody waits for any more.
[[nodiscard]] inline Status Cancelled() { return {StatusCode::kCancelled, "cancelled here"}; }

// Before there is a connection, what is sent waits in it. Everything on its loop.
class Call final : public ClientCall,
                   public http2::StreamHandler,
                   public std::enable_shared_from_this<Call> {
 public:
  Call(runtime::Loops& loops, std::size_t loop, std::string method, const CallOptions& options,
       std::shared_ptr<ResponseHandler> handler);

  void StartTimer();
  // Sends the request and what waits on `connection`.
  void Attach(http2::Connection& connection, const std::string& authority);
  // Tells the handler, unless it has been told.
  void End(const Status& status);
  // The same, not from inside a call of the user's.
  void EndLater(Status status);

  void Send(ByteView message) override;
  void HalfClose() override;
  void Cancel() override;
  [[nodiscard]] std::size_t queued() const override;

  void OnHeaders(http2::HeaderList headers, bool too_large) override;
  void OnData(ByteView bytes) override;
  void OnTrailers(http2::HeaderList headers, bool too_large) override;
  void OnEnd() override;
  void OnDrained() override;
  void OnClosed(http2::ErrorCode code) override;

 private:
  void TakeTrailers(const http2::HeaderList& headers, Status status);

  runtime::Loops& loops_;
  std::size_t loop_;
  std::string method_;
  CallOptions options_;
  std::shared_ptr<ResponseHandler> handler_;
  MessageReader reader_;
  runtime::Timer timer_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::optional<http2::StreamHandle> stream_;
  std::vector<Bytes> waiting_;
  bool half_closed_ = false;
  std::optional<Status> status_;
  Metadata trailing_;
};

}  // namespace signet::rpc
