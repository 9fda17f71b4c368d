#include "platform/net/stream.h"

#include <algorithm>
#include <cerrno>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>

#include "platform/net/stream_impl.h"

namespace signet::net {
namespace {

namespace asio = boost::asio;
using Time = std::chrono::steady_clock::time_point;
using boost::system::error_code;

constexpr Time kNever = Time::max();

// An operation owns its callback and is itself owned by the wait that is under way, never by the
// stream: whatever stops the loops destroys the waits, and with them everything they own.
class SocketStream final : public Stream, public std::enable_shared_from_this<SocketStream> {
 public:
  SocketStream(asio::io_context& context, runtime::Fd fd, StreamInfo info, ConnectionCount count)
      : info_(std::move(info)),
        count_(std::move(count)),
        socket_(context, fd.Release()),
        timer_(context) {}

  [[nodiscard]] const StreamInfo& info() const override { return info_; }

  void Read(MutableByteView into, std::chrono::milliseconds timeout, ReadDone done) override {
    read_deadline_ = std::chrono::steady_clock::now() + timeout;
    ContinueRead(into, std::move(done), /*at_once=*/true);
  }

  void Write(ByteView bytes, std::chrono::milliseconds timeout, WriteDone done) override {
    write_deadline_ = std::chrono::steady_clock::now() + timeout;
    ContinueWrite(bytes, std::move(done), /*at_once=*/true);
  }

  void ShutdownWrite() override {
    if (closed_) return;
    if (tls_) tls_->Shutdown();
    ::shutdown(socket_.native_handle(), SHUT_WR);
  }

  void Close() override {
    if (closed_) return;
    closed_ = true;
    if (tls_) tls_->Shutdown();
    timer_.cancel();
    error_code ignored;
    // Waits end with operation_aborted; their handlers see closed_.
    socket_.close(ignored);
  }

  void Handshake(TlsRole tls, std::chrono::milliseconds timeout, WriteDone done) {
    const int fd = socket_.native_handle();
    auto session = tls.context->is_server()
                       ? TlsSession::Accept(std::move(tls.context), fd)
                       : TlsSession::Connect(std::move(tls.context), fd, std::move(tls.verifier),
                                             tls.server_name);
    if (!session) {
      done(std::unexpected(session.error()));
      return;
    }
    tls_.emplace(*std::move(session));
    read_deadline_ = std::chrono::steady_clock::now() + timeout;
    ContinueHandshake(std::move(done));
  }

 private:
  using Step = Result<TlsStep>;

  Step TryRead(MutableByteView into) {
    if (tls_) return tls_->Read(into);
    const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (got > 0) {
      return TlsStep{.wait = TlsWait::kNothing, .bytes = static_cast<std::size_t>(got)};
    }
    if (got == 0) return Refuse(Errc::kIoClosed, "end of the stream");
    if (errno == EAGAIN || errno == EINTR) return TlsStep{.wait = TlsWait::kReadable, .bytes = 0};
    return Refuse(errno == ECONNRESET ? Errc::kIoClosed : Errc::kIoRead, "recv");
  }

  Step TryWrite(ByteView bytes) {
    if (tls_) return tls_->Write(bytes);
    const ssize_t put =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0) {
      return TlsStep{.wait = TlsWait::kNothing, .bytes = static_cast<std::size_t>(put)};
    }
    if (errno == EAGAIN || errno == EINTR) return TlsStep{.wait = TlsWait::kWritable, .bytes = 0};
    return Refuse(errno == EPIPE || errno == ECONNRESET ? Errc::kIoClosed : Errc::kIoWrite, "send");
  }

  template <typename Done, typename Value>
  void Finish(Time& deadline, Done done, Value value, bool at_once) {
    deadline = kNever;
    if (!at_once) {
      done(std::move(value));
      return;
    }
    // A callback from inside the call would let a chain of short reads grow the stack.
    asio::post(socket_.get_executor(),
               [self = shared_from_this(), done = std::move(done),
                value = std::move(value)]() mutable { done(std::move(value)); });
  }

  void ContinueRead(MutableByteView into, ReadDone done, bool at_once) {
    if (closed_) {
      return Finish(read_deadline_, std::move(done),
                    Result<std::size_t>(Refuse(Errc::kIoCancelled, "closed")), at_once);
    }
    const Step step = TryRead(into);
    if (!step) {
      return Finish(read_deadline_, std::move(done),
                    Result<std::size_t>(std::unexpected(step.error())), at_once);
    }
    if (step->wait == TlsWait::kNothing) {
      return Finish(read_deadline_, std::move(done), Result<std::size_t>(step->bytes), at_once);
    }
    if (read_deadline_ <= std::chrono::steady_clock::now()) {
      return Finish(read_deadline_, std::move(done),
                    Result<std::size_t>(Refuse(Errc::kIoTimeout, "reading took too long")),
                    at_once);
    }
    Wait(step->wait, [this, into, done = std::move(done)]() mutable {
      ContinueRead(into, std::move(done), /*at_once=*/false);
    });
  }

