// Bytes that no decent client sends, written out frame by frame (RFC 9113).
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "platform/http2/session.h"

namespace signet::http2 {
namespace {

constexpr SteadyTime kStart{std::chrono::hours{5}};
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// Frame types and flags of RFC 9113 section 6.
enum : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRst = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
constexpr std::uint8_t kEndStream = 1;
constexpr std::uint8_t kEndHeaders = 4;

std::string Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload) {
  std::string out;
  const auto byte = [&](std::size_t value) { out.push_back(static_cast<char>(value & 0xff)); };
  byte(payload.size() >> 16);
  byte(payload.size() >> 8);
  byte(payload.size());
  byte(type);
  byte(flags);
  for (const int shift : {24, 16, 8, 0}) byte(stream >> shift);
  return out.append(payload);
}

// HPACK by hand: literals without indexing (RFC 7541 section 6.2.2).
std::string Line(std::string_view name, std::string_view value) {
  std::string out(1, '\0');
  out.push_back(static_cast<char>(name.size()));
  out.append(name);
  out.push_back(static_cast<char>(value.size()));
  return out.append(value);
}
std::string Get() {
  return Line(":method", "GET") + Line(":scheme", "http") + Line(":path", "/") +
         Line(":authority", "a");
}

struct Counter : SessionEvents {
  void OnHeaders(StreamId, HeaderList, bool) override { ++requests; }
  void OnData(StreamId, ByteView bytes) override { content += bytes.size(); }
  void OnTrailers(StreamId, HeaderList, bool) override { ++trailers; }
  void OnEnd(StreamId) override { ++ends; }
  void OnDrained(StreamId) override {}
  void OnClosed(StreamId, ErrorCode code) override { closed.push_back(code); }
  void OnGoaway(ErrorCode) override {}
  void OnPingAck(std::uint64_t) override {}
  int requests = 0;
  int trailers = 0;
  int ends = 0;
  std::size_t content = 0;
  std::vector<ErrorCode> closed;
};

struct Outcome {
  Counter seen;
  std::optional<Errc> error;           // of Feed
  bool goaway = false;                 // we ended the connection for it
  std::optional<std::uint32_t> reset;  // of a stream: the code
};

// Finds GOAWAY with an error, and the last RST_STREAM, in what the server sends.
void ReadAnswer(const Bytes& bytes, Outcome& out) {
  const auto number = [&](std::size_t at, int size) {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
    return value;
  };
  for (std::size_t at = 0; at + 9 <= bytes.size(); at += 9 + number(at, 3)) {
    if (bytes[at + 3] == kGoaway && number(at + 13, 4) != 0) out.goaway = true;
    if (bytes[at + 3] == kRst) out.reset = number(at + 9, 4);
  }
}

Outcome Serve(const std::string& bytes, const SessionLimits& limits = {}) {
  Outcome out;
  auto session = Session::Make(Side::kServer, limits, out.seen, kStart);
  EXPECT_TRUE(session.has_value());
  if (const auto fed = session->Feed(AsBytes(bytes), kStart); !fed) out.error = fed.error().code;
  Bytes answer;
  while (*session->Take(answer, 1 << 20) > 0) {
  }
  ReadAnswer(answer, out);
  return out;
}

std::string Hello() { return std::string(kPreface) + Frame(kSettings, 0, 0, ""); }

TEST(Http2Malformed, TheFramesWrittenByHandAreRead) {  // or the rows below prove nothing
  const Outcome out =
      Serve(Hello() + Frame(kHeaders, kEndHeaders, 1, Get()) + Frame(kData, kEndStream, 1, "abc"));
  EXPECT_FALSE(out.error.has_value());
  EXPECT_FALSE(out.goaway);
  EXPECT_FALSE(out.reset.has_value());
  EXPECT_EQ(out.seen.requests, 1);
  EXPECT_EQ(out.seen.content, 3U);
  EXPECT_EQ(out.seen.ends, 1);
}

TEST(Http2Malformed, RefusesWhatIsNotHttp2) {
  for (const std::string& text :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01", 6), std::string(kPreface.substr(0, 20)) + "XXXX",
        std::string(64, '\0')}) {
    EXPECT_EQ(Serve(text).error, Errc::kHttp2Protocol) << text;
  }
}

