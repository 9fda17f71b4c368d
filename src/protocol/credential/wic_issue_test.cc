#include "protocol/credential/wic_issue.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <openssl/err.h>

#include "protocol/codec/base64url.h"
#include "protocol/credential/testdata/der_edit.h"
#include "protocol/credential/testdata/test_certificates.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/crypto/digest.h"
#include "protocol/crypto/testdata/test_support.h"
#include "tests/support/expect.h"
#include "tests/support/keys.h"
#include "tests/support/seeded_random.h"
#include "tests/support/test_pki.h"

namespace signet::credential {
namespace {

using crypto::Alg;
using crypto::PrivateKey;
using crypto::testing_support::Hex;
using testing::Accepted;
using testing::RefusedWith;

constexpr WallTime kNow{seconds{1'700'000'000}};
constexpr char kId[] = "spiffe://example.org/service/a";

identity::WorkloadId Id(std::string_view text) { return *identity::WorkloadId::Parse(text); }

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(MutableByteView out) override {
    SIGNET_CHECK(out.size() == bytes_.size());
    std::ranges::copy(bytes_, out.begin());
  }

 private:
  Bytes bytes_;
};

class WicIssue : public ::testing::Test {
 protected:
  Bytes MakeCa(const PrivateKey& key, seconds lifetime = seconds(86400)) {
    Result<Bytes> der = MakeCaCertificate(
        key,
        {.trust_domain_uri = "spiffe://example.org", .now = kNow, .not_after = kNow + lifetime},
        random_);
    EXPECT_TRUE(Accepted(der));
    return *der;
  }
  WicIssuer MakeIssuer(const PrivateKey& key, seconds lifetime = seconds(86400)) {
    Result<WicIssuer> issuer = WicIssuer::Make(key, MakeCa(key, lifetime));
    EXPECT_TRUE(Accepted(issuer));
    return *std::move(issuer);
  }
  static WicContent Good() {
    return {.id = Id(kId),
            .dns_names = {"a.example.org", "xn--b-1.example"},
            .now = kNow,
            .not_after = kNow + seconds(600),
            .usages = {}};
  }
  Result<VerifiedWic> Verify(const Bytes& ca, const Bytes& leaf, WicProfile profile,
                             crypto::CertUsage usage) {
    const auto snapshot =
        trust::TrustSnapshot::Make({{.origin = *identity::Origin::Parse("spiffe://example.org"),
                                     .bundle = {},
                                     .extra_x509 = {ca},
                                     .issuers = {},
                                     .algs = {}}},
                                   1);
    SIGNET_CHECK(snapshot.has_value());
    CheckList checks;
    return VerifyWic(std::vector<Bytes>{leaf}, **snapshot, usage,
                     {.profile = profile, .id_rules = {}}, kNow, checks);
  }

  testing::SeededRandom random_{1};
  const PrivateKey ca_key_ = *PrivateKey::Generate(Alg::kES256);
  const PrivateKey leaf_key_ = *PrivateKey::Generate(Alg::kES256);
};

// What `openssl verify -x509_strict -purpose ...` does.
std::string OpenSslVerify(const Bytes& ca_der, const Bytes& leaf_der, int purpose) {
  const auto parse = [](const Bytes& der) {
    const unsigned char* at = der.data();
    return test::CertPtr(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  };
  const test::CertPtr ca = parse(ca_der);
  const test::CertPtr leaf = parse(leaf_der);
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, ca.get());
  X509_STORE_CTX* const context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf.get(), nullptr);
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_VERIFY_PARAM_set_purpose(param, purpose);
  X509_VERIFY_PARAM_set_time(param, static_cast<time_t>(ToNumericDate(kNow)));
  X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return error == X509_V_OK ? "" : X509_verify_cert_error_string(error);
}

TEST_F(WicIssue, LeavesPassEveryVerifier) {  // [WIC-1], [XSVID-1]
  const PrivateKey rsa = testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS256);
  const PrivateKey rsa384 = testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS384);
  const PrivateKey rsa512 = testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS512);
  std::vector<PrivateKey> authorities = {rsa, rsa384, rsa512};
  for (const Alg alg : {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEd25519, Alg::kEdDSA}) {
    authorities.push_back(*PrivateKey::Generate(alg));
  }
  for (const PrivateKey& authority : authorities) {
    const WicIssuer issuer = MakeIssuer(authority);
    for (const crypto::PublicKey& key :
         {leaf_key_.public_key(), PrivateKey::Generate(Alg::kEd25519)->public_key()}) {
      const Result<Bytes> leaf = issuer.Issue(Good(), key, random_);
      ASSERT_TRUE(Accepted(leaf)) << crypto::NameOf(authority.alg());
      const Bytes& ca = issuer.certificate_der();
      for (const WicProfile profile : {WicProfile::kWimse, WicProfile::kSpiffe}) {
        for (const auto usage : {crypto::CertUsage::kClient, crypto::CertUsage::kServer}) {
          EXPECT_TRUE(Accepted(Verify(ca, *leaf, profile, usage)));
        }
      }
      EXPECT_EQ(OpenSslVerify(ca, *leaf, X509_PURPOSE_SSL_CLIENT), "");
      EXPECT_EQ(OpenSslVerify(ca, *leaf, X509_PURPOSE_SSL_SERVER), "");
    }
  }
}

