#include "platform/net/tls_peer.h"

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "tests/support/manual_clock.h"
#include "tests/support/test_pki.h"

namespace signet::net {
namespace {

using test::kPkiNow;
using test::MakeCa;
using test::MakeCert;
using test::MakeLeaf;
using test::TestCert;

constexpr char kId[] = "spiffe://example.org/service/a";
const std::string kSan = std::string("URI:") + kId;

std::shared_ptr<const TrustAnchors> Anchors(const std::vector<Bytes>& certificates) {
  auto anchors = TrustAnchors::Make(certificates);
  EXPECT_TRUE(anchors.has_value());
  return *anchors;
}

struct Case {
  const char* what;
  const char* rule;
  std::vector<Bytes> chain;
  std::optional<Errc> want;
};

class PeerCheck : public testing::Test {
 protected:
  void Expect(const PeerVerifier& verify, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      const Result<void> got = verify(c.chain);
      ASSERT_EQ(got.has_value(), !c.want.has_value())
          << c.what << " [" << c.rule << "] " << (got ? "" : got.error().detail);
      if (!got) {
        EXPECT_EQ(got.error().code, *c.want) << c.what << ": " << got.error().detail;
      }
    }
  }
  const TestCert ca_ = MakeCa();
  const TestCert other_ca_ = MakeCa();  // the same name, another key
  const test::ManualClock clock_{kPkiNow};
};

TEST_F(PeerCheck, ExpectIdentifierWantsOneUriUnderTheAnchors) {
  const TestCert middle = MakeCa("middle", &ca_);
  const TestCert client_only = MakeCert({.not_before = kPkiNow - seconds(60),
                                         .not_after = kPkiNow + seconds(60),
                                         .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                        {NID_key_usage, "critical,keyCertSign"},
                                                        {NID_ext_key_usage, "clientAuth"}}},
                                        &ca_);
  Expect(
      ExpectIdentifier(Anchors({ca_.der}), kId, PeerPurpose::kServer, clock_),
      {
          {"good", "TLS-1", {MakeLeaf(ca_, kSan).der}, std::nullopt},
          {"with DNS names too",
           "TLS-4",
           {MakeLeaf(ca_, kSan + ",DNS:a.example").der},
           std::nullopt},
          {"through an intermediate",
           "TLS-1",
           {MakeLeaf(middle, kSan).der, middle.der},
           std::nullopt},
          {"without EKU", "TLS-3", {MakeLeaf(ca_, kSan, "").der}, std::nullopt},
          {"EKU of a client only",
           "TLS-3",
           {MakeLeaf(ca_, kSan, "clientAuth").der},
           Errc::kTlsPeerUntrusted},
          {"EKU of something else",
           "TLS-3",
           {MakeLeaf(ca_, kSan, "emailProtection").der},
           Errc::kTlsPeerUntrusted},
          {"intermediate for clients only",
           "TLS-3",
           {MakeLeaf(client_only, kSan).der, client_only.der},
           Errc::kTlsPeerUntrusted},
          {"another identifier",
           "TLS-4",
           {MakeLeaf(ca_, "URI:spiffe://example.org/service/b").der},
           Errc::kTlsPeerUnexpected},
          {"identifier with more behind it",
           "ID-10",
           {MakeLeaf(ca_, kSan + "b").der},
           Errc::kTlsPeerUnexpected},
          {"identifier in another case",
           "ID-7",
           {MakeLeaf(ca_, "URI:spiffe://example.org/service/A").der},
           Errc::kTlsPeerUnexpected},
          {"two URIs, the right one first",
           "TLS-4",
           {MakeLeaf(ca_, kSan + ",URI:spiffe://example.org/service/b").der},
           Errc::kTlsPeerUnexpected},
          {"the same URI twice",
           "TLS-4",
           {MakeLeaf(ca_, kSan + "," + kSan).der},
           Errc::kTlsPeerUnexpected},
          {"DNS name only",
           "TLS-5",
           {MakeLeaf(ca_, "DNS:example.org").der},
           Errc::kTlsPeerUnexpected},
          {"no SAN", "TLS-4", {MakeLeaf(ca_, "").der}, Errc::kTlsPeerUnexpected},
          // 30 len 86 len "spiffe://example.org/service/a" 00 "b" (ATTACKS 22)
          {"NUL behind the right identifier",
           "ATTACKS-22",
           {MakeLeaf(ca_,
                     "DER:30:22:86:20:73:70:69:66:66:65:3a:2f:2f:65:78:61:6d:70:6c:65:2e:6f:72:67:"
                     "2f:73:65:72:76:69:63:65:2f:61:00:62")
                .der},
           Errc::kTlsPeerUnexpected},
          {"expired",
           "TLS-1",
           {MakeLeaf(ca_, kSan, "", kPkiNow - seconds(10), kPkiNow - seconds(1)).der},
           Errc::kTlsPeerUntrusted},
          {"not valid yet",
           "TLS-1",
           {MakeLeaf(ca_, kSan, "", kPkiNow + seconds(1), kPkiNow + seconds(10)).der},
           Errc::kTlsPeerUntrusted},
          {"another authority of the same name",
           "TLS-1",
           {MakeLeaf(other_ca_, kSan).der},
           Errc::kTlsPeerUntrusted},
          {"another authority, sent along",
           "TLS-1",
           {MakeLeaf(other_ca_, kSan).der, other_ca_.der},
           Errc::kTlsPeerUntrusted},
          {"the authority itself", "TLS-3", {ca_.der}, Errc::kTlsPeerUntrusted},
          {"a leaf that signs leaves",
           "TLS-1",
           {MakeLeaf(MakeLeaf(ca_, kSan), kSan).der, MakeLeaf(ca_, kSan).der},
           Errc::kTlsPeerUntrusted},
          {"nothing", "TLS-2", {}, Errc::kTlsPeerMissing},
          {"garbage", "TLS-1", {Bytes{1, 2, 3}}, Errc::kTlsPeerUntrusted},
          {"garbage behind the leaf",
           "TLS-1",
           {MakeLeaf(ca_, kSan).der, Bytes{1, 2, 3}},
           Errc::kTlsPeerUntrusted},
      });
}

