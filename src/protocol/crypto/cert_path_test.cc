#include "protocol/crypto/cert_path.h"

#include <string>
#include <vector>

#include <openssl/err.h>

#include "protocol/crypto/certificate_key.h"
#include "tests/support/expect.h"
#include "tests/support/test_pki.h"

namespace signet::crypto {
namespace {

using test::kPkiNow;
using test::MakeCa;
using test::MakeCert;
using test::MakeLeaf;
using test::TestCert;
using testing::Accepted;
using testing::RefusedWith;

constexpr char kSan[] = "URI:spiffe://example.org/service/a";

std::shared_ptr<const PathAnchors> Anchors(const std::vector<Bytes>& certificates) {
  auto anchors = PathAnchors::Make(certificates);
  EXPECT_TRUE(Accepted(anchors));
  return *anchors;
}

struct Case {
  const char* what;
  const char* rule;
  std::vector<Bytes> chain;
  std::optional<Errc> want;
};

class CertPath : public ::testing::Test {
 protected:
  void Expect(const PathAnchors& anchors, CertUsage usage, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      const Result<void> got = ValidatePath(c.chain, anchors, kPkiNow, usage);
      if (c.want.has_value()) {
        EXPECT_TRUE(RefusedWith(got, *c.want, InfoOf(*c.want).rule)) << c.what << " " << c.rule;
      } else {
        EXPECT_TRUE(Accepted(got)) << c.what << " " << c.rule;
      }
    }
    EXPECT_EQ(ERR_peek_error(), 0U);
  }
  const TestCert ca_ = MakeCa();
  const TestCert other_ca_ = MakeCa();  // the same name, another key
};

TEST_F(CertPath, LeadsToAnAnchor) {
  const TestCert middle = MakeCa("middle", &ca_);
  const TestCert below = MakeCa("below", &middle);
  const TestCert no_path = MakeCa("no_path", &ca_, "critical,CA:TRUE,pathlen:0");
  const TestCert below_no_path = MakeCa("below", &no_path);
  const TestCert leaf = MakeLeaf(ca_, kSan);
  Bytes changed = leaf.der;
  changed.back() ^= 1;
  Expect(
      *Anchors({ca_.der}), CertUsage::kServer,
      {
          {"good", "RFC5280-6", {leaf.der}, {}},
          {"intermediate", "RFC5280-6", {MakeLeaf(middle, kSan).der, middle.der}, {}},
          {"two, in another order",
           "RFC5280-6",
           {MakeLeaf(below, kSan).der, middle.der, below.der},
           {}},
          {"one that is not needed", "RFC5280-6", {leaf.der, middle.der}, {}},
          {"the anchor sent along", "RFC5280-6", {leaf.der, ca_.der}, {}},
          {"intermediate missing", "RFC5280-6", {MakeLeaf(middle, kSan).der}, Errc::kWicUntrusted},
          {"signature changed", "RFC5280-6", {changed}, Errc::kWicUntrusted},
          {"another authority of the same name",
           "RFC5280-6",
           {MakeLeaf(other_ca_, kSan).der},
           Errc::kWicUntrusted},
          {"another authority, sent along",
           "RFC5280-6",
           {MakeLeaf(other_ca_, kSan).der, other_ca_.der},
           Errc::kWicUntrusted},
          {"a leaf that signs leaves",
           "RFC5280-6",
           {MakeLeaf(leaf, kSan).der, leaf.der},
           Errc::kWicUntrusted},
          {"path length of the authority",
           "RFC5280-6",
           {MakeLeaf(below_no_path, kSan).der, below_no_path.der, no_path.der},
           Errc::kWicUntrusted},
          {"nothing", "TLS-2", {}, Errc::kWicMissing},
          {"garbage", "RFC5280-4.1", {Bytes{1, 2, 3}}, Errc::kWicMalformed},
          {"a byte behind the leaf's",
           "RFC5280-4.1",
           {[&] {
             Bytes longer = leaf.der;
             longer.push_back(0);
             return longer;
           }()},
           Errc::kWicMalformed},
          {"garbage behind the leaf",
           "RFC5280-4.1",
           {leaf.der, Bytes{1, 2, 3}},
           Errc::kWicMalformed},
      });
}

TEST_F(CertPath, HasTheUsageEverywhere) {  // [TLS-3]
  const TestCert client_only = MakeCert({.common_name = "clients",
                                         .not_before = kPkiNow - seconds(60),
                                         .not_after = kPkiNow + seconds(60),
                                         .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                        {NID_key_usage, "critical,keyCertSign"},
                                                        {NID_ext_key_usage, "clientAuth"}}},
                                        &ca_);
  const auto leaf = [&](const char* usage) { return MakeLeaf(ca_, kSan, usage).der; };
  const auto anchors = Anchors({ca_.der});
  const std::vector<Bytes> below = {MakeLeaf(client_only, kSan).der, client_only.der};
  Expect(*anchors, CertUsage::kServer,
         {{"server", "TLS-3", {leaf("serverAuth")}, {}},
          {"none", "TLS-3", {leaf("")}, {}},
          {"client", "TLS-3", {leaf("clientAuth")}, Errc::kWicExtKeyUsage},
          {"another", "TLS-3", {leaf("emailProtection")}, Errc::kWicExtKeyUsage},
          {"intermediate for clients", "TLS-3", below, Errc::kWicExtKeyUsage}});
  Expect(*anchors, CertUsage::kClient,
         {{"client", "TLS-3", {leaf("clientAuth")}, {}},
          {"server", "TLS-3", {leaf("serverAuth")}, Errc::kWicExtKeyUsage},
          {"intermediate for clients", "TLS-3", below, {}}});
}

