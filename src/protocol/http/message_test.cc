#include "protocol/http/message.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/base/limits.h"

namespace signet::http {
namespace {

using namespace std::string_literals;

TEST(EqualsIgnoreCase, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(EqualsIgnoreCase("Content-Type", "cONTENT-tYPE"));
  EXPECT_TRUE(EqualsIgnoreCase("", ""));
  EXPECT_FALSE(EqualsIgnoreCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoreCase("\xc3\x89", "\xc3\xa9"));
}

TEST(TrimOws, RemovesSpacesAndTabsAtTheEnds) {
  EXPECT_EQ(TrimOws(" \t a \t b\t "), "a \t b");
  EXPECT_EQ(TrimOws(""), "");
  EXPECT_EQ(TrimOws(" \t"), "");
  EXPECT_EQ(TrimOws("\na\r"), "\na\r");
}

TEST(Fields, CountLinesAndGiveTheFirst) {
  Fields fields;
  EXPECT_EQ(fields.Find("a").count, 0U);
  fields.Add("Workload-Identity-Token", " one ");
  fields.Add("workload-identity-TOKEN", "two");
  fields.Add("Other", "");
  EXPECT_EQ(fields.Find("workload-identity-token").count, 2U);  // ATTACKS-12
  EXPECT_EQ(fields.Find("workload-identity-token").value, "one");
  EXPECT_EQ(fields.Find("other").count, 1U);
  EXPECT_EQ(fields.Find("other").value, "");
  EXPECT_EQ(fields.Find("othe").count, 0U);
  EXPECT_EQ(fields.lines().size(), 3U);
  fields.Clear();
  EXPECT_TRUE(fields.lines().empty());
}

struct TargetCase {
  std::string_view method;
  std::string_view text;
  TargetForm form;
  std::string_view scheme;
  std::string_view authority;
  std::string_view path;
  std::optional<std::string_view> query;
};

TEST(ParseTarget, TakesTheFourFormsApart) {  // RFC 9112 section 3.2, ATTACKS-14
  const TargetCase kCases[] = {
      {"GET", "/", TargetForm::kOrigin, "", "", "/", {}},
      {"GET", "/where?q=now", TargetForm::kOrigin, "", "", "/where", "q=now"},
      {"GET", "/where?", TargetForm::kOrigin, "", "", "/where", ""},
      {"GET", "/a?b?c", TargetForm::kOrigin, "", "", "/a", "b?c"},
      {"GET", "/%2F/../a;b+c//", TargetForm::kOrigin, "", "", "/%2F/../a;b+c//", {}},
      {"GET", "//h/p", TargetForm::kOrigin, "", "", "//h/p", {}},
      {"GET", "/a?u=http://x/", TargetForm::kOrigin, "", "", "/a", "u=http://x/"},
      {"OPTIONS", "/x", TargetForm::kOrigin, "", "", "/x", {}},
      {"OPTIONS", "*", TargetForm::kAsterisk, "", "", "", {}},
      {"GET",
       "http://www.example.org/pub/WWW/TheProject.html",
       TargetForm::kAbsolute,
       "http",
       "www.example.org",
       "/pub/WWW/TheProject.html",
       {}},
      {"GET", "https://h:8443/p?q", TargetForm::kAbsolute, "https", "h:8443", "/p", "q"},
      {"GET", "https://h", TargetForm::kAbsolute, "https", "h", "", {}},
      {"GET", "https://h?", TargetForm::kAbsolute, "https", "h", "", ""},
      {"GET",
       "https://[2001:db8::1]:1/",
       TargetForm::kAbsolute,
       "https",
       "[2001:db8::1]:1",
       "/",
       {}},
      {"OPTIONS",
       "http://www.example.org:8001",
       TargetForm::kAbsolute,
       "http",
       "www.example.org:8001",
       "",
       {}},
      {"CONNECT", "www.example.com:80", TargetForm::kAuthority, "", "www.example.com:80", "", {}},
      {"CONNECT", "[::1]:65535", TargetForm::kAuthority, "", "[::1]:65535", "", {}},
  };
  for (const auto& c : kCases) {
    const Result<Target> got = ParseTarget(c.method, c.text);
    ASSERT_TRUE(got.has_value()) << c.method << " " << c.text;
    EXPECT_EQ(got->form, c.form) << c.text;
    EXPECT_EQ(got->scheme, c.scheme) << c.text;
    EXPECT_EQ(got->authority, c.authority) << c.text;
    EXPECT_EQ(got->path, c.path) << c.text;
    EXPECT_EQ(got->query, c.query) << c.text;
  }
}

struct BadTargetCase {
  std::string_view method;
  std::string target;
  const char* why;
};

TEST(ParseTarget, RefusesTheRest) {  // RFC 9112 section 3.2
  const BadTargetCase kCases[] = {
      {"GET", "", "empty"},
      {"GET", "*", "asterisk is for OPTIONS"},
      {"options", "*", "methods are case-sensitive"},
      {"OPTIONS", "**", "not the asterisk form"},
      {"OPTIONS", "*?q", "not the asterisk form"},
      {"GET", "where", "no leading slash"},
      {"GET", "?q", "no path"},
      {"GET", "www.example.com:80", "authority form is for CONNECT"},
      {"GET", "/a b", "space"},
      {"GET", " /a", "space"},
      {"GET", "/a\t", "tab"},
      {"GET", "/a\r\nHost: x", "line end"},
      {"GET", "/a\n", "line end"},
      {"GET", "/a\0"s, "NUL (ATTACKS-22)"},
      {"GET", "/a\x7f", "control character"},
      {"GET", "/\xc3\xa9", "not ASCII"},
      {"GET", "/a#", "fragment"},
      {"GET", "/a#b", "fragment"},
      {"GET", "https://h/#b", "fragment"},
      {"GET", "https:/h", "one slash"},
      {"GET", "https:h", "no slash"},
      {"GET", "urn:x", "no authority"},
      {"GET", "://h/", "no scheme"},
      {"GET", "1http://h/", "scheme"},
      {"GET", "ht_tp://h/", "scheme"},
      {"GET", "a/b://c", "scheme"},
      {"GET", "https://", "no authority"},
      {"GET", "https:///p", "no authority"},
      {"GET", "https://?q", "no authority"},
      {"GET", "https://:1/", "no host"},
      {"GET", "https://u@h/", "userinfo"},
      {"GET", "https://@h/", "userinfo"},
      {"GET", "https://h:x/", "port"},
      {"GET", "https://[::1/", "IP literal"},
      {"GET", "https://h\\x/", "backslash"},
      {"CONNECT", "/", "CONNECT has one form"},
      {"CONNECT", "*", "CONNECT has one form"},
      {"CONNECT", "https://h:1/", "CONNECT has one form"},
      {"CONNECT", "h", "no port"},
      {"CONNECT", "h:", "empty port"},
      {"CONNECT", "h:0", "port 0"},
      {"CONNECT", "h:000", "port 0"},
      {"CONNECT", "h:65536", "port over 65535"},
      {"CONNECT", "h:999999", "port over 65535"},
      {"CONNECT", ":1", "no host"},
      {"CONNECT", "u@h:1", "userinfo"},
      {"CONNECT", "h:1/p", "path"},
      {"CONNECT", "h:1?q", "query"},
      {"CONNECT", std::string(kMaxUriBytes + 1, 'h'), "too long"},
  };
  for (const auto& c : kCases) {
    const Result<Target> got = ParseTarget(c.method, c.target);
    ASSERT_FALSE(got.has_value()) << c.why << ": " << c.method << " " << c.target;
    EXPECT_EQ(got.error().code, Errc::kHttpTargetInvalid) << c.why;
  }
}

Request GoodRequest() {
  Request request;
  request.method = "GET";
  request.authority = "orders.example";
  request.target = "/items?x=1";
  request.fields.Add("Host", "orders.example");
  return request;
}

TEST(CheckRequest, AcceptsAGoodRequest) { EXPECT_TRUE(CheckRequest(GoodRequest()).has_value()); }

struct FieldCase {
  std::string name;
  std::string value;
  bool accepted;
  const char* why;
};

TEST(CheckRequest, WantsTokensAndNoControlCharacters) {  // RFC 9110 section 5
  const FieldCase kCases[] = {
      {"X-1!#$%&'*+-.^_`|~", "v", true, "every mark of a token"},
      {"a", "", true, "empty value"},
      {"a", " x\ty ", true, "white space"},
      {"a", "\x80\xff", true, "opaque bytes"},
      {"", "v", false, "empty name"},
      {":authority", "v", false, "pseudo header"},
      {"a b", "v", false, "space in a name"},
      {"a ", "v", false, "space behind a name"},
      {"a:", "v", false, "colon in a name"},
      {"a(b)", "v", false, "delimiter in a name"},
      {"\xc3\xa9", "v", false, "name not ASCII"},
      {"a\0"s, "v", false, "NUL in a name"},
      {"a", "v\0w"s, false, "NUL in a value (ATTACKS-22)"},
      {"a", "v\r\nb: c", false, "line end in a value"},
      {"a", "v\n", false, "line feed in a value"},
      {"a", "v\r", false, "carriage return in a value"},
      {"a", "\x01", false, "control character"},
      {"a", "\x1f", false, "control character"},
      {"a", "\x7f", false, "control character"},
  };
  for (const auto& c : kCases) {
    Request request = GoodRequest();
    request.fields.Add(c.name, c.value);
    const Result<void> got = CheckRequest(request);
    ASSERT_EQ(got.has_value(), c.accepted) << c.why;
    if (!got) {
      EXPECT_EQ(got.error().code, Errc::kHttpFieldInvalid) << c.why;
    }
  }
}

TEST(CheckRequest, LimitsFieldLines) {
  Request request = GoodRequest();
  while (request.fields.lines().size() < kMaxFieldLines) request.fields.Add("a", "");
  EXPECT_TRUE(CheckRequest(request).has_value());
  request.fields.Add("a", "");
  EXPECT_EQ(CheckRequest(request).error().code, Errc::kHttpTooLarge);
}

TEST(CheckRequest, LimitsBytesOfFields) {
  const std::string value(kMaxHeaderBytes, 'v');
  Request request = GoodRequest();
  request.fields.Clear();
  request.fields.Add("ab", std::string_view(value).substr(2));
  EXPECT_TRUE(CheckRequest(request).has_value());
  request.fields.Add("c", "");
  EXPECT_EQ(CheckRequest(request).error().code, Errc::kHttpTooLarge);
}

TEST(CheckRequest, ChecksTheRequestLine) {
  struct Case {
    std::string_view method, authority, target;
    Errc want;
  };
  constexpr Case kCases[] = {
      {"", "h", "/", Errc::kHttpMalformed},
      {"GE T", "h", "/", Errc::kHttpMalformed},
      {"GET\n", "h", "/", Errc::kHttpMalformed},
      {"GET", "h\n", "/", Errc::kHttpFieldInvalid},
      {"GET", "h x", "/", Errc::kHttpFieldInvalid},
      {"GET", "\xc3\xa9", "/", Errc::kHttpFieldInvalid},
      {"GET", "h", "*", Errc::kHttpTargetInvalid},
      {"CONNECT", "h", "/", Errc::kHttpTargetInvalid},
      {"GET", "h", "", Errc::kHttpTargetInvalid},
  };
  for (const auto& c : kCases) {
    Request request = GoodRequest();
    request.method = c.method;
    request.authority = c.authority;
    request.target = c.target;
    const Result<void> got = CheckRequest(request);
    ASSERT_FALSE(got.has_value()) << c.method << c.authority << c.target;
    EXPECT_EQ(got.error().code, c.want) << c.method << c.authority << c.target;
  }
}

}  // namespace
}  // namespace signet::http