TEST_F(PeerCheck, LimitsTheLengthOfThePath) {
  std::vector<TestCert> path{ca_};
  for (int i = 0; i < 4; ++i) {
    const TestCert& above = path.back();
    path.push_back(MakeCa("ca" + std::to_string(i), &above));
  }
  const auto chain_below = [&](std::size_t depth) {
    std::vector<Bytes> chain{MakeLeaf(path[depth], kSan).der};
    for (std::size_t i = depth; i > 0; --i) chain.push_back(path[i].der);
    return chain;
  };
  const auto verify = ExpectIdentifier(Anchors({ca_.der}), kId, PeerPurpose::kServer, clock_);
  Expect(verify, {{"five certificates", "TLS-1", chain_below(3), std::nullopt},
                  {"six certificates", "TLS-1", chain_below(4), Errc::kTlsPeerUntrusted}});
  std::vector<Bytes> many(kMaxChainCertificates + 1, MakeLeaf(ca_, kSan).der);
  EXPECT_EQ(verify(many).error().code, Errc::kTlsPeerUntrusted);
}

TEST_F(PeerCheck, BothSidesOfTheValidity) {
  const TestCert leaf = MakeLeaf(ca_, kSan, "", kPkiNow, kPkiNow + seconds(100));
  const auto anchors = Anchors({ca_.der});
  const auto at = [&](int offset) {
    return VerifyPath(std::vector<Bytes>{leaf.der}, *anchors, kPkiNow + seconds(offset),
                      PeerPurpose::kServer);
  };
  EXPECT_FALSE(at(-1).has_value());
  EXPECT_TRUE(at(0).has_value());
  EXPECT_TRUE(at(99).has_value());
  EXPECT_EQ(at(101).error().code, Errc::kTlsPeerUntrusted);
  EXPECT_EQ(ReadNotAfter(leaf.der).value(), kPkiNow + seconds(100));
}

TEST_F(PeerCheck, ClientPurpose) {
  const auto verify = ExpectIdentifier(Anchors({ca_.der}), kId, PeerPurpose::kClient, clock_);
  Expect(
      verify,
      {{"client EKU", "TLS-3", {MakeLeaf(ca_, kSan, "clientAuth").der}, std::nullopt},
       {"server EKU", "TLS-3", {MakeLeaf(ca_, kSan, "serverAuth").der}, Errc::kTlsPeerUntrusted}});
}

TEST_F(PeerCheck, AnEmptyExpectationRefusesEverybody) {
  const std::vector<Bytes> chain{MakeLeaf(ca_, kSan).der};
  EXPECT_EQ(
      ExpectIdentifier(Anchors({ca_.der}), "", PeerPurpose::kServer, clock_)(chain).error().code,
      Errc::kTlsPeerUnexpected);
  EXPECT_EQ(ExpectIdentifier(nullptr, kId, PeerPurpose::kServer, clock_)(chain).error().code,
            Errc::kTlsPeerUntrusted);
  EXPECT_EQ(ExpectHost(Anchors({ca_.der}), "", "", clock_)(chain).error().code,
            Errc::kTlsPeerUnexpected);
}

