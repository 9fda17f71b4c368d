#include "platform/net/tls_issue.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include <openssl/x509v3.h>

#include "platform/net/tls_peer.h"
#include "platform/runtime/file.h"
#include "platform/runtime/process.h"
#include "protocol/codec/pem.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_pki.h"

namespace signet::net {
namespace {

using crypto::Alg;
using crypto::PrivateKey;

constexpr WallTime kNow{seconds{1'700'000'000}};
constexpr char kId[] = "spiffe://example.org/service/a";

class CountingRandom final : public Random {
 public:
  void Fill(MutableByteView out) override {
    for (std::uint8_t& byte : out) byte = next_++;
  }

 private:
  std::uint8_t next_ = 0xF0;
};

// The openssl command: another reader of what we write, and writer of what we read.
std::string OpenSsl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "/usr/bin/openssl");
  auto child = runtime::ChildProcess::Spawn(
      {.argv = arguments, .pipe_stdin = false, .pipe_stdout = true, .pipe_stderr = true});
  if (!child) return "cannot run openssl";
  std::string out = child->ReadStdout(100'000, seconds(60)).value_or("(no output)");
  out += child->ReadStderr(100'000, seconds(60)).value_or("");
  const auto status = child->Wait(seconds(60));
  return status && status->exited && status->code == 0 ? out : "FAILED " + out;
}

class Issue : public testing::Test {
 protected:
  Bytes MakeCaDer(std::chrono::seconds lifetime = std::chrono::hours{24}) {
    auto der = MakeCaCertificate(
        ca_key_, {.trust_domain_uri = "spiffe://example.org", .now = kNow, .lifetime = lifetime},
        random_);
    EXPECT_TRUE(der.has_value());
    return *der;
  }
  Result<Bytes> Leaf(const Bytes& ca, const LeafRequest& request) {
    return IssueLeaf(ca_key_, ca, leaf_key_.public_key(), request, random_);
  }
  static LeafRequest Good() {
    return {.uri = kId, .dns_names = {"a.example.org"}, .now = kNow, .lifetime = seconds(600)};
  }
  std::string Write(const std::string& name, ByteView bytes) {
    const std::string path = dir_.path() + "/" + name;
    EXPECT_TRUE(runtime::WriteFileAtomically(path, bytes));
    return path;
  }

  const test::TempDir dir_;
  CountingRandom random_;
  const PrivateKey ca_key_ = *PrivateKey::Generate(Alg::kES256);
  const PrivateKey leaf_key_ = *PrivateKey::Generate(Alg::kES256);
};

TEST_F(Issue, LeafPassesOurOwnVerifierAndOpenSsl) {
  const Bytes ca = MakeCaDer();
  const auto leaf = Leaf(ca, Good());
  ASSERT_TRUE(leaf.has_value()) << leaf.error().detail;
  const std::vector<Bytes> anchors{ca};
  const std::vector<Bytes> chain{*leaf};
  const auto trusted = TrustAnchors::Make(anchors);
  for (const PeerPurpose purpose : {PeerPurpose::kServer, PeerPurpose::kClient}) {
    EXPECT_TRUE(VerifyPath(chain, **trusted, kNow, purpose).has_value());
  }
  EXPECT_TRUE(CheckPeerIdentifier(*leaf, kId).has_value());
  EXPECT_TRUE(CheckPeerHost(*leaf, "a.example.org").has_value());

  const std::string ca_path = Write("ca.pem", AsBytes(codec::PemEncode(ca, "CERTIFICATE")));
  const std::string leaf_path = Write("leaf.der", *leaf);
  const std::string verified = OpenSsl({"verify", "-x509_strict", "-attime", "1700000000",
                                        "-purpose", "sslserver", "-CAfile", ca_path, leaf_path});
  EXPECT_NE(verified.find("leaf.der: OK"), std::string::npos) << verified;
  const std::string text = OpenSsl({"x509", "-inform", "DER", "-in", leaf_path, "-noout", "-text"});
  for (const char* const part :
       {"Version: 3", "Subject Alternative Name: critical",
        "URI:spiffe://example.org/service/a, DNS:a.example.org", "Key Usage: critical",
        "Digital Signature\n", "TLS Web Server Authentication, TLS Web Client Authentication",
        "Basic Constraints: critical", "CA:FALSE", "Authority Key Identifier",
        "Not Before: Nov 14 22:13:10 2023 GMT", "Not After : Nov 14 22:23:20 2023 GMT"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST_F(Issue, CaSaysWhatItMayDo) {
  const std::string path = Write("ca.der", MakeCaDer());
  const std::string text = OpenSsl({"x509", "-inform", "DER", "-in", path, "-noout", "-text"});
  for (const char* const part :
       {"CN = Signet CA", "CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign",
        "URI:spiffe://example.org", "Subject Key Identifier"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST_F(Issue, SerialsArePositiveAnd128BitsLong) {
  const Bytes ca = MakeCaDer();
  for (int i = 0; i < 4; ++i) {
    const auto leaf = Leaf(ca, Good());
    const std::string path = Write("leaf.der", *leaf);
    const std::string serial =
        OpenSsl({"x509", "-inform", "DER", "-in", path, "-noout", "-serial"});
    EXPECT_EQ(serial.size(), std::strlen("serial=\n") + 32) << serial;
  }
}

TEST_F(Issue, NoLeafOutlivesItsAuthority) {
  const Bytes ca = MakeCaDer(seconds(300));
  const auto leaf = Leaf(ca, Good());
  ASSERT_TRUE(leaf.has_value());
  EXPECT_EQ(ReadNotAfter(*leaf).value(), kNow + seconds(300));
  LeafRequest late = Good();
  late.now = kNow + seconds(300);
  EXPECT_EQ(Leaf(ca, late).error().code, Errc::kTlsConfiguration);
}

TEST_F(Issue, RefusesUnusableValues) {
  const Bytes ca = MakeCaDer();
  struct Row {
    const char* what;
    std::function<void(LeafRequest&)> change;
  };
  const Row rows[] = {
      {"no URI", [](LeafRequest& r) { r.uri.clear(); }},
      {"space in the URI", [](LeafRequest& r) { r.uri += " x"; }},
      {"NUL in the URI", [](LeafRequest& r) { r.uri.push_back('\0'); }},
      {"long URI", [](LeafRequest& r) { r.uri.append(2048, 'x'); }},
      {"empty DNS name", [](LeafRequest& r) { r.dns_names.emplace_back(); }},
      {"upper-case DNS name", [](LeafRequest& r) { r.dns_names.emplace_back("A.example"); }},
      {"DNS name with a second one", [](LeafRequest& r) { r.dns_names.emplace_back("a,DNS:b"); }},
      {"wildcard", [](LeafRequest& r) { r.dns_names.emplace_back("*.example"); }},
      {"trailing dot", [](LeafRequest& r) { r.dns_names.emplace_back("a.example."); }},
      {"many DNS names", [](LeafRequest& r) { r.dns_names.assign(33, "a.example"); }},
      {"no lifetime", [](LeafRequest& r) { r.lifetime = seconds(0); }},
      {"endless lifetime", [](LeafRequest& r) { r.lifetime = std::chrono::seconds::max(); }},
      {"time before time", [](LeafRequest& r) { r.now = WallTime{}; }},
  };
  for (const Row& row : rows) {
    LeafRequest request = Good();
    row.change(request);
    const auto got = Leaf(ca, request);
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, Errc::kTlsConfiguration) << row.what;
  }
}

TEST_F(Issue, RefusesKeysThatDoNotFit) {
  const Bytes ca = MakeCaDer();
  const PrivateKey other = *PrivateKey::Generate(Alg::kES256);
  EXPECT_EQ(IssueLeaf(other, ca, leaf_key_.public_key(), Good(), random_).error().code,
            Errc::kCryptoKeyMismatch);
  EXPECT_EQ(IssueLeaf(ca_key_, ca, ca_key_.public_key(), Good(), random_).error().code,
            Errc::kTlsConfiguration);
  const auto leaf = Leaf(ca, Good());
  EXPECT_EQ(IssueLeaf(leaf_key_, *leaf, other.public_key(), Good(), random_).error().code,
            Errc::kTlsConfiguration);
}

TEST_F(Issue, CsrRoundTripForEachKindOfKey) {
  for (const Alg alg : {Alg::kES256, Alg::kES384, Alg::kEd25519}) {
    const PrivateKey key = *PrivateKey::Generate(alg);
    const auto csr = MakeCsr(key, kId, {"a.example.org"});
    ASSERT_TRUE(csr.has_value()) << crypto::NameOf(alg);
    const auto verified = VerifyCsr(*csr);
    ASSERT_TRUE(verified.has_value()) << verified.error().detail;
    EXPECT_TRUE(*verified == key.public_key());
    const std::string path = Write("csr.der", *csr);
    const std::string text =
        OpenSsl({"req", "-inform", "DER", "-in", path, "-noout", "-verify", "-text"});
    EXPECT_NE(text.find("erify OK"), std::string::npos) << text;
    EXPECT_NE(text.find("URI:spiffe://example.org/service/a"), std::string::npos) << text;
  }
}

TEST_F(Issue, ReadsCsrsOfOpenSsl) {
  const std::string path = dir_.path() + "/r.der";
  for (const char* const kind : {"ec", "rsa:2048"}) {
    std::vector<std::string> arguments{"req",       "-new",    "-nodes", "-outform", "DER",
                                       "-out",      path,      "-subj",  "/CN=x",    "-keyout",
                                       "/dev/null", "-newkey", kind};
    if (std::string(kind) == "ec") {
      arguments.insert(arguments.end(), {"-pkeyopt", "ec_paramgen_curve:P-256"});
    }
    const std::string made = OpenSsl(arguments);
    const auto csr = runtime::ReadFile(path, kMaxCsrBytes);
    ASSERT_TRUE(csr.has_value()) << made;
    EXPECT_TRUE(VerifyCsr(*csr).has_value()) << kind;
  }
}

TEST_F(Issue, RefusesBadCsrs) {
  const Bytes good = *MakeCsr(leaf_key_, kId, {});
  Bytes flipped = good;
  flipped.back() ^= 1;
  Bytes longer = good;
  longer.push_back(0);
  // Another key under the old signature: the point of VerifyCsr.
  const Bytes spki = leaf_key_.public_key().ToSpki();
  const Bytes other_spki = PrivateKey::Generate(Alg::kES256)->public_key().ToSpki();
  Bytes swapped = good;
  const auto at = std::search(swapped.begin(), swapped.end(), spki.begin(), spki.end());
  ASSERT_NE(at, swapped.end());
  std::copy(other_spki.begin(), other_spki.end(), at);
  struct Row {
    const char* what;
    Bytes der;
    Errc want;
  };
  const Row rows[] = {
      {"empty", {}, Errc::kIssueCsr},
      {"garbage", {0x30, 0x03, 0x02, 0x01, 0x00}, Errc::kIssueCsr},
      {"signature changed", flipped, Errc::kIssueCsr},
      {"a byte more", longer, Errc::kIssueCsr},
      {"another key", swapped, Errc::kIssueCsr},
      {"too large", Bytes(kMaxCsrBytes + 1), Errc::kIoTooLarge},
  };
  for (const Row& row : rows) {
    const auto got = VerifyCsr(row.der);
    ASSERT_FALSE(got.has_value()) << row.what;
    EXPECT_EQ(got.error().code, row.want) << row.what;
  }
}

TEST_F(Issue, RefusesCsrsSignedOverSha1) {
  const std::string path = dir_.path() + "/r.der";
  OpenSsl({"req", "-new", "-nodes", "-outform", "DER", "-out", path, "-subj", "/CN=x", "-keyout",
           "/dev/null", "-newkey", "rsa:2048", "-sha1"});
  const auto csr = runtime::ReadFile(path, kMaxCsrBytes);
  if (!csr) GTEST_SKIP() << "this openssl does not sign over SHA-1";
  EXPECT_EQ(VerifyCsr(*csr).error().code, Errc::kIssueCsr);
}

}  // namespace
}  // namespace signet::net