TEST(Http2Malformed, ConnectionErrors) {
  struct Row {
    const char* what;
    std::string frames;
  };
  const std::string request = Frame(kHeaders, kEndHeaders | kEndStream, 1, Get());
  const Row rows[] = {
      {"first frame is not SETTINGS", std::string(kPreface) + request},
      {"SETTINGS of 5 bytes", Hello() + Frame(kSettings, 0, 0, "12345")},
      {"SETTINGS on a stream", Hello() + Frame(kSettings, 0, 1, "")},
      {"SETTINGS ACK with content", Hello() + Frame(kSettings, 1, 0, "123456")},
      {"initial window of 2^31",
       Hello() + Frame(kSettings, 0, 0, std::string("\0\4\x80\0\0\0", 6))},
      {"PING of 7 bytes", Hello() + Frame(kPing, 0, 0, "1234567")},
      {"PING on a stream", Hello() + Frame(kPing, 0, 1, "12345678")},
      {"request on an even stream", Hello() + Frame(kHeaders, kEndHeaders, 2, Get())},
      {"request on stream 0", Hello() + Frame(kHeaders, kEndHeaders, 0, Get())},
      {"DATA on an idle stream", Hello() + Frame(kData, 0, 1, "x")},
      {"DATA on stream 0", Hello() + Frame(kData, 0, 0, "x")},
      {"RST_STREAM of an idle stream", Hello() + Frame(kRst, 0, 1, std::string(4, '\0'))},
      {"WINDOW_UPDATE of 0 for the connection",
       Hello() + Frame(kWindowUpdate, 0, 0, std::string(4, '\0'))},
      {"window over 2^31 - 1", Hello() + Frame(kWindowUpdate, 0, 0, "\x7f\xff\xff\xff")},
      {"PUSH_PROMISE of a client",
       Hello() + Frame(kPushPromise, kEndHeaders, 1, std::string("\0\0\0\2", 4) + Get())},
      {"CONTINUATION without HEADERS", Hello() + Frame(kContinuation, kEndHeaders, 1, Get())},
      {"another frame inside a header section",
       Hello() + Frame(kHeaders, 0, 1, Get()) + Frame(kPing, 0, 0, "12345678")},
      {"CONTINUATION of another stream",
       Hello() + Frame(kHeaders, 0, 1, Get()) + Frame(kContinuation, kEndHeaders, 3, "")},
      {"HPACK: index of nothing", Hello() + Frame(kHeaders, kEndHeaders, 1, "\xff\xff\xff\x0f")},
      {"HPACK: string past its end", Hello() + Frame(kHeaders, kEndHeaders, 1,
                                                     std::string("\0\x7f"
                                                                 "abc",
                                                                 5))},
      {"frame over 16,384 bytes", Hello() + Frame(kHeaders, kEndHeaders, 1, Get()) +
                                      Frame(kData, 0, 1, std::string(16'385, 'x'))},
      {"padding longer than the frame", Hello() + Frame(kHeaders, kEndHeaders, 1, Get()) +
                                            Frame(kData, 8, 1,
                                                  "\x09"
                                                  "abc")},
  };
  for (const Row& row : rows) {
    const Outcome out = Serve(row.frames);
    EXPECT_TRUE(out.goaway || out.error == Errc::kHttp2Protocol) << row.what;
    EXPECT_LE(out.seen.requests, 1) << row.what;
  }
}

TEST(Http2Malformed, AStreamNumberThatGoesBackIsNoRequest) {
  // It may be a late section of a stream that is closed, so nghttp2 reads it for its compression
  // state and no more.
  const Outcome out = Serve(Hello() + Frame(kHeaders, kEndHeaders, 5, Get()) +
                            Frame(kHeaders, kEndHeaders, 3, Get()));
  EXPECT_EQ(out.seen.requests, 1);
}

TEST(Http2Malformed, StreamErrors) {
  struct Row {
    const char* what;
    std::string lines;
  };
  const Row rows[] = {
      {"upper case in a name", Get() + Line("Te", "trailers")},
      {"connection-specific field", Get() + Line("connection", "keep-alive")},
      {"transfer-encoding", Get() + Line("transfer-encoding", "chunked")},
      {"te other than trailers", Get() + Line("te", "gzip")},
      {"no :path", Line(":method", "GET") + Line(":scheme", "http")},
      {"two :path", Get() + Line(":path", "/b")},
      {"unknown pseudo-header", Line(":x", "y") + Get()},
      {"response pseudo-header", Line(":status", "200") + Get()},
      {"pseudo-header behind a field", Line("a", "b") + Get()},
      {"line feed in a value", Get() + Line("a", "b\nc: d")},
      {"NUL in a value", Get() + Line("a", std::string_view("b\0c", 3))},
      {"space in a name", Get() + Line("a b", "c")},
      {"empty name", Get() + Line("", "c")},
      {"two content-lengths", Get() + Line("content-length", "1") + Line("content-length", "2")},
  };
  for (const Row& row : rows) {
    const Outcome out = Serve(Hello() + Frame(kHeaders, kEndHeaders, 1, row.lines));
    EXPECT_EQ(out.seen.requests, 0) << row.what;
    EXPECT_TRUE(out.reset.has_value()) << row.what;
    EXPECT_FALSE(out.goaway) << row.what;
    EXPECT_FALSE(out.error.has_value()) << row.what;
  }
}

TEST(Http2Malformed, ContentOtherThanDeclaredIsReset) {
  for (const char* const declared : {"2", "4"}) {
    const Outcome out =
        Serve(Hello() + Frame(kHeaders, kEndHeaders, 1, Get() + Line("content-length", declared)) +
              Frame(kData, kEndStream, 1, "abc"));
    EXPECT_TRUE(out.reset.has_value()) << declared;
    EXPECT_EQ(out.seen.ends, 0) << declared;
  }
}

TEST(Http2Malformed, MoreStreamsThanAllowedAreRefused) {
  SessionLimits limits;
  limits.max_streams = 3;
  std::string frames = Hello();
  for (std::uint32_t i = 0; i < 5; ++i) frames += Frame(kHeaders, kEndHeaders, 2 * i + 1, Get());
  const Outcome out = Serve(frames, limits);
  EXPECT_EQ(out.seen.requests, 3);
  EXPECT_EQ(out.reset, static_cast<std::uint32_t>(ErrorCode::kRefusedStream));
  EXPECT_FALSE(out.goaway);
}

TEST(Http2Malformed, FloodsEndTheConnection) {
  SessionLimits limits;
  limits.flood_burst = 100;
  limits.flood_per_second = 10;
  const std::string open = Hello() + Frame(kHeaders, kEndHeaders, 1, Get());
  struct Row {
    const char* what;
    std::string frame;
  };
  const Row rows[] = {
      {"PING (CVE-2019-9512)", Frame(kPing, 0, 0, "12345678")},
      {"SETTINGS (CVE-2019-9515)", Frame(kSettings, 0, 0, "")},
      {"PRIORITY", Frame(kPriority, 0, 3, std::string("\0\0\0\0\1", 5))},
      {"WINDOW_UPDATE", Frame(kWindowUpdate, 0, 0, std::string("\0\0\0\1", 4))},
      {"empty DATA (CVE-2019-9518)", Frame(kData, 0, 1, "")},
  };
  for (const Row& row : rows) {
    std::string few = open;
    for (int i = 0; i < 50; ++i) few += row.frame;
    EXPECT_FALSE(Serve(few, limits).error.has_value()) << row.what;
    std::string many = few;
    for (int i = 0; i < 150; ++i) many += row.frame;
    const Outcome out = Serve(many, limits);
    EXPECT_TRUE(out.error.has_value() || out.goaway) << row.what;
  }
}

TEST(Http2Malformed, AnEndlessHeaderSectionEndsTheConnection) {  // CVE-2024-28182
  // Empty CONTINUATION frames carry no line that could be counted.
  std::string frames = Hello() + Frame(kHeaders, 0, 1, Get());
  for (int i = 0; i < 100; ++i) frames += Frame(kContinuation, 0, 1, "");
  const Outcome out = Serve(frames);
  EXPECT_TRUE(out.error.has_value() || out.goaway);
  EXPECT_EQ(out.seen.requests, 0);
}

}  // namespace
}  // namespace signet::http2
