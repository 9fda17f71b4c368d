#include "protocol/proof/httpsig/signature_base.h"

#include <string>
#include <vector>

#include "protocol/proof/httpsig/internal/parsed_parts.h"
#include "tests/support/expect.h"
#include "tests/support/message_file.h"

namespace signet::proof::httpsig {
namespace {

using testing::Accepted;
using testing::RefusedWith;
using testing::StoredMessage;

Component ComponentOf(std::string_view identifier) {
  const Result<codec::sfv::Item> item = codec::sfv::ParseItem({&identifier, 1});
  SIGNET_CHECK(item.has_value());
  Result<Component> component = ParseComponent(*item);
  SIGNET_CHECK(component.has_value());
  return *std::move(component);
}

Result<std::string> RequestValue(std::string_view identifier, const StoredMessage& message) {
  const http::Request request = message.View();
  return ComponentValue(ComponentOf(identifier), {.request = &request});
}

// A request for `target` of www.example.com, as the examples of section 2.2.
StoredMessage RequestFor(std::string target, std::string method = "POST") {
  return {.method = std::move(method), .target = std::move(target), .authority = "www.example.com"};
}
StoredMessage WithLines(std::vector<std::pair<std::string, std::string>> lines) {
  StoredMessage out = RequestFor("/");
  out.lines = std::move(lines);
  return out;
}

struct ValueCase {
  const char* identifier;
  const char* want;  // nullptr: unresolvable
};
void ExpectValues(const StoredMessage& message, const std::vector<ValueCase>& cases) {
  for (const ValueCase& c : cases) {
    const Result<std::string> got = RequestValue(c.identifier, message);
    if (c.want == nullptr) {
      EXPECT_TRUE(RefusedWith(got, Errc::kHttpsigUnresolvable, "SIG-1")) << c.identifier;
      continue;
    }
    ASSERT_TRUE(Accepted(got)) << c.identifier;
    EXPECT_EQ(*got, c.want) << c.identifier;
  }
}

TEST(FieldValue, IsCombinedAndTrimmed) {  // RFC9421-2: the examples of section 2.1
  ExpectValues(WithLines({{"Host", "www.example.com"},
                          {"Date", "Tue, 20 Apr 2021 02:07:56 GMT"},
                          {"X-OWS-Header", "   Leading and trailing whitespace.   "},
                          {"X-Obs-Fold-Header", "Obsolete\r\n    line folding."},
                          {"Cache-Control", "max-age=60"},
                          {"Cache-Control", "    must-revalidate"},
                          {"Example-Dict", "a=1,    b=2;x=1;y=2,   c=(a   b   c)"},
                          {"X-Empty-Header", " "}}),
               {{"\"host\"", "www.example.com"},
                {"\"date\"", "Tue, 20 Apr 2021 02:07:56 GMT"},
                {"\"x-ows-header\"", "Leading and trailing whitespace."},
                {"\"x-obs-fold-header\"", "Obsolete line folding."},
                {"\"cache-control\"", "max-age=60, must-revalidate"},
                {"\"example-dict\"", "a=1,    b=2;x=1;y=2,   c=(a   b   c)"},
                {"\"x-empty-header\"", ""},
                {"\"x-absent\"", nullptr}});
}

TEST(FieldValue, UnfoldsEachFold) {  // RFC9421-2
  ExpectValues(WithLines({{"a", "1 \t\r\n \t2\r\n 3"}}), {{"\"a\"", "1 2 3"}});
  ExpectValues(WithLines({{"a", "1\r\n2"}}), {{"\"a\"", nullptr}});  // no fold: a line end
  ExpectValues(WithLines({{"a", "1\r\n "}}), {{"\"a\"", nullptr}});  // a fold of nothing
  ExpectValues(WithLines({{"a", "1\n 2"}}), {{"\"a\"", nullptr}});
}

TEST(FieldValue, HoldsNoByteThatABaseMayNotHold) {  // RFC9421-2.5
  for (const char* value : {"a\nb", "a\rb", "a\x01", "a\x7f", "\xc3\xa4"}) {
    ExpectValues(WithLines({{"a", value}}), {{"\"a\"", nullptr}});
  }
  ExpectValues(WithLines({{"a", "x\ty~"}}), {{"\"a\"", "x\ty~"}});
}

TEST(FieldValue, OfAStructuredFieldIsStrict) {  // RFC9421-2: section 2.1.1
  ExpectValues(WithLines({{"Accept-Signature", "a=1,    b=2;x=1;y=2,   c=(a   b   c)"},
                          {"Cache-Status", "A;hit ,  B"},
                          {"Cache-Status", "C"},
                          {"Client-Cert", " :AA==:"},
                          {"Priority", "u=9"},
                          {"Priority", "u=1,  i=?1"},
                          {"Proxy-Status", "("},
                          {"Example-Dict", "a=1"},
                          {"Deprecation", "@1, @2"}}),
               {{"\"accept-signature\";sf", "a=1, b=2;x=1;y=2, c=(a b c)"},
                {"\"cache-status\";sf", "A;hit, B, C"},
                {"\"client-cert\";sf", ":AA==:"},
                {"\"priority\";sf", "u=1, i"},
                {"\"proxy-status\";sf", nullptr},   // does not parse
                {"\"example-dict\";sf", nullptr},   // of a type that is not known
                {"\"deprecation\";sf", nullptr}});  // no item
}

TEST(FieldValue, OfADictionaryMemberIsStrict) {  // RFC9421-2: section 2.1.2
  const std::vector<ValueCase> cases = {{"\"example-dict\";key=\"a\"", "1"},
                                        {"\"example-dict\";key=\"d\"", "?1"},
                                        {"\"example-dict\";key=\"b\"", "2;x=1;y=2"},
                                        {"\"example-dict\";key=\"c\"", "(a b c)"},
                                        {"\"example-dict\";key=\"e\"", nullptr},
                                        {"\"example-dict\";key=\"\"", nullptr},
                                        {"\"other\";key=\"a\"", nullptr}};
  ExpectValues(WithLines({{"Example-Dict", "  a=1, b=2;x=1;y=2, c=(a   b    c), d"}}), cases);
  ExpectValues(
      WithLines({{"Example-Dict", "a=1, b=2;x=1;y=2"}, {"Example-Dict", "c=(a   b    c), d"}}),
      cases);
  ExpectValues(WithLines({{"Content-Digest", "sha-256=:AA==:"}}),
               {{"\"content-digest\";key=\"sha-256\"", ":AA==:"},
                {"\"content-digest\";sf;key=\"sha-256\"", ":AA==:"}});
  // Known not to be a dictionary, although it parses as one; and no dictionary at all.
  ExpectValues(WithLines({{"Cache-Status", "a"}, {"b", "\"x\""}}),
               {{"\"cache-status\";key=\"a\"", nullptr}, {"\"b\";key=\"a\"", nullptr}});
}

TEST(FieldValue, IsWrappedLineByLine) {  // RFC9421-2: section 2.1.3
  ExpectValues(
      WithLines({{"Example-Header", "value, with, lots"}, {"Example-Header", "of, commas"}}),
      {{"\"example-header\"", "value, with, lots, of, commas"},
       {"\"example-header\";bs", ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"}});
  ExpectValues(WithLines({{"Example-Header", " value, with, lots, of, commas "}}),
               {{"\"example-header\";bs", ":dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:"},
                {"\"absent\";bs", nullptr}});
  // What a plain value may not hold.
  ExpectValues(WithLines({{"a", "\xff"}, {"a", ""}}), {{"\"a\";bs", ":/w==:, ::"}});
}

TEST(FieldValue, OfATrailerIsApart) {  // RFC9421-2: section 2.1.4
  http::Response response{.status = 200, .fields = {}, .body = {}};
  response.fields.Add("Trailer", "Expires");
  response.fields.Add("Expires", "0");
  response.trailers.Add("Expires", "Wed, 9 Nov 2022 07:28:00 GMT");
  http::Request request = RequestFor("/").View();
  request.trailers.Add("x", "of the request");
  const MessageView view{.request = &request, .response = &response};
  EXPECT_EQ(*ComponentValue(ComponentOf("\"trailer\""), view), "Expires");
  EXPECT_EQ(*ComponentValue(ComponentOf("\"expires\";tr"), view), "Wed, 9 Nov 2022 07:28:00 GMT");
  EXPECT_EQ(*ComponentValue(ComponentOf("\"expires\""), view), "0");
  EXPECT_EQ(*ComponentValue(ComponentOf("\"x\";tr;req"), view), "of the request");
  EXPECT_FALSE(ComponentValue(ComponentOf("\"trailer\";tr"), view).has_value());
}

TEST(DerivedValue, OfOriginForm) {  // RFC9421-2: the examples of section 2.2
  ExpectValues(RequestFor("/path?param=value"),
               {{"\"@method\"", "POST"},
                {"\"@target-uri\"", "https://www.example.com/path?param=value"},
                {"\"@authority\"", "www.example.com"},
                {"\"@scheme\"", "https"},
                {"\"@request-target\"", "/path?param=value"},
                {"\"@path\"", "/path"},
                {"\"@query\"", "?param=value"},
                {"\"@status\"", nullptr}});
  ExpectValues(RequestFor("/path?param=value&foo=bar&baz=bat%2Dman"),
               {{"\"@query\"", "?param=value&foo=bar&baz=bat%2Dman"}});
  ExpectValues(RequestFor("/path?queryString"), {{"\"@query\"", "?queryString"}});
  ExpectValues(RequestFor("/path"), {{"\"@query\"", "?"}});
  ExpectValues(RequestFor("/path?"), {{"\"@query\"", "?"}});
  ExpectValues(RequestFor("/p", "post"), {{"\"@method\"", "post"}});
}

TEST(DerivedValue, IsNotNormalised) {  // ATTACK-14
  ExpectValues(RequestFor("/a//../%7eB;x/%2F?%41=+"),
               {{"\"@path\"", "/a//../%7eB;x/%2F"},
                {"\"@query\"", "?%41=+"},
                {"\"@request-target\"", "/a//../%7eB;x/%2F?%41=+"}});
}

TEST(DerivedValue, OfAbsoluteForm) {  // RFC9421-2: section 2.2.5; the target's own authority
  ExpectValues(RequestFor("HTTPS://Other.Example:443?param=value", "GET"),
               {{"\"@request-target\"", "HTTPS://Other.Example:443?param=value"},
                {"\"@target-uri\"", "HTTPS://Other.Example:443?param=value"},
                {"\"@authority\"", "other.example"},
                {"\"@scheme\"", "https"},
                {"\"@path\"", "/"},
                {"\"@query\"", "?param=value"}});
}

TEST(DerivedValue, OfAuthorityForm) {  // RFC9421-2: section 2.2.5
  ExpectValues(RequestFor("www.example.com:80", "CONNECT"),
               {{"\"@request-target\"", "www.example.com:80"},
                {"\"@authority\"", "www.example.com:80"},
                {"\"@target-uri\"", "https://www.example.com:80"},
                {"\"@path\"", nullptr},
                {"\"@query\"", nullptr},
                {"\"@query-param\";name=\"a\"", nullptr}});
}

TEST(DerivedValue, OfAsteriskForm) {  // RFC9421-2: section 2.2.5
  ExpectValues(RequestFor("*", "OPTIONS"), {{"\"@request-target\"", "*"},
                                            {"\"@authority\"", "www.example.com"},
                                            {"\"@target-uri\"", "https://www.example.com"},
                                            {"\"@path\"", nullptr},
                                            {"\"@query\"", nullptr}});
}

TEST(DerivedValue, OfAnAuthorityIsNormalised) {  // RFC9421-2: section 2.2.3
  struct Row {
    const char* scheme;
    const char* authority;
    const char* want;
  };
  for (const Row& row :
       {Row{"https", "EXAMPLE.com", "example.com"}, Row{"https", "example.com:443", "example.com"},
        Row{"https", "example.com:80", "example.com:80"},
        Row{"HTTP", "example.com:80", "example.com"},
        Row{"http", "example.com:443", "example.com:443"},
        Row{"https", "example.com:", "example.com"},
        Row{"https", "example.com:8443", "example.com:8443"},
        Row{"https", "[2001:DB8::443]", "[2001:db8::443]"}, Row{"https", "[::1]:443", "[::1]"}}) {
    StoredMessage message = RequestFor("/");
    message.scheme = row.scheme;
    message.authority = row.authority;
    ExpectValues(message, {{"\"@authority\"", row.want}});
  }
  StoredMessage message = RequestFor("/");
  message.authority.clear();
  ExpectValues(message, {{"\"@authority\"", nullptr}, {"\"@target-uri\"", nullptr}});
  message.authority = ":443";
  ExpectValues(message, {{"\"@authority\"", nullptr}});
}

TEST(DerivedValue, HoldsNoByteThatABaseMayNotHold) {  // RFC9421-2.5
  StoredMessage message = RequestFor("/");
  message.authority = "a\nb";
  message.method = "GET POST";
  message.scheme = "\x7f";
  ExpectValues(message,
               {{"\"@authority\"", nullptr}, {"\"@method\"", nullptr}, {"\"@scheme\"", nullptr}});
  ExpectValues(RequestFor("no target"), {{"\"@path\"", nullptr}, {"\"@request-target\"", nullptr}});
}

TEST(QueryParam, IsParsedAndEncodedAgain) {  // RFC9421-2: section 2.2.8
  ExpectValues(RequestFor("/path?param=value&foo=bar&baz=batman&qux=", "GET"),
               {{"\"@query-param\";name=\"baz\"", "batman"},
                {"\"@query-param\";name=\"qux\"", ""},
                {"\"@query-param\";name=\"param\"", "value"},
                {"\"@query-param\";name=\"bat\"", nullptr},
                {"\"@query-param\";name=\"\"", nullptr}});
  ExpectValues(
      RequestFor("/parameters?var=this%20is%20a%20big%0Amultiline%20value&"
                 "bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something",
                 "GET"),
      {{"\"@query-param\";name=\"var\"", "this%20is%20a%20big%0Amultiline%20value"},
       {"\"@query-param\";name=\"bar\"", "with%20plus%20whitespace"},
       {"\"@query-param\";name=\"fa%C3%A7ade%22%3A%20\"", "something"},
       {"\"@query-param\";name=\"fa%c3%a7ade%22%3A%20\"", nullptr}});  // not as it is encoded
}

TEST(QueryParam, FollowsTheParserOfForms) {  // WHATWG URL sections 5.1 and 5.2
  ExpectValues(RequestFor("/?a&&=x&b=1=2&c=%zz%4&d=*-._~'!&e=%2b", "GET"),
               {{"\"@query-param\";name=\"a\"", ""},
                {"\"@query-param\";name=\"\"", "x"},
                {"\"@query-param\";name=\"b\"", "1%3D2"},
                {"\"@query-param\";name=\"c\"", "%25zz%254"},
                {"\"@query-param\";name=\"d\"", "*-._%7E%27%21"},
                {"\"@query-param\";name=\"e\"", "%2B"}});
}

TEST(QueryParam, IsRefusedIfItIsAmbiguous) {  // RFC9421-2: section 2.2.8
  ExpectValues(RequestFor("/?a=1&a=1&b=2&%62=3&c=%ff&%fe=1&d=4", "GET"),
               {{"\"@query-param\";name=\"a\"", nullptr},
                {"\"@query-param\";name=\"b\"", nullptr},
                {"\"@query-param\";name=\"c\"", nullptr},    // not UTF-8
                {"\"@query-param\";name=\"%FE\"", nullptr},  // not UTF-8
                {"\"@query-param\";name=\"d\"", "4"}});
  ExpectValues(RequestFor("/", "GET"), {{"\"@query-param\";name=\"a\"", nullptr}});
}

TEST(ComponentValue, TakesWhatTheMessageHas) {  // RFC9421-2.5, SIG-2
  const StoredMessage stored = RequestFor("/foo?a=1");
  const http::Request request = stored.View();
  const http::Response response{.status = 503, .fields = {}, .body = {}};
  const MessageView both{.request = &request, .response = &response};
  EXPECT_EQ(*ComponentValue(Plain("@status"), both), "503");
  EXPECT_EQ(*ComponentValue(OfRequest("@path"), both), "/foo");
  const auto refused = [](std::string_view identifier, const MessageView& view) {
    return RefusedWith(ComponentValue(ComponentOf(identifier), view), Errc::kHttpsigUnresolvable,
                       "SIG-1");
  };
  EXPECT_TRUE(refused("\"@method\"", both));      // a response has none
  EXPECT_TRUE(refused("\"@status\";req", both));  // a request has none
  const MessageView alone{.response = &response};
  EXPECT_TRUE(refused("\"@method\";req", alone));
  EXPECT_TRUE(refused("\"a\";req", alone));
  EXPECT_EQ(*ComponentValue(Plain("@status"), alone), "503");
  EXPECT_TRUE(refused("\"@method\";req", {.request = &request}));  // req in a request
  EXPECT_TRUE(refused("\"@method\"", {}));
  for (const int status : {0, 99, 1000, -200}) {
    const http::Response odd{.status = status, .fields = {}, .body = {}};
    EXPECT_TRUE(refused("\"@status\"", {.request = &request, .response = &odd})) << status;
  }
}

// The same request over HTTP/2 has pseudo-header fields in place of request line and Host; the
// values do not tell the difference, but for @request-target, which the profile does not use
// (SIG-1).
TEST(SignatureBase, IsTheSameOverHttp1AndHttp2) {  // RFC9421-2, ATTACKS 14
  http::Request http1{.method = "GET",
                      .authority = "example.com:443",  // of the Host field
                      .target = "https://example.com:443/a%2Fb;x/../c?q=a+b",
                      .fields = {},
                      .body = {}};
  http1.fields.Add("Host", "example.com:443");
  http1.fields.Add("Content-Type", "text/plain");
  http::Request http2{.method = "GET",                  // :method
                      .scheme = "https",                // :scheme
                      .authority = "example.com",       // :authority
                      .target = "/a%2Fb;x/../c?q=a+b",  // :path
                      .fields = {},
                      .body = {}};
  http2.fields.Add("content-type", "text/plain");
  for (const auto* name : {"@method", "@path", "@query", "@authority", "@scheme", "content-type"}) {
    const Result<std::string> first = ComponentValue(Plain(name), {.request = &http1});
    const Result<std::string> second = ComponentValue(Plain(name), {.request = &http2});
    ASSERT_TRUE(Accepted(first)) << name;
    ASSERT_TRUE(Accepted(second)) << name;
    EXPECT_EQ(*first, *second) << name;
  }
  EXPECT_EQ(*ComponentValue(Plain("@path"), {.request = &http2}), "/a%2Fb;x/../c");
}

TEST(SignatureBase, RepeatsTheParametersInTheirOrder) {  // RFC9421-2
  const StoredMessage stored = RequestFor("/?a=1");
  const http::Request request = stored.View();
  const http::Response response{.status = 200, .fields = {}, .body = {}};
  const std::vector<Component> components = {ComponentOf("\"@query-param\";req;name=\"a\""),
                                             ComponentOf("\"@status\"")};
  const Result<std::string> base =
      BuildSignatureBase(components, "(...)", {.request = &request, .response = &response});
  ASSERT_TRUE(Accepted(base));
  EXPECT_EQ(*base,
            "\"@query-param\";req;name=\"a\": 1\n\"@status\": 200\n\"@signature-params\": (...)");
}

TEST(SignatureBase, FailsAsAWhole) {  // RFC9421-2.5
  const StoredMessage stored = RequestFor("/");
  const http::Request request = stored.View();
  EXPECT_TRUE(RefusedWith(
      BuildSignatureBase({Plain("@method"), Plain("absent")}, "()", {.request = &request}),
      Errc::kHttpsigUnresolvable, "SIG-1"));
  EXPECT_EQ(BuildSignatureBase({Plain("\xff")}, "()", {.request = &request}).error().code,
            Errc::kSfvUnserializable);
}

// A list of 64 components over one field of 64 KiB costs one parse of it, not 64.
TEST(ParsedParts, ParsesEachPartOnce) {
  http::Request request;
  request.fields.Add("X", "a=1, b=2");
  const http::Fields& fields = request.fields;
  ParsedParts parsed;
  int times = 0;
  const auto parse = [&times] {
    ++times;
    constexpr std::string_view kLines[] = {"a=1, b=2"};
    return codec::sfv::ParseDictionary(kLines);
  };
  const auto* const first = &parsed.DictionaryOf(fields, "x", parse);
  EXPECT_EQ(&parsed.DictionaryOf(fields, "x", parse), first);
  EXPECT_EQ(times, 1);
  static_cast<void>(parsed.DictionaryOf(fields, "y", parse));            // another field
  static_cast<void>(parsed.DictionaryOf(request.trailers, "x", parse));  // of other lines
  EXPECT_EQ(times, 3);
  const http::Request other;
  EXPECT_EQ(*parsed.QueryOf(request, "a=1").Value("a"), "1");
  EXPECT_EQ(*parsed.QueryOf(request, "ignored: the same request").Value("a"), "1");
  EXPECT_EQ(*parsed.QueryOf(other, "a=2").Value("a"), "2");
}

}  // namespace
}  // namespace signet::proof::httpsig
