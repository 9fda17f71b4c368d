#include "platform/rpc/server_call.h"

#include <utility>

namespace signet::rpc {

ServerCall::ServerCall(http2::StreamHandle stream, std::string method, Metadata metadata,
                       Limits limits)
    : stream_(std::move(stream)),
      method_(std::move(method)),
      metadata_(std::move(metadata)),
      reader_(limits.max_message_bytes) {}

void ServerCall::Start(std::shared_ptr<CallHandler> handler,
                       std::optional<std::chrono::milliseconds> timeout) {
  handler_ = std::move(handler);
  if (handler_ == nullptr || !timeout) return;
  deadline_ = std::chrono::steady_clock::now() + *timeout;
  timer_.emplace(loops(), loop());
  timer_->Arm(*timeout, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr || self->finished_) return;
    self->cancelled_ = true;
    self->Finish({StatusCode::kDeadlineExceeded, "the time limit of the call has passed"});
    // Content may still wait for the client's window: the handler need not.
    self->TellDone();
  });
}

void ServerCall::SetInitialMetadata(Metadata metadata) { initial_ = std::move(metadata); }

void ServerCall::SendHeaders() {
  if (std::exchange(headers_sent_, true)) return;
  http2::HeaderList headers = {{":status", "200"}, {"content-type", "application/grpc"}};
  AppendMetadata(initial_, headers);
  static_cast<void>(stream_.Respond(headers, /*end=*/false));
}

void ServerCall::Send(ByteView message) {
  if (finished_) return;
  SendHeaders();
  if (latest_) stream_.Write(*std::exchange(latest_, std::nullopt));
  stream_.Write(FrameMessage(message));
}

void ServerCall::SendLatest(ByteView message) {
  if (finished_) return;
  if (stream_.queued() == 0) return Send(message);
  latest_ = FrameMessage(message);
}

std::size_t ServerCall::queued() const {
  return stream_.queued() + (latest_ ? latest_->size() : 0);
}

void ServerCall::Finish(const Status& status, const Metadata& trailing) {
  if (finished_) return;
  if (latest_) stream_.Write(*std::exchange(latest_, std::nullopt));
  finished_ = true;
  http2::HeaderList trailers;
  if (!headers_sent_) {  // "Trailers-Only"
    trailers = {{":status", "200"}, {"content-type", "application/grpc"}};
  }
  AppendStatus(status, trailers);
  AppendMetadata(trailing, trailers);
  if (std::exchange(headers_sent_, true)) {
    stream_.End(std::move(trailers));
  } else {
    static_cast<void>(stream_.Respond(trailers, /*end=*/true));
  }
}

void ServerCall::PauseReading() { paused_ = true; }

void ServerCall::ResumeReading() {
  if (!std::exchange(paused_, false)) return;
  Deliver();
}

void ServerCall::OnLoop(runtime::Task task) {
  if (loops().Current() == loop()) return task();
  loops().Post(loop(), std::move(task));
}

// --- what the stream tells
// --------------------------------------------------------------------------

void ServerCall::OnHeaders(http2::HeaderList, bool) {}
void ServerCall::OnTrailers(http2::HeaderList, bool) {}

void ServerCall::OnData(ByteView bytes) {
  if (finished_ || handler_ == nullptr) return stream_.Consume(bytes.size());
  backlog_.insert(backlog_.end(), bytes.begin(), bytes.end());
  Deliver();
}

void ServerCall::OnEnd() {
  ended_ = true;
  Deliver();
}

void ServerCall::Deliver() {
  if (std::exchange(delivering_, true)) return;  // from inside a handler that resumes
  // It may let go of the last reference, by finishing.
  const std::shared_ptr<ServerCall> self = shared_from_this();
  std::size_t at = 0;
  while (!paused_ && !finished_ && at < backlog_.size()) {
    const StatusOr<std::size_t> taken = reader_.Feed(ByteView(backlog_).subspan(at));
    if (!taken) {
      Finish(taken.error());
      break;
    }
    at += *taken;
    stream_.Consume(*taken);
    if (auto message = reader_.Take()) handler_->OnMessage(*std::move(message));
  }
  if (finished_) {
    stream_.Consume(backlog_.size() - at);
    at = backlog_.size();
  }
  backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(at));
  if (backlog_.empty()) Bytes().swap(backlog_);
  delivering_ = false;
  if (!ended_ || paused_ || finished_ || !backlog_.empty() || handler_ == nullptr ||
      std::exchange(end_told_, true)) {
    return;
  }
  if (reader_.partial()) {
    return Finish({StatusCode::kInternal, "the request ends in the middle of a message"});
  }
  handler_->OnHalfClose();
}

void ServerCall::OnDrained() {
  if (latest_ && !finished_) {
    stream_.Write(*std::exchange(latest_, std::nullopt));
  } else if (handler_ != nullptr) {
    handler_->OnDrained();
  }
}

void ServerCall::OnClosed(http2::ErrorCode code) {
  if (!finished_ || code != http2::ErrorCode::kNoError) cancelled_ = true;
  finished_ = true;
  TellDone();
}

void ServerCall::TellDone() {
  if (std::exchange(done_, true)) return;
  if (timer_) timer_->Cancel();
  // The handler may hold the call, and the call holds the handler.
  if (const auto handler = std::exchange(handler_, nullptr)) handler->OnDone();
}

}  // namespace signet::rpc
