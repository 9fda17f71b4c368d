#include "platform/http2/connection.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"

namespace signet::http2 {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kWriteBytes = 64 * 1024;
// Reading has no time limit of its own: Tick looks after all of them.
constexpr milliseconds kNoLimit{24 * 3600 * 1000};
// How long the peer may still send after our last byte.
constexpr milliseconds kLinger{1'000};
// How long the second step of a shutdown waits for the answer to the first.
constexpr milliseconds kNoticeRoundTrip{1'000};
constexpr std::uint64_t kShutdownPing = 0x7369676e65743031;
constexpr std::uint64_t kKeepalivePing = 0x7369676e65743032;

}  // namespace

// --- StreamHandle
// -----------------------------------------------------------------------------------

Result<void> StreamHandle::Respond(std::span<const Header> headers, bool end) const {
  if (connection_->closed_) return Refuse(Errc::kHttp2StreamGone, "the connection is gone");
  SIGNET_TRY(connection_->session_->Respond(id_, headers, end));
  connection_->Flush();
  return {};
}

void StreamHandle::Write(Bytes bytes) const {
  if (connection_->closed_) return;
  connection_->session_->Write(id_, std::move(bytes));
  connection_->Flush();
}

void StreamHandle::End(HeaderList trailers) const {
  if (connection_->closed_) return;
  connection_->session_->End(id_, std::move(trailers));
  connection_->Flush();
}

void StreamHandle::Reset(ErrorCode code) const {
  if (connection_->closed_) return;
  connection_->session_->Reset(id_, code);
  connection_->Flush();
}

void StreamHandle::Consume(std::size_t bytes) const {
  if (connection_->closed_) return;
  connection_->session_->Consume(id_, bytes);
  connection_->Flush();
}

std::size_t StreamHandle::queued() const {
  return connection_->closed_ ? 0 : connection_->session_->queued(id_);
}

const net::StreamInfo& StreamHandle::info() const { return connection_->info(); }
runtime::Loops& StreamHandle::loops() const { return connection_->loops_; }

// --- Connection
// -------------------------------------------------------------------------------------

Connection::Connection(runtime::Loops& loops, std::shared_ptr<net::Stream> stream, Side side,
                       const ConnectionConfig& config, OnRequest on_request,
                       std::function<void(const Error&)> on_closed)
    : loops_(loops),
      stream_(std::move(stream)),
      side_(side),
      config_(config),
      on_request_(std::move(on_request)),
      on_closed_(std::move(on_closed)),
      tick_(loops, stream_->info().loop),
      started_(Clock::now()),
      last_read_(started_),
      idle_since_(started_) {}

Result<std::shared_ptr<Connection>> Connection::Start(runtime::Loops& loops,
                                                      std::shared_ptr<net::Stream> stream,
                                                      Side side, const ConnectionConfig& config,
                                                      OnRequest on_request,
                                                      std::function<void(const Error&)> on_closed) {
  std::shared_ptr<Connection> self(new Connection(loops, std::move(stream), side, config,
                                                  std::move(on_request), std::move(on_closed)));
  SIGNET_TRY_ASSIGN(Session session, Session::Make(side, config.limits, *self, Clock::now()));
  self->session_.emplace(std::move(session));
  self->Read();
  self->Flush();
  self->ArmTick();
  return self;
}

Result<StreamHandle> Connection::Request(std::span<const Header> headers, bool end,
                                         std::shared_ptr<StreamHandler> handler) {
  if (closed_ || going_away_) {
    return Refuse(Errc::kHttp2StreamGone, "the connection takes no more requests");
  }
  SIGNET_TRY_ASSIGN(const StreamId id, session_->Request(headers, end));
  handlers_[id] = {.handler = std::move(handler), .progress = Clock::now()};
  Flush();
  return StreamHandle(shared_from_this(), id);
}

// --- events of the session
// --------------------------------------------------------------------------

std::shared_ptr<StreamHandler> Connection::HandlerOf(StreamId stream) const {
  const auto found = handlers_.find(stream);
  return found == handlers_.end() ? nullptr : found->second.handler;
}

void Connection::OnHeaders(StreamId stream, HeaderList headers, bool too_large) {
  if (side_ == Side::kClient) {
    if (const auto handler = HandlerOf(stream)) handler->OnHeaders(std::move(headers), too_large);
    return;
  }
  // In the table before it is called: it may answer at once.
  handlers_[stream] = {.handler = nullptr, .progress = Clock::now()};
  handlers_[stream].handler =
      on_request_(StreamHandle(shared_from_this(), stream), std::move(headers), too_large);
}

void Connection::OnData(StreamId stream, ByteView bytes) {
  if (const auto handler = HandlerOf(stream)) {
    handler->OnData(bytes);
  } else {
    session_->Consume(stream, bytes.size());
  }
}

void Connection::OnTrailers(StreamId stream, HeaderList headers, bool too_large) {
  if (const auto handler = HandlerOf(stream)) handler->OnTrailers(std::move(headers), too_large);
}

void Connection::OnEnd(StreamId stream) {
  if (const auto handler = HandlerOf(stream)) handler->OnEnd();
}

void Connection::OnDrained(StreamId stream) {
  if (const auto handler = HandlerOf(stream)) handler->OnDrained();
}

void Connection::OnClosed(StreamId stream, ErrorCode code) {
  const auto found = handlers_.find(stream);
  if (found == handlers_.end()) return;
  const std::shared_ptr<StreamHandler> handler = std::move(found->second.handler);
  handlers_.erase(found);
  if (handlers_.empty()) idle_since_ = Clock::now();
  if (handler != nullptr) handler->OnClosed(code);
}

void Connection::OnGoaway(ErrorCode code) {
  static_cast<void>(code);
  going_away_ = true;
}

void Connection::OnPingAck(std::uint64_t opaque) {
  if (opaque == kShutdownPing) FinishShutdown();
}

// --- reading and writing
// ----------------------------------------------------------------------------

void Connection::Read() {
  stream_->Read(buffer_, kNoLimit,
                [self = shared_from_this()](Result<std::size_t> got) { self->OnRead(got); });
}

void Connection::OnRead(const Result<std::size_t>& got) {
  if (closed_) return;
  if (!got) {
    if (got.error().code == Errc::kIoTimeout) return Read();
    return Close(lingering_ && !failure_ ? Error(Errc::kIoClosed, "ended in order")
                                         : failure_.value_or(got.error()));
  }
  last_read_ = Clock::now();
  ping_sent_ = false;
  if (lingering_ || failure_) return Read();
  in_session_ = true;
  const Result<void> fed = session_->Feed(ByteView(buffer_).first(*got), last_read_);
  in_session_ = false;
  if (closed_) return;  // a handler aborted it
  if (!fed) {
    Fail(fed.error());
  } else {
    const bool inside = session_->inside_headers();
    if (inside && !was_inside_headers_) headers_since_ = last_read_;
    was_inside_headers_ = inside;
    Flush();
  }
  if (!closed_) Read();
}

void Connection::Flush() {
  if (writing_ || in_session_ || closed_ || lingering_) return;
  out_.clear();
  in_session_ = true;
  Result<std::size_t> taken = session_->Take(out_, kWriteBytes);
  // OnDrained may have brought more; it is taken now, so that it goes out with the rest.
  if (taken && *taken < kWriteBytes && !closed_) {
    taken = session_->Take(out_, kWriteBytes - *taken);
  }
  in_session_ = false;
  if (closed_) return;
  if (!taken) return Close(taken.error());
  if (!failure_ && session_->peer_failed()) {
    failure_ = Error(Errc::kHttp2Protocol, "the peer broke a rule of RFC 9113");
  }
  if (out_.empty()) {
    if (failure_ || session_->finished()) {
      // Until the peer has read our last frame; a close now could destroy it on the way.
      lingering_ = true;
      closing_since_ = Clock::now();
      stream_->ShutdownWrite();
      ArmTick();
    }
    return;
  }
  writing_ = true;
  stream_->Write(out_, config_.write_timeout,
                 [self = shared_from_this()](Result<void> written) { self->OnWritten(written); });
}

void Connection::OnWritten(const Result<void>& written) {
  writing_ = false;
  if (closed_) return;
  if (!written) return Close(failure_.value_or(written.error()));
  // One burst of content does not keep its buffer for the life of the connection.
  if (out_.capacity() > 2 * kWriteBytes) Bytes().swap(out_);
  Flush();
}

// --- times
// ------------------------------------------------------------------------------------------

void Connection::ArmTick() {
  // A quarter of the shortest limit: exact enough, and a handful of wake-ups a minute.
  const milliseconds shortest =
      std::min({config_.handshake_timeout, config_.header_timeout, config_.idle_timeout,
                config_.keepalive_interval, config_.keepalive_timeout, config_.stall_timeout});
  constexpr milliseconds kAtLeast{10};
  constexpr milliseconds kAtMost{5'000};
  const bool soon = lingering_ || notice_sent_;
  const milliseconds next = std::clamp(shortest / 4, kAtLeast, soon ? kLinger / 4 : kAtMost);
  tick_.Arm(next, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Tick();
  });
}

void Connection::Tick() {
  if (closed_) return;
  CheckTimes(Clock::now());
  if (!closed_) ArmTick();
}

void Connection::CheckTimes(Time now) {
  if (lingering_) {
    if (now - closing_since_ >= kLinger) {
      Close(failure_.value_or(Error(Errc::kIoClosed, "ended in order")));
    }
    return;
  }
  if (!session_->established() && now - started_ >= config_.handshake_timeout) {
    return Fail(Error(Errc::kIoTimeout, "no SETTINGS of the peer"));
  }
  if (was_inside_headers_ && now - headers_since_ >= config_.header_timeout) {
    return Fail(Error(Errc::kIoTimeout, "a header section does not end"));
  }
  if (notice_sent_ && now - closing_since_ >= kNoticeRoundTrip) FinishShutdown();
  if (handlers_.empty() && !notice_sent_ && now - idle_since_ >= config_.idle_timeout) Shutdown();
  CheckStalled(now);
  if (closed_ || failure_) return;
  if (ping_sent_ && now - last_read_ >= config_.keepalive_interval + config_.keepalive_timeout) {
    return Close(Error(Errc::kIoTimeout, "the peer does not answer a PING"));
  }
  if (!ping_sent_ && now - last_read_ >= config_.keepalive_interval) {
    ping_sent_ = true;
    session_->Ping(kKeepalivePing);
    Flush();
  }
}

void Connection::CheckStalled(Time now) {
  std::vector<StreamId> stuck;
  for (auto& [id, stream] : handlers_) {
    const std::size_t queued = session_->queued(id);
    if (queued == 0 || queued < stream.queued) stream.progress = now;
    stream.queued = queued;
    if (queued > 0 && now - stream.progress >= config_.stall_timeout) stuck.push_back(id);
  }
  for (const StreamId id : stuck) session_->Reset(id, ErrorCode::kCancel);
  if (!stuck.empty()) Flush();
}

// --- the end
// ----------------------------------------------------------------------------------------

void Connection::Shutdown() {
  if (closed_ || notice_sent_ || failure_) return;
  notice_sent_ = true;
  going_away_ = true;
  closing_since_ = Clock::now();
  if (side_ == Side::kClient) {
    // A server opens no streams here: one step is enough.
    session_->Shutdown();
    notice_sent_ = false;
  } else {
    session_->ShutdownNotice();
    session_->Ping(kShutdownPing);
    ArmTick();
  }
  Flush();
}

void Connection::FinishShutdown() {
  if (!std::exchange(notice_sent_, false)) return;
  session_->Shutdown();
  Flush();
}

void Connection::Abort() { Close(Error(Errc::kIoCancelled, "aborted")); }

void Connection::Fail(Error error) {
  if (failure_) return;
  failure_ = std::move(error);
  if (failure_->code == Errc::kIoTimeout) session_->Shutdown();
  Flush();
}

void Connection::Close(const Error& reason) {
  if (std::exchange(closed_, true)) return;
  const std::shared_ptr<Connection> self = shared_from_this();
  tick_.Cancel();
  stream_->Close();
  // The session stays: this may be one of its callbacks.
  auto handlers = std::move(handlers_);
  handlers_.clear();
  for (auto& [id, stream] : handlers) {
    if (stream.handler != nullptr) stream.handler->OnClosed(ErrorCode::kCancel);
  }
  if (const auto on_closed = std::exchange(on_closed_, nullptr)) on_closed(reason);
}

}  // namespace signet::http2