TEST_F(PeerCheck, HostByRfc9525) {
  struct Row {
    const char* what;
    std::string host;
    std::string san;
    bool ok;
  };
  const Row rows[] = {
      {"exact", "a.example.com", "DNS:a.example.com", true},
      {"case", "A.example.com", "DNS:a.Example.com", true},
      {"second name", "b.example", "DNS:a.example,DNS:b.example", true},
      {"wildcard", "a.example.com", "DNS:*.example.com", true},
      {"wildcard for two labels", "a.b.example.com", "DNS:*.example.com", false},
      {"wildcard for no label", "example.com", "DNS:*.example.com", false},
      {"partial wildcard", "a1.example.com", "DNS:a*.example.com", false},
      {"wildcard in the middle", "a.b.example.com", "DNS:a.*.example.com", false},
      {"wildcard of a top level", "example.com", "DNS:*.com", false},
      {"common name only", "leaf.example", "", false},
      {"common name beside another", "leaf.example", "DNS:a.example", false},
      {"URI host", "example.org", kSan, false},  // TLS-5
      {"leading dot", ".example.com", "DNS:a.example.com", false},
      {"another", "b.example.com", "DNS:a.example.com", false},
      {"address", "127.0.0.1", "IP:127.0.0.1", true},
      {"address 6", "::1", "IP:::1", true},
      {"address in a DNS name", "127.0.0.1", "DNS:127.0.0.1", false},
      {"another address", "127.0.0.2", "IP:127.0.0.1", false},
  };
  for (const Row& row : rows) {
    const auto got = CheckPeerHost(MakeLeaf(ca_, row.san).der, row.host);
    ASSERT_EQ(got.has_value(), row.ok) << row.what;
    if (!got) {
      EXPECT_EQ(got.error().code, Errc::kTlsPeerUnexpected) << row.what;
    }
  }
  EXPECT_FALSE(CheckPeerHost(MakeLeaf(ca_, "DNS:a.example").der, std::string("a.example\0.b", 12)));
}

TEST_F(PeerCheck, ExpectHostChecksPathHostAndIdentifier) {
  const std::string san = kSan + ",DNS:a.example";
  const auto anchors = Anchors({ca_.der});
  Expect(
      ExpectHost(anchors, "a.example", kId, clock_),
      {{"both", "TLS-4", {MakeLeaf(ca_, san).der}, std::nullopt},
       {"host only", "TLS-4", {MakeLeaf(ca_, "DNS:a.example").der}, Errc::kTlsPeerUnexpected},
       {"identifier only", "TLS-4", {MakeLeaf(ca_, kSan).der}, Errc::kTlsPeerUnexpected},
       {"other authority", "TLS-1", {MakeLeaf(other_ca_, san).der}, Errc::kTlsPeerUntrusted},
       {"client EKU", "TLS-3", {MakeLeaf(ca_, san, "clientAuth").der}, Errc::kTlsPeerUntrusted}});
  Expect(ExpectHost(anchors, "a.example", "", clock_),
         {{"any identifier", "TLS-4", {MakeLeaf(ca_, "DNS:a.example").der}, std::nullopt}});
}

// TLS-1: the anchors are those of the trust domain that the peer claims.
TEST_F(PeerCheck, ExpectMemberOfTakesTheAnchorsOfTheClaimedDomain) {
  const AnchorsOf anchors_of = [&](std::string_view id) -> std::shared_ptr<const TrustAnchors> {
    if (id.starts_with("spiffe://example.org/")) return Anchors({ca_.der});
    if (id.starts_with("spiffe://partner.example/")) return Anchors({other_ca_.der});
    return nullptr;
  };
  const std::string partner = "URI:spiffe://partner.example/x";
  Expect(
      ExpectMemberOf(anchors_of, PeerPurpose::kClient, clock_),
      {{"own", "TLS-1", {MakeLeaf(ca_, kSan).der}, std::nullopt},
       {"partner", "TLS-1", {MakeLeaf(other_ca_, partner).der}, std::nullopt},
       {"ours signed by the partner",
        "TLS-6",
        {MakeLeaf(other_ca_, kSan).der},
        Errc::kTlsPeerUntrusted},
       {"partner's signed by us", "TLS-6", {MakeLeaf(ca_, partner).der}, Errc::kTlsPeerUntrusted},
       {"unknown domain",
        "TLS-1",
        {MakeLeaf(ca_, "URI:spiffe://else.example/x").der},
        Errc::kTlsPeerUntrusted},
       {"no URI", "TLS-6", {MakeLeaf(ca_, "DNS:a").der}, Errc::kTlsPeerUnexpected},
       {"nothing", "TLS-2", {}, Errc::kTlsPeerMissing}});
}

TEST_F(PeerCheck, AnchorsMustBeAuthorities) {
  EXPECT_EQ(TrustAnchors::Make({}).error().code, Errc::kTlsConfiguration);
  const std::vector<Bytes> leaf{MakeLeaf(ca_, kSan).der};
  EXPECT_EQ(TrustAnchors::Make(leaf).error().code, Errc::kTlsConfiguration);
  const std::vector<Bytes> garbage{Bytes{0x30, 0}};
  EXPECT_EQ(TrustAnchors::Make(garbage).error().code, Errc::kTlsConfiguration);
  // An intermediate may be an anchor of its own.
  const TestCert middle = MakeCa("middle", &ca_);
  Expect(ExpectIdentifier(Anchors({middle.der}), kId, PeerPurpose::kServer, clock_),
         {{"below", "TLS-1", {MakeLeaf(middle, kSan).der}, std::nullopt},
          {"beside", "TLS-1", {MakeLeaf(ca_, kSan).der}, Errc::kTlsPeerUntrusted}});
}

}  // namespace
}  // namespace signet::net
