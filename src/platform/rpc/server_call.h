// ServerCall: the server's side of one RPC. CallHandler: what a service does with it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/http2/connection.h"
#include "platform/net/stream.h"
#include "platform/rpc/message_reader.h"
#include "platform/rpc/status.h"
#include "platform/rpc/wire.h"
#include "platform/runtime/loops.h"
#include "platform/runtime/timer.h"
#include "protocol/base/bytes.h"

namespace signet::rpc {

// What happens to a call; everything on its loop, never two at once. May call any function of its
// ServerCall from inside.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  virtual void OnMessage(Bytes message) = 0;
  virtual void OnHalfClose() = 0;  // the client sends nothing more
  virtual void OnDrained() {}      // what was sent is on its way
  // The last event, exactly once: the answer has been sent, or the call was cancelled by the
  // client, by its time limit or by the end of the connection (ServerCall::cancelled()).
  virtual void OnDone() = 0;
};

// On its loop, but for what says otherwise. It lives until its stream is over and as long as
// somebody holds it; after its end all functions that send do nothing.
class ServerCall : public http2::StreamHandler, public std::enable_shared_from_this<ServerCall> {
 public:
  struct Limits {
    std::size_t max_message_bytes = kDefaultMaxMessageBytes;
  };
  // Made by the server.
  ServerCall(http2::StreamHandle stream, std::string method, Metadata metadata, Limits limits);
  ~ServerCall() override = default;

  [[nodiscard]] const std::string& method() const { return method_; }  // "/package.Service/Method"
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }
  // Who is at the other end: the TLS peer, or the process behind a Unix socket.
  [[nodiscard]] const net::StreamInfo& peer() const { return stream_.info(); }
  [[nodiscard]] std::size_t loop() const { return stream_.info().loop; }
  [[nodiscard]] runtime::Loops& loops() const { return stream_.loops(); }
  // When the client stops waiting; nullopt: it did not say.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const {
    return deadline_;
  }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool cancelled() const { return cancelled_; }

  // Metadata in front of the first message; without effect after it.
  void SetInitialMetadata(Metadata metadata);
  void Send(ByteView message);
  // Sends it when everything before it is on its way; until then a later one takes its place. For
  // streams that tell a state: a slow reader gets the newest and not all that were.
  void SendLatest(ByteView message);
  // Bytes that wait for the client's window.
  [[nodiscard]] std::size_t queued() const;
  // Ends the call, once; what was sent before goes out first.
  void Finish(const Status& status, const Metadata& trailing = {});

  // While paused, no message is delivered and the client gets no more window. For client streams
  // whose messages take time.
  void PauseReading();
  void ResumeReading();

  // From any thread: runs `task` on the loop of the call; at once if that is the calling thread.
  void OnLoop(runtime::Task task);

  // --- for the server ---
  void Start(std::shared_ptr<CallHandler> handler,
             std::optional<std::chrono::milliseconds> timeout);

  void OnHeaders(http2::HeaderList headers, bool too_large) override;
  void OnData(ByteView bytes) override;
  void OnTrailers(http2::HeaderList headers, bool too_large) override;
  void OnEnd() override;
  void OnDrained() override;
  void OnClosed(http2::ErrorCode code) override;

 private:
  void SendHeaders();
  void Deliver();
  void TellDone();

  http2::StreamHandle stream_;
  std::string method_;
  Metadata metadata_;
  std::shared_ptr<CallHandler> handler_;
  MessageReader reader_;
  std::optional<runtime::Timer> timer_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  Metadata initial_;
  Bytes backlog_;                // received and not consumed: reading is paused
  std::optional<Bytes> latest_;  // framed
  bool headers_sent_ = false;
  bool finished_ = false;  // Finish was called
  bool done_ = false;      // OnDone was called
  bool cancelled_ = false;
  bool paused_ = false;
  bool delivering_ = false;
  bool ended_ = false;  // the client's side
  bool end_told_ = false;
};

// Starts one call of a method: gives its handler, or nullptr if it has finished the call already.
using StartCall = std::function<std::shared_ptr<CallHandler>(const std::shared_ptr<ServerCall>&)>;

}  // namespace signet::rpc
