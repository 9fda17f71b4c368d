#include <string>
#include <vector>

#include "protocol/credential/testdata/test_certificates.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/crypto/testdata/test_support.h"
#include "tests/support/expect.h"

namespace signet::credential {
namespace {

using crypto::testing_support::Hex;
using testing::Accepted;
using testing::RefusedWith;

struct Row {
  const char* what;
  std::string host;
  std::vector<std::string> dns;
  std::vector<Bytes> addresses;
  bool ok;
};

const Bytes kLoopback4 = {127, 0, 0, 1};
const Bytes kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
const Bytes kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};

TEST(CheckHostName, FollowsRfc9525) {  // [RFC9525-6.3], [TLS-4]
  const Row rows[] = {
      {"exact", "a.example.com", {"a.example.com"}, {}, true},
      {"another case", "A.example.com", {"a.Example.COM"}, {}, true},
      {"second name", "b.example", {"a.example", "b.example"}, {}, true},
      {"absolute", "a.example.com.", {"a.example.com"}, {}, true},
      {"two dots at the end", "a.example.com..", {"a.example.com"}, {}, false},
      {"dot in the certificate", "a.example.com", {"a.example.com."}, {}, false},
      {"A-label", "xn--bcher-kva.example", {"XN--BCHER-KVA.example"}, {}, true},
      {"U-label",
       "b\xc3\xbc"
       "cher.example",
       {"xn--bcher-kva.example"},
       {},
       false},
      {"underscore", "a_b.example", {"a_b.example"}, {}, true},
      {"single label", "localhost", {"localhost"}, {}, true},
      {"another", "b.example.com", {"a.example.com"}, {}, false},
      {"longer", "a.example.com", {"a.example.co"}, {}, false},
      {"parent", "example.com", {"a.example.com"}, {}, false},
      {"no names", "a.example.com", {}, {}, false},
      {"wildcard", "a.example.com", {"*.example.com"}, {}, true},
      {"wildcard in another case", "a.EXAMPLE.com", {"*.example.COM"}, {}, true},
      {"wildcard for an absolute name", "a.example.com.", {"*.example.com"}, {}, true},
      {"wildcard for two labels", "a.b.example.com", {"*.example.com"}, {}, false},
      {"wildcard for no label", "example.com", {"*.example.com"}, {}, false},
      {"wildcard for an empty label", ".example.com", {"*.example.com"}, {}, false},
      {"part of a label", "a1.example.com", {"a*.example.com"}, {}, false},
      {"in the middle", "a.b.example.com", {"a.*.example.com"}, {}, false},
      {"twice", "a.b.example.com", {"*.*.example.com"}, {}, false},
      {"of a top level", "example.com", {"*.com"}, {}, false},
      {"of everything", "localhost", {"*"}, {}, false},
      {"wildcard and a dot", "a.example.com", {"*..example.com"}, {}, false},
      {"wildcard and an empty end", "a.example.", {"*.example."}, {}, false},
      {"a host with a wildcard", "*.example.com", {"*.example.com"}, {}, false},
      {"leading dot", ".example.com", {"a.example.com"}, {}, false},
      {"empty", "", {"a.example"}, {}, false},
      {"dot", ".", {"."}, {}, false},
      {"NUL", std::string("a.example\0.b", 12), {std::string("a.example\0.b", 12)}, {}, false},
      {"NUL behind an address", std::string("127.0.0.1\0.b", 12), {}, {kLoopback4}, false},
      {"blank", "a example", {"a example"}, {}, false},
      {"with a port", "a.example:443", {"a.example"}, {}, false},
      {"label of 63",
       std::string(63, 'a') + ".example",
       {std::string(63, 'a') + ".example"},
       {},
       true},
      {"label of 64",
       std::string(64, 'a') + ".example",
       {std::string(64, 'a') + ".example"},
       {},
       false},
      {"name of 254",
       std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
           std::string(62, 'a'),
       {std::string(63, 'a') + "." + std::string(63, 'a') + "." + std::string(63, 'a') + "." +
        std::string(62, 'a')},
       {},
       false},
      {"address", "127.0.0.1", {}, {kLoopback4}, true},
      {"IPv6 address", "::1", {}, {kLoopback4, kLoopback6}, true},
      {"IPv6 in another spelling", "0:0:0:0:0:0:0:1", {}, {kLoopback6}, true},
      {"another address", "127.0.0.2", {}, {kLoopback4}, false},
      {"mapped address", "::ffff:127.0.0.1", {}, {kLoopback4}, false},
      {"address for a mapped one", "127.0.0.1", {}, {kMapped}, false},
      {"address in a DNS name", "127.0.0.1", {"127.0.0.1"}, {}, false},
      {"address with a dot", "127.0.0.1.", {"127.0.0.1"}, {kLoopback4}, false},
      {"address of three numbers", "127.0.1", {"127.0.1"}, {kLoopback4}, false},
      {"address as one number", "2130706433", {"2130706433"}, {kLoopback4}, false},
      {"IPv6 in brackets", "[::1]", {}, {kLoopback6}, false},
      {"IPv6 with a zone", "fe80::1%eth0", {}, {kLoopback6}, false},
  };
  const Result<Certificate> good = ReadCertificate(Hex(fixtures::kP256Leaf));
  ASSERT_TRUE(Accepted(good));
  for (const Row& row : rows) {
    Certificate certificate = *good;
    certificate.san = SubjectAltNames{.critical = false,
                                      .uris = {"wimse://a.example.com/x"},
                                      .dns = row.dns,
                                      .ip_addresses = row.addresses,
                                      .others = 0};
    const Result<void> got = CheckHostName(certificate, row.host);
    if (row.ok) {
      EXPECT_TRUE(Accepted(got)) << row.what;
    } else {
      EXPECT_TRUE(RefusedWith(got, Errc::kWicHostMismatch, "TLS-4")) << row.what;
    }
  }
}

TEST(CheckHostName, LooksAtNothingButAlternativeNames) {  // [TLS-5], ATTACK-21
  // Its subject's common name is a.example.org, and so is a dNSName.
  Result<Certificate> certificate = ReadCertificate(Hex(fixtures::kManyNames));
  ASSERT_TRUE(Accepted(certificate));
  EXPECT_TRUE(Accepted(CheckHostName(*certificate, "a.example.org")));
  EXPECT_TRUE(Accepted(CheckHostName(*certificate, "192.0.2.7")));
  EXPECT_TRUE(Accepted(CheckHostName(*certificate, "2001:DB8::7")));
  EXPECT_TRUE(
      RefusedWith(CheckHostName(*certificate, "example.org"), Errc::kWicHostMismatch, "TLS-4"))
      << "host of the URI";
  certificate->san->dns.clear();
  EXPECT_TRUE(
      RefusedWith(CheckHostName(*certificate, "a.example.org"), Errc::kWicHostMismatch, "TLS-4"))
      << "common name";
  certificate->san.reset();
  EXPECT_TRUE(
      RefusedWith(CheckHostName(*certificate, "192.0.2.7"), Errc::kWicHostMismatch, "TLS-4"));
}

}  // namespace
}  // namespace signet::credential
