// One connection of a Server: reads requests one after the other, calls the handler, answers.
// Internal to this folder. Everything runs on the connection's loop.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "platform/http1/parser.h"
#include "platform/http1/server.h"

namespace signet::http1 {

// What the connections of a server share.
struct ServerShared {
  ServerShared(runtime::Loops& l, ServerConfig c, AsyncHandler h)
      : loops(l), config(std::move(c)), handler(std::move(h)) {}
  runtime::Loops& loops;
  const ServerConfig config;
  const AsyncHandler handler;
  std::atomic<bool> stopping = false;

  void Report(const Error& error) const {
    if (config.on_error) config.on_error(error);
  }
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<ServerShared> shared, std::shared_ptr<net::Stream> stream);
  void Start();
  // Closes it if it waits for a request, else after the answer that is under way.
  void FinishSoon();
  void Abort();
  // The answer to the request that was dispatched; number `request` of this connection.
  void Respond(std::uint64_t request, const Response& response);
  [[nodiscard]] std::size_t loop() const { return stream_->info().loop; }
  [[nodiscard]] runtime::Loops& loops() const { return shared_->loops; }

 private:
  enum class State : std::uint8_t {
    kIdle,      // no byte of the next request is there
    kHead,      // part of its header section is
    kBody,      // its header section is read
    kHandling,  // the handler has it
    kWriting,   // an answer is being written
    kDraining,  // the last answer is out; what the client still sends is thrown away
    kClosed,
  };

  void Continue();
  bool TakeHead();  // false: nothing to do before something happens
  bool TakeBody();
  void ReadMore(std::chrono::steady_clock::time_point deadline);
  void OnRead(const Result<std::size_t>& got);
  void OnReadTimeout(const Error& error);
  void BeginBody();
  void SendContinue();
  void Dispatch();
  void RefuseRequest(int status, const Error& error);
  void Send(const Response& response, bool close);
  void OnWritten(const Result<void>& written);
  void Drain();
  void DropBuffers();

  std::shared_ptr<ServerShared> shared_;
  std::shared_ptr<net::Stream> stream_;
  State state_ = State::kIdle;
  bool close_after_ = false;
  std::uint64_t requests_ = 0;
  std::chrono::steady_clock::time_point deadline_;
  std::string in_;            // received, not yet taken
  std::size_t searched_ = 0;  // of in_, for the end of the header section
  std::string head_;
  std::string body_;
  std::size_t body_wire_bytes_ = 0;
  std::size_t drained_ = 0;
  std::optional<RequestParser> parser_;
  http::Request request_;
  // What the handler sees. Here and not on a stack: an AsyncHandler uses it until it has answered.
  std::optional<RequestContext> context_;
  std::string out_;
  std::array<std::uint8_t, 16 * 1024> buffer_;
};

}  // namespace signet::http1
