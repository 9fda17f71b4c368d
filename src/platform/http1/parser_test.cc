#include "platform/http1/parser.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "protocol/base/limits.h"

namespace signet::http1 {
namespace {

struct Parsed {
  bool ok = false;
  bool done = false;
  std::string body;
  std::string left;
};

// Gives `bytes` behind the head `step` bytes at a time, as a connection would.
Parsed ParseInPieces(std::string_view bytes, std::size_t step) {
  const std::string_view head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  RequestParser parser(100, kMaxFieldLines);
  Parsed out;
  EXPECT_TRUE(parser.ParseHead(head).has_value());
  while (!bytes.empty()) {
    out.left += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    if (parser.done()) continue;
    const auto taken = parser.ParseBody(out.left, out.body);
    if (!taken.has_value()) return out;
    out.left.erase(0, *taken);
  }
  out.ok = true;
  out.done = parser.done();
  return out;
}

// RFC 9112 section 7.1: where TCP cuts a chunked body decides nothing.
TEST(ParserTest, ChunkedBodiesMayArriveInAnyPieces) {
  struct Row {
    std::string_view what, bytes, body;
    bool ok, done;
  };
  const Row rows[] = {
      {"empty", "0\r\n\r\n", "", true, true},
      {"one chunk", "3\r\nabc\r\n0\r\n\r\n", "abc", true, true},
      {"long last chunk", "3\r\nabc\r\n0000\r\n\r\n", "abc", true, true},
      {"extensions", "3;a=b\r\nabc\r\n0;c=\"d\"\r\n\r\n", "abc", true, true},
      {"trailer", "3\r\nabc\r\n0\r\nA: b\r\n\r\n", "abc", true, true},
      {"no end yet", "3\r\nabc\r\n0\r\n", "abc", true, false},
      {"no end of the trailer yet", "0\r\nA: b\r\n", "", true, false},
      {"trailer without a colon", "0\r\nh.1\r\n\r\n", "", false, false},
      {"no size", "\r\nabc\r\n0\r\n\r\n", "", false, false},
  };
  for (const Row& row : rows) {
    for (std::size_t step = 1; step <= row.bytes.size(); ++step) {
      const Parsed got = ParseInPieces(row.bytes, step);
      EXPECT_EQ(got.ok, row.ok) << row.what << " by " << step;
      EXPECT_EQ(got.done, row.done) << row.what << " by " << step;
      EXPECT_EQ(got.body, row.body) << row.what << " by " << step;
    }
  }
}

TEST(ParserTest, LeavesTheNextRequestAlone) {
  const std::string_view next = "GET / HTTP/1.1\r\n";
  const std::string bytes = "1\r\na\r\n0\r\n\r\n" + std::string(next);
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Parsed got = ParseInPieces(bytes, step);
    EXPECT_TRUE(got.done) << step;
    EXPECT_EQ(got.left, next) << step;
  }
}

}  // namespace
}  // namespace signet::http1