TEST_F(WicIssue, LeavesHoldWhatWasAsked) {  // [WIC-1], RFC 5280 section 4.1.2
  const WicIssuer issuer = MakeIssuer(ca_key_);
  const Result<Bytes> der = issuer.Issue(Good(), leaf_key_.public_key(), random_);
  ASSERT_TRUE(Accepted(der));
  const Result<Certificate> leaf = ReadCertificate(*der);
  ASSERT_TRUE(Accepted(leaf));
  EXPECT_TRUE(leaf->subject_empty);
  EXPECT_EQ(leaf->issuer, issuer.certificate().subject);
  EXPECT_EQ(leaf->key, leaf_key_.public_key());
  EXPECT_EQ(leaf->not_before, kNow - kWicBackdate);
  EXPECT_EQ(leaf->not_after, kNow + seconds(600));
  EXPECT_TRUE(leaf->san->critical);
  EXPECT_EQ(leaf->san->uris, std::vector<std::string>{kId});
  EXPECT_EQ(leaf->san->dns, Good().dns_names);
  EXPECT_EQ(leaf->san->others, 0U);
  EXPECT_TRUE(leaf->key_usage->critical && leaf->key_usage->digital_signature);
  EXPECT_TRUE(leaf->basic_constraints->critical);
  EXPECT_FALSE(leaf->is_ca());
  EXPECT_FALSE(leaf->unknown_critical);
  EXPECT_EQ(leaf->authority_key_id, issuer.certificate().subject_key_id);
  // RFC 7093 section 2 method 1, over the point without the BIT STRING around it.
  Bytes point = {4};
  point.insert(point.end(), leaf->key.x().begin(), leaf->key.x().end());
  point.insert(point.end(), leaf->key.y().begin(), leaf->key.y().end());
  const Digest256 digest = crypto::Sha256(point);
  EXPECT_EQ(leaf->subject_key_id, Bytes(digest.begin(), digest.begin() + 20));
}

TEST_F(WicIssue, AuthoritiesSignLeavesOnly) {
  const Result<Certificate> ca = ReadCertificate(MakeCa(ca_key_));
  ASSERT_TRUE(Accepted(ca));
  EXPECT_TRUE(ca->is_ca() && ca->basic_constraints->critical);
  EXPECT_EQ(ca->basic_constraints->path_length, 0U);
  EXPECT_TRUE(ca->key_usage->critical && ca->key_usage->cert_sign && ca->key_usage->crl_sign);
  EXPECT_FALSE(ca->key_usage->digital_signature);
  EXPECT_EQ(ca->issuer, ca->subject);
  EXPECT_EQ(ca->san->uris, std::vector<std::string>{"spiffe://example.org"});
  EXPECT_EQ(ca->not_before, kNow - kWicBackdate);
}

TEST_F(WicIssue, UsagesAreThoseAsked) {  // [TLS-3]
  const WicIssuer issuer = MakeIssuer(ca_key_);
  struct Row {
    WicUsages usages;
    bool client;
    bool server;
  };
  for (const Row& row : {Row{{true, false}, true, false}, Row{{false, true}, false, true},
                         Row{{true, true}, true, true}}) {
    WicContent content = Good();
    content.usages = row.usages;
    const Result<Bytes> der = issuer.Issue(content, leaf_key_.public_key(), random_);
    ASSERT_TRUE(Accepted(der));
    const Result<Certificate> leaf = ReadCertificate(*der);
    EXPECT_EQ(leaf->ext_key_usage->client_auth, row.client);
    EXPECT_EQ(leaf->ext_key_usage->server_auth, row.server);
  }
}

