#include "platform/rpc/client.h"

#include <future>
#include <utility>
#include <vector>

#include "platform/rpc/client_call.h"

namespace signet::rpc {
namespace {

// Collects the one answer of a unary call.
class UnaryHandler final : public ResponseHandler {
 public:
  explicit UnaryHandler(std::move_only_function<void(StatusOr<Bytes>)> done)
      : done_(std::move(done)) {}
  void OnMessage(Bytes message) override {
    ++messages_;
    message_ = std::move(message);
  }
  void OnDone(const Status& status, const Metadata&) override {
    if (!status.ok()) return done_(std::unexpected(status));
    if (messages_ != 1) {
      return done_(
          std::unexpected(Status{StatusCode::kInternal, "the answer has not exactly one message"}));
    }
    done_(std::move(message_));
  }

 private:
  std::move_only_function<void(StatusOr<Bytes>)> done_;
  std::size_t messages_ = 0;
  Bytes message_;
};

}  // namespace

// On its loop.
struct Channel::Impl : std::enable_shared_from_this<Channel::Impl> {
  Impl(runtime::Loops& l, std::size_t i, ChannelConfig c)
      : loops(l), loop(i), config(std::move(c)) {}

  runtime::Loops& loops;
  const std::size_t loop;
  const ChannelConfig config;
  std::shared_ptr<http2::Connection> connection;
  std::vector<std::shared_ptr<Call>> waiting;  // for the connection that is being made
  bool connecting = false;
  bool closed = false;

  void Add(const std::shared_ptr<Call>& call) {
    call->StartTimer();
    if (closed) return call->EndLater(Cancelled());
    if (connection != nullptr && !connection->going_away()) {
      return call->Attach(*connection, config.authority);
    }
    waiting.push_back(call);
    if (!connecting) Connect();
  }

  void Connect() {
    Result<net::ConnectTarget> target = config.target();
    if (!target) return Fail(target.error());
    connecting = true;
    // Set once there is a connection: it says which one has ended.
    const auto place = std::make_shared<std::weak_ptr<http2::Connection>>();
    http2::Connect(
        loops, loop, *std::move(target), config.connect_timeout, config.connection,
        [weak = weak_from_this(), place](Result<std::shared_ptr<http2::Connection>> made) {
          const auto self = weak.lock();
          if (self == nullptr || self->closed) {
            if (made) (*made)->Abort();
            return;
          }
          self->connecting = false;
          if (!made) return self->Fail(made.error());
          *place = *made;
          self->connection = *std::move(made);
          for (const auto& call : std::exchange(self->waiting, {})) {
            call->Attach(*self->connection, self->config.authority);
          }
        },
        [weak = weak_from_this(), place](const Error&) {
          const auto self = weak.lock();
          if (self != nullptr && self->connection == place->lock()) self->connection = nullptr;
        });
  }

  void Fail(const Error& error) {
    std::string text = "cannot connect: ";
    text += error.detail.empty() ? InfoOf(error.code).text : error.detail;
    for (const auto& call : std::exchange(waiting, {})) {
      Status status = StatusOf(error, text);
      status.code = StatusCode::kUnavailable;
      call->EndLater(std::move(status));
    }
  }

  void Close() {
    closed = true;
    for (const auto& call : std::exchange(waiting, {})) call->End(Cancelled());
    if (const auto open = std::exchange(connection, nullptr)) open->Abort();
  }

  void Renew() {
    if (const auto old = std::exchange(connection, nullptr)) old->Shutdown();
  }
};

Channel::Channel(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::shared_ptr<Channel> Channel::Make(runtime::Loops& loops, std::size_t loop,
                                       ChannelConfig config) {
  return std::shared_ptr<Channel>(
      new Channel(std::make_shared<Impl>(loops, loop, std::move(config))));
}

Channel::~Channel() {
  if (impl_->loops.Current() == impl_->loop) {
    impl_->Close();
  } else {
    impl_->loops.Post(impl_->loop, [impl = impl_] { impl->Close(); });
  }
}

runtime::Loops& Channel::loops() const { return impl_->loops; }
std::size_t Channel::loop() const { return impl_->loop; }

std::shared_ptr<ClientCall> Channel::Start(std::string method, const CallOptions& options,
                                           std::shared_ptr<ResponseHandler> handler) {
  auto call = std::make_shared<Call>(impl_->loops, impl_->loop, std::move(method), options,
                                     std::move(handler));
  impl_->Add(call);
  return call;
}

void Channel::Unary(std::string method, Bytes request, CallOptions options,
                    std::move_only_function<void(StatusOr<Bytes>)> done) {
  impl_->loops.Post(
      impl_->loop, [impl = impl_, method = std::move(method), request = std::move(request),
                    options = std::move(options), done = std::move(done)]() mutable {
        auto call = std::make_shared<Call>(impl->loops, impl->loop, std::move(method), options,
                                           std::make_shared<UnaryHandler>(std::move(done)));
        call->Send(request);
        call->HalfClose();
        impl->Add(call);
      });
}

StatusOr<Bytes> Channel::BlockingUnary(std::string method, Bytes request, CallOptions options) {
  std::promise<StatusOr<Bytes>> promise;
  std::future<StatusOr<Bytes>> future = promise.get_future();
  Unary(std::move(method), std::move(request), std::move(options),
        [&promise](StatusOr<Bytes> answer) { promise.set_value(std::move(answer)); });
  return future.get();
}

void Channel::Renew() {
  impl_->loops.Post(impl_->loop, [impl = impl_] { impl->Renew(); });
}

}  // namespace signet::rpc
