#include "platform/http1/connection.h"

#include <algorithm>
#include <utility>

#include "platform/http1/response_text.h"
#include "protocol/http/problem.h"

namespace signet::http1 {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long and how much a client may still send after its last answer.
constexpr milliseconds kDrainTimeout{1'000};
constexpr std::size_t kMaxDrainBytes = 1024 * 1024;
// Chunk headers and the like, beyond the content itself.
constexpr std::size_t kMaxBodyOverheadBytes = 1024 * 1024;

int StatusOf(const Error& error) { return error.code == Errc::kHttpTooLarge ? 413 : 400; }

Response ProblemResponse(int status, const Error& error) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(http::kProblemContentType)}},
          .body = http::ProblemJson(error, status),
          .close = true};
}

}  // namespace

// The way back from a handler to its connection, over whatever thread it answers on.
struct Responder::Target {
  std::shared_ptr<HttpConnection> connection;
  std::uint64_t request = 0;

  void Answer(Response response) {
    auto* const to = connection.get();
    if (to == nullptr) return;
    // A handler that answers at once has its answer written without a detour.
    if (to->loops().Current() == to->loop()) {
      std::exchange(connection, nullptr)->Respond(request, response);
      return;
    }
    runtime::Loops& loops = to->loops();
    const std::size_t loop = to->loop();
    loops.Post(loop, [connection = std::move(connection), request = request,
                      response = std::move(response)]() mutable {
      connection->Respond(request, response);
    });
    connection = nullptr;
  }
};

Responder::Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}

Responder::~Responder() {
  if (target_ != nullptr) {
    target_->Answer(ProblemResponse(500, Error(Errc::kIoCancelled, "no answer was made")));
  }
}

void Responder::Send(Response response) {
  if (target_ == nullptr) return;
  std::exchange(target_, nullptr)->Answer(std::move(response));
}

HttpConnection::HttpConnection(std::shared_ptr<ServerShared> shared,
                               std::shared_ptr<net::Stream> stream)
    : shared_(std::move(shared)), stream_(std::move(stream)) {}

void HttpConnection::Start() {
  deadline_ = Clock::now() + shared_->config.idle_timeout;
  Continue();
}

void HttpConnection::FinishSoon() {
  close_after_ = true;
  if (state_ == State::kIdle) Abort();
}

void HttpConnection::Abort() {
  state_ = State::kClosed;
  stream_->Close();
}

// Goes on until something has to be waited for.
void HttpConnection::Continue() {
  for (;;) {
    bool more = false;
    switch (state_) {
      case State::kIdle:
      case State::kHead:
        more = TakeHead();
        break;
      case State::kBody:
        more = TakeBody();
        break;
      case State::kHandling:
      case State::kWriting:
      case State::kDraining:
      case State::kClosed:
        break;
    }
    if (!more) return;
  }
}

bool HttpConnection::TakeHead() {
  // RFC 9112 section 2.2: an empty line in front of a request is skipped; one, not any number.
  if (state_ == State::kIdle && in_.starts_with("\r\n")) in_.erase(0, 2);
  if (in_.empty()) {
    ReadMore(deadline_);
    return false;
  }
  if (state_ == State::kIdle) {
    state_ = State::kHead;
    deadline_ = Clock::now() + shared_->config.header_timeout;
  }
  const std::size_t limit = shared_->config.max_header_bytes;
  const std::size_t end = FindHeadEnd(in_, searched_);
  if (end == std::string::npos ? in_.size() > limit : end > limit) {
    RefuseRequest(431, Error(Errc::kHttpTooLarge, "header section"));
    return false;
  }
  if (end == std::string::npos) {
    searched_ = in_.size();
    ReadMore(deadline_);
    return false;
  }
  head_.assign(in_, 0, end);
  in_.erase(0, end);
  searched_ = 0;
  BeginBody();
  return state_ == State::kBody;
}

void HttpConnection::BeginBody() {
  const ServerConfig& config = shared_->config;
  parser_.emplace(config.max_body_bytes, config.max_field_lines);
  body_.clear();
  body_wire_bytes_ = 0;
  if (const Result<void> parsed = parser_->ParseHead(head_); !parsed) {
    const bool lines = parser_->fields().lines().size() >= config.max_field_lines;
    const bool too_large = parsed.error().code == Errc::kHttpTooLarge;
    RefuseRequest(too_large && lines ? 431 : StatusOf(parsed.error()), parsed.error());
    return;
  }
  if (parser_->version() != 11) {
    RefuseRequest(505, Error(Errc::kHttpMalformed, "not HTTP/1.1"));
    return;
  }
  request_ = {.method = parser_->method(),
              .scheme = stream_->info().transport == net::Transport::kTls ? "https" : "http",
              .authority = parser_->fields().Find("Host").value,
              .target = parser_->target(),
              .fields = parser_->fields(),
              .body = {}};
  if (const Result<void> valid = http::CheckRequest(request_); !valid) {
    RefuseRequest(valid.error().code == Errc::kHttpTooLarge ? 431 : 400, valid.error());
    return;
  }
  // RFC 9112 section 3.2.2 lets the target overrule Host; a proxy in front may have gone by Host.
  const auto target = http::ParseTarget(request_.method, request_.target);
  if (target && target->form == http::TargetForm::kAbsolute &&
      !http::EqualsIgnoreCase(target->authority, request_.authority)) {
    RefuseRequest(400, Error(Errc::kHttpMalformed, "Host and target disagree"));
    return;
  }
  const http::FieldOccurrence expect = request_.fields.Find("Expect");
  if (expect.count > 0 && !http::EqualsIgnoreCase(expect.value, "100-continue")) {
    RefuseRequest(417, Error(Errc::kHttpMalformed, "unknown expectation"));
    return;
  }
  state_ = State::kBody;
  deadline_ = Clock::now() + config.body_timeout;
  if (expect.count > 0 && !parser_->done() && in_.empty()) SendContinue();
}