TEST_F(CertPath, ObeysNameConstraints) {  // [RFC5280-6]
  const TestCert limited =
      MakeCert({.common_name = "limited",
                .not_before = kPkiNow - seconds(60),
                .not_after = kPkiNow + seconds(60),
                .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                               {NID_key_usage, "critical,keyCertSign"},
                               {NID_name_constraints, "critical,permitted;URI:example.org"}}},
               &ca_);
  Expect(*Anchors({ca_.der}), CertUsage::kServer,
         {{"inside", "RFC5280-6", {MakeLeaf(limited, kSan).der, limited.der}, {}},
          {"outside",
           "RFC5280-6",
           {MakeLeaf(limited, "URI:spiffe://else.example/a").der, limited.der},
           Errc::kWicUntrusted}});
}

TEST_F(CertPath, LimitsItsLength) {
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
  const Bytes leaf = MakeLeaf(ca_, kSan).der;
  const auto with = [&leaf](std::size_t count, const Bytes& behind) {
    std::vector<Bytes> chain(count, behind);
    chain[0] = leaf;
    return chain;
  };
  Expect(*Anchors({ca_.der}), CertUsage::kServer,
         {{"five certificates", "RFC5280-6", chain_below(3), {}},
          {"six certificates", "RFC5280-6", chain_below(4), Errc::kWicUntrusted},
          {"as many as may be sent", "WIC-1", with(kMaxChainCertificates, ca_.der), {}},
          {"more", "WIC-1", with(kMaxChainCertificates + 1, ca_.der), Errc::kWicTooLarge},
          // Limits first: none of these is a certificate.
          {"one that is too large", "WIC-1", {Bytes(kMaxCertificateBytes + 1)}, Errc::kWicTooLarge},
          {"too large together", "WIC-1", with(6, Bytes(kMaxCertificateBytes)), Errc::kWicTooLarge},
          {"as large as they may be", "WIC-1", std::vector<Bytes>(4, Bytes(kMaxCertificateBytes)),
           Errc::kWicMalformed}});
}

