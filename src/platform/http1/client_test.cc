// The client against servers that say strange things.
#include "platform/http1/client.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "platform/net/listener.h"
#include "tests/support/http_fixture.h"

namespace signet::http1 {
namespace {

using std::chrono::milliseconds;
using test::kLong;

// Answers the first bytes of each connection with a fixed text, then ends or stays silent.
class Scripted {
 public:
  Scripted(runtime::Loops& loops, std::string text, bool end) : text_(std::move(text)), end_(end) {
    listener_ = *net::Listener::Start(
        loops, {.where = net::PlainTcpListen{}},
        [this](std::shared_ptr<net::Stream> stream) { Answer(std::move(stream)); }, {});
  }
  [[nodiscard]] net::PlainTcpTarget target() const {
    return {.host = "127.0.0.1", .port = listener_->port()};
  }

 private:
  void Answer(std::shared_ptr<net::Stream> stream) {
    auto buffer = std::make_shared<std::vector<std::uint8_t>>(4096);
    net::Stream& s = *stream;
    s.Read(*buffer, kLong, [this, stream, buffer](const Result<std::size_t>& got) {
      if (!got) return stream->Close();
      stream->Write(AsBytes(text_), kLong, [this, stream, buffer](const Result<void>&) {
        if (end_) stream->ShutdownWrite();
        stream->Read(*buffer, kLong,
                     [stream, buffer](const Result<std::size_t>&) { stream->Close(); });
      });
    });
  }
  std::string text_;
  bool end_;
  std::unique_ptr<net::Listener> listener_;
};

class Client : public testing::Test {
 protected:
  Result<ClientResponse> Get(const std::string& text, bool end = true, ClientOptions options = {}) {
    // Scripted servers live as long as the loops that run them.
    servers_.push_back(std::make_unique<Scripted>(*loops_, text, end));
    return CallOnce(servers_.back()->target(), {}, options);
  }
  ~Client() override {
    loops_->Stop();
    loops_->Join();
  }
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(1);
  std::vector<std::unique_ptr<Scripted>> servers_;
};

TEST_F(Client, ReadsAllKindsOfBodies) {
  struct Row {
    const char* what;
    std::string text;
    int status;
    const char* body;
  };
  const Row rows[] = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200,
       "abc"},
      {"until the end", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc"},
      {"HTTP/1.0", "HTTP/1.0 404 Not Found\r\n\r\nabc", 404, "abc"},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, ""},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"behind an interim answer",
       "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
       200, "a"},
  };
  for (const Row& row : rows) {
    const auto got = Get(row.text);
    ASSERT_TRUE(got.has_value()) << row.what << " " << got.error().detail;
    EXPECT_EQ(got->status, row.status) << row.what;
    EXPECT_EQ(got->body, row.body) << row.what;
  }
}

TEST_F(Client, RefusesAnswersThatCanBeReadInTwoWays) {
  struct Row {
    const char* what;
    std::string text;
    Errc want;
  };
  std::string hints;
  for (int i = 0; i < 10; ++i) hints += "HTTP/1.1 100 Continue\r\n\r\n";
  const Row rows[] = {
      {"nothing", "", Errc::kIoClosed},
      {"half a header", "HTTP/1.1 200 OK\r\nX: ", Errc::kIoClosed},
      {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Errc::kHttpMalformed},
      {"cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
       Errc::kHttpMalformed},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
       Errc::kHttpMalformed},
      {"length and coding",
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       Errc::kHttpMalformed},
      {"folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
       Errc::kHttpMalformed},
      {"not HTTP", "SSH-2.0-x\r\n\r\n", Errc::kHttpMalformed},
      {"upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", Errc::kHttpMalformed},
      {"interim answers for ever", hints, Errc::kHttpMalformed},
      {"status 99", "HTTP/1.1 099 X\r\n\r\n", Errc::kHttpMalformed},
  };
  for (const Row& row : rows) {
    const auto got = Get(row.text);
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, row.want) << row.what << ": " << got.error().detail;
  }
}

TEST_F(Client, HasLimits) {
  const ClientOptions options{.max_header_bytes = 100, .max_body_bytes = 10};
  const std::string body(11, 'x');
  for (const std::string& text :
       {"HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x'),
        "HTTP/1.1 200 OK\r\nX: " + std::string(100, 'x') + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + body,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + body + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + body}) {
    const auto got = Get(text, true, options);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code, Errc::kHttpTooLarge) << text;
  }
}

TEST_F(Client, GivesUpOnASlowServer) {
  const auto got = Get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na", false,
                       {.call_timeout = milliseconds(30)});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, Errc::kIoTimeout);
}

// Bytes behind an answer would be taken for the answer to the next request.
TEST_F(Client, DoesNotReuseAConnectionWithBytesLeftOver) {
  const Scripted server(*loops_,
                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n"
                        "Content-Length: 1\r\n\r\nb",
                        false);
  auto connection = Connection::Open(server.target());
  ASSERT_TRUE(connection.has_value());
  EXPECT_EQ(connection->Call({})->body, "a");
  EXPECT_FALSE(connection->reusable());
  EXPECT_EQ(connection->Call({}).error().code, Errc::kIoClosed);
  loops_->Stop();
  loops_->Join();
}

class ClientRequests : public test::HttpFixture {};

TEST_F(ClientRequests, RefusesLinesThatWouldSplitTheRequest) {
  const auto server = Serve();
  struct Row {
    const char* what;
    ClientRequest request;
    Errc want;
  };
  const Row rows[] = {
      {"break in a value", {.headers = {{"X", "a\r\nY: b"}}}, Errc::kHttpFieldInvalid},
      {"break in a name", {.headers = {{"X\r\nY", "b"}}}, Errc::kHttpFieldInvalid},
      {"NUL", {.headers = {{"X", std::string("a\0", 2)}}}, Errc::kHttpFieldInvalid},
      {"space in the target", {.target = "/ HTTP/1.1\r\nX: y"}, Errc::kHttpTargetInvalid},
      {"empty target", {.target = ""}, Errc::kHttpTargetInvalid},
      {"space in the method", {.method = "GET /"}, Errc::kHttpTargetInvalid},
  };
  for (const Row& row : rows) {
    Connection connection = Connect(*server);
    const auto got = connection.Call(row.request);
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, row.want) << row.what;
    EXPECT_TRUE(connection.Call({}).has_value()) << "nothing was sent";
  }
}

TEST_F(ClientRequests, SendsExactlyTheLinesWithoutFraming) {
  const auto server = Serve();
  Connection connection = Connect(*server);
  const auto got =
      connection.Call({.headers = {{"hOst", "x"}, {"A", "1"}, {"A", "2"}}, .add_framing = false});
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->body, "GET /\nhOst=x\nA=1\nA=2\n\n");
  EXPECT_EQ(connection.Call({.add_framing = false})->status, 400);  // no Host
}

}  // namespace
}  // namespace signet::http1