// The client holds its body back until it reads this.
void HttpConnection::SendContinue() {
  state_ = State::kWriting;
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_->Write(AsBytes(out_), shared_->config.write_timeout,
                 [self = shared_from_this()](const Result<void>& written) {
                   if (self->state_ == State::kClosed) return;
                   if (!written) return self->Abort();
                   self->state_ = State::kBody;
                   self->Continue();
                 });
}

bool HttpConnection::TakeBody() {
  const Result<std::size_t> taken = parser_->ParseBody(in_, body_);
  if (!taken) {
    RefuseRequest(StatusOf(taken.error()), taken.error());
    return false;
  }
  in_.erase(0, *taken);
  body_wire_bytes_ += *taken;
  if (parser_->done()) {
    Dispatch();
    return false;
  }
  if (body_wire_bytes_ > shared_->config.max_body_bytes + kMaxBodyOverheadBytes) {
    RefuseRequest(413, Error(Errc::kHttpTooLarge, "chunk headers"));
    return false;
  }
  ReadMore(deadline_);
  return false;
}

void HttpConnection::ReadMore(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  stream_->Read(buffer_, std::max(left, milliseconds(0)),
                [self = shared_from_this()](const Result<std::size_t>& got) { self->OnRead(got); });
}

void HttpConnection::OnRead(const Result<std::size_t>& got) {
  if (state_ == State::kClosed) return;
  if (got) {
    in_.append(AsText(ByteView(buffer_).first(*got)));
    Continue();
    return;
  }
  if (got.error().code == Errc::kIoTimeout) {
    OnReadTimeout(got.error());
    return;
  }
  // The end between two requests is the normal end of a connection.
  if (state_ != State::kIdle || got.error().code != Errc::kIoClosed) shared_->Report(got.error());
  Abort();
}

void HttpConnection::OnReadTimeout(const Error& error) {
  if (state_ == State::kIdle) {
    Abort();
  } else {
    RefuseRequest(408, error);
  }
}

void HttpConnection::Dispatch() {
  state_ = State::kHandling;
  request_.body = AsBytes(body_);
  const std::uint64_t number = ++requests_;
  if (!parser_->keep_alive() || number >= shared_->config.max_requests_per_connection ||
      shared_->stopping) {
    close_after_ = true;
  }
  auto target = std::make_shared<Responder::Target>(
      Responder::Target{.connection = shared_from_this(), .request = number});
  context_.emplace(RequestContext{.request = request_,
                                  .channel = stream_->info(),
                                  .loop = stream_->info().loop,
                                  .channel_protected = stream_->info().is_protected(),
                                  .peer = stream_->info().tls_peer});
  shared_->handler(*context_, Responder(std::move(target)));
}

void HttpConnection::Respond(std::uint64_t request, const Response& response) {
  if (state_ != State::kHandling || request != requests_) return;
  if (response.close || shared_->stopping) close_after_ = true;
  Send(response, close_after_);
}

void HttpConnection::RefuseRequest(int status, const Error& error) {
  shared_->Report(error);
  close_after_ = true;
  // A request that was not understood is not answered as if it had been HEAD.
  request_ = {};
  Send(ProblemResponse(status, error), /*close=*/true);
}

void HttpConnection::Send(const Response& response, bool close) {
  state_ = State::kWriting;
  out_.clear();
  const bool head_only = request_.method == "HEAD";
  if (!AppendResponse(response, close, head_only, out_)) {
    const Error error(Errc::kHttpFieldInvalid, "the handler made an invalid answer");
    shared_->Report(error);
    close_after_ = close = true;
    out_.clear();
    static_cast<void>(AppendResponse(ProblemResponse(500, error), close, head_only, out_));
  }
  stream_->Write(
      AsBytes(out_), shared_->config.write_timeout,
      [self = shared_from_this()](const Result<void>& written) { self->OnWritten(written); });
}

void HttpConnection::OnWritten(const Result<void>& written) {
  if (state_ == State::kClosed) return;
  if (!written) {
    shared_->Report(written.error());
    Abort();
    return;
  }
  DropBuffers();
  if (close_after_) {
    stream_->ShutdownWrite();
    state_ = State::kDraining;
    deadline_ = Clock::now() + kDrainTimeout;
    Drain();
    return;
  }
  state_ = State::kIdle;
  deadline_ = Clock::now() + shared_->config.idle_timeout;
  Continue();
}

// Closing with unread input resets the connection, and the reset overtakes the answer.
void HttpConnection::Drain() {
  const auto left = std::chrono::ceil<milliseconds>(deadline_ - Clock::now());
  stream_->Read(buffer_, std::max(left, milliseconds(0)),
                [self = shared_from_this()](const Result<std::size_t>& got) {
                  if (self->state_ == State::kClosed) return;
                  if (got) self->drained_ += *got;
                  if (!got || self->drained_ > kMaxDrainBytes) return self->Abort();
                  self->Drain();
                });
}

// Keeps small buffers for the next request and gives large ones back.
void HttpConnection::DropBuffers() {
  constexpr std::size_t kKeepBytes = 64 * 1024;
  request_ = {};
  parser_.reset();
  for (std::string* const buffer : {&head_, &body_, &out_}) {
    buffer->clear();
    if (buffer->capacity() > kKeepBytes) buffer->shrink_to_fit();
  }
}

}  // namespace signet::http1
