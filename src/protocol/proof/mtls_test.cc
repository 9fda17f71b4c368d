#include "protocol/proof/mtls.h"

#include <string>
#include <vector>

#include "tests/support/expect.h"
#include "tests/support/test_pki.h"

namespace signet::proof {
namespace {

using credential::VerifiedWic;
using test::kPkiNow;
using test::MakeCa;
using test::MakeLeaf;
using test::TestCert;
using testing::Accepted;
using testing::RefusedWith;
using testing::RulesOf;

constexpr char kServer[] = "wimse://example.org/service/a";
constexpr char kSan[] = "URI:wimse://example.org/service/a,DNS:a.example.com";

identity::WorkloadId Id(std::string_view text) { return *identity::WorkloadId::Parse(text); }

class TlsPeer : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto origin = [](std::string_view text, const TestCert& ca) {
      return trust::OriginConfig{.origin = *identity::Origin::Parse(text),
                                 .bundle = {},
                                 .extra_x509 = {ca.der},
                                 .issuers = {},
                                 .algs = {}};
    };
    auto snapshot = trust::TrustSnapshot::Make(
        {origin("wimse://example.org", ca_), origin("spiffe://example.org", ca_),
         origin("wimse://partner.example", partner_)},
        1);
    ASSERT_TRUE(Accepted(snapshot));
    trust_ = *snapshot;
  }
  Result<VerifiedWic> Verify(const Bytes& leaf, const TlsExpectation& expected) {
    checks_.Clear();
    return VerifyTlsPeer(std::vector<Bytes>{leaf}, expected, *trust_, {}, kPkiNow, checks_);
  }

  const TestCert ca_ = MakeCa();
  const TestCert partner_ = MakeCa("partner");
  std::shared_ptr<const trust::TrustSnapshot> trust_;
  CheckList checks_;
};

TEST_F(TlsPeer, ByIdentifierIsThatServer) {  // [TLS-4]
  const TlsExpectation expected = ExpectedIdentifier{Id(kServer)};
  const Result<VerifiedWic> good = Verify(MakeLeaf(ca_, kSan).der, expected);
  ASSERT_TRUE(Accepted(good));
  EXPECT_EQ(good->subject().text(), kServer);
  EXPECT_EQ(good->usage(), crypto::CertUsage::kServer);
  EXPECT_EQ(RulesOf(checks_),
            (std::vector<std::string>{"TLS-2", "WIC-1", "XSVID-1", "TLS-3", "RFC5280-4.2", "WIC-2",
                                      "WIC-3", "TLS-1", "TLS-4"}));
  struct Row {
    const char* what;
    const char* san;
    const TestCert* ca;
    Errc code;
    const char* rule;
  };
  const Row rows[] = {
      {"another workload", "URI:wimse://example.org/service/b", &ca_, Errc::kTlsPeerUnexpected,
       "TLS-4"},
      // ATTACK-20: no prefix, and no segment more.
      {"longer name", "URI:wimse://example.org/service/ab", &ca_, Errc::kTlsPeerUnexpected,
       "TLS-4"},
      {"a segment more", "URI:wimse://example.org/service/a/b", &ca_, Errc::kTlsPeerUnexpected,
       "TLS-4"},
      {"another case", "URI:wimse://example.org/service/A", &ca_, Errc::kTlsPeerUnexpected,
       "TLS-4"},
      {"another scheme", "URI:spiffe://example.org/service/a", &ca_, Errc::kTlsPeerUnexpected,
       "TLS-1"},
      {"the same path of the partner", "URI:wimse://partner.example/service/a", &partner_,
       Errc::kTlsPeerUnexpected, "TLS-1"},
      {"signed by the partner", kSan, &partner_, Errc::kWicUntrusted, "WIC-2"},
      {"no URI", "DNS:a.example.com", &ca_, Errc::kWicSanMissing, "WIC-1"},
  };
  for (const Row& row : rows) {
    EXPECT_TRUE(RefusedWith(Verify(MakeLeaf(*row.ca, row.san).der, expected), row.code, row.rule))
        << row.what;
    EXPECT_EQ(RulesOf(checks_).back(), "!" + std::string(row.rule)) << row.what;
  }
  EXPECT_TRUE(RefusedWith(Verify(MakeLeaf(ca_, kSan, "clientAuth").der, expected),
                          Errc::kWicExtKeyUsage, "TLS-3"));
}

