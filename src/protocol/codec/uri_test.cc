#include "protocol/codec/uri.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "protocol/base/limits.h"

namespace signet::codec {
namespace {

using namespace std::string_literals;
using View = std::optional<std::string_view>;

struct SplitCase {
  std::string_view text;
  View scheme, authority, userinfo, host, port;
  std::string_view path;
  View query, fragment;
};

constexpr View kNone = std::nullopt;

TEST(Uri, SplitsIntoItsComponents) {
  const SplitCase kCases[] = {
      // RFC 3986 section 3
      {"foo://example.com:8042/over/there?name=ferret#nose", "foo", "example.com:8042", kNone,
       "example.com", "8042", "/over/there", "name=ferret", "nose"},
      {"urn:example:animal:ferret:nose", "urn", kNone, kNone, kNone, kNone,
       "example:animal:ferret:nose", kNone, kNone},
      // RFC 3986 section 1.1.2
      {"ftp://ftp.is.co.za/rfc/rfc1808.txt", "ftp", "ftp.is.co.za", kNone, "ftp.is.co.za", kNone,
       "/rfc/rfc1808.txt", kNone, kNone},
      {"ldap://[2001:db8::7]/c=GB?objectClass?one", "ldap", "[2001:db8::7]", kNone, "[2001:db8::7]",
       kNone, "/c=GB", "objectClass?one", kNone},
      {"mailto:John.Doe@example.com", "mailto", kNone, kNone, kNone, kNone, "John.Doe@example.com",
       kNone, kNone},
      {"tel:+1-816-555-1212", "tel", kNone, kNone, kNone, kNone, "+1-816-555-1212", kNone, kNone},
      {"telnet://192.0.2.16:80/", "telnet", "192.0.2.16:80", kNone, "192.0.2.16", "80", "/", kNone,
       kNone},
      // absent and empty are different
      {"https://h", "https", "h", kNone, "h", kNone, "", kNone, kNone},
      {"https://h?", "https", "h", kNone, "h", kNone, "", "", kNone},
      {"https://h#", "https", "h", kNone, "h", kNone, "", kNone, ""},
      {"https://h?#", "https", "h", kNone, "h", kNone, "", "", ""},
      {"https://h:", "https", "h:", kNone, "h", "", "", kNone, kNone},
      {"https://@h", "https", "@h", "", "h", kNone, "", kNone, kNone},
      {"https://", "https", "", kNone, "", kNone, "", kNone, kNone},
      {"file:///etc", "file", "", kNone, "", kNone, "/etc", kNone, kNone},
      // userinfo, and marks behind their component
      {"https://u:p@h:1/p", "https", "u:p@h:1", "u:p", "h", "1", "/p", kNone, kNone},
      {"https://h/a@b:c//d?/?:@#/?:@", "https", "h", kNone, "h", kNone, "/a@b:c//d", "/?:@",
       "/?:@"},
      {"https://u@[::1]:8/", "https", "u@[::1]:8", "u", "[::1]", "8", "/", kNone, kNone},
      {"https://h%2F/%41?%42#%43", "https", "h%2F", kNone, "h%2F", kNone, "/%41", "%42", "%43"},
      // references
      {"", kNone, kNone, kNone, kNone, kNone, "", kNone, kNone},
      {"a/b:c", kNone, kNone, kNone, kNone, kNone, "a/b:c", kNone, kNone},
      {"./a:b", kNone, kNone, kNone, kNone, kNone, "./a:b", kNone, kNone},
      {"/a", kNone, kNone, kNone, kNone, kNone, "/a", kNone, kNone},
      {"//h/p", kNone, "h", kNone, "h", kNone, "/p", kNone, kNone},
      {"?q", kNone, kNone, kNone, kNone, kNone, "", "q", kNone},
      {"?a:b", kNone, kNone, kNone, kNone, kNone, "", "a:b", kNone},
      {"#f", kNone, kNone, kNone, kNone, kNone, "", kNone, "f"},
      {"a+b-c.1:x", "a+b-c.1", kNone, kNone, kNone, kNone, "x", kNone, kNone},
  };
  for (const auto& c : kCases) {
    const Result<UriParts> got = ParseUri(c.text);
    ASSERT_TRUE(got.has_value()) << c.text;
    EXPECT_EQ(got->scheme, c.scheme) << c.text;
    EXPECT_EQ(got->authority, c.authority) << c.text;
    EXPECT_EQ(got->userinfo, c.userinfo) << c.text;
    EXPECT_EQ(got->host, c.host) << c.text;
    EXPECT_EQ(got->port, c.port) << c.text;
    EXPECT_EQ(got->path, c.path) << c.text;
    EXPECT_EQ(got->query, c.query) << c.text;
    EXPECT_EQ(got->fragment, c.fragment) << c.text;
  }
}

TEST(Uri, RefusesWhatIsOutsideTheGrammar) {  // ID-1: RFC 3986 appendix A
  const std::vector<std::string> kCases = {
      ":",
      ":x",
      "1a:x",
      "+a:x",
      "a_b:x",
      "a b:x",
      "%61:x",
      "1:2",
      // userinfo and host
      "https://a@b@c",
      "https://a b",
      "https://[::1",
      "https://::1]",
      "https://[::1]x",
      "https://x[::1]",
      "https://[::1]:x",
      "https://a[b]",
      "https://h:8o",
      "https://h:-1",
      "https://h:1:2",
      "https://u@h@/",
      "https://\\h",
      "https://h\\x",
      "https://<h>",
      "https://[u]@h",
      "https://[]",
      "https://[::1]@h",
      // percent-encoding
      "https://h/%",
      "https://h/%4",
      "https://h/%4g",
      "https://h/%%41",
      "https://%zz/",
      "https://h?%",
      "https://h#%1",
      "https://%4@h",
      "a%",
      // characters of no component
      "https://h/a b",
      "https://h/a\tb",
      "https://h/\n",
      "https://h/\"",
      "https://h/<",
      "https://h/>",
      "https://h/\\",
      "https://h/^",
      "https://h/`",
      "https://h/{",
      "https://h/|",
      "https://h/}",
      "https://h/[",
      "https://h/]",
      "https://h?[",
      "https://h#[",
      "https://h##",
      "https://h#a#b",
      "https://h/\x7f",
      "https://h/\xc3\xa9",
      "https://\xc3\xa9/",
      "https://h/\0"s,
      "\0"s,
      "https://h\0.x/"s,
      " https://h",
      "https://h ",
      "https://h/\xff",
  };
  for (const auto& text : kCases) {
    const Result<UriParts> got = ParseUri(text);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code, Errc::kUriMalformed) << text;
  }
}

TEST(Uri, AcceptsIpLiteralsOfTheGrammar) {  // ID-1: RFC 3986 section 3.2.2, RFC 4291 section 2.2
  for (const std::string_view literal : {"::",
                                         "::1",
                                         "1::",
                                         "1::8",
                                         "1:2:3:4:5:6:7:8",
                                         "1:2:3:4:5:6:7::",
                                         "::2:3:4:5:6:7:8",
                                         "1:2:3:4::6:7:8",
                                         "2001:DB8::8:800:200C:417A",
                                         "ff01::101",
                                         "::13.1.68.3",
                                         "::FFFF:129.144.52.38",
                                         "1:2:3:4:5:6:1.2.3.4",
                                         "1::5:6:1.2.3.4",
                                         "0000::0000",
                                         "1:2:3:4:5::1.2.3.4",
                                         "v1.a",
                                         "vF.x:y~!$&'()*+,;=",
                                         "V0a.1",
                                         "v7.:"}) {
    EXPECT_TRUE(ParseUri("x://[" + std::string(literal) + "]/").has_value()) << literal;
  }
}

TEST(Uri, RefusesOtherIpLiterals) {  // ID-1
  for (const std::string_view literal : {"",
                                         ":",
                                         ":::",
                                         "1",
                                         "1:2",
                                         "1:2:3:4:5:6:7",
                                         "1:2:3:4:5:6:7:8:9",
                                         "1:2:3:4:5:6:7:8::",
                                         "::1:2:3:4:5:6:7:8",
                                         "1::2::3",
                                         "1:::2",
                                         ":1::2",
                                         "1::2:",
                                         ":1:2:3:4:5:6:7",
                                         "1:2:3:4:5:6:7:",
                                         "12345::",
                                         "g::",
                                         "1.2.3.4",
                                         "::1.2.3",
                                         "::1.2.3.4.5",
                                         "::256.1.1.1",
                                         "::01.2.3.4",
                                         "::1.2.3.4:5",
                                         "1.2.3.4::",
                                         "::1.2.3.",
                                         "1:2:3:4:5:6:7:1.2.3.4",
                                         "1:2:3:4:5:6::1.2.3.4",
                                         "fe80::1%25eth0",
                                         "fe80::1%eth0",
                                         "::1 ",
                                         "v.x",
                                         "v1",
                                         "v1.",
                                         "vg.x",
                                         "v1.[",
                                         "v1.%41",
                                         "1v.x",
                                         "::%31"}) {
    EXPECT_FALSE(ParseUri("x://[" + std::string(literal) + "]/").has_value()) << literal;
  }
}

TEST(Uri, LimitsTheLength) {
  const std::string front = "https://h/";
  EXPECT_TRUE(ParseUri(front + std::string(kMaxUriBytes - front.size(), 'a')).has_value());
  const auto got = ParseUri(front + std::string(kMaxUriBytes - front.size() + 1, 'a'));
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, Errc::kUriTooLong);
}

TEST(Uri, PartsAreViewsIntoTheText) {
  const std::string text = "https://u@h:1/p?q#f";
  const Result<UriParts> got = ParseUri(text);
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->scheme->data(), text.data());
  EXPECT_EQ(got->path.data(), text.data() + 13);
  EXPECT_EQ(got->fragment->data(), text.data() + 18);
}

TEST(Uri, CutsQueryAndFragment) {
  EXPECT_EQ(WithoutQueryAndFragment("https://h/p"), "https://h/p");
  EXPECT_EQ(WithoutQueryAndFragment("https://h/p?"), "https://h/p");
  EXPECT_EQ(WithoutQueryAndFragment("https://h/p?a#b"), "https://h/p");
  EXPECT_EQ(WithoutQueryAndFragment("https://h/p#a?b"), "https://h/p");
  EXPECT_EQ(WithoutQueryAndFragment("?"), "");
  EXPECT_EQ(WithoutQueryAndFragment(""), "");
}

}  // namespace
}  // namespace signet::codec
