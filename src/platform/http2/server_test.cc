#include "platform/http2/server.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

#include "platform/http2/client.h"
#include "platform/net/connect.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace signet::http2 {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{20'000};

// A counter that a test waits for.
class Count {
 public:
  void Add() {
    const std::lock_guard lock(mutex_);
    ++value_;
    changed_.notify_all();
  }
  bool Reaches(int value) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return value_ >= value; });
  }
  int value() {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int value_ = 0;
};

// Answers content with the same content, its path first; "/hold" is never answered.
class EchoHandler : public StreamHandler {
 public:
  EchoHandler(StreamHandle stream, std::string path, Count& closed)
      : stream_(std::move(stream)), path_(std::move(path)), closed_(closed) {}
  void OnHeaders(HeaderList, bool) override { ADD_FAILURE() << "a server gets no response"; }
  void OnData(ByteView bytes) override {
    if (path_ == "/hold") return;
    content_.append(AsText(bytes));
    stream_.Consume(bytes.size());
  }
  void OnTrailers(HeaderList, bool) override {}
  void OnEnd() override {
    if (path_ == "/hold") return;
    EXPECT_TRUE(stream_.Respond(HeaderList{{":status", "200"}}, /*end=*/false));
    const std::string answer =
        path_ == "/big" ? std::string(8 * 1024 * 1024, 'b') : path_ + ":" + content_;
    stream_.Write(Bytes(answer.begin(), answer.end()));
    stream_.End({{"x-done", "yes"}});
  }
  void OnDrained() override {}
  void OnClosed(ErrorCode) override { closed_.Add(); }

 private:
  StreamHandle stream_;
  std::string path_;
  std::string content_;
  Count& closed_;
};

struct Answer {
  std::string status;
  std::string content;
  std::string trailer;
  ErrorCode closed = ErrorCode::kNoError;
};

class Collect : public StreamHandler {
 public:
  explicit Collect(bool reads) : reads_(reads) {}
  std::future<Answer> answer() { return promise_.get_future(); }
  std::future<void> began() { return began_.get_future(); }
  void SetStream(StreamHandle stream) { stream_.emplace(std::move(stream)); }
  void OnHeaders(HeaderList headers, bool) override {
    answer_.status = *Find(headers, ":status");
    began_.set_value();
  }
  void OnData(ByteView bytes) override {
    if (!reads_) return;
    answer_.content.append(AsText(bytes));
    stream_->Consume(bytes.size());
  }
  void OnTrailers(HeaderList headers, bool) override { answer_.trailer = *Find(headers, "x-done"); }
  void OnEnd() override {}
  void OnDrained() override {}
  void OnClosed(ErrorCode code) override {
    answer_.closed = code;
    stream_.reset();
    promise_.set_value(std::move(answer_));
  }

 private:
  bool reads_;
  std::optional<StreamHandle> stream_;
  Answer answer_;
  std::promise<Answer> promise_;
  std::promise<void> began_;
};

class Http2Server : public testing::Test {
 protected:
  ~Http2Server() override {
    // Before what their handlers use.
    server_.reset();
    loops_.reset();
  }

  void Serve(ServerConfig config = Plain()) {
    config.on_error = [this](const Error& error) {
      const std::lock_guard lock(mutex_);
      errors_.push_back(error.code);
      changed_.notify_all();
    };
    auto server = Server::Start(
        *loops_, std::move(config), [this](StreamHandle stream, HeaderList headers, bool) {
          requests_.Add();
          return std::make_shared<EchoHandler>(std::move(stream), *Find(headers, ":path"), closed_);
        });
    ASSERT_TRUE(server.has_value()) << server.error().detail;
    server_ = *std::move(server);
  }
  static ServerConfig Plain() { return {.listen = {.where = net::PlainTcpListen{}}}; }