TEST_F(WicIssue, SerialsArePositiveMinimalAndRandom) {  // RFC 5280 section 4.1.2.2
  const WicIssuer issuer = MakeIssuer(ca_key_);
  const auto serial = [&](Random& random) {
    const Result<Bytes> der = issuer.Issue(Good(), leaf_key_.public_key(), random);
    EXPECT_TRUE(Accepted(der));
    const Result<Certificate> leaf = ReadCertificate(*der);
    EXPECT_TRUE(Accepted(leaf));
    return leaf->serial;
  };
  Bytes high(16, 0xff);
  Bytes low(16);
  low[15] = 9;
  FixedRandom all_ones(high);
  FixedRandom small(low);
  FixedRandom zeros(Bytes(16));
  EXPECT_EQ(serial(all_ones), high);
  EXPECT_EQ(serial(small), Bytes{9});
  EXPECT_EQ(serial(zeros), Bytes{1});
  EXPECT_EQ(serial(random_).size(), 16U);
  EXPECT_NE(serial(random_), serial(random_));
}

TEST_F(WicIssue, NeverOutlivesItsAuthority) {
  const WicIssuer issuer = MakeIssuer(ca_key_, seconds(300));
  WicContent content = Good();
  const Result<Bytes> der = issuer.Issue(content, leaf_key_.public_key(), random_);
  ASSERT_TRUE(Accepted(der));
  EXPECT_EQ(ReadCertificate(*der)->not_after, kNow + seconds(300));
  content.now = kNow + seconds(299);
  EXPECT_TRUE(Accepted(issuer.Issue(content, leaf_key_.public_key(), random_)));
  content.now = kNow + seconds(300);
  content.not_after = kNow + seconds(900);
  const Result<Bytes> last = issuer.Issue(content, leaf_key_.public_key(), random_);
  ASSERT_TRUE(Accepted(last));
  content.now = kNow + seconds(301);
  EXPECT_TRUE(RefusedWith(issuer.Issue(content, leaf_key_.public_key(), random_),
                          Errc::kWicIssueInput, "WIC-1"));
  content.now = kNow - seconds(11);
  EXPECT_TRUE(RefusedWith(issuer.Issue(content, leaf_key_.public_key(), random_),
                          Errc::kWicIssueInput, "WIC-1"));
}

TEST_F(WicIssue, TimesReachTheYear9999) {
  const WallTime end{seconds{kMaxNumericDate}};
  const Result<Bytes> ca = MakeCaCertificate(
      ca_key_, {.trust_domain_uri = "spiffe://example.org", .now = kNow, .not_after = end},
      random_);
  ASSERT_TRUE(Accepted(ca));
  EXPECT_EQ(ReadCertificate(*ca)->not_after, end);
  const Result<WicIssuer> issuer = WicIssuer::Make(ca_key_, *ca);
  ASSERT_TRUE(Accepted(issuer));
  WicContent content = Good();
  content.not_after = end;
  const Result<Bytes> leaf = issuer->Issue(content, leaf_key_.public_key(), random_);
  ASSERT_TRUE(Accepted(leaf));
  EXPECT_EQ(OpenSslVerify(*ca, *leaf, X509_PURPOSE_SSL_CLIENT), "");
  EXPECT_EQ(ReadCertificate(*leaf)->not_after, end);
}

struct InputRow {
  const char* what;
  std::function<void(WicContent&)> change;
  bool ok = false;
};

