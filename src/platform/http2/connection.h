// Connection: one Session on one Stream, either side. What its streams do is told to their
// handlers.
//
// Everything on the loop of the stream. A connection holds itself while the stream lives; when the
// stream ends, in whatever way, each handler gets its last event and is let go.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>

#include "platform/http2/session.h"
#include "platform/net/stream.h"
#include "platform/runtime/loops.h"
#include "platform/runtime/timer.h"
#include "protocol/base/error.h"

namespace signet::http2 {

struct ConnectionConfig {
  SessionLimits limits{};
  std::chrono::milliseconds handshake_timeout{10'000};  // until the peer's first SETTINGS
  std::chrono::milliseconds header_timeout{10'000};     // from begin to end of a header section
  std::chrono::milliseconds idle_timeout{300'000};      // without an open stream
  // The peer has been silent for so long: it is asked with a PING, and has `keepalive_timeout` to
  // say anything at all.
  std::chrono::milliseconds keepalive_interval{30'000};
  std::chrono::milliseconds keepalive_timeout{15'000};
  std::chrono::milliseconds write_timeout{30'000};  // the socket takes nothing
  // A stream whose reader gives no window while content waits for it is reset after this: a reader
  // that is stuck does not hold our memory for ever.
  std::chrono::milliseconds stall_timeout{60'000};
};

// One stream as its user sees it. All calls come on the loop of the connection.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  // Client only: the header section of the response.
  virtual void OnHeaders(HeaderList headers, bool too_large) = 0;
  // Content; to be consumed with StreamHandle::Consume, now or later.
  virtual void OnData(ByteView bytes) = 0;
  virtual void OnTrailers(HeaderList headers, bool too_large) = 0;
  virtual void OnEnd() = 0;      // the peer sends nothing more
  virtual void OnDrained() = 0;  // what was written is on its way
  // The last event: in order (kNoError), reset by either side, or the connection is gone (kCancel).
  virtual void OnClosed(ErrorCode code) = 0;
};

class Connection;

// The way to send on a stream. Copies are the same stream; calls after its end do nothing.
class StreamHandle {
 public:
  StreamHandle(std::shared_ptr<Connection> connection, StreamId id)
      : connection_(std::move(connection)), id_(id) {}

  // See Session.
  [[nodiscard]] Result<void> Respond(std::span<const Header> headers, bool end) const;
  void Write(Bytes bytes) const;
  void End(HeaderList trailers) const;
  void Reset(ErrorCode code) const;
  void Consume(std::size_t bytes) const;
  [[nodiscard]] std::size_t queued() const;

  [[nodiscard]] StreamId id() const { return id_; }
  [[nodiscard]] const net::StreamInfo& info() const;
  [[nodiscard]] runtime::Loops& loops() const;

 private:
  std::shared_ptr<Connection> connection_;
  StreamId id_;
};

// Server: a request has come. The handler lives until after its OnClosed; nullptr: nothing more of
// this stream is wanted.
using OnRequest = std::function<std::shared_ptr<StreamHandler>(StreamHandle stream,
                                                               HeaderList headers, bool too_large)>;

class Connection final : public SessionEvents, public std::enable_shared_from_this<Connection> {
 public:
  // On the loop of `stream`. `on_request` is empty on the client's side. `on_closed` is called
  // once, last of all: with the reason, or kIoClosed when the connection ended in order. Errors:
  // kHttp2Internal
  [[nodiscard]] static Result<std::shared_ptr<Connection>> Start(
      runtime::Loops& loops, std::shared_ptr<net::Stream> stream, Side side,
      const ConnectionConfig& config, OnRequest on_request,
      std::function<void(const Error&)> on_closed);

  ~Connection() override = default;

  // Client: a new request. Errors: those of Session::Request
  [[nodiscard]] Result<StreamHandle> Request(std::span<const Header> headers, bool end,
                                             std::shared_ptr<StreamHandler> handler);
  // The peer said that it takes no more requests, or we did.
  [[nodiscard]] bool going_away() const { return going_away_; }
  [[nodiscard]] std::size_t open_streams() const { return handlers_.size(); }
  [[nodiscard]] const net::StreamInfo& info() const { return stream_->info(); }
  [[nodiscard]] runtime::Loops& loops() const { return loops_; }

  // Ends it in two steps that lose no request; streams that are open go on until they end.
  void Shutdown();
  // Ends it now.
  void Abort();

 private:
  friend class StreamHandle;
  using Time = std::chrono::steady_clock::time_point;
  struct OpenStream {
    std::shared_ptr<StreamHandler> handler;
    Time progress{};  // last time the queue was empty or became shorter
    std::size_t queued = 0;
  };

  Connection(runtime::Loops& loops, std::shared_ptr<net::Stream> stream, Side side,
             const ConnectionConfig& config, OnRequest on_request,
             std::function<void(const Error&)> on_closed);

  void OnHeaders(StreamId stream, HeaderList headers, bool too_large) override;
  void OnData(StreamId stream, ByteView bytes) override;
  void OnTrailers(StreamId stream, HeaderList headers, bool too_large) override;
  void OnEnd(StreamId stream) override;
  void OnDrained(StreamId stream) override;
  void OnClosed(StreamId stream, ErrorCode code) override;
  void OnGoaway(ErrorCode code) override;
  void OnPingAck(std::uint64_t opaque) override;

  [[nodiscard]] std::shared_ptr<StreamHandler> HandlerOf(StreamId stream) const;
  void Read();
  void OnRead(const Result<std::size_t>& got);
  // Sends what the session has; called after everything that may have given it something.
  void Flush();
  void OnWritten(const Result<void>& written);
  void FinishShutdown();
  void Tick();
  void CheckTimes(Time now);
  void CheckStalled(Time now);
  void ArmTick();
  void Fail(Error error);  // the reason is sent to the peer, then the connection is closed
  void Close(const Error& reason);

  runtime::Loops& loops_;
  std::shared_ptr<net::Stream> stream_;
  const Side side_;
  const ConnectionConfig config_;
  OnRequest on_request_;
  std::function<void(const Error&)> on_closed_;
  std::optional<Session> session_;
  std::unordered_map<StreamId, OpenStream> handlers_;
  runtime::Timer tick_;
  Time started_;
  Time last_read_;
  Time idle_since_;
  Time headers_since_;
  Time closing_since_;
  bool was_inside_headers_ = false;
  bool ping_sent_ = false;  // and nothing has been read since
  bool going_away_ = false;
  bool notice_sent_ = false;  // of the shutdown, first step
  bool in_session_ = false;   // inside Feed or Take: Flush waits
  bool writing_ = false;
  bool lingering_ = false;  // all is sent; what still comes is thrown away
  bool closed_ = false;
  std::optional<Error> failure_;  // sent GOAWAY for this
  Bytes out_;
  std::array<std::uint8_t, 16 * 1024> buffer_;
};

}  // namespace signet::http2
