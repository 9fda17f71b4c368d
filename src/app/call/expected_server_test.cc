#include "app/call/expected_server.h"

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/codec/pem.h"
#include "tests/support/certificates.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"
#include "tests/support/test_pki.h"

namespace signet::app {
namespace {

// ID-14
TEST(HandleMapFile, NamesTheIdentifierOfEachHandle) {
  const auto map = ParseHandleMap(
      "# servers\n"
      "orders.example.com = wimse://trust.example.com/orders\r\n"
      "\n"
      "orders.example.com:8443=wimse://trust.example.com/orders-canary");
  ASSERT_TRUE(testing::Accepted(map));
  EXPECT_EQ(map->size(), 2U);
  EXPECT_EQ(ExpectedOf(*map, "orders.example.com", 443)->text(),
            "wimse://trust.example.com/orders");
  EXPECT_EQ(ExpectedOf(*map, "ORDERS.example.com", 8443)->text(),
            "wimse://trust.example.com/orders-canary");
  // Never derived from the name.
  EXPECT_TRUE(testing::RefusedWith(ExpectedOf(*map, "trust.example.com", 443), Errc::kIdNotMapped,
                                   "ID-14"));
}

TEST(HandleMapFile, RefusesLinesThatSayNothing) {
  EXPECT_EQ(ParseHandleMap("orders.example.com").error().code, Errc::kUsageOption);
  EXPECT_EQ(ParseHandleMap("=wimse://a/b").error().code, Errc::kUsageOption);
  EXPECT_EQ(ParseHandleMap("a=wimse://a/").error().code, Errc::kIdPathTrailingSlash);
  EXPECT_EQ(ParseHandleMap("a=http://a/b").error().code, Errc::kIdSchemeUnknown);
}

TEST(Anchors, AreAllCertificatesOfTheFile) {
  const Bytes der = *codec::Base64Decode(testing::kCaCertificate);
  const std::string one = codec::PemEncode(der, "CERTIFICATE");
  const auto anchors = ReadAnchors("# comment\n" + one + "Issuer: x\n" + one);
  ASSERT_TRUE(testing::Accepted(anchors));
  ASSERT_EQ(anchors->size(), 2U);
  EXPECT_EQ(anchors->at(0), der);
  EXPECT_EQ(ReadAnchors("").error().code, Errc::kPemMalformed);
  EXPECT_EQ(ReadAnchors(one.substr(0, one.size() - 20)).error().code, Errc::kPemMalformed);
}

class ServerCheck : public ::testing::Test {
 protected:
  net::PeerVerifier Make(const ExpectedServer& expected, const char* host = "a.example") {
    auto check = MakeServerCheck(expected, host, {ca_.der}, clock_);
    EXPECT_TRUE(testing::Accepted(check));
    return *check;
  }
  static ExpectedServer ById(bool check_host = false) {
    return {.identifier = *identity::WorkloadId::Parse(kServer), .check_host = check_host};
  }
  static constexpr char kServer[] = "wimse://trust.example.com/orders";
  const test::TestCert ca_ = test::MakeCa();
  const test::ManualClock clock_{test::kPkiNow};
};

// TLS-4
TEST_F(ServerCheck, WantsAnExpectationAndAnchors) {
  EXPECT_EQ(MakeServerCheck({}, "a", {ca_.der}, clock_).error().code, Errc::kUsageOption);
  EXPECT_EQ(MakeServerCheck(ById(), "a", {}, clock_).error().code, Errc::kWicAnchor);
  EXPECT_EQ(MakeServerCheck(ById(), "a", {Bytes{1}}, clock_).error().code, Errc::kWicAnchor);
  const ExpectedServer host{.identifier = {}, .check_host = true};
  EXPECT_EQ(MakeServerCheck(host, "a", {}, clock_).error().code, Errc::kWicAnchor);
  EXPECT_TRUE(testing::Accepted(
      MakeServerCheck(host, "a", std::vector<Bytes>(kMaxPublicAnchors, ca_.der), clock_)));
  EXPECT_EQ(MakeServerCheck(host, "a", std::vector<Bytes>(kMaxPublicAnchors + 1, ca_.der), clock_)
                .error()
                .code,
            Errc::kWicAnchor);
}

// TLS-1, TLS-4
TEST_F(ServerCheck, AsksForWhatWasExpected) {
  const auto leaf = [this](const std::string& san) {
    return std::vector<Bytes>{test::MakeLeaf(ca_, san).der};
  };
  const std::string uri = std::string("URI:") + kServer;
  const net::PeerVerifier by_id = Make(ById());
  EXPECT_TRUE(testing::Accepted(by_id(leaf(uri))));
  EXPECT_TRUE(testing::RefusedWith(by_id(leaf("URI:wimse://trust.example.com/other")),
                                   Errc::kTlsPeerUnexpected, "TLS-4"));
  const net::PeerVerifier by_both = Make(ById(true));
  EXPECT_TRUE(testing::Accepted(by_both(leaf(uri + ",DNS:a.example"))));
  EXPECT_TRUE(
      testing::RefusedWith(by_both(leaf(uri + ",DNS:b.example")), Errc::kWicHostMismatch, "TLS-4"));
  EXPECT_TRUE(testing::RefusedWith(by_both(leaf("URI:wimse://trust.example.com/o,DNS:a.example")),
                                   Errc::kTlsPeerUnexpected, "TLS-4"));
}

// RFC9525-6.3: a server of the web, whose certificate names no workload.
TEST_F(ServerCheck, ByHostAloneNeedsNoIdentifier) {
  const net::PeerVerifier check = Make({.identifier = {}, .check_host = true});
  const auto chain = [](const test::TestCert& leaf) { return std::vector<Bytes>{leaf.der}; };
  EXPECT_TRUE(testing::Accepted(check(chain(test::MakeLeaf(ca_, "DNS:a.example")))));
  EXPECT_TRUE(testing::RefusedWith(check(chain(test::MakeLeaf(ca_, "DNS:b.example"))),
                                   Errc::kWicHostMismatch, "TLS-4"));
  EXPECT_TRUE(testing::RefusedWith(check(chain(test::MakeLeaf(test::MakeCa(), "DNS:a.example"))),
                                   Errc::kWicUntrusted, "WIC-2"));
  EXPECT_TRUE(testing::RefusedWith(check(chain(test::MakeLeaf(ca_, "DNS:a.example", "clientAuth"))),
                                   Errc::kWicExtKeyUsage, "TLS-3"));
  EXPECT_TRUE(testing::RefusedWith(check(chain(ca_)), Errc::kWicIsCa, "XSVID-1"));
  EXPECT_TRUE(testing::RefusedWith(check({}), Errc::kWicMissing, "TLS-2"));
}

}  // namespace
}  // namespace signet::app