TEST_F(WicIssue, RefusesWhatNobodyShouldGet) {  // [WIC-1]
  const auto dns = [](std::string name) { return [name](WicContent& c) { c.dns_names = {name}; }; };
  const std::vector<InputRow> rows = {
      {"nothing wrong", [](auto&) {}, true},
      {"no DNS name", [](auto& c) { c.dns_names.clear(); }, true},
      {"as many DNS names as the limit",
       [](auto& c) { c.dns_names.assign(kMaxWicDnsNames, "a.example"); }, true},
      {"more", [](auto& c) { c.dns_names.assign(kMaxWicDnsNames + 1, "a.example"); }},
      {"upper case", dns("A.example")},
      {"empty", dns("")},
      {"wildcard", dns("*.example")},
      {"NUL", dns(std::string("a\0.example", 10))},
      {"blank", dns("a example")},
      {"leading dot", dns(".example")},
      {"trailing dot", dns("a.example.")},
      {"two dots", dns("a..example")},
      {"leading hyphen", dns("-a.example")},
      {"hyphen before a dot", dns("a-.example")},
      {"trailing hyphen", dns("a.example-")},
      {"label of 63", dns(std::string(63, 'a') + ".example"), true},
      {"label of 64", dns(std::string(64, 'a') + ".example")},
      {"name of 254", dns(std::string(62, 'a') + "." + std::string(63, 'a') + "." +
                          std::string(63, 'a') + "." + std::string(63, 'a'))},
      {"no usage", [](auto& c) { c.usages = {.client = false, .server = false}; }},
      {"no path", [](auto& c) { c.id = Id("spiffe://example.org"); }},
      {"ends now", [](auto& c) { c.not_after = c.now; }},
      {"ends before", [](auto& c) { c.not_after = c.now - seconds(1); }},
      {"ends in the year 10000",
       [](auto& c) { c.not_after = WallTime{seconds{kMaxNumericDate + 1}}; }},
      {"before the epoch", [](auto& c) { c.now = WallTime{seconds{-1}}; }},
      {"in its first seconds", [](auto& c) { c.now = WallTime{seconds{9}}; }},
  };
  const WicIssuer issuer = MakeIssuer(ca_key_);
  for (const InputRow& row : rows) {
    WicContent content = Good();
    row.change(content);
    const Result<Bytes> got = issuer.Issue(content, leaf_key_.public_key(), random_);
    if (row.ok) {
      EXPECT_TRUE(Accepted(got)) << row.what;
    } else {
      EXPECT_TRUE(RefusedWith(got, Errc::kWicIssueInput, "WIC-1")) << row.what;
    }
  }
  EXPECT_TRUE(RefusedWith(issuer.Issue(Good(), ca_key_.public_key(), random_), Errc::kWicIssueInput,
                          "WIC-1"))
      << "the authority's own key";
}

TEST_F(WicIssue, AuthoritiesAreCheckedOnce) {
  namespace f = fixtures;
  const auto refused = [](Result<WicIssuer> got, Errc code) {
    return RefusedWith(got, code, InfoOf(code).rule);
  };
  const Bytes ca = MakeCa(ca_key_);
  EXPECT_TRUE(refused(WicIssuer::Make(leaf_key_, ca), Errc::kCryptoKeyMismatch));
  EXPECT_TRUE(refused(WicIssuer::Make(ca_key_, Bytes{1, 2, 3}), Errc::kWicMalformed));
  const Bytes leaf = *MakeIssuer(ca_key_).Issue(Good(), leaf_key_.public_key(), random_);
  EXPECT_TRUE(refused(WicIssuer::Make(leaf_key_, leaf), Errc::kWicIssueInput));
  EXPECT_TRUE(refused(WicIssuer::Make(ca_key_, Hex(f::kNameConstrainedCa)), Errc::kWicIssueInput));
  const PrivateKey pss = testing::KeyOf(testing::kIssuerRsaJwk, Alg::kPS256);
  EXPECT_TRUE(refused(WicIssuer::Make(pss, ca), Errc::kWicIssueInput));
  using testing_support::CertificateTree;
  const auto changed = [&](const std::function<void(CertificateTree&)>& change) {
    CertificateTree tree(ca);
    change(tree);
    return WicIssuer::Make(ca_key_, tree.Encode());
  };
  EXPECT_TRUE(Accepted(changed([](auto&) {})));
  EXPECT_TRUE(refused(changed([](auto& c) {
                        c.extension(testing_support::kKeyUsageArc).children.back() =
                            testing_support::Leaf(4, {3, 2, 7, 0x80});
                      }),
                      Errc::kWicIssueInput));
  EXPECT_TRUE(refused(changed([](auto& c) { c.subject() = testing_support::Leaf(0x30, {}); }),
                      Errc::kWicIssueInput));
}

