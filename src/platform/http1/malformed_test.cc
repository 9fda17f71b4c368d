// What comes over the wire and is no HTTP/1.1 request, or could be read in two ways.
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "platform/http1/server.h"
#include "tests/support/http_fixture.h"

namespace signet::http1 {
namespace {

using std::chrono::milliseconds;

class Malformed : public test::HttpFixture {
 protected:
  // The answer to these bytes; the connection must be closed behind an answer that refuses.
  ClientResponse Answer(const Server& server, std::string_view bytes) {
    Connection connection = Connect(server);
    EXPECT_TRUE(connection.SendRaw(AsBytes(bytes)));
    const auto response = connection.ReadResponse();
    EXPECT_TRUE(response.has_value()) << response.error().detail;
    if (!response) return {};
    if (response->status != 200) {
      EXPECT_EQ(*FindHeader(response->headers, "Connection"), "close");
      EXPECT_EQ(*FindHeader(response->headers, "Content-Type"), "application/problem+json");
      EXPECT_EQ(connection.ReadResponse().error().code, Errc::kIoClosed);
    }
    return *response;
  }
};

struct Row {
  const char* what;
  const char* rule;
  std::string bytes;
  int status;
};

const std::string kHost = "Host: a\r\n";
std::string Post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}

TEST_F(Malformed, SmugglingTable) {
  const auto server = Serve();
  const Row rows[] = {
      {"plain", "RFC9112-3", "GET / HTTP/1.1\r\n" + kHost + "\r\n", 200},
      {"length", "RFC9112-6.2", Post("Content-Length: 3\r\n", "abc"), 200},
      {"chunked", "RFC9112-7.1", Post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
       200},
      {"length and chunked", "RFC9112-6.3",
       Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked and length", "RFC9112-6.3",
       Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
      {"two lengths", "RFC9112-6.3", Post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"),
       400},
      {"the same length twice", "RFC9112-6.3",
       Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"list of lengths", "RFC9112-6.3", Post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"signed length", "RFC9110-8.6", Post("Content-Length: +3\r\n", "abc"), 400},
      {"negative length", "RFC9110-8.6", Post("Content-Length: -3\r\n", "abc"), 400},
      {"hexadecimal length", "RFC9110-8.6", Post("Content-Length: 0x3\r\n", "abc"), 400},
      {"empty length", "RFC9110-8.6", Post("Content-Length: \r\n", ""), 400},
      {"length beyond 64 bits", "RFC9110-8.6",
       Post("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      {"space in the length", "RFC9110-8.6", Post("Content-Length: 1 1\r\n", "a"), 400},
      {"coding twice", "RFC9112-6.1",
       Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked not last", "RFC9112-6.1",
       Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400},
      {"gzip, chunked", "RFC9112-6.1", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
       400},
      {"unknown coding", "RFC9112-6.1", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400},
      {"coding behind a tab", "RFC9112-6.1", Post("Transfer-Encoding:\tchunked\r\n", "0\r\n\r\n"),
       200},
      {"vertical tab in the coding", "RFC9112-6.1",
       Post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n"),
       400},
      {"space before the colon", "RFC9112-5.1", Post("Content-Length : 3\r\n", "abc"), 400},
      {"folded line", "RFC9112-5.2", Post("X: a\r\n b\r\n", ""), 400},
      {"folded with a tab", "RFC9112-5.2", Post("X: a\r\n\tb\r\n", ""), 400},
      {"folded coding", "RFC9112-5.2", Post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
       400},
      {"space before the first field", "RFC9112-2.2", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"bare LF", "RFC9112-2.2", "GET / HTTP/1.1\nHost: a\n\r\n\r\n", 400},
      {"bare LF in a value", "RFC9112-2.2", Post("X: a\nContent-Length: 3\r\n", ""), 400},
      {"bare CR in a value", "RFC9112-2.2", Post("X: a\rb\r\n", ""), 400},
      {"NUL in a value", "RFC9110-5.5", Post(std::string("X: a\0b\r\n", 8), ""), 400},
      {"NUL in a name", "RFC9110-5.1", Post(std::string("X\0: a\r\n", 7), ""), 400},
      {"empty name", "RFC9110-5.1", Post(": a\r\n", ""), 400},
      {"no colon", "RFC9112-5", Post("X\r\n", ""), 400},
      {"no Host", "RFC9112-3.2", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "RFC9112-3.2", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"empty Host", "RFC9112-3.2", "GET / HTTP/1.1\r\nHost: \r\n\r\n", 400},
      {"Host with a path", "RFC9112-3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"Host list", "RFC9112-3.2", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"Host with userinfo", "RFC9110-4.2.4", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"target overrules Host", "RFC9112-3.2.2", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target repeats Host", "RFC9112-3.2.2", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 200},
      {"HTTP/1.0", "RFC9112-2.5", "GET / HTTP/1.0\r\n" + kHost + "\r\n", 505},
      {"HTTP/2 in text", "RFC9112-2.5", "GET / HTTP/2.0\r\n" + kHost + "\r\n", 400},
      {"HTTP/2 preface", "RFC9113-3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"lower-case version", "RFC9112-2.3", "GET / http/1.1\r\n" + kHost + "\r\n", 400},
      {"two spaces", "RFC9112-3", "GET  / HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"space in the target", "RFC9112-3.2", "GET /a b HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"no method", "RFC9112-3", " / HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"control character in the target", "RFC9112-3.2", "GET /\x01 HTTP/1.1\r\n" + kHost + "\r\n",
       400},
      {"byte over 127 in the target", "RFC9112-3.2", "GET /\xc3\xa9 HTTP/1.1\r\n" + kHost + "\r\n",
       400},
      {"HTTP/0.9", "RFC9112-3", "GET /\r\n\r\n", 400},
      {"empty line in front", "RFC9112-2.2", "\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", 200},
      {"two empty lines in front", "RFC9112-2.2", "\r\n\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n",
       400},
      {"TLS hello", "WIT-10", std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), 400},
      {"chunk size with a sign", "RFC9112-7.1",
       Post("Transfer-Encoding: chunked\r\n", "+3\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size in 0x form", "RFC9112-7.1",
       Post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n"), 400},
      {"chunk size too large", "RFC9112-7.1",
       Post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n"), 400},
      {"chunk longer than said", "RFC9112-7.1",
       Post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"chunk with bare LF", "RFC9112-7.1",
       Post("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n"), 400},
      {"unknown expectation", "RFC9110-10.1.1",
       Post("Expect: 200-maybe\r\nContent-Length: 1\r\n", "a"), 417},
  };
  for (const Row& row : rows) {
    const ClientResponse response = Answer(*server, row.bytes);
    EXPECT_EQ(response.status, row.status) << row.what << " [" << row.rule << "] " << response.body;
  }
}

TEST_F(Malformed, RefusalsAreProblemDetailsWithoutThePeersWords) {
  const auto server = Serve();
  const ClientResponse response =
      Answer(*server, "GET / HTTP/1.1\r\nHost: a\r\nHost: secret-word\r\n\r\n");
  EXPECT_NE(response.body.find("\"code\":\"http.malformed\""), std::string::npos) << response.body;
  EXPECT_EQ(response.body.find("secret-word"), std::string::npos);
}

TEST_F(Malformed, TrailersAreNotFields) {
  const auto server = Serve();
  const ClientResponse response =
      Answer(*server, Post("Transfer-Encoding: chunked\r\n",
                           "3;ext=1\r\nabc\r\n0\r\nAuthorization: WPT x\r\n\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "POST /\nHost=a\nTransfer-Encoding=chunked\n\nabc");
}

TEST_F(Malformed, Limits) {
  ServerConfig config = Plain();
  config.max_header_bytes = 200;
  config.max_body_bytes = 10;
  config.max_field_lines = 3;
  const auto server = Serve(Describe, config);
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";  // 27 bytes, and 4 at the end
  const std::string large_chunks = "6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n";
  const Row rows[] = {
      {"header at the limit", "ours-limits", start + std::string(200 - 32, 'x') + "\r\n\r\n", 200},
      {"header over the limit", "ours-limits", start + std::string(201 - 31, 'x') + "\r\n\r\n",
       431},
      {"header without an end", "ours-limits", start + std::string(300, 'x'), 431},
      {"target over the limit", "ours-limits", "GET /" + std::string(300, 'x'), 431},
      {"three lines", "ours-limits", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n", 200},
      {"four lines", "ours-limits", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n",
       431},
      {"body at the limit", "ours-limits", Post("Content-Length: 10\r\n", "0123456789"), 200},
      {"body over the limit", "ours-limits", Post("Content-Length: 11\r\n", "0123456789a"), 413},
      {"body far over the limit, not sent", "ours-limits", Post("Content-Length: 99999999\r\n", ""),
       413},
      {"chunks over the limit", "ours-limits", Post("Transfer-Encoding: chunked\r\n", large_chunks),
       413},
      {"one huge chunk, not sent", "ours-limits",
       Post("Transfer-Encoding: chunked\r\n", "FFFFFFF\r\n"), 413},
      {"endless chunk extension", "ours-limits",
       Post("Transfer-Encoding: chunked\r\n", "1;" + std::string(40'000, 'x')), 413},
  };
  for (const Row& row : rows) {
    const ClientResponse response = Answer(*server, row.bytes);
    EXPECT_EQ(response.status, row.status) << row.what << " " << response.body;
  }
}

// The answer arrives although the client is still sending when it is refused.
TEST_F(Malformed, TheRefusalOfALargeBodyIsNotLost) {
  const auto server = Serve();
  for (int i = 0; i < 5; ++i) {
    Connection connection = Connect(*server);
    const auto response = connection.Call({.method = "POST", .body = std::string(1'500'000, 'x')});
    ASSERT_TRUE(response.has_value()) << response.error().detail;
    EXPECT_EQ(response->status, 413);
  }
}

TEST_F(Malformed, SlowRequestsTimeOut) {
  ServerConfig config = Plain();
  config.header_timeout = milliseconds(20);
  config.body_timeout = milliseconds(20);
  const auto server = Serve(Describe, config);
  for (const std::string& part : {std::string("GET / HT"), Post("Content-Length: 5\r\n", "ab"),
                                  Post("Transfer-Encoding: chunked\r\n", "3\r\n")}) {
    EXPECT_EQ(Answer(*server, part).status, 408) << part;
  }
}

TEST_F(Malformed, IdleConnectionsAreClosedSilently) {
  ServerConfig config = Plain();
  config.idle_timeout = milliseconds(20);
  const auto server = Serve(Describe, config);
  Connection fresh = Connect(*server);
  EXPECT_EQ(fresh.ReadResponse().error().code, Errc::kIoClosed);
  Connection used = Connect(*server);
  ASSERT_TRUE(used.Call({}).has_value());
  EXPECT_EQ(used.ReadResponse().error().code, Errc::kIoClosed);
}

// Every prefix of a request, and every request with one byte changed, is answered or cut off, and
// the server serves the next client.
TEST_F(Malformed, SurvivesEveryPrefixAndEveryChangedByte) {
  ServerConfig config = Plain();
  config.header_timeout = milliseconds(20);
  config.body_timeout = milliseconds(20);
  const auto server = Serve(Describe, config);
  const std::string good = Post("Transfer-Encoding: chunked\r\nX: y\r\n", "3\r\nabc\r\n0\r\n\r\n");
  const auto send = [&](const std::string& bytes) {
    Connection connection = Connect(*server);
    EXPECT_TRUE(connection.SendRaw(AsBytes(bytes)));
  };
  for (std::size_t i = 0; i < good.size(); ++i) {
    send(good.substr(0, i));
    for (const char c : {'\0', '\r', '\n', ' ', ':', '\xff', 'f'}) {
      std::string changed = good;
      changed[i] = c;
      send(changed);
    }
  }
  EXPECT_EQ(Answer(*server, good).status, 200);
}

}  // namespace
}  // namespace signet::http1