  void ContinueWrite(ByteView bytes, WriteDone done, bool at_once) {
    TlsWait wait = TlsWait::kNothing;
    while (!closed_ && !bytes.empty()) {
      const Step step = TryWrite(bytes);
      if (!step) {
        return Finish(write_deadline_, std::move(done), Result<void>(std::unexpected(step.error())),
                      at_once);
      }
      bytes = bytes.subspan(step->bytes);
      wait = step->wait;
      if (wait != TlsWait::kNothing) break;
    }
    if (closed_) {
      return Finish(write_deadline_, std::move(done),
                    Result<void>(Refuse(Errc::kIoCancelled, "closed")), at_once);
    }
    if (bytes.empty()) {
      return Finish(write_deadline_, std::move(done), Result<void>(), at_once);
    }
    if (write_deadline_ <= std::chrono::steady_clock::now()) {
      return Finish(write_deadline_, std::move(done),
                    Result<void>(Refuse(Errc::kIoTimeout, "writing took too long")), at_once);
    }
    Wait(wait, [this, bytes, done = std::move(done)]() mutable {
      ContinueWrite(bytes, std::move(done), /*at_once=*/false);
    });
  }

  void ContinueHandshake(WriteDone done) {
    Result<TlsStep> step = Refuse(Errc::kIoCancelled, "closed");
    if (!closed_) step = tls_->Handshake();
    if (step && step->wait != TlsWait::kNothing) {
      if (read_deadline_ > std::chrono::steady_clock::now()) {
        return Wait(step->wait, [this, done = std::move(done)]() mutable {
          ContinueHandshake(std::move(done));
        });
      }
      step = Refuse(Errc::kIoTimeout, "the handshake took too long");
    }
    read_deadline_ = kNever;
    if (step) {
      info_.tls_peer_chain = tls_->peer_chain();
      info_.tls_peer = tls_->peer();
      done({});
    } else {
      done(std::unexpected(step.error()));
    }
  }

  // Calls `next` when the socket is ready, a deadline has passed or the stream was closed: it tries
  // again and finds out which.
  template <typename Next>
  void Wait(TlsWait wait, Next next) {
    ArmTimer();
    socket_.async_wait(
        wait == TlsWait::kWritable ? asio::posix::stream_descriptor::wait_write
                                   : asio::posix::stream_descriptor::wait_read,
        [self = shared_from_this(), next = std::move(next)](const error_code&) mutable { next(); });
  }

  // One timer for all deadlines. It is not moved when a deadline moves away, which is what happens
  // on every request; it fires, finds nothing due and is armed again.
  void ArmTimer() {
    const Time due = std::min(read_deadline_, write_deadline_);
    if (due == kNever || due >= timer_due_) return;
    timer_due_ = due;
    timer_.expires_at(due);
    timer_.async_wait([weak = weak_from_this()](const error_code& error) {
      const auto self = weak.lock();
      if (error || self == nullptr || self->closed_) return;
      self->timer_due_ = kNever;
      if (std::min(self->read_deadline_, self->write_deadline_) <=
          std::chrono::steady_clock::now()) {
        error_code ignored;
        self->socket_.cancel(ignored);
      } else {
        self->ArmTimer();
      }
    });
  }

  StreamInfo info_;
  ConnectionCount count_;
  asio::posix::stream_descriptor socket_;
  asio::steady_timer timer_;
  std::optional<TlsSession> tls_;
  Time read_deadline_ = kNever;
  Time write_deadline_ = kNever;
  Time timer_due_ = kNever;
  bool closed_ = false;
};

}  // namespace

void MakeStream(asio::io_context& context, runtime::Fd fd, StreamInfo info, ConnectionCount count,
                TlsRole tls, std::chrono::milliseconds handshake_timeout,
                std::move_only_function<void(Result<std::shared_ptr<Stream>>)> done) {
  auto stream =
      std::make_shared<SocketStream>(context, std::move(fd), std::move(info), std::move(count));
  if (tls.context == nullptr) {
    done(std::shared_ptr<Stream>(std::move(stream)));
    return;
  }
  SocketStream& handshaking = *stream;
  handshaking.Handshake(std::move(tls), handshake_timeout,
                        [weak = std::weak_ptr<SocketStream>(stream),
                         done = std::move(done)](Result<void> result) mutable {
                          // The wait that led here holds the stream.
                          auto self = weak.lock();
                          if (result && self != nullptr) {
                            done(std::shared_ptr<Stream>(std::move(self)));
                            return;
                          }
                          if (self != nullptr) self->Close();
                          done(std::unexpected(result ? Error(Errc::kIoClosed) : result.error()));
                        });
}

}  // namespace signet::net
