#include "app/call/expected_server.h"

#include "gtest/gtest.h"

#include "protocol/codec/base64url.h"
#include "protocol/codec/pem.h"
#include "tests/support/certificates.h"
#include "tests/support/expect.h"
#include "tests/support/manual_clock.h"

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

// TLS-4
TEST(ServerCheck, WantsAnExpectation) {
  const test::ManualClock clock;
  const std::vector<Bytes> anchors = {*codec::Base64Decode(testing::kCaCertificate)};
  const auto nothing = MakeServerCheck({}, "a", anchors, clock);
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().code, Errc::kUsageOption);
  EXPECT_TRUE(MakeServerCheck({.identifier = "wimse://a/b"}, "a", anchors, clock).has_value());
  EXPECT_TRUE(
      MakeServerCheck({.identifier = {}, .check_host = true}, "a", anchors, clock).has_value());
  EXPECT_EQ(MakeServerCheck({.identifier = "wimse://a/b"}, "a", {}, clock).error().code,
            Errc::kTlsConfiguration);
}

}  // namespace
}  // namespace signet::app