TEST_F(TlsPeer, ByHostIsOfThatHostAndDomain) {  // [TLS-1, TLS-4]
  const auto host = [](std::string_view name, std::string_view origin,
                       std::optional<identity::WorkloadId> id = {}) {
    return TlsExpectation(
        ExpectedHost{.host = std::string(name), .origin = std::string(origin), .id = id});
  };
  const Bytes leaf = MakeLeaf(ca_, kSan).der;
  EXPECT_TRUE(Accepted(Verify(leaf, host("a.example.com", "wimse://example.org"))));
  EXPECT_TRUE(Accepted(Verify(leaf, host("a.example.com", "wimse://example.org", Id(kServer)))));
  EXPECT_TRUE(RefusedWith(Verify(leaf, host("b.example.com", "wimse://example.org")),
                          Errc::kWicHostMismatch, "TLS-4"));
  EXPECT_TRUE(
      RefusedWith(Verify(leaf, host("", "wimse://example.org")), Errc::kWicHostMismatch, "TLS-4"));
  // TLS-5: a trust domain is no host name.
  EXPECT_TRUE(RefusedWith(Verify(leaf, host("example.org", "wimse://example.org")),
                          Errc::kWicHostMismatch, "TLS-4"));
  EXPECT_TRUE(RefusedWith(Verify(leaf, host("a.example.com", "spiffe://example.org")),
                          Errc::kTlsPeerUnexpected, "TLS-1"));
  EXPECT_TRUE(
      RefusedWith(Verify(leaf, host("a.example.com", "")), Errc::kTlsPeerUnexpected, "TLS-1"));
  EXPECT_TRUE(RefusedWith(Verify(leaf, host("a.example.com", "wimse://example.org",
                                            Id("wimse://example.org/service/b"))),
                          Errc::kTlsPeerUnexpected, "TLS-4"));
  // The partner may have that name too, and is not whom we want.
  EXPECT_TRUE(
      RefusedWith(Verify(MakeLeaf(partner_, "URI:wimse://partner.example/a,DNS:a.example.com").der,
                         host("a.example.com", "wimse://example.org")),
                  Errc::kTlsPeerUnexpected, "TLS-1"));
}

TEST_F(TlsPeer, ClientsAreOfTheDomainsNamed) {  // [TLS-1, TLS-6]
  const TlsExpectation expected = ExpectedClients{{"wimse://example.org"}};
  const Result<VerifiedWic> good = Verify(MakeLeaf(ca_, kSan, "clientAuth").der, expected);
  ASSERT_TRUE(Accepted(good));
  EXPECT_EQ(good->usage(), crypto::CertUsage::kClient);
  EXPECT_EQ(RulesOf(checks_).back(), "TLS-1");
  EXPECT_TRUE(RefusedWith(Verify(MakeLeaf(ca_, kSan, "serverAuth").der, expected),
                          Errc::kWicExtKeyUsage, "TLS-3"));
  const Bytes partner = MakeLeaf(partner_, "URI:wimse://partner.example/a").der;
  EXPECT_TRUE(RefusedWith(Verify(partner, expected), Errc::kTlsPeerUnexpected, "TLS-1"));
  EXPECT_TRUE(Accepted(
      Verify(partner, ExpectedClients{{"wimse://example.org", "wimse://partner.example"}})));
  EXPECT_TRUE(RefusedWith(Verify(MakeLeaf(ca_, kSan).der, ExpectedClients{}),
                          Errc::kTlsPeerUnexpected, "TLS-1"));
  EXPECT_TRUE(RefusedWith(Verify(MakeLeaf(ca_, "URI:spiffe://example.org/service/a").der, expected),
                          Errc::kTlsPeerUnexpected, "TLS-1"));
}

TEST_F(TlsPeer, WithoutACertificateIsNobody) {  // [TLS-2]
  for (const TlsExpectation& expected :
       {TlsExpectation(ExpectedIdentifier{Id(kServer)}),
        TlsExpectation(ExpectedHost{"a.example.com", "wimse://example.org", {}}),
        TlsExpectation(ExpectedClients{{"wimse://example.org"}})}) {
    EXPECT_TRUE(RefusedWith(VerifyTlsPeer({}, expected, *trust_, {}, kPkiNow, checks_),
                            Errc::kWicMissing, "TLS-2"));
  }
}

}  // namespace
}  // namespace signet::proof
