#include "protocol/proof/audience.h"

#include <string>
#include <vector>

#include "protocol/base/limits.h"
#include "tests/support/expect.h"

namespace signet::proof {
namespace {

using testing::Accepted;
using testing::RefusedWith;

AudienceSet Set(std::initializer_list<std::string_view> entries) {
  AudienceSet out;
  for (const std::string_view entry : entries) EXPECT_TRUE(Accepted(out.Add(entry))) << entry;
  return out;
}

TEST(AudienceSet, AcceptsNothingByDefault) {  // WPT-7
  EXPECT_TRUE(AudienceSet().empty());
  EXPECT_FALSE(AudienceSet().Accepts("", ""));
  EXPECT_FALSE(AudienceSet().Accepts("https://orders.example.com/", "/"));
}

TEST(AudienceSet, TakesEntriesWithinItsLimits) {
  AudienceSet set;
  for (const std::string& bad :
       {std::string(), std::string("?query"), std::string("#f"), std::string("a b"),
        std::string("a\tb"), std::string("a\x7f"), std::string("\xc3\xa9"), std::string("a\0b", 3),
        std::string(kMaxUriBytes + 1, 'a')}) {
    EXPECT_TRUE(RefusedWith(set.Add(bad), Errc::kVerifyConfiguration, "WPT-7")) << bad;
  }
  EXPECT_TRUE(set.empty());
  EXPECT_TRUE(Accepted(set.Add(std::string(kMaxUriBytes, 'a'))));
  EXPECT_FALSE(set.empty());
}

struct AudienceCase {
  const char* name;
  const char* rule;
  std::string entry;
  std::string aud;
  std::string path;
  bool accepted;
};
void PrintTo(const AudienceCase& c, std::ostream* os) { *os << c.name << " [" << c.rule << "]"; }
class Audience : public ::testing::TestWithParam<AudienceCase> {};

TEST_P(Audience, IsJudged) {
  const AudienceSet set = Set({GetParam().entry});
  EXPECT_FALSE(set.empty());
  EXPECT_EQ(set.Accepts(GetParam().aud, GetParam().path), GetParam().accepted);
}

constexpr const char* kOrigin = "https://orders.example.com";
const std::vector<AudienceCase> kAudienceCases = {
    // An authority: the audience is that origin with the path of the request.
    {"OriginAndPath", "WPT-5.6", kOrigin, "https://orders.example.com/v1", "/v1", true},
    {"OriginAnotherPath", "WPT-5.6", kOrigin, "https://orders.example.com/v2", "/v1", false},
    {"OriginLongerPath", "WPT-5.6", kOrigin, "https://orders.example.com/v1/x", "/v1", false},
    {"OriginTrailingSlashIsAnotherPath", "WPT-5.6", kOrigin, "https://orders.example.com/v1/",
     "/v1", false},
    {"OriginPathInAnotherCase", "WPT-5.6", kOrigin, "https://orders.example.com/V1", "/v1", false},
    {"OriginPathPercentIsNotDecoded", "WPT-5.6", kOrigin, "https://orders.example.com/a%2Fb",
     "/a/b", false},
    {"OriginPathPercentAsReceived", "WPT-5.6", kOrigin, "https://orders.example.com/a%2Fb",
     "/a%2Fb", true},
    {"OriginQueryOfAudIgnored", "WPT-5.6", kOrigin, "https://orders.example.com/v1?a=b", "/v1",
     true},
    {"OriginFragmentOfAudIgnored", "WPT-5.6", kOrigin, "https://orders.example.com/v1#f", "/v1",
     true},
    {"OriginQueryWithoutPath", "WPT-5.6", kOrigin, "https://orders.example.com?a", "/", true},
    {"OriginEmptyPathIsSlash", "WPT-5.6", kOrigin, "https://orders.example.com", "/", true},
    {"OriginSlashIsEmptyPath", "WPT-5.6", kOrigin, "https://orders.example.com/", "", true},
    {"OriginBareForAnyPath", "WPT-5.6", kOrigin, "https://orders.example.com", "/v1", false},
    {"OriginPathWithoutRequest", "WPT-5.6", kOrigin, "https://orders.example.com/v1", "", false},
    {"OriginOfAnotherScheme", "WPT-5.6", kOrigin, "http://orders.example.com/v1", "/v1", false},
    {"OriginOfAnotherHost", "WPT-5.6", kOrigin, "https://orders.example.org/v1", "/v1", false},
    {"OriginAsPrefixOfAHost", "WPT-5.6", kOrigin, "https://orders.example.com.evil.example/v1",
     "/v1", false},
    {"OriginAsUserinfo", "WPT-5.6", kOrigin, "https://orders.example.com@evil.example/v1", "/v1",
     false},
    {"OriginWithDefaultPort", "WPT-5.6", kOrigin, "https://orders.example.com:443/v1", "/v1",
     false},
    {"OriginInAnotherCase", "WPT-5.6", kOrigin, "https://Orders.example.com/v1", "/v1", false},
    {"OriginWithoutScheme", "WPT-5.6", kOrigin, "orders.example.com/v1", "/v1", false},
    {"OriginWithSlashConfigured", "WPT-5.6", "https://orders.example.com/",
     "https://orders.example.com/v1", "/v1", true},
    {"OriginWithQueryConfigured", "WPT-5.6", "https://orders.example.com/?x",
     "https://orders.example.com/v1", "/v1", true},
    {"Empty", "WPT-5.6", kOrigin, "", "/v1", false},
    {"SchemeOnly", "WPT-5.6", kOrigin, "https://", "/", false},
    {"NoScheme", "WPT-5.6", kOrigin, "://orders.example.com/v1", "/v1", false},
    // An alias stands as it is, whatever the path of the request.
    {"AliasWord", "WPT-5.6", "orders", "orders", "/v1", true},
    {"AliasWordInAnotherCase", "WPT-5.6", "orders", "Orders", "/v1", false},
    {"AliasPrefix", "WPT-5.6", "orders", "orders2", "/v1", false},
    {"AliasWithoutRequest", "WPT-2", "orders", "orders", "", true},
    {"AliasWholeUri", "WPT-5.6", "https://edge.example.com/api/v1",
     "https://edge.example.com/api/v1", "/v1", true},
    {"AliasWholeUriQueryOfAudIgnored", "WPT-5.6", "https://edge.example.com/api/v1",
     "https://edge.example.com/api/v1?x=y", "/v1", true},
    {"AliasWholeUriQueryOfEntryIgnored", "WPT-5.6", "https://edge.example.com/api/v1?x=y",
     "https://edge.example.com/api/v1", "/v1", true},
    {"AliasWholeUriLonger", "WPT-5.6", "https://edge.example.com/api",
     "https://edge.example.com/api/v1", "/api/v1", false},
    {"AliasWithEmptyAuthority", "WPT-5.6", "file:///x", "file:///x", "", true},
};
INSTANTIATE_TEST_SUITE_P(Rules, Audience, ::testing::ValuesIn(kAudienceCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(AudienceSet, HoldsManyEntries) {
  const AudienceSet set = Set({"https://a.example", "https://b.example", "alias"});
  EXPECT_TRUE(set.Accepts("https://a.example/x", "/x"));
  EXPECT_TRUE(set.Accepts("https://b.example/x", "/x"));
  EXPECT_TRUE(set.Accepts("alias", "/x"));
  EXPECT_FALSE(set.Accepts("https://c.example/x", "/x"));
}

}  // namespace
}  // namespace signet::proof
