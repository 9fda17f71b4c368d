#include "platform/rpc/client_call.h"

#include <utility>

namespace signet::rpc {

using std::chrono::milliseconds;

Call::Call(runtime::Loops& loops, std::size_t loop, std::string method, const CallOptions& options,
           std::shared_ptr<ResponseHandler> handler)
    : loops_(loops),
      loop_(loop),
      method_(std::move(method)),
      options_(options),
      handler_(std::move(handler)),
      reader_(options.max_message_bytes),
      timer_(loops, loop) {}

void Call::StartTimer() {
  if (options_.timeout.count() <= 0) return;
  deadline_ = std::chrono::steady_clock::now() + options_.timeout;
  timer_.Arm(options_.timeout, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->End({StatusCode::kDeadlineExceeded, "the time limit of the call has passed"});
  });
}

void Call::Attach(http2::Connection& connection, const std::string& authority) {
  if (handler_ == nullptr) return;
  http2::HeaderList headers = {
      {":method", "POST"},
      {":scheme", connection.info().transport == net::Transport::kTls ? "https" : "http"},
      {":path", method_},
      {":authority", authority},
      {"content-type", "application/grpc"},
      {"te", "trailers"},
      {"user-agent", "grpc-signet"}};
  if (deadline_) {
    const auto left =
        std::chrono::floor<milliseconds>(*deadline_ - std::chrono::steady_clock::now());
    headers.push_back({"grpc-timeout", FormatTimeout(left)});
  }
  AppendMetadata(options_.metadata, headers);
  Result<http2::StreamHandle> stream =
      connection.Request(headers, /*end=*/false, shared_from_this());
  if (!stream) return EndLater({StatusCode::kUnavailable, "the connection takes no more calls"});
  stream_.emplace(*std::move(stream));
  for (Bytes& message : std::exchange(waiting_, {})) stream_->Write(std::move(message));
  if (half_closed_) stream_->End({});
}

void Call::EndLater(Status status) {
  loops_.Post(loop_,
              [self = shared_from_this(), status = std::move(status)] { self->End(status); });
}

void Call::Send(ByteView message) {
  if (handler_ == nullptr || half_closed_) return;
  if (stream_) {
    stream_->Write(FrameMessage(message));
  } else {
    waiting_.push_back(FrameMessage(message));
  }
}

void Call::HalfClose() {
  if (std::exchange(half_closed_, true) || !stream_) return;
  stream_->End({});
}

void Call::Cancel() {
  if (handler_ != nullptr) EndLater(Cancelled());
}

std::size_t Call::queued() const {
  std::size_t out = stream_ ? stream_->queued() : 0;
  for (const Bytes& message : waiting_) out += message.size();
  return out;
}

void Call::OnHeaders(http2::HeaderList headers, bool too_large) {
  if (handler_ == nullptr) return;
  if (too_large) return End({StatusCode::kResourceExhausted, "the response metadata is too large"});
  const std::string* const http = http2::Find(headers, ":status");
  const std::string* const type = http2::Find(headers, "content-type");
  const bool is_grpc = type != nullptr && IsGrpcContentType(*type);
  if (http != nullptr && *http != "200") {
    status_ = StatusIn(headers);
    if (!is_grpc || !status_) {
      status_ = Status{CodeOfHttpStatus(*http), "HTTP status " + *http};
    }
    return;
  }
  if (!is_grpc) return End({StatusCode::kUnknown, "the answer is not gRPC"});
  const std::string* const encoding = http2::Find(headers, "grpc-encoding");
  if (encoding != nullptr && *encoding != "identity") {
    return End({StatusCode::kInternal, "the answer is compressed, which was not asked for"});
  }
  if (std::optional<Status> status = StatusIn(headers)) {  // "Trailers-Only"
    TakeTrailers(headers, *std::move(status));
    return;
  }
  const StatusOr<Metadata> metadata = MetadataOf(headers);
  if (!metadata) return End(metadata.error());
  handler_->OnMetadata(*metadata);
}

void Call::OnData(ByteView bytes) {
  stream_->Consume(bytes.size());  // at most one message is held
  while (handler_ != nullptr && !bytes.empty()) {
    const StatusOr<std::size_t> taken = reader_.Feed(bytes);
    if (!taken) return End(taken.error());
    bytes = bytes.subspan(*taken);
    if (auto message = reader_.Take()) handler_->OnMessage(*std::move(message));
  }
}

void Call::OnTrailers(http2::HeaderList headers, bool too_large) {
  if (too_large) return End({StatusCode::kResourceExhausted, "the trailers are too large"});
  if (status_) return;
  if (std::optional<Status> status = StatusIn(headers)) {
    TakeTrailers(headers, *std::move(status));
  }
}

void Call::OnEnd() {
  if (!status_) status_ = Status{StatusCode::kInternal, "the answer has no grpc-status"};
  if (status_->ok() && reader_.partial()) {
    status_ = Status{StatusCode::kInternal, "the answer ends in the middle of a message"};
  }
  End(*status_);
}

void Call::OnDrained() {
  if (handler_ != nullptr) handler_->OnDrained();
}

void Call::OnClosed(http2::ErrorCode code) {
  stream_.reset();
  if (status_) return End(*status_);
  if (code == http2::ErrorCode::kRefusedStream) {
    return End({StatusCode::kUnavailable, "the server refused the call before it began"});
  }
  End({StatusCode::kUnavailable, "the connection or the stream ended before the answer"});
}

void Call::End(const Status& status) {
  const auto handler = std::exchange(handler_, nullptr);
  if (handler == nullptr) return;
  timer_.Cancel();
  waiting_.clear();
  // Unless both sides have ended it already, the server is told that nobody waits.
  if (stream_) stream_->Reset(http2::ErrorCode::kCancel);
  handler->OnDone(status, trailing_);
}

void Call::TakeTrailers(const http2::HeaderList& headers, Status status) {
  status_ = std::move(status);
  if (StatusOr<Metadata> metadata = MetadataOf(headers)) trailing_ = *std::move(metadata);
}

}  // namespace signet::rpc