  bool WaitForError(Errc code) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong,
                             [&] { return std::ranges::find(errors_, code) != errors_.end(); });
  }

  std::shared_ptr<Connection> Open(net::ConnectTarget target) {
    std::promise<Result<std::shared_ptr<Connection>>> promise;
    Connect(
        *loops_, 1, std::move(target), kLong, {},
        [&](Result<std::shared_ptr<Connection>> connection) {
          promise.set_value(std::move(connection));
        },
        [this](const Error&) { client_closed_.Add(); });
    auto connection = promise.get_future().get();
    EXPECT_TRUE(connection.has_value()) << connection.error().detail;
    return connection ? *std::move(connection) : nullptr;
  }
  std::shared_ptr<Connection> Open() {
    return Open(net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()});
  }

  // Sends a request; its answer comes later.
  std::shared_ptr<Collect> Ask(const std::shared_ptr<Connection>& connection,
                               const std::string& path, const std::string& content,
                               bool reads = true) {
    auto collect = std::make_shared<Collect>(reads);
    EXPECT_TRUE(loops_->PostAndWait(1, [&] {
      const HeaderList headers = {
          {":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "a"}};
      const auto stream = connection->Request(headers, /*end=*/false, collect);
      if (!stream) return;
      collect->SetStream(*stream);
      stream->Write(Bytes(content.begin(), content.end()));
      stream->End({});
    }));
    return collect;
  }

  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(2);
  Count requests_;
  Count closed_;
  Count client_closed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Errc> errors_;
  std::unique_ptr<Server> server_;
};

TEST_F(Http2Server, AnswersManyStreamsOfOneConnection) {
  Serve();
  const auto connection = Open();
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 50; ++i) {
    answers.push_back(Ask(connection, "/" + std::to_string(i), std::string(1000, 'x'))->answer());
  }
  for (int i = 0; i < 50; ++i) {
    const Answer answer = answers[static_cast<std::size_t>(i)].get();
    EXPECT_EQ(answer.status, "200");
    EXPECT_EQ(answer.content, "/" + std::to_string(i) + ":" + std::string(1000, 'x'));
    EXPECT_EQ(answer.trailer, "yes");
    EXPECT_EQ(answer.closed, ErrorCode::kNoError);
  }
  EXPECT_TRUE(closed_.Reaches(50));
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(Http2Server, CarriesMoreThanItsWindowsBothWays) {
  Serve();
  const auto connection = Open();
  const std::string content(3 * 1024 * 1024, 'y');
  EXPECT_EQ(Ask(connection, "/up", content)->answer().get().content, "/up:" + content);
  EXPECT_EQ(Ask(connection, "/big", "")->answer().get().content.size(), 8U * 1024 * 1024);
}

TEST_F(Http2Server, ServesAUnixSocket) {
  const test::TempDir dir;
  const std::string path = dir.path() + "/s";
  Serve({.listen = {.where = net::UnixListenConfig{.path = path}}});
  const auto connection = Open(net::UnixTarget{.path = path});
  EXPECT_EQ(Ask(connection, "/u", "1")->answer().get().content, "/u:1");
}

TEST_F(Http2Server, NegotiatesH2UnderTls) {
  const test::TestCert leaf = test::MakeLeaf(test::MakeCa(), "DNS:localhost");
  const net::TlsIdentity identity{.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
  const auto tls = net::TlsContext::MakeServer({.identity = &identity, .alpn = {"h2"}});
  ASSERT_TRUE(tls.has_value());
  Serve({.listen = {.where = net::TlsListen{.tls = *tls}}});
  net::TlsTarget target{.host = "127.0.0.1",
                        .port = server_->port(),
                        .tls = *net::TlsContext::MakeClient({.alpn = {"h2"}}),
                        .verifier = test::PinLeaf(leaf.der)};
  const auto connection = Open(target);
  EXPECT_EQ(Ask(connection, "/t", "1")->answer().get().content, "/t:1");
  // A client of another protocol is refused in the handshake.
  target.tls = *net::TlsContext::MakeClient({.alpn = {"http/1.1"}});
  EXPECT_FALSE(net::BlockingStream::Connect(target, kLong).has_value());
}

TEST_F(Http2Server, EachStreamHearsOfTheEndOfItsConnection) {
  Serve();
  const auto connection = Open();
  const auto first = Ask(connection, "/hold", "");
  const auto second = Ask(connection, "/hold", "");
  ASSERT_TRUE(requests_.Reaches(2));
  EXPECT_TRUE(loops_->PostAndWait(1, [&] { connection->Abort(); }));
  EXPECT_EQ(first->answer().get().closed, ErrorCode::kCancel);
  EXPECT_EQ(second->answer().get().closed, ErrorCode::kCancel);
  EXPECT_TRUE(closed_.Reaches(2)) << "at the server too";
  EXPECT_TRUE(client_closed_.Reaches(1));
}

TEST_F(Http2Server, StopLetsRequestsFinishAndTakesNoMore) {
  Serve();
  const auto connection = Open();
  const auto big = Ask(connection, "/big", "", /*reads=*/false);
  big->began().get();
  std::thread stopper([&] { server_->Stop(kLong); });
  // The client hears of it before the server is gone.
  bool refused = false;
  while (!refused) {
    EXPECT_TRUE(loops_->PostAndWait(1, [&] { refused = connection->going_away(); }));
  }
  EXPECT_TRUE(loops_->PostAndWait(1, [&] {
    const HeaderList headers = {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}};
    EXPECT_EQ(connection->Request(headers, true, nullptr).error().code, Errc::kHttp2StreamGone);
    connection->Abort();
  }));
  stopper.join();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(Http2Server, StopDoesNotWaitLongerThanItsGrace) {
  Serve();
  const auto connection = Open();
  const auto held = Ask(connection, "/hold", "");
  ASSERT_TRUE(requests_.Reaches(1));
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(milliseconds{50});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kLong / 2);
  EXPECT_EQ(held->answer().get().closed, ErrorCode::kCancel);
  EXPECT_EQ(closed_.value(), 1) << "every handler had its last event";
}

// What a raw client hears last: it reads until the server closes.
bool ServerCloses(net::BlockingStream& stream) {
  Bytes room(4096);
  for (;;) {
    const auto got = stream.Read(room, kLong);
    if (!got) return got.error().code == Errc::kIoClosed;
  }
}

TEST_F(Http2Server, ClosesConnectionsThatSayNothing) {
  ServerConfig config = Plain();
  config.connection.handshake_timeout = milliseconds{40};
  Serve(config);
  auto stream = net::BlockingStream::Connect(
      net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()}, kLong);
  ASSERT_TRUE(stream.has_value());
  EXPECT_TRUE(ServerCloses(*stream));
  EXPECT_TRUE(WaitForError(Errc::kIoTimeout));
}

