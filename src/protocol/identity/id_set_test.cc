#include "protocol/identity/id_set.h"

#include "gtest/gtest.h"

namespace signet::identity {
namespace {

WorkloadId Id(std::string_view text) {
  return WorkloadId::Parse(text, {.allow_ip_trust_domain = true}).value();
}
Origin OriginOf(std::string_view text) {
  return Origin::Parse(text, {.allow_ip_trust_domain = true}).value();
}

TEST(IdSet, MatchesNobodyByDefault) {
  const IdSet set;
  EXPECT_FALSE(set.Contains(Id("wimse://a/b")));
  EXPECT_FALSE(set.matches_everyone());
}

TEST(IdSet, MatchesEveryoneByNamedWaiverOnly) {
  const IdSet set = IdSet::AnyAuthenticated();
  EXPECT_TRUE(set.Contains(Id("wimse://a/b")));
  EXPECT_TRUE(set.Contains(Id("spiffe://c")));
  EXPECT_TRUE(set.matches_everyone());
}

TEST(IdSet, MatchesExactIdentifiers) {  // ID-9
  IdSet set;
  set.Add(Id("wimse://a/service/pay"));
  set.Add(Id("spiffe://b"));
  EXPECT_TRUE(set.Contains(Id("wimse://a/service/pay")));
  EXPECT_TRUE(set.Contains(Id("spiffe://b")));
  for (const auto* other : {"spiffe://a/service/pay", "wimse://a/service/Pay",
                            "wimse://a/service/pay/1", "wimse://a/service", "wimse://b/service/pay",
                            "wimse://a/service/payroll", "spiffe://b/c"}) {
    EXPECT_FALSE(set.Contains(Id(other))) << other;
  }
}

struct SubtreeCase {
  const char* origin;
  const char* prefix;
  const char* id;
  bool want;
};

TEST(IdSet, MatchesSubtreesByWholeSegments) {  // ID-10, ATTACKS-20
  constexpr SubtreeCase kCases[] = {
      {"wimse://a", "/service/pay", "wimse://a/service/pay", true},
      {"wimse://a", "/service/pay", "wimse://a/service/pay/1", true},
      {"wimse://a", "/service/pay", "wimse://a/service/pay/1/2", true},
      {"wimse://a", "/service/pay", "wimse://a/service/payroll", false},
      {"wimse://a", "/service/pay", "wimse://a/service/pay~", false},
      {"wimse://a", "/service/pay", "wimse://a/service/pay.", false},
      {"wimse://a", "/service/pay", "wimse://a/service", false},
      {"wimse://a", "/service/pay", "wimse://a/Service/pay", false},
      {"wimse://a", "/service/pay", "wimse://a/x/service/pay", false},
      {"wimse://a", "/service/pay", "spiffe://a/service/pay", false},
      {"wimse://a", "/service/pay", "wimse://b/service/pay", false},
      {"wimse://a", "", "wimse://a/x", true},
      {"wimse://a", "", "wimse://ab/x", false},
      {"wimse://a", "", "wimse://a.b/x", false},
      {"wimse://a", "", "spiffe://a/x", false},
      {"spiffe://a", "", "spiffe://a", true},
      {"spiffe://a", "", "spiffe://a/x", true},
      {"spiffe://a", "", "spiffe://ab", false},
      {"spiffe://a", "/x", "spiffe://a", false},
      {"wimse://10.0.0.1", "/x", "wimse://10.0.0.1/x/y", true},
  };
  for (const auto& c : kCases) {
    IdSet set;
    ASSERT_TRUE(set.AddSubtree(OriginOf(c.origin), c.prefix).has_value()) << c.prefix;
    EXPECT_EQ(set.Contains(Id(c.id)), c.want) << c.origin << c.prefix << " and " << c.id;
  }
}

struct PrefixCase {
  const char* origin;
  std::string prefix;
  Errc want;
};

TEST(IdSet, RefusesPrefixesThatAreNotCanonical) {  // ID-10
  const PrefixCase kCases[] = {
      {"wimse://a", "service", Errc::kIdPathCharacter},
      {"wimse://a", ".evil/x", Errc::kIdPathCharacter},
      {"wimse://a", "@b/x", Errc::kIdPathCharacter},
      {"wimse://a", "/", Errc::kIdPathTrailingSlash},
      {"wimse://a", "/service/", Errc::kIdPathTrailingSlash},
      {"wimse://a", "//service", Errc::kIdPathEmptySegment},
      {"wimse://a", "/service/..", Errc::kIdPathDotSegment},
      {"wimse://a", "/%73ervice", Errc::kIdPathPercent},
      {"wimse://a", "/service*", Errc::kIdPathCharacter},
      {"wimse://a", "/*", Errc::kIdPathCharacter},
      {"wimse://a", "/a b", Errc::kIdCharacter},
      {"wimse://a", "/a?", Errc::kIdQuery},
      {"spiffe://a", "/a~", Errc::kIdPathCharacter},
      {"wimse://a", "/" + std::string(2048, 'a'), Errc::kIdTooLong},
      {"wimse://a", "/" + std::string(5000, 'a'), Errc::kIdTooLong},
  };
  for (const auto& c : kCases) {
    IdSet set;
    const Result<void> got = set.AddSubtree(OriginOf(c.origin), c.prefix);
    ASSERT_FALSE(got.has_value()) << c.prefix;
    EXPECT_EQ(got.error().code, c.want) << c.prefix;
    EXPECT_FALSE(set.Contains(Id("wimse://a/service")));
  }
}

}  // namespace
}  // namespace signet::identity