TEST_F(CertPath, CountsTheFirstAndTheLastSecond) {  // RFC 5280 section 4.1.2.5
  const TestCert leaf = MakeLeaf(ca_, kSan, "", kPkiNow, kPkiNow + seconds(100));
  const TestCert short_ca = MakeCert({.common_name = "short",
                                      .not_before = kPkiNow + seconds(10),
                                      .not_after = kPkiNow + seconds(20),
                                      .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                     {NID_key_usage, "critical,keyCertSign"}}},
                                     &ca_);
  const TestCert below = MakeLeaf(short_ca, kSan, "", kPkiNow, kPkiNow + seconds(100));
  const auto anchors = Anchors({ca_.der});
  const auto at = [&](const std::vector<Bytes>& chain, int offset) {
    return ValidatePath(chain, *anchors, kPkiNow + seconds(offset), CertUsage::kServer);
  };
  EXPECT_TRUE(RefusedWith(at({leaf.der}, -1), Errc::kWicNotYetValid, "WIC-2"));
  EXPECT_TRUE(Accepted(at({leaf.der}, 0)));
  EXPECT_TRUE(Accepted(at({leaf.der}, 100)));
  EXPECT_TRUE(RefusedWith(at({leaf.der}, 101), Errc::kWicExpired, "WIC-2"));
  const std::vector<Bytes> chain = {below.der, short_ca.der};
  EXPECT_TRUE(RefusedWith(at(chain, 9), Errc::kWicNotYetValid, "WIC-2"));
  EXPECT_TRUE(Accepted(at(chain, 10)));
  EXPECT_TRUE(Accepted(at(chain, 20)));
  EXPECT_TRUE(RefusedWith(at(chain, 21), Errc::kWicExpired, "WIC-2"));
}

TEST_F(CertPath, TheLastSecondLiftsNothingElse) {
  TestCert leaf = MakeLeaf(other_ca_, kSan, "", kPkiNow - seconds(1), kPkiNow);
  EXPECT_TRUE(RefusedWith(
      ValidatePath(std::vector<Bytes>{leaf.der}, *Anchors({ca_.der}), kPkiNow, CertUsage::kServer),
      Errc::kWicUntrusted, "WIC-2"));
}

TEST_F(CertPath, WantsSignaturesOf112Bits) {
  TestCert leaf = MakeLeaf(ca_, kSan);
  ASSERT_GT(X509_sign(leaf.cert.get(), ca_.key.get(), EVP_sha1()), 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(leaf.cert.get(), &der);
  ASSERT_GT(size, 0);
  const std::vector<Bytes> chain{Bytes(der, der + size)};
  OPENSSL_free(der);
  EXPECT_TRUE(RefusedWith(ValidatePath(chain, *Anchors({ca_.der}), kPkiNow, CertUsage::kServer),
                          Errc::kWicUntrusted, "WIC-2"));
}

TEST_F(CertPath, AnchorsAreAuthorities) {  // [TA-1]
  const auto refused = [](const std::vector<Bytes>& certificates) {
    return RefusedWith(PathAnchors::Make(certificates), Errc::kWicAnchor, "TA-1");
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({MakeLeaf(ca_, kSan).der}));
  EXPECT_TRUE(refused({ca_.der, Bytes{0x30, 0}}));
  EXPECT_TRUE(refused({Bytes(kMaxCertificateBytes + 1)}));
  EXPECT_TRUE(refused(std::vector<Bytes>(kMaxPathAnchors + 1, ca_.der)));
  EXPECT_TRUE(Accepted(PathAnchors::Make(std::vector<Bytes>(kMaxPathAnchors, ca_.der))));
  EXPECT_EQ(ERR_peek_error(), 0U);
  // An intermediate may be an anchor of its own.
  const TestCert middle = MakeCa("middle", &ca_);
  Expect(*Anchors({middle.der}), CertUsage::kServer,
         {{"below", "RFC5280-6", {MakeLeaf(middle, kSan).der}, {}},
          {"beside", "RFC5280-6", {MakeLeaf(ca_, kSan).der}, Errc::kWicUntrusted}});
}

// Two authorities of one name, as after a change of keys: the key identifier tells them apart.
TEST_F(CertPath, AnchorsMayShareAName) {
  const auto leaf = [](const TestCert& ca) {
    return MakeCert({.common_name = "leaf",
                     .not_before = kPkiNow,
                     .not_after = kPkiNow + seconds(60),
                     .extensions = {{NID_authority_key_identifier, "keyid:always"},
                                    {NID_key_usage, "critical,digitalSignature"}}},
                    &ca)
        .der;
  };
  Expect(*Anchors({ca_.der, other_ca_.der}), CertUsage::kClient,
         {{"first", "RFC5280-6", {leaf(ca_)}, {}}, {"second", "RFC5280-6", {leaf(other_ca_)}, {}}});
}

}  // namespace
}  // namespace signet::crypto
