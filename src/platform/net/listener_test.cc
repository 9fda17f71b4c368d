#include "platform/net/listener.h"

#include <array>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include <sys/socket.h>

#include "platform/net/connect.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace signet::net {
namespace {

using std::chrono::milliseconds;
using test::MakeCa;
using test::MakeLeaf;
using test::TestCert;

constexpr milliseconds kLong{20'000};

// Sends back what it reads.
struct Echo : std::enable_shared_from_this<Echo> {
  explicit Echo(std::shared_ptr<Stream> s) : stream(std::move(s)) {}
  void Run() {
    stream->Read(buffer, kLong, [self = shared_from_this()](const Result<std::size_t>& got) {
      if (!got) return self->stream->Close();
      self->stream->Write(ByteView(self->buffer).first(*got), kLong,
                          [self](const Result<void>& put) {
                            if (put) self->Run();
                          });
    });
  }
  std::shared_ptr<Stream> stream;
  std::array<std::uint8_t, 64 * 1024> buffer{};
};

class Listening : public testing::Test {
 protected:
  std::unique_ptr<Listener> Start(ListenConfig config, Listener::OnStream on_stream = {}) {
    if (!on_stream) {
      on_stream = [this](std::shared_ptr<Stream> stream) {
        {
          const std::lock_guard lock(mutex_);
          loops_seen_.insert(stream->info().loop);
          transports_.push_back(stream->info().transport);
        }
        EXPECT_EQ(loops_->Current(), stream->info().loop);
        std::make_shared<Echo>(std::move(stream))->Run();
      };
    }
    auto listener = Listener::Start(*loops_, std::move(config), std::move(on_stream),
                                    [this](const Error& error) { errors_.Push(error); });
    EXPECT_TRUE(listener.has_value());
    return *std::move(listener);
  }

  std::shared_ptr<const TlsContext> ServerContext(const TestCert& leaf) {
    const TlsIdentity identity{.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
    return *TlsContext::MakeServer({.identity = &identity});
  }
  TlsTarget Target(std::uint16_t port) { return Target(port, leaf_); }
  static TlsTarget Target(std::uint16_t port, const TestCert& expected) {
    return {.host = "127.0.0.1",
            .port = port,
            .tls = *TlsContext::MakeClient({}),
            .verifier = test::PinLeaf(expected.der)};
  }
  static std::string RoundTrip(BlockingStream& stream, std::string_view text) {
    EXPECT_TRUE(stream.Write(AsBytes(text), kLong));
    std::string out;
    std::array<std::uint8_t, 4096> buffer{};
    while (out.size() < text.size()) {
      const auto got = stream.Read(buffer, kLong);
      if (!got) return std::string(got.error().name());
      out.append(AsText(ByteView(buffer).first(*got)));
    }
    return out;
  }

  // Errors reported by loops, to be waited for.
  struct Errors {
    void Push(const Error& error) {
      const std::lock_guard lock(mutex);
      list.push_back(error.code);
      changed.notify_all();
    }
    Errc Wait() {
      std::unique_lock lock(mutex);
      EXPECT_TRUE(changed.wait_for(lock, kLong, [this] { return !list.empty(); }));
      return list.empty() ? Errc::kCryptoFailure : list.front();
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Errc> list;
  };

  const TestCert ca_ = MakeCa();
  const TestCert leaf_ = MakeLeaf(ca_, "URI:spiffe://example.org/s");
  const test::TempDir dir_;
  Errors errors_;
  std::mutex mutex_;
  std::set<std::size_t> loops_seen_;
  std::vector<Transport> transports_;
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(3);
};

TEST_F(Listening, TlsEchoOverAllLoops) {
  const auto listener = Start({.where = TlsListen{.tls = ServerContext(leaf_)}});
  ASSERT_NE(listener->port(), 0);
  const std::string large(100'000, 'x');
  for (int i = 0; i < 6; ++i) {
    auto stream = BlockingStream::Connect(Target(listener->port()), kLong);
    ASSERT_TRUE(stream.has_value()) << stream.error().detail;
    EXPECT_TRUE(stream->is_protected());
    EXPECT_EQ(stream->peer_chain().at(0), leaf_.der);
    EXPECT_EQ(RoundTrip(*stream, "hello"), "hello");
    // Longer than a TLS record and than the buffers of the echo.
    EXPECT_EQ(RoundTrip(*stream, large), large);
  }
  EXPECT_EQ(loops_seen_.size(), 3U);
}

TEST_F(Listening, PlainTcpIsNotProtectedAndUnixIs) {
  {
    const auto listener = Start({.where = PlainTcpListen{}});
    auto stream = BlockingStream::Connect(
        PlainTcpTarget{.host = "127.0.0.1", .port = listener->port()}, kLong);
    ASSERT_TRUE(stream.has_value());
    EXPECT_FALSE(stream->is_protected());
    EXPECT_EQ(RoundTrip(*stream, "a"), "a");
  }
  {
    const std::string path = dir_.path() + "/s";
    const auto listener =
        Start({.where = UnixListenConfig{.path = path}}, [](std::shared_ptr<Stream> stream) {
          EXPECT_TRUE(stream->info().is_protected());
          ASSERT_TRUE(stream->info().unix_peer.has_value());
          EXPECT_EQ(stream->info().unix_peer->pid, ::getpid());
          std::make_shared<Echo>(std::move(stream))->Run();
        });
    EXPECT_EQ(listener->port(), 0);
    auto stream = BlockingStream::Connect(UnixTarget{.path = path}, kLong);
    ASSERT_TRUE(stream.has_value());
    EXPECT_TRUE(stream->is_protected());
    EXPECT_EQ(RoundTrip(*stream, "b"), "b");
  }
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/s"));
  EXPECT_EQ(transports_, (std::vector<Transport>{Transport::kPlainTcp}));
}

TEST_F(Listening, RefusedServerGivesTheVerifiersErrorToTheClient) {
  const auto listener = Start({.where = TlsListen{.tls = ServerContext(leaf_)}});
  const auto stream =
      BlockingStream::Connect(Target(listener->port(), MakeLeaf(ca_, "DNS:other")), kLong);
  ASSERT_FALSE(stream.has_value());
  EXPECT_EQ(stream.error().code, Errc::kTlsPeerUnexpected);
  EXPECT_EQ(errors_.Wait(), Errc::kTlsHandshake);
}

TEST_F(Listening, AReplacedCertificateCountsForNewConnections) {
  const auto listener = Start({.where = TlsListen{.tls = ServerContext(leaf_)}});
  auto old = BlockingStream::Connect(Target(listener->port()), kLong);
  ASSERT_TRUE(old.has_value());
  EXPECT_EQ(RoundTrip(*old, "before"), "before");
  const TestCert next = MakeLeaf(ca_, "URI:spiffe://example.org/s");
  listener->ReplaceTls(ServerContext(next));
  listener->ReplaceTls(nullptr);  // ignored: TLS is never switched off
  for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(loops_->PostAndWait(i, [] {}));
  auto fresh = BlockingStream::Connect(Target(listener->port(), next), kLong);
  ASSERT_TRUE(fresh.has_value());
  EXPECT_EQ(fresh->peer_chain().at(0), next.der);
  EXPECT_EQ(RoundTrip(*old, "after"), "after");
}

TEST_F(Listening, ASilentClientIsCutOffByTheHandshakeTimeout) {
  const auto listener = Start(
      {.where = TlsListen{.tls = ServerContext(leaf_)}, .handshake_timeout = milliseconds(20)});
  auto silent =
      BlockingStream::Connect(PlainTcpTarget{.host = "127.0.0.1", .port = listener->port()}, kLong);
  ASSERT_TRUE(silent.has_value());
  EXPECT_EQ(errors_.Wait(), Errc::kIoTimeout);
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(silent->Read(buffer, kLong).error().code, Errc::kIoClosed);
}

TEST_F(Listening, ConnectionsBeyondTheLimitAreClosed) {
  const auto listener = Start({.where = PlainTcpListen{}, .max_connections = 1});
  const PlainTcpTarget target{.host = "127.0.0.1", .port = listener->port()};
  auto first = BlockingStream::Connect(target, kLong);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(RoundTrip(*first, "a"), "a");
  EXPECT_EQ(listener->connections(), 1U);
  auto second = BlockingStream::Connect(target, kLong);
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_FALSE(second.has_value() && second->Read(buffer, kLong).has_value());
  EXPECT_EQ(errors_.Wait(), Errc::kIoClosed);
  EXPECT_EQ(RoundTrip(*first, "b"), "b");
}

TEST_F(Listening, StoppedMeansRefused) {
  const auto listener = Start({.where = PlainTcpListen{}});
  const PlainTcpTarget target{.host = "127.0.0.1", .port = listener->port()};
  auto open = BlockingStream::Connect(target, kLong);
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(RoundTrip(*open, "a"), "a");
  listener->StopAccepting();
  EXPECT_EQ(BlockingStream::Connect(target, kLong).error().code, Errc::kIoConnect);
  EXPECT_EQ(RoundTrip(*open, "b"), "b");
}

TEST_F(Listening, LoopsMayStopFirst) {
  const auto listener = Start({.where = TlsListen{.tls = ServerContext(leaf_)}});
  auto open = BlockingStream::Connect(Target(listener->port()), kLong);
  ASSERT_TRUE(open.has_value());
  EXPECT_EQ(RoundTrip(*open, "a"), "a");
  loops_->Stop();
  loops_->Join();
}

TEST_F(Listening, ReadAndWriteTimeOut) {
  std::promise<Errc> read;
  std::promise<Errc> written;
  const Bytes flood(32 * 1024 * 1024);
  const auto listener = Start({.where = PlainTcpListen{}}, [&](std::shared_ptr<Stream> stream) {
    auto buffer = std::make_shared<std::array<std::uint8_t, 16>>();
    Stream& s = *stream;
    s.Read(*buffer, milliseconds(10), [&, stream, buffer](const Result<std::size_t>& got) {
      read.set_value(got ? Errc::kCryptoFailure : got.error().code);
      // The client does not read, so the socket buffers fill up.
      stream->Write(flood, milliseconds(10), [&, stream](const Result<void>& put) {
        written.set_value(put ? Errc::kCryptoFailure : put.error().code);
      });
    });
  });
  auto stream =
      BlockingStream::Connect(PlainTcpTarget{.host = "127.0.0.1", .port = listener->port()}, kLong);
  ASSERT_TRUE(stream.has_value());
  EXPECT_EQ(read.get_future().get(), Errc::kIoTimeout);
  EXPECT_EQ(written.get_future().get(), Errc::kIoTimeout);
}

TEST_F(Listening, RefusesBadConfigurations) {
  const auto start = [this](ListenConfig config) {
    return Listener::Start(*loops_, std::move(config), [](std::shared_ptr<Stream>) {}, {})
        .error()
        .code;
  };
  EXPECT_EQ(start({.where = TlsListen{}}), Errc::kTlsConfiguration);
  EXPECT_EQ(start({.where = PlainTcpListen{.address = "localhost"}}), Errc::kIoListen);
  EXPECT_EQ(start({.where = PlainTcpListen{.address = "192.0.2.1"}}), Errc::kIoListen);
  EXPECT_EQ(start({.where = UnixListenConfig{.path = "relative"}}), Errc::kIoListen);
  const auto taken = Start({.where = PlainTcpListen{}});
  EXPECT_EQ(start({.where = PlainTcpListen{.port = taken->port()}}), Errc::kIoListen);
}

TEST(BlockingStream, RefusesBadTargets) {
  const auto connect = [](const ConnectTarget& target) {
    return BlockingStream::Connect(target, milliseconds(500)).error().code;
  };
  EXPECT_EQ(connect(TlsTarget{.host = "127.0.0.1", .port = 1}), Errc::kTlsConfiguration);
  EXPECT_EQ(connect(UnixTarget{.path = "/nonexistent/socket"}), Errc::kIoConnect);
  EXPECT_EQ(connect(UnixTarget{.path = std::string(200, 'x')}), Errc::kIoConnect);
}

}  // namespace
}  // namespace signet::net
