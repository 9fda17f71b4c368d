#include "platform/http1/server.h"

#include <atomic>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "gtest/gtest.h"

#include "platform/runtime/blocking_pool.h"
#include "tests/support/http_fixture.h"
#include "tests/support/pinned_peer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace signet::http1 {
namespace {

using std::chrono::milliseconds;
using test::kLong;

class Http : public test::HttpFixture {};

TEST_F(Http, HandlerSeesEveryLineInOrderWithDuplicates) {  // WIT-6, WPT-5.1
  const auto server = Serve();
  Connection connection = Connect(*server);
  const auto response =
      connection.Call({.method = "PUT",
                       .target = "/a%2Fb/../c?q=1&q=2",
                       .headers = {{"x-B", " two words "}, {"A", "1"}, {"X-b", ""}, {"A", "2"}},
                       .body = std::string("b\0dy", 4),
                       .host = "example.org:8443"});
  ASSERT_TRUE(response.has_value()) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body,
            "PUT /a%2Fb/../c?q=1&q=2\nHost=example.org:8443\n"
            "x-B=two words\nA=1\nX-b=\nA=2\nContent-Length=4\n\n" +
                std::string("b\0dy", 4));
  EXPECT_EQ(*FindHeader(response->headers, "content-type"), "text/plain");
}

TEST_F(Http, KeepsAConnectionForSeveralCalls) {
  const auto server = Serve();
  Connection connection = Connect(*server);
  for (int i = 0; i < 20; ++i) {
    const auto response = connection.Call({.target = "/" + std::to_string(i)});
    ASSERT_TRUE(response.has_value()) << response.error().detail;
    EXPECT_TRUE(response->body.starts_with("GET /" + std::to_string(i) + "\n"));
    EXPECT_TRUE(connection.reusable());
  }
  EXPECT_EQ(server->connections(), 1U);
}

TEST_F(Http, AnswersPipelinedRequestsInOrder) {
  const auto server = Serve();
  Connection connection = Connect(*server);
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  }
  ASSERT_TRUE(connection.SendRaw(AsBytes(text)));
  for (int i = 0; i < 10; ++i) {
    const auto response = connection.ReadResponse();
    ASSERT_TRUE(response.has_value());
    EXPECT_TRUE(response->body.starts_with("POST /" + std::to_string(i) + "\n"));
  }
}

TEST_F(Http, ClosesWhenOneSideAsksForIt) {
  ServerConfig config = Plain();
  config.max_requests_per_connection = 2;
  const auto server = Serve(
      [](const RequestContext& context) {
        return Response{.body = "x", .close = context.request.target == "/close"};
      },
      config);
  struct Row {
    const char* what;
    ClientRequest request;
    bool reusable;
  };
  const Row rows[] = {{"nobody", {}, true},
                      {"client", {.headers = {{"Connection", "close"}}}, false},
                      {"handler", {.target = "/close"}, false}};
  for (const Row& row : rows) {
    Connection connection = Connect(*server);
    ASSERT_TRUE(connection.Call(row.request).has_value()) << row.what;
    EXPECT_EQ(connection.reusable(), row.reusable) << row.what;
    if (!row.reusable) {
      EXPECT_EQ(connection.Call({}).error().code, Errc::kIoClosed) << row.what;
      continue;
    }
    ASSERT_TRUE(connection.Call({}).has_value());
    EXPECT_FALSE(connection.reusable()) << "after max_requests_per_connection";
  }
}

TEST_F(Http, HeadAndEmptyStatusesHaveNoBody) {
  const auto server = Serve([](const RequestContext& context) {
    return Response{.status = context.request.target == "/204" ? 204 : 200, .body = "12345"};
  });
  Connection connection = Connect(*server);
  const auto head = connection.Call({.method = "HEAD"});
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(*FindHeader(head->headers, "Content-Length"), "5");
  EXPECT_EQ(head->body, "");
  const auto none = connection.Call({.target = "/204"});
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(FindHeader(none->headers, "Content-Length"), nullptr);
  EXPECT_EQ(connection.Call({})->body, "12345");
}

