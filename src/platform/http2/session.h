// Session: the HTTP/2 protocol of one connection, without a socket. Bytes go in with Feed, come
// out with Take, and what they mean is told to SessionEvents (RFC 9113). Both sides.
//
// Over nghttp2, which checks framing, header compression and the rules for messages. On top of it:
// window credit only for bytes that the reader has consumed, caps on header sections and on frames
// that carry nothing, and a shutdown in two steps that loses no request.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "platform/http2/header.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::http2 {

using StreamId = std::int32_t;

enum class Side : std::uint8_t { kServer, kClient };

// Error codes of RST_STREAM and GOAWAY that we send or ask for (RFC 9113 section 7).
enum class ErrorCode : std::uint32_t {
  kNoError = 0x0,
  kProtocolError = 0x1,
  kInternalError = 0x2,
  kFlowControlError = 0x3,
  kStreamClosed = 0x5,
  kRefusedStream = 0x7,  // nothing was done: the request may be sent again
  kCancel = 0x8,
  kEnhanceYourCalm = 0xb,
};

struct SessionLimits {
  // Requests of the peer that are open at the same time; one more is refused (REFUSED_STREAM).
  std::uint32_t max_streams = 256;
  // A header section: names and values and 32 bytes for each line (RFC 9113 section 6.5.2), and
  // lines. One that is larger is delivered without its lines, as `too_large`; one four times as
  // large ends the connection.
  std::size_t max_header_bytes = kMaxHeaderBytes;
  std::size_t max_header_lines = kMaxFieldLines;
  // Bytes that the peer may send before we have consumed what it sent.
  std::uint32_t stream_window = 256 * 1024;
  std::uint32_t connection_window = 1024 * 1024;
  // Frames without content: so many at once, and so many a second (FloodGuard).
  std::uint32_t flood_burst = 1000;
  std::uint32_t flood_per_second = 50;
  // Streams that the peer opens and resets: the same (CVE-2023-44487).
  std::uint32_t reset_burst = 500;
  std::uint32_t reset_per_second = 50;
};

// What happened, in order. Called from inside Feed and Take. A callback may call any function of
// the session but Feed and Take.
class SessionEvents {
 public:
  virtual ~SessionEvents() = default;
  // The header section of a request (server) or of a final response (client). `too_large`: over the
  // limits, `headers` is empty. Interim responses (1xx) are not told.
  virtual void OnHeaders(StreamId stream, HeaderList headers, bool too_large) = 0;
  // Content. Its window stays taken until Consume() is told.
  virtual void OnData(StreamId stream, ByteView bytes) = 0;
  // The header section behind the content. OnEnd follows.
  virtual void OnTrailers(StreamId stream, HeaderList headers, bool too_large) = 0;
  // The peer will send nothing more on this stream.
  virtual void OnEnd(StreamId stream) = 0;
  // All that was given to Write has been taken by Take: the peer's window lets more through.
  virtual void OnDrained(StreamId stream) = 0;
  // The stream is over; the last event of it. kNoError: both sides had ended it.
  virtual void OnClosed(StreamId stream, ErrorCode code) = 0;
  // The peer takes no more requests. Those of ours that it has not processed are closed with
  // kRefusedStream first.
  virtual void OnGoaway(ErrorCode code) = 0;
  virtual void OnPingAck(std::uint64_t opaque) = 0;
};

class Session {
 public:
  // `events` outlives the session. The preface and our SETTINGS are there to be taken at once.
  // Errors: kHttp2Internal (out of memory)
  [[nodiscard]] static Result<Session> Make(Side side, const SessionLimits& limits,
                                            SessionEvents& events, SteadyTime now);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) = delete;
  ~Session();

  // --- the connection ---

  // Takes all bytes. After an error nothing more is read; what Take still gives (GOAWAY with the
  // reason) should reach the peer before the connection is closed.
  // Errors: kHttp2Protocol, kHttp2Flood, kHttp2Internal
  [[nodiscard]] Result<void> Feed(ByteView bytes, SteadyTime now);

  // Appends what is to be sent, at least one frame if there is any; stops after `max_bytes` or a
  // little more. Returns what was appended: 0, nothing to send now.
  // Errors: kHttp2Internal
  [[nodiscard]] Result<std::size_t> Take(Bytes& out, std::size_t max_bytes);

  // Nothing more will be read or sent: the connection can be closed.
  [[nodiscard]] bool finished() const;
  // We have sent GOAWAY because of what the peer did.
  [[nodiscard]] bool peer_failed() const;
  // The peer's first SETTINGS have arrived: it speaks HTTP/2.
  [[nodiscard]] bool established() const;
  // A header section has begun and is not complete.
  [[nodiscard]] bool inside_headers() const;
  [[nodiscard]] std::size_t open_streams() const;

  void Ping(std::uint64_t opaque);
  // Two steps. First: the peer is asked to open no more streams, those on the way are still served.
  // Second, a round trip later: what arrives from now on is not processed.
  void ShutdownNotice();
  void Shutdown();

  // --- streams; a call on a stream that is gone does nothing ---

  // Server: the response's header section. `end`: there is no content.
  // Errors: kHttp2Internal, kHttp2StreamGone
  [[nodiscard]] Result<void> Respond(StreamId stream, std::span<const Header> headers, bool end);
  // Client: a new request. Errors: kHttp2Internal, kHttp2StreamGone (the connection takes no more)
  [[nodiscard]] Result<StreamId> Request(std::span<const Header> headers, bool end);
  // Queues content. The queue has no bound of its own: queued() tells the caller.
  void Write(StreamId stream, Bytes bytes);
  // No more content; `trailers` may be empty.
  void End(StreamId stream, HeaderList trailers);
  void Reset(StreamId stream, ErrorCode code);
  // `bytes` of what OnData gave have been used: the peer may send as many again.
  void Consume(StreamId stream, std::size_t bytes);
  [[nodiscard]] std::size_t queued(StreamId stream) const;

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::http2