// An authority without a key identifier, limited to clients, made by OpenSSL.
TEST_F(WicIssue, IssuesUnderAuthoritiesOfOthers) {
  const test::TestCert ca =
      test::MakeCert({.common_name = "others",
                      .not_before = kNow - seconds(60),
                      .not_after = kNow + seconds(600),
                      .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                     {NID_ext_key_usage, "clientAuth"}}});
  const SecretBytes pkcs8 = ca.Pkcs8();
  Result<PrivateKey> key = PrivateKey::FromPkcs8(pkcs8.Expose(SecretAccess::Grant()), {});
  ASSERT_TRUE(Accepted(key));
  const Result<WicIssuer> issuer = WicIssuer::Make(*std::move(key), ca.der);
  ASSERT_TRUE(Accepted(issuer));
  WicContent content = Good();
  EXPECT_TRUE(RefusedWith(issuer->Issue(content, leaf_key_.public_key(), random_),
                          Errc::kWicIssueInput, "WIC-1"));
  content.usages = {.client = true, .server = false};
  const Result<Bytes> leaf = issuer->Issue(content, leaf_key_.public_key(), random_);
  ASSERT_TRUE(Accepted(leaf));
  EXPECT_EQ(ReadCertificate(*leaf)->authority_key_id.size(), 20U);
  EXPECT_TRUE(Accepted(Verify(ca.der, *leaf, WicProfile::kWimse, crypto::CertUsage::kClient)));
}

TEST_F(WicIssue, IssuesNoUsageThatTheAuthorityLacks) {  // RFC 5280 section 4.2.1.12
  struct Row {
    const char* limit;
    WicUsages usages;
    bool ok;
  };
  const Row rows[] = {
      {"clientAuth", {.client = true, .server = false}, true},
      {"clientAuth", {.client = false, .server = true}, false},
      {"clientAuth", {.client = true, .server = true}, false},
      {"serverAuth", {.client = true, .server = false}, false},
      {"serverAuth", {.client = false, .server = true}, true},
      {"serverAuth", {.client = true, .server = true}, false},
      {"clientAuth,serverAuth", {.client = true, .server = true}, true},
      {"emailProtection", {.client = true, .server = false}, false},
  };
  for (const Row& row : rows) {
    const test::TestCert ca =
        test::MakeCert({.common_name = "limited",
                        .not_before = kNow - seconds(60),
                        .not_after = kNow + seconds(600),
                        .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                       {NID_ext_key_usage, row.limit}}});
    const SecretBytes pkcs8 = ca.Pkcs8();
    const Result<WicIssuer> issuer =
        WicIssuer::Make(*PrivateKey::FromPkcs8(pkcs8.Expose(SecretAccess::Grant()), {}), ca.der);
    ASSERT_TRUE(Accepted(issuer));
    WicContent content = Good();
    content.usages = row.usages;
    EXPECT_EQ(issuer->Issue(content, leaf_key_.public_key(), random_).has_value(), row.ok)
        << row.limit;
  }
}

TEST_F(WicIssue, RefusesBadAuthorities) {
  struct Row {
    const char* what;
    std::function<void(WicCaContent&)> change;
    bool ok = false;
  };
  const Row rows[] = {
      {"nothing wrong", [](auto&) {}, true},
      {"no name", [](auto& c) { c.common_name.clear(); }},
      {"name of 64", [](auto& c) { c.common_name.assign(64, 'x'); }, true},
      {"name of 65", [](auto& c) { c.common_name.assign(65, 'x'); }},
      {"name with a control", [](auto& c) { c.common_name = "a\n"; }},
      {"no trust domain", [](auto& c) { c.trust_domain_uri.clear(); }},
      {"blank in the trust domain", [](auto& c) { c.trust_domain_uri = "spiffe://a b"; }},
      {"too long", [](auto& c) { c.trust_domain_uri.assign(kMaxIdentifierBytes + 1, 'x'); }},
      {"no time", [](auto& c) { c.not_after = c.now; }},
      {"too far", [](auto& c) { c.not_after = WallTime{seconds{kMaxNumericDate + 1}}; }},
  };
  for (const Row& row : rows) {
    WicCaContent content{
        .trust_domain_uri = "spiffe://example.org", .now = kNow, .not_after = kNow + seconds(60)};
    row.change(content);
    const Result<Bytes> got = MakeCaCertificate(ca_key_, content, random_);
    if (row.ok) {
      EXPECT_TRUE(Accepted(got)) << row.what;
    } else {
      EXPECT_TRUE(RefusedWith(got, Errc::kWicIssueInput, "WIC-1")) << row.what;
    }
  }
  const PrivateKey pss = testing::KeyOf(testing::kIssuerRsaJwk, Alg::kPS512);
  EXPECT_TRUE(RefusedWith(
      MakeCaCertificate(
          pss, {.trust_domain_uri = "spiffe://a", .now = kNow, .not_after = kNow + seconds(60)},
          random_),
      Errc::kWicIssueInput, "WIC-1"));
}

}  // namespace
}  // namespace signet::credential