constexpr std::string_view kHello("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

TEST_F(Http2Server, ClosesAConnectionWhoseHeaderSectionDoesNotEnd) {
  ServerConfig config = Plain();
  config.connection.header_timeout = milliseconds{40};
  Serve(config);
  auto stream = net::BlockingStream::Connect(
      net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()}, kLong);
  ASSERT_TRUE(stream.has_value());
  ASSERT_TRUE(stream->Write(AsBytes(kHello), kLong));
  ASSERT_TRUE(stream->Write(AsBytes(std::string_view("\0\0\x20\1\4\0\0\0\1\0", 10)), kLong));
  EXPECT_TRUE(ServerCloses(*stream));
  EXPECT_TRUE(WaitForError(Errc::kIoTimeout));
}

TEST_F(Http2Server, ClosesIdleConnectionsInOrder) {
  ServerConfig config = Plain();
  config.connection.idle_timeout = milliseconds{40};
  Serve(config);
  const auto connection = Open();
  EXPECT_EQ(Ask(connection, "/a", "1")->answer().get().content, "/a:1");
  EXPECT_TRUE(client_closed_.Reaches(1));
  const std::lock_guard lock(mutex_);
  EXPECT_TRUE(errors_.empty());
}

TEST_F(Http2Server, ClosesAConnectionThatDoesNotAnswerPings) {
  ServerConfig config = Plain();
  config.connection.keepalive_interval = milliseconds{40};
  config.connection.keepalive_timeout = milliseconds{40};
  Serve(config);
  auto stream = net::BlockingStream::Connect(
      net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()}, kLong);
  ASSERT_TRUE(stream.has_value());
  ASSERT_TRUE(stream->Write(AsBytes(kHello), kLong));
  EXPECT_TRUE(ServerCloses(*stream));
  EXPECT_TRUE(WaitForError(Errc::kIoTimeout));
}

TEST_F(Http2Server, KeepsAConnectionThatAnswersPings) {
  ServerConfig config = Plain();
  config.connection.keepalive_interval = milliseconds{10};
  config.connection.keepalive_timeout = kLong;
  Serve(config);
  const auto connection = Open();
  // Twenty intervals.
  std::promise<void> later;
  loops_->PostAfter(0, milliseconds{200}, [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(Ask(connection, "/a", "1")->answer().get().content, "/a:1");
}

TEST_F(Http2Server, ResetsAStreamWhoseReaderIsStuck) {
  ServerConfig config = Plain();
  config.connection.stall_timeout = milliseconds{40};
  Serve(config);
  const auto connection = Open();
  const auto stuck = Ask(connection, "/big", "", /*reads=*/false);
  EXPECT_EQ(stuck->answer().get().closed, ErrorCode::kCancel);
  EXPECT_EQ(Ask(connection, "/a", "1")->answer().get().content, "/a:1") << "the others go on";
}

TEST_F(Http2Server, SurvivesClientsThatVanish) {
  Serve();
  for (int i = 0; i < 20; ++i) {
    auto stream = net::BlockingStream::Connect(
        net::PlainTcpTarget{.host = "127.0.0.1", .port = server_->port()}, kLong);
    ASSERT_TRUE(stream.has_value());
    const std::string bytes = std::string(kHello) + std::string("\0\0\x20\1\4\0\0\0\1\0", 10);
    ASSERT_TRUE(stream->Write(AsBytes(bytes).first(static_cast<std::size_t>(i) * 2), kLong));
    stream->Close();
  }
  const auto connection = Open();
  EXPECT_EQ(Ask(connection, "/a", "1")->answer().get().content, "/a:1");
}

}  // namespace
}  // namespace signet::http2