TEST_F(Http, SendsContinueToThoseWhoWaitForIt) {
  const auto server = Serve();
  Connection connection = Connect(*server);
  ASSERT_TRUE(connection.SendRaw(
      AsBytes("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")));
  // ReadResponse reads over the interim answer; the body is sent at the same time.
  std::thread sender([&] { EXPECT_TRUE(connection.SendRaw(AsBytes("abc"))); });
  sender.join();
  const auto response = connection.ReadResponse();
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->body.ends_with("\n\nabc"));
}

TEST_F(Http, AnInvalidAnswerOfTheHandlerBecomesA500) {
  struct Row {
    const char* what;
    Response response;
  };
  const Row rows[] = {
      {"line break in a value", {.headers = {{"X", "a\r\nSet-Cookie: b"}}}},
      {"bad name", {.headers = {{"X Y", "a"}}}},
      {"empty name", {.headers = {{"", "a"}}}},
      {"own framing", {.headers = {{"content-length", "1"}}}},
      {"own coding", {.headers = {{"Transfer-Encoding", "chunked"}}}},
      {"status 100", {.status = 100}},
      {"status 999", {.status = 999}},
  };
  for (const Row& row : rows) {
    const auto server = Serve([&row](const RequestContext&) { return row.response; });
    Connection connection = Connect(*server);
    const auto response = connection.Call({});
    ASSERT_TRUE(response.has_value()) << row.what;
    EXPECT_EQ(response->status, 500) << row.what;
    EXPECT_EQ(FindHeader(response->headers, "Set-Cookie"), nullptr);
    EXPECT_TRUE(WaitForError(Errc::kHttpFieldInvalid));
  }
}

