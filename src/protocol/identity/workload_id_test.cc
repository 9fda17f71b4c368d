#include "protocol/identity/workload_id.h"

#include <map>
#include <ostream>
#include <vector>

#include "gtest/gtest.h"

namespace signet::identity {
namespace {

using namespace std::string_literals;

struct IdCase {
  std::string text;
  std::optional<Errc> want;  // nullopt: accepted
  const char* rule;
};

void ExpectVerdicts(const std::vector<IdCase>& cases, const IdRules& rules = {}) {
  for (const auto& c : cases) {
    const Result<WorkloadId> got = WorkloadId::Parse(c.text, rules);
    ASSERT_EQ(got.has_value(), !c.want.has_value())
        << c.text << " [" << c.rule << "] " << (got ? "" : got.error().name());
    if (got) {
      EXPECT_EQ(got->text(), c.text) << c.rule;
    } else {
      EXPECT_EQ(got.error().code, *c.want)
          << c.text << " [" << c.rule << "] " << got.error().name();
    }
  }
}

TEST(WorkloadId, AcceptsTheExamplesOfTheDocuments) {
  ExpectVerdicts({
      {"wimse://trust.example.com/service/payment", {}, "ID-6"},
      {"wimse://trust.example.com/service/payment/instance/1234", {}, "ID-6"},
      {"wimse://prod.corp.example/workload/89a6ec51-f877-44c0-9501-b213597f2d1d", {}, "ID-6"},
      {"wimse://trust.corp.example.com/workload/af3e86cb-7013-4e33-b717-11c4edd25679", {}, "ID-1"},
      {"spiffe://incubation.example.org/ns/experimental/analytics/ingest", {}, "ID-1"},
      {"spiffe://prod.trust.domain/89a6ec51-f877-44c0-9501-b213597f2d1d", {}, "SPID-1"},
      {"spiffe://staging.example.com/payments/mysql", {}, "SPID-1"},
      {"spiffe://k8s-west.example.com/ns/staging/sa/default", {}, "SPID-1"},
      {"spiffe://example.com/9eebccd2-12bf-40a6-b262-65fe0487d453", {}, "SPID-1"},
  });
}

TEST(WorkloadId, IsAnAbsoluteUriWithAnAuthority) {
  ExpectVerdicts({
      {"", Errc::kIdEmpty, "ID-1"},
      {"wimse", Errc::kIdNotAbsolute, "ID-1"},
      {"wimse:", Errc::kIdNotAbsolute, "ID-1"},
      {"wimse:/a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"wimse:a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"//a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"/a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"://a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"a/b://c", Errc::kIdNotAbsolute, "ID-1"},
      {"urn:x://y/z", Errc::kIdNotAbsolute, "ID-1"},
      {"wimse:wimse://a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"1wimse://a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"wim_se://a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"%77imse://a/b", Errc::kIdNotAbsolute, "ID-1"},
      {"wimse://", Errc::kIdAuthorityEmpty, "ID-1"},
      {"wimse:///b", Errc::kIdAuthorityEmpty, "ID-1"},
      {"spiffe://", Errc::kIdAuthorityEmpty, "SPID-1"},
      {"spiffe:///b", Errc::kIdAuthorityEmpty, "SPID-1"},
      {"wimse:////b", Errc::kIdAuthorityEmpty, "ID-1"},
  });
}

TEST(WorkloadId, HasAKnownSchemeInLowerCase) {
  ExpectVerdicts({
      {"WIMSE://a/b", Errc::kIdSchemeCase, "ID-5"},
      {"Wimse://a/b", Errc::kIdSchemeCase, "ID-5"},
      {"wimsE://a/b", Errc::kIdSchemeCase, "ID-5"},
      {"SPIFFE://a/b", Errc::kIdSchemeCase, "SPID-1 (Q3)"},
      {"Spiffe://a/b", Errc::kIdSchemeCase, "SPID-1 (Q3)"},
      {"https://a/b", Errc::kIdSchemeUnknown, "ID-4"},
      {"wimses://a/b", Errc::kIdSchemeUnknown, "ID-4"},
      {"wims://a/b", Errc::kIdSchemeUnknown, "ID-4"},
      {"spiffe2://a/b", Errc::kIdSchemeUnknown, "ID-4"},
      {"x+wimse://a/b", Errc::kIdSchemeUnknown, "ID-4"},
  });
}

TEST(WorkloadId, HasNoQueryFragmentUserinfoOrPort) {
  for (const std::string& scheme : {"wimse"s, "spiffe"s}) {
    ExpectVerdicts({
        {scheme + "://a/b?", Errc::kIdQuery, "ID-2"},
        {scheme + "://a/b?c=d", Errc::kIdQuery, "ID-2"},
        {scheme + "://a?", Errc::kIdQuery, "ID-2"},
        {scheme + "://a/b#", Errc::kIdFragment, "ID-2"},
        {scheme + "://a/b#c", Errc::kIdFragment, "ID-2"},
        {scheme + "://a#", Errc::kIdFragment, "ID-2"},
        {scheme + "://a/b?c#d", Errc::kIdFragment, "ID-2"},
        {scheme + "://u@a/b", Errc::kIdUserinfo, "ID-2"},
        {scheme + "://u:p@a/b", Errc::kIdUserinfo, "ID-2"},
        {scheme + "://@a/b", Errc::kIdUserinfo, "ID-2"},
        {scheme + "://a@/b", Errc::kIdUserinfo, "ID-2"},
        {scheme + "://a:1/b", Errc::kIdPort, "ID-2"},
        {scheme + "://a:443/b", Errc::kIdPort, "ID-2"},
        {scheme + "://a:/b", Errc::kIdPort, "ID-2"},
        {scheme + "://:1/b", Errc::kIdPort, "ID-2"},
        {scheme + "://:/b", Errc::kIdPort, "ID-2"},
        {scheme + "://[::1]:1/b", Errc::kIdPort, "ID-2"},
        {scheme + "://a/b:1", Errc::kIdPathCharacter, "ID-6"},
        {scheme + "://a/u@b", Errc::kIdPathCharacter, "ID-6"},
    });
  }
}

TEST(WorkloadId, HoldsVisibleAsciiOnly) {  // ATTACKS-22
  for (const std::string& scheme : {"wimse"s, "spiffe"s}) {
    ExpectVerdicts({
        {scheme + "://a/b\0"s, Errc::kIdCharacter, "ID-3"},
        {scheme + "://a\0.evil/b"s, Errc::kIdCharacter, "ID-3"},
        {"\0"s + scheme + "://a/b", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/b\n", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/b\t", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/b\x7f", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/b c", Errc::kIdCharacter, "ID-3"},
        {" " + scheme + "://a/b", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/b ", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a/\xc3\xa9", Errc::kIdCharacter, "ID-3"},
        {scheme + "://\xc3\xa9/b", Errc::kIdCharacter, "ID-3"},
        {scheme + "://\xd0\xb0/b", Errc::kIdCharacter, "ID-3 Cyrillic a"},
        {scheme + "://a/\xff", Errc::kIdCharacter, "ID-3"},
        {scheme + "://a\xef\xbc\x8f/b", Errc::kIdCharacter, "ID-3 full-width slash"},
    });
  }
}

TEST(WorkloadId, IsAtMost2048OctetsLong) {
  for (const std::string& front : {"wimse://a/"s, "spiffe://a/"s}) {
    ExpectVerdicts({
        {front + std::string(2047 - front.size(), 'b'), {}, "ID-3"},
        {front + std::string(2048 - front.size(), 'b'), {}, "ID-3"},
        {front + std::string(2049 - front.size(), 'b'), Errc::kIdTooLong, "ID-3"},
        {front + std::string(1 << 20, 'b'), Errc::kIdTooLong, "ID-3"},
        {std::string(2049, '\xff'), Errc::kIdTooLong, "ID-3 before anything else"},
    });
  }
}

TEST(WorkloadId, HasATrustDomainOfItsCharacters) {
  for (const std::string& scheme : {"wimse"s, "spiffe"s}) {
    ExpectVerdicts({
        {scheme + "://a-b_c.d0/e", {}, "ID-5"},
        {scheme + "://_/e", {}, "ID-5"},
        {scheme + "://-a-/e", {}, "ID-5"},
        {scheme + "://0a/e", {}, "ID-5"},
        {scheme + "://123/e", {}, "ID-5"},
        {scheme + "://xn--bcher-kva.example/e", {}, "ID-5"},
        {scheme + "://A/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://aB.example/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a%62/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a%2e/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a~b/c", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a!/c", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a,b/c", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://*.a/c", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a\\b/c", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://[::1]/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://[::1/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://[v1.a]/b", Errc::kIdTrustDomainCharacter, "ID-5"},
        {scheme + "://a\\@b/c", Errc::kIdUserinfo, "ID-2"},
    });
  }
  ExpectVerdicts({
      {"wimse://a./b", Errc::kIdTrustDomainDot, "ID-5"},
      {"wimse://./b", Errc::kIdTrustDomainDot, "ID-5"},
      {"wimse://a../b", Errc::kIdTrustDomainDot, "ID-5"},
      {"wimse://1.2.3.4./b", Errc::kIdTrustDomainDot, "ID-5"},
      {"wimse://.a/b", {}, "ID-5"},
      {"spiffe://a./b", {}, "SPID-1"},
  });
}

TEST(WorkloadId, LimitsTheTrustDomainOfSpiffe) {
  ExpectVerdicts({
      {"spiffe://" + std::string(255, 'a') + "/b", {}, "SPID-1"},
      {"spiffe://" + std::string(256, 'a') + "/b", Errc::kIdTrustDomainLength, "SPID-1"},
      {"spiffe://" + std::string(255, 'a'), {}, "SPID-1"},
      {"spiffe://" + std::string(256, 'a'), Errc::kIdTrustDomainLength, "SPID-1"},
      {"wimse://" + std::string(256, 'a') + "/b", {}, "ID-5"},
  });
}

TEST(WorkloadId, RefusesAddressesAsTrustDomainsOfWimse) {
  ExpectVerdicts({
      {"wimse://192.0.2.1/b", Errc::kIdTrustDomainIp, "ID-11"},
      {"wimse://0.0.0.0/b", Errc::kIdTrustDomainIp, "ID-11"},
      {"wimse://256.1.1.1/b", Errc::kIdTrustDomainIp, "ID-11"},
      {"wimse://010.0.0.1/b", Errc::kIdTrustDomainIp, "ID-11"},
      {"wimse://127.1/b", Errc::kIdTrustDomainIp, "ID-11"},
      {"wimse://192.0.2.1.example/b", {}, "ID-11"},
      {"wimse://192.0.2.a/b", {}, "ID-11"},
      {"wimse://192-0-2-1/b", {}, "ID-11"},
      {"spiffe://192.0.2.1/b", {}, "SPID-1 (Q5)"},
      {"spiffe://192.0.2.1", {}, "SPID-1 (Q5)"},
  });
  ExpectVerdicts(
      {
          {"wimse://192.0.2.1/b", {}, "ID-11 legacy"},
          {"wimse://[::1]/b", Errc::kIdTrustDomainCharacter, "ID-5"},
          {"wimse://192.0.2.1:8/b", Errc::kIdPort, "ID-2"},
          {"wimse://192.0.2.1./b", Errc::kIdTrustDomainDot, "ID-5"},
      },
      {.allow_ip_trust_domain = true});
}

TEST(WorkloadId, NeedsAPathInWimseOnly) {
  ExpectVerdicts({
      {"wimse://a", Errc::kIdPathMissing, "ID-6"},
      {"wimse://trust.example.com", Errc::kIdPathMissing, "ID-6"},
      {"spiffe://a", {}, "SPID-1 (Q2)"},
      {"spiffe://trust.example.com", {}, "SPID-1 (Q2)"},
  });
}

TEST(WorkloadId, HasACanonicalPath) {
  for (const std::string& scheme : {"wimse"s, "spiffe"s}) {
    ExpectVerdicts({
        {scheme + "://a/b", {}, "ID-6"},
        {scheme + "://a/B", {}, "ID-6"},
        {scheme + "://a/b.c-d_E0/1", {}, "ID-6"},
        {scheme + "://a/...", {}, "ID-6"},
        {scheme + "://a/.b", {}, "ID-6"},
        {scheme + "://a/b.", {}, "ID-6"},
        {scheme + "://a/..b/b..", {}, "ID-6"},
        {scheme + "://a/", Errc::kIdPathTrailingSlash, "ID-6"},
        {scheme + "://a/b/", Errc::kIdPathTrailingSlash, "ID-6"},
        {scheme + "://a//", Errc::kIdPathTrailingSlash, "ID-6"},
        {scheme + "://a//b", Errc::kIdPathEmptySegment, "ID-6"},
        {scheme + "://a/b//c", Errc::kIdPathEmptySegment, "ID-6"},
        {scheme + "://a/b///c", Errc::kIdPathEmptySegment, "ID-6"},
        {scheme + "://a/.", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/..", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/./b", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/../b", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/b/..", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/b/../c", Errc::kIdPathDotSegment, "ID-6"},
        {scheme + "://a/%62", Errc::kIdPathPercent, "ID-6 ATTACKS-23"},
        {scheme + "://a/%61dmin", Errc::kIdPathPercent, "ID-6 ATTACKS-23"},
        {scheme + "://a/b%2Fc", Errc::kIdPathPercent, "ID-6 ATTACKS-23"},
        {scheme + "://a/%2e%2e/b", Errc::kIdPathPercent, "ID-6 ATTACKS-23"},
        {scheme + "://a/b%", Errc::kIdPathPercent, "ID-6"},
    });
    for (const char c : "!$&'()*+,;=:@\"<>[]\\^`{|}"s) {
      ExpectVerdicts({{scheme + "://a/b" + c, Errc::kIdPathCharacter, "ID-6"}});
    }
  }
  ExpectVerdicts({
      {"wimse://a/b~c", {}, "ID-6 (Q2)"},
      {"wimse://a/~", {}, "ID-6 (Q2)"},
      {"spiffe://a/b~c", Errc::kIdPathCharacter, "SPID-1 (Q2)"},
  });
}

// The first rule in the order of the header decides, so that two runs name the same cause.
TEST(WorkloadId, ChecksInTheDocumentedOrder) {
  ExpectVerdicts({
      {"\x01" + std::string(2048, 'a'), Errc::kIdTooLong, "length before bytes"},
      {"A\x01", Errc::kIdCharacter, "bytes before form"},
      {"HTTP:a", Errc::kIdNotAbsolute, "form before case"},
      {"HTTP://a/b", Errc::kIdSchemeCase, "case before knowledge"},
      {"http:///#", Errc::kIdSchemeUnknown, "scheme before fragment"},
      {"wimse://?#", Errc::kIdFragment, "fragment before query"},
      {"wimse://?", Errc::kIdQuery, "query before authority"},
      {"wimse://u@a:1/b", Errc::kIdUserinfo, "userinfo before port"},
      {"wimse://A:1/b", Errc::kIdPort, "port before characters"},
      {"wimse://A./b", Errc::kIdTrustDomainCharacter, "characters before dot"},
      {"wimse://1.1.1.1", Errc::kIdTrustDomainIp, "trust domain before path"},
      {"wimse://a/..//%/", Errc::kIdPathTrailingSlash, "trailing slash before empty segment"},
      {"wimse://a/..//%", Errc::kIdPathEmptySegment, "empty segment before dot segment"},
      {"wimse://a/../%!", Errc::kIdPathDotSegment, "dot segment before percent"},
      {"wimse://a/!%", Errc::kIdPathPercent, "percent before characters"},
  });
}

TEST(WorkloadId, GivesItsParts) {
  const WorkloadId id = WorkloadId::Parse("wimse://trust.example/a/b~").value();
  EXPECT_EQ(id.scheme(), Scheme::kWimse);
  EXPECT_EQ(id.trust_domain(), "trust.example");
  EXPECT_EQ(id.path(), "/a/b~");
  EXPECT_EQ(id.origin_text(), "wimse://trust.example");
  EXPECT_EQ(id.origin().text(), "wimse://trust.example");
  EXPECT_EQ(id.origin().trust_domain(), "trust.example");

  const WorkloadId bare = WorkloadId::Parse("spiffe://td").value();
  EXPECT_EQ(bare.scheme(), Scheme::kSpiffe);
  EXPECT_EQ(bare.trust_domain(), "td");
  EXPECT_EQ(bare.path(), "");
  EXPECT_EQ(bare.origin_text(), "spiffe://td");
}

TEST(WorkloadId, ComparesTheWholeUri) {  // ID-7, ID-9
  const auto id = [](std::string_view text) { return WorkloadId::Parse(text).value(); };
  EXPECT_EQ(id("wimse://a/b"), id("wimse://a/b"));
  EXPECT_NE(id("wimse://a/b"), id("wimse://a/B"));
  EXPECT_NE(id("wimse://a/b"), id("spiffe://a/b"));
  EXPECT_NE(id("wimse://a/b"), id("wimse://c/b"));
  EXPECT_NE(id("wimse://a/b"), id("wimse://a/b/c"));
  EXPECT_LT(id("spiffe://a/b"), id("wimse://a/b"));
}

TEST(WorkloadId, OwnsItsText) {
  std::string text = "wimse://a/b";
  const WorkloadId id = WorkloadId::Parse(text).value();
  text.assign(text.size(), 'x');
  const WorkloadId copy = id;
  EXPECT_EQ(copy.path(), "/b");
}

TEST(Origin, IsSchemeAndTrustDomain) {  // ID-15
  for (const std::string& text :
       {"wimse://trust.corp.example.com"s, "spiffe://prod.trust.domain"s}) {
    const Result<Origin> got = Origin::Parse(text);
    ASSERT_TRUE(got.has_value()) << text;
    EXPECT_EQ(got->text(), text);
  }
  EXPECT_NE(Origin::Parse("wimse://a").value(), Origin::Parse("spiffe://a").value());  // TA-4
  EXPECT_EQ(Origin::Parse("wimse://a").value(), WorkloadId::Parse("wimse://a/b")->origin());
}

TEST(Origin, RefusesWhatIsNone) {
  const std::map<std::string, Errc> kCases = {
      {"", Errc::kIdEmpty},
      {"wimse://a/", Errc::kIdPathCharacter},
      {"wimse://a/b", Errc::kIdPathCharacter},
      {"spiffe://a/b", Errc::kIdPathCharacter},
      {"a", Errc::kIdNotAbsolute},
      {"wimse:a", Errc::kIdNotAbsolute},
      {"WIMSE://a", Errc::kIdSchemeCase},
      {"https://a", Errc::kIdSchemeUnknown},
      {"wimse://", Errc::kIdAuthorityEmpty},
      {"wimse://a?", Errc::kIdQuery},
      {"wimse://a#", Errc::kIdFragment},
      {"wimse://u@a", Errc::kIdUserinfo},
      {"wimse://a:1", Errc::kIdPort},
      {"wimse://A", Errc::kIdTrustDomainCharacter},
      {"wimse://a.", Errc::kIdTrustDomainDot},
      {"wimse://10.0.0.1", Errc::kIdTrustDomainIp},
      {"spiffe://" + std::string(256, 'a'), Errc::kIdTrustDomainLength},
      {"wimse://" + std::string(2048, 'a'), Errc::kIdTooLong},
  };
  for (const auto& [text, want] : kCases) {
    const Result<Origin> got = Origin::Parse(text);
    ASSERT_FALSE(got.has_value()) << text;
    EXPECT_EQ(got.error().code, want) << text;
  }
  EXPECT_TRUE(Origin::Parse("wimse://10.0.0.1", {.allow_ip_trust_domain = true}).has_value());
}

}  // namespace
}  // namespace signet::identity
