#include "app/call/url.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

#include "tests/support/expect.h"

namespace signet::app {
namespace {

struct UrlCase {
  const char* url;
  const char* host;
  std::uint16_t port;
  const char* authority;
  const char* target;
  const char* audience;  // WPT-2: without query and fragment
};

TEST(CallUrl, IsTakenApartWithoutNormalising) {
  const UrlCase cases[] = {
      {"https://orders.example.com", "orders.example.com", 443, "orders.example.com", "/",
       "https://orders.example.com/"},
      {"https://orders.example.com/v1/a%2Fb?x=1&y#frag", "orders.example.com", 443,
       "orders.example.com", "/v1/a%2Fb?x=1&y", "https://orders.example.com/v1/a%2Fb"},
      {"https://Orders.example.com:8443/a?", "Orders.example.com", 8443, "Orders.example.com:8443",
       "/a?", "https://Orders.example.com:8443/a"},
      {"https://[::1]:9/x", "::1", 9, "[::1]:9", "/x", "https://[::1]:9/x"},
  };
  for (const UrlCase& c : cases) {
    const auto url = ParseCallUrl(c.url, false);
    ASSERT_TRUE(testing::Accepted(url)) << c.url;
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->authority, c.authority);
    EXPECT_EQ(url->target, c.target);
    EXPECT_EQ(url->audience, c.audience);
  }
}

TEST(CallUrl, RefusesWhatIsNoHttpsUrl) {
  for (const char* url : {"ftp://a/b", "orders.example.com/x", "https:///x", "https://u:p@a/b",
                          "https://a:0/", "https://a:70000/", "/v1/items"}) {
    const auto parsed = ParseCallUrl(url, true);
    ASSERT_FALSE(parsed.has_value()) << url;
    EXPECT_EQ(parsed.error().code, Errc::kHttpUrlInvalid) << url;
  }
  EXPECT_EQ(ParseCallUrl("https://a b/", true).error().code, Errc::kUriMalformed);
}

// WIT-10
TEST(CallUrl, TakesPlainHttpOnlyUnderItsWaiver) {
  EXPECT_EQ(ParseCallUrl("http://a/", false).error().code, Errc::kHttpUrlInvalid);
  const auto url = ParseCallUrl("http://a/", true);
  ASSERT_TRUE(testing::Accepted(url));
  EXPECT_FALSE(url->tls);
  EXPECT_EQ(url->port, 80);
}

}  // namespace
}  // namespace signet::app