TEST_F(Http, SixtyFourConnectionsAtOnceOnAllLoops) {
  std::atomic<int> inside = 0;
  std::atomic<unsigned> loops = 0;
  const auto server = Serve([&](const RequestContext& context) {
    EXPECT_EQ(loops_->Current(), context.loop);
    loops |= 1U << context.loop;
    ++inside;
    return Describe(context);
  });
  std::vector<Connection> connections;
  for (int i = 0; i < 64; ++i) connections.push_back(Connect(*server));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&connections, t] {
      for (int round = 0; round < 5; ++round) {
        for (std::size_t i = t; i < connections.size(); i += 8) {
          const std::string body(1000 * i, 'x');
          const auto response = connections[i].Call({.method = "POST", .body = body});
          ASSERT_TRUE(response.has_value()) << response.error().detail;
          EXPECT_TRUE(response->body.ends_with("\n" + body));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(server->connections(), 64U);
  EXPECT_EQ(inside, 320);
  EXPECT_EQ(loops, 3U);
}

TEST_F(Http, RefusesConnectionsBeyondTheLimit) {
  ServerConfig config = Plain();
  config.listen.max_connections = 2;
  const auto server = Serve(Describe, config);
  Connection first = Connect(*server);
  Connection second = Connect(*server);
  ASSERT_TRUE(first.Call({}).has_value());
  ASSERT_TRUE(second.Call({}).has_value());
  Connection third = Connect(*server);
  EXPECT_FALSE(third.Call({}).has_value());
  EXPECT_TRUE(WaitForError(Errc::kIoClosed));
  EXPECT_TRUE(first.Call({}).has_value());
}

TEST_F(Http, AsyncHandlersAnswerFromAnotherThread) {
  runtime::BlockingPool pool(2, 100);
  auto server = Server::StartAsync(
      *loops_, Plain(), [&pool](const RequestContext& context, Responder responder) {
        // The context stays readable until the answer, on whatever thread.
        const bool taken = pool.Submit([&context, responder = std::move(responder)]() mutable {
          const http::Request& request = context.request;
          if (request.target == "/lost") return;
          EXPECT_EQ(context.channel.loop, context.loop);
          responder.Send({.body = std::string(request.target)});
          responder.Send({.body = "twice"});  // ignored
        });
        EXPECT_TRUE(taken);
      });
  ASSERT_TRUE(server.has_value());
  Connection connection = Connect(**server);
  for (int i = 0; i < 50; ++i) {
    const auto response = connection.Call({.target = "/" + std::to_string(i)});
    ASSERT_TRUE(response.has_value()) << response.error().detail;
    EXPECT_EQ(response->body, "/" + std::to_string(i));
  }
  EXPECT_EQ(connection.Call({.target = "/lost"})->status, 500);
}

TEST_F(Http, GracefulStopLetsRequestsFinishAndClosesIdleOnes) {
  std::promise<Responder> entered;
  auto server =
      Server::StartAsync(*loops_, Plain(), [&](const RequestContext& context, Responder responder) {
        if (context.request.target == "/slow") {
          entered.set_value(std::move(responder));
        } else {
          responder.Send({});
        }
      });
  ASSERT_TRUE(server.has_value());
  Connection idle = Connect(**server);
  ASSERT_TRUE(idle.Call({}).has_value());
  Connection slow = Connect(**server);
  ASSERT_TRUE(slow.SendRaw(AsBytes("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")));
  Responder responder = entered.get_future().get();
  std::thread stopper([&] { (*server)->Stop(kLong); });
  EXPECT_EQ(idle.ReadResponse().error().code, Errc::kIoClosed);  // Stop has begun
  responder.Send({.body = "done"});
  const auto response = slow.ReadResponse();
  ASSERT_TRUE(response.has_value()) << response.error().detail;
  EXPECT_EQ(response->body, "done");
  EXPECT_EQ(*FindHeader(response->headers, "Connection"), "close");
  {
    const Connection closed = std::move(slow);
  }
  stopper.join();
  EXPECT_EQ((*server)->connections(), 0U);
}

TEST_F(Http, StopCutsWhatOutlastsTheGrace) {
  std::promise<Responder> entered;
  auto server = Server::StartAsync(
      *loops_, Plain(),
      [&](const RequestContext&, Responder responder) { entered.set_value(std::move(responder)); });
  ASSERT_TRUE(server.has_value());
  Connection slow = Connect(**server);
  ASSERT_TRUE(slow.SendRaw(AsBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  Responder responder = entered.get_future().get();
  (*server)->Stop(milliseconds(10));
  EXPECT_EQ(slow.ReadResponse().error().code, Errc::kIoClosed);
  server->reset();
  responder.Send({});  // too late, and harmless
}

// The same server over the two protected channels, with who called.
TEST_F(Http, KnowsItsPeers) {
  const test::TestCert leaf = test::MakeLeaf(test::MakeCa(), "URI:spiffe://example.org/a");
  const net::TlsIdentity identity{.chain = {leaf.der}, .key_pkcs8 = leaf.Pkcs8()};
  const auto handler = [&](const RequestContext& context) {
    EXPECT_TRUE(context.channel_protected);
    if (context.channel.unix_peer) {
      EXPECT_EQ(context.channel.unix_peer->pid, ::getpid());
      EXPECT_EQ(context.peer, nullptr);
      return Response{.body = "unix " + std::string(context.request.scheme)};
    }
    EXPECT_EQ(context.channel.tls_peer_chain, (std::vector<Bytes>{leaf.der}));
    EXPECT_NE(dynamic_cast<const test::PinnedPeer*>(context.peer.get()), nullptr);
    return Response{.body = "tls " + std::string(context.request.scheme)};
  };
  ServerConfig config;
  config.listen.where = net::TlsListen{
      .tls = *net::TlsContext::MakeServer({.identity = &identity,
                                           .client_auth = net::ClientAuth::kRequired,
                                           .client_verifier = test::PinLeaf(leaf.der)})};
  const auto tls_server = Serve(handler, config);
  const auto over_tls =
      CallOnce(net::TlsTarget{.host = "127.0.0.1",
                              .port = tls_server->port(),
                              .tls = *net::TlsContext::MakeClient({.identity = &identity}),
                              .verifier = test::PinLeaf(leaf.der)},
               {});
  ASSERT_TRUE(over_tls.has_value()) << over_tls.error().detail;
  EXPECT_EQ(over_tls->body, "tls https");

  const test::TempDir dir;
  config.listen.where = net::UnixListenConfig{.path = dir.path() + "/s"};
  const auto unix_server = Serve(handler, config);
  const auto over_unix = CallOnce(net::UnixTarget{.path = dir.path() + "/s"}, {});
  ASSERT_TRUE(over_unix.has_value()) << over_unix.error().detail;
  EXPECT_EQ(over_unix->body, "unix http");
}

}  // namespace
}  // namespace signet::http1
