#include "protocol/credential/wic_verify.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/credential/deny_key.h"
#include "protocol/crypto/digest.h"
#include "tests/support/expect.h"
#include "tests/support/test_pki.h"
#include "tests/support/tokens.h"

namespace signet::credential {
namespace {

using crypto::CertUsage;
using test::kPkiNow;
using test::MakeCa;
using test::MakeCert;
using test::MakeLeaf;
using test::TestCert;
using testing::Accepted;
using testing::RefusedWith;
using testing::RulesOf;

constexpr char kWimseSan[] = "critical,URI:wimse://example.org/service/a";
constexpr char kSpiffeSan[] = "critical,URI:spiffe://example.org/service/a";

// Authorities of two trust domains: made once, they cost a signature each.
struct Authorities {
  TestCert ca = MakeCa();
  TestCert partner = MakeCa();  // the same name, another key
  TestCert middle = MakeCa("middle", &ca);
};
const Authorities& Pki() {
  static const Authorities pki;
  return pki;
}

trust::OriginConfig OriginOf(std::string_view origin, std::vector<Bytes> anchors) {
  return {.origin = *identity::Origin::Parse(origin),
          .bundle = {},
          .extra_x509 = std::move(anchors),
          .issuers = {},
          .algs = {}};
}

// A good leaf and the verifier's side; every case changes one thing in them. Extensions as in
// openssl.cnf, an empty one is left out.
struct Scene {
  std::string san = kWimseSan;
  std::string constraints = "critical,CA:FALSE";
  std::string key_usage = "critical,digitalSignature";
  std::string ext_key_usage = "clientAuth,serverAuth";
  std::string more;  // an extension that is not known here: a comment
  const TestCert* issuer = &Pki().ca;
  WallTime not_before = kPkiNow - seconds(3600);
  WallTime not_after = kPkiNow + seconds(3600);
  std::vector<Bytes> behind;  // the leaf in the chain
  std::function<void(std::vector<Bytes>&)> edit;

  std::vector<trust::OriginConfig> origins = {
      OriginOf("wimse://example.org", {Pki().ca.der}),
      OriginOf("spiffe://example.org", {Pki().ca.der}),
      OriginOf("wimse://partner.example", {Pki().partner.der}),
      OriginOf("wimse://keyless.example", {})};
  trust::DenyList deny;
  CertUsage usage = CertUsage::kClient;
  WicRules rules;
  WallTime now = kPkiNow;
  CheckList checks;

  std::vector<Bytes> Chain() const {
    test::CertSpec spec{
        .common_name = "leaf", .not_before = not_before, .not_after = not_after, .extensions = {}};
    const auto add = [&spec](int nid, const std::string& value) {
      if (!value.empty()) spec.extensions.emplace_back(nid, value);
    };
    add(NID_basic_constraints, constraints);
    add(NID_key_usage, key_usage);
    add(NID_ext_key_usage, ext_key_usage);
    add(NID_subject_alt_name, san);
    add(NID_netscape_comment, more);
    std::vector<Bytes> chain{MakeCert(spec, issuer).der};
    chain.insert(chain.end(), behind.begin(), behind.end());
    if (edit) edit(chain);
    return chain;
  }
  Result<VerifiedWic> Verify() { return VerifyChain(Chain()); }
  Result<VerifiedWic> VerifyChain(const std::vector<Bytes>& chain) {
    const auto snapshot = trust::TrustSnapshot::Make(origins, 7, deny);
    SIGNET_CHECK(snapshot.has_value());
    checks.Clear();
    return VerifyWic(chain, **snapshot, usage, rules, now, checks);
  }
};

struct Row {
  const char* name;
  const char* rule;  // that refuses, or that allows
  std::function<void(Scene&)> change;
  std::optional<Errc> want = {};
};
void PrintTo(const Row& row, std::ostream* os) { *os << row.name << " [" << row.rule << "]"; }

class WicVerify : public ::testing::TestWithParam<Row> {};

TEST_P(WicVerify, Decides) {
  Scene scene;
  GetParam().change(scene);
  const Result<VerifiedWic> got = scene.Verify();
  if (!GetParam().want.has_value()) {
    EXPECT_TRUE(Accepted(got)) << GetParam().rule;
    return;
  }
  EXPECT_TRUE(RefusedWith(got, *GetParam().want, GetParam().rule));
  // The refusal is the last entry of the list and the only failed one.
  ASSERT_GT(scene.checks.size(), 0U);
  for (const Check& check : scene.checks) {
    const bool last = &check == scene.checks.end() - 1;
    EXPECT_EQ(check.ok(), !last) << check.rule;
    if (last) {
      EXPECT_EQ(check.rule, GetParam().rule);
    }
  }
}

#define CASES(suite, list)                                              \
  INSTANTIATE_TEST_SUITE_P(suite, WicVerify, ::testing::ValuesIn(list), \
                           [](const auto& p) { return std::string(p.param.name); })

const std::vector<Row> kLeaf = {
    {"NothingWrong", "WIC-1", [](auto&) {}},
    {"NoCertificate", "TLS-2", [](auto& s) { s.edit = [](auto& c) { c.clear(); }; },
     Errc::kWicMissing},
    {"AsManyCertificatesAsTheLimit", "WIC-1",
     [](auto& s) { s.behind.assign(crypto::kMaxChainCertificates - 1, Pki().middle.der); }},
    {"TooManyCertificates", "WIC-1",
     [](auto& s) { s.behind.assign(crypto::kMaxChainCertificates, Pki().middle.der); },
     Errc::kWicTooLarge},
    {"LeafTooLarge", "WIC-1",
     [](auto& s) { s.edit = [](auto& c) { c[0].resize(kMaxCertBytes + 1); }; }, Errc::kWicTooLarge},
    {"IntermediateTooLarge", "WIC-1", [](auto& s) { s.behind = {Bytes(kMaxCertBytes + 1)}; },
     Errc::kWicTooLarge},
    {"ChainTooLarge", "WIC-1", [](auto& s) { s.behind.assign(4, Bytes(kMaxCertBytes)); },
     Errc::kWicTooLarge},
    {"Garbage", "WIC-1", [](auto& s) { s.edit = [](auto& c) { c[0] = {1, 2, 3}; }; },
     Errc::kWicMalformed},
    {"AByteMore", "WIC-1", [](auto& s) { s.edit = [](auto& c) { c[0].push_back(0); }; },
     Errc::kWicMalformed},
    {"NoSan", "WIC-1", [](auto& s) { s.san = ""; }, Errc::kWicSanMissing},
    // ATTACK-21: no other kind of name is an identity.
    {"DnsNameOnly", "WIC-1", [](auto& s) { s.san = "DNS:example.org"; }, Errc::kWicSanMissing},
    {"UriInAnAddressOfMail", "WIC-1",
     [](auto& s) { s.san = "email:wimse://example.org/service/a"; }, Errc::kWicSanMissing},
    {"DnsNamesToo", "WIC-1",
     [](auto& s) { s.san = std::string(kWimseSan) + ",DNS:a.example.org,IP:192.0.2.1"; }},
    {"TwoUris", "WIC-1",
     [](auto& s) { s.san = std::string(kWimseSan) + ",URI:wimse://example.org/service/b"; },
     Errc::kWicSanMany},
    {"TheSameUriTwice", "WIC-1",
     [](auto& s) { s.san = std::string(kWimseSan) + ",URI:wimse://example.org/service/a"; },
     Errc::kWicSanMany},
    {"AnUnrelatedSecondUri", "WIC-1",  // Q16
     [](auto& s) { s.san = std::string(kWimseSan) + ",URI:https://example.org/"; },
     Errc::kWicSanMany},
    {"NoIdentifier", "WIC-1", [](auto& s) { s.san = "URI:https://example.org/service/a"; },
     Errc::kWicSanInvalid},
    {"QueryInTheIdentifier", "WIC-1", [](auto& s) { s.san = "URI:wimse://example.org/a?b"; },
     Errc::kWicSanInvalid},
    {"EncodedTraversal", "WIC-1",  // ATTACK-23
     [](auto& s) { s.san = "URI:wimse://example.org/a/%2e%2e/b"; }, Errc::kWicSanInvalid},
    {"Traversal", "WIC-1",  // ATTACK-23
     [](auto& s) { s.san = "URI:wimse://example.org/a/../b"; }, Errc::kWicSanInvalid},
    {"UpperCaseTrustDomain", "WIC-1", [](auto& s) { s.san = "URI:wimse://Example.org/service/a"; },
     Errc::kWicSanInvalid},
    // 30 len 86 len "wimse://example.org/a" 00 "b"
    {"NulBehindAnIdentifier", "WIC-1",  // ATTACK-22
     [](auto& s) {
       s.san =
           "DER:30:19:86:17:77:69:6d:73:65:3a:2f:2f:65:78:61:6d:70:6c:65:2e:6f:72:67:2f:61:00:62";
     },
     Errc::kWicMalformed},
    {"SanNotCritical", "WIC-1", [](auto& s) { s.san = "URI:wimse://example.org/service/a"; }},
    {"Authority", "XSVID-1", [](auto& s) { s.constraints = "critical,CA:TRUE"; }, Errc::kWicIsCa},
    {"NoBasicConstraints", "XSVID-1", [](auto& s) { s.constraints = ""; }},
    {"NoKeyUsage", "XSVID-1", [](auto& s) { s.key_usage = ""; }},
    {"KeyUsageNotCritical", "XSVID-1", [](auto& s) { s.key_usage = "digitalSignature"; }},
    {"KeyUsageWithMore", "XSVID-1",
     [](auto& s) { s.key_usage = "critical,digitalSignature,keyEncipherment,keyAgreement"; }},
    {"NoDigitalSignature", "XSVID-1", [](auto& s) { s.key_usage = "critical,keyEncipherment"; },
     Errc::kWicKeyUsage},
    {"KeyCertSign", "XSVID-1",
     [](auto& s) { s.key_usage = "critical,digitalSignature,keyCertSign"; }, Errc::kWicKeyUsage},
    {"CrlSign", "XSVID-1", [](auto& s) { s.key_usage = "critical,digitalSignature,cRLSign"; },
     Errc::kWicKeyUsage},
    {"NoExtKeyUsage", "TLS-3", [](auto& s) { s.ext_key_usage = ""; }},
    {"ClientAuthForAClient", "TLS-3", [](auto& s) { s.ext_key_usage = "clientAuth"; }},
    {"ServerAuthForAClient", "TLS-3", [](auto& s) { s.ext_key_usage = "serverAuth"; },
     Errc::kWicExtKeyUsage},
    {"ServerAuthForAServer", "TLS-3",
     [](auto& s) {
       s.ext_key_usage = "serverAuth";
       s.usage = CertUsage::kServer;
     }},
    {"ClientAuthForAServer", "TLS-3",
     [](auto& s) {
       s.ext_key_usage = "clientAuth";
       s.usage = CertUsage::kServer;
     },
     Errc::kWicExtKeyUsage},
    {"AnyExtKeyUsage", "TLS-3", [](auto& s) { s.ext_key_usage = "anyExtendedKeyUsage"; },
     Errc::kWicExtKeyUsage},
    {"AnotherUsage", "TLS-3", [](auto& s) { s.ext_key_usage = "emailProtection"; },
     Errc::kWicExtKeyUsage},
    {"UnknownNotCritical", "RFC5280-4.2", [](auto& s) { s.more = "a comment"; }},
    {"UnknownCritical", "RFC5280-4.2", [](auto& s) { s.more = "critical,a comment"; },
     Errc::kWicCritical},
};
CASES(Leaf, kLeaf);

const std::vector<Row> kPath = {
    {"ThroughAnIntermediate", "WIC-2",
     [](auto& s) {
       s.issuer = &Pki().middle;
       s.behind = {Pki().middle.der};
     }},
    {"IntermediateNotSent", "WIC-2", [](auto& s) { s.issuer = &Pki().middle; },
     Errc::kWicUntrusted},
    {"IntermediateAsAnchor", "WIC-2",
     [](auto& s) {
       s.issuer = &Pki().middle;
       s.origins = {OriginOf("wimse://example.org", {Pki().middle.der})};
     }},
    {"GarbageBehindTheLeaf", "WIC-1", [](auto& s) { s.behind = {Bytes{1, 2, 3}}; },
     Errc::kWicMalformed},
    {"UnknownDomain", "WIC-2", [](auto& s) { s.san = "URI:wimse://else.example/a"; },
     Errc::kTrustDomainUnknown},
    {"SameNameAnotherScheme", "WIC-2",  // TA-4
     [](auto& s) { s.origins = {OriginOf("spiffe://example.org", {Pki().ca.der})}; },
     Errc::kTrustDomainUnknown},
    {"NoAnchorThere", "WIC-2", [](auto& s) { s.san = "URI:wimse://keyless.example/a"; },
     Errc::kTrustNoKeys},
    // ATTACK-19: an authority speaks for its own trust domain only.
    {"SignedByThePartner", "WIC-2", [](auto& s) { s.issuer = &Pki().partner; },
     Errc::kWicUntrusted},
    {"SignedByThePartnerWhoIsSentAlong", "WIC-2",
     [](auto& s) {
       s.issuer = &Pki().partner;
       s.behind = {Pki().partner.der};
     },
     Errc::kWicUntrusted},
    {"PartnersSignedByUs", "WIC-2", [](auto& s) { s.san = "URI:wimse://partner.example/a"; },
     Errc::kWicUntrusted},
    {"PartnersOwn", "WIC-2",
     [](auto& s) {
       s.san = "URI:wimse://partner.example/a";
       s.issuer = &Pki().partner;
     }},
    {"SignatureChanged", "WIC-2", [](auto& s) { s.edit = [](auto& c) { c[0].back() ^= 1; }; },
     Errc::kWicUntrusted},
    {"FirstSecond", "WIC-2", [](auto& s) { s.now = s.not_before; }},
    {"BeforeIt", "WIC-2", [](auto& s) { s.now = s.not_before - seconds(1); },
     Errc::kWicNotYetValid},
    {"LastSecond", "WIC-2", [](auto& s) { s.now = s.not_after; }},
    {"BehindIt", "WIC-2", [](auto& s) { s.now = s.not_after + seconds(1); }, Errc::kWicExpired},
    {"DeniedSubject", "WIC-3",
     [](auto& s) { s.deny.subjects.insert("wimse://example.org/service/a"); }, Errc::kWicDenied},
    {"AnotherDeniedSubject", "WIC-3",
     [](auto& s) { s.deny.subjects.insert("wimse://example.org/service"); }},
    {"DeniedCertificate", "WIC-3",
     [](auto& s) { s.edit = [&s](auto& c) { s.deny.wics.insert(WicDenyKey(c[0])); }; },
     Errc::kWicDenied},
    {"DigestAsAToken", "WIC-3",
     [](auto& s) { s.edit = [&s](auto& c) { s.deny.wits.insert(crypto::Sha256(c[0])); }; }},
};
CASES(Path, kPath);

void Spiffe(Scene& s) {
  s.rules.profile = WicProfile::kSpiffe;
  s.san = kSpiffeSan;
}

const std::vector<Row> kSpiffe = {
    {"Good", "XSVID-1", [](auto& s) { Spiffe(s); }},
    {"AnotherScheme", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.san = kWimseSan;
     },
     Errc::kWicSanInvalid},
    {"NoPath", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.san = "URI:spiffe://example.org";
     },
     Errc::kWicSanInvalid},
    {"RootPath", "WIC-1",
     [](auto& s) {
       Spiffe(s);
       s.san = "URI:spiffe://example.org/";
     },
     Errc::kWicSanInvalid},
    {"SubjectAndSanNotCritical", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.san = "URI:spiffe://example.org/service/a";
     }},
    {"SpiffeNoKeyUsage", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.key_usage = "";
     },
     Errc::kWicKeyUsage},
    {"SpiffeKeyUsageNotCritical", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.key_usage = "digitalSignature";
     },
     Errc::kWicKeyUsage},
    {"SpiffeAuthority", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.constraints = "critical,CA:TRUE";
     },
     Errc::kWicIsCa},
    {"SpiffeNoExtKeyUsage", "TLS-3",
     [](auto& s) {
       Spiffe(s);
       s.ext_key_usage = "";
     }},
    {"OneExtKeyUsage", "XSVID-1",
     [](auto& s) {
       Spiffe(s);
       s.ext_key_usage = "clientAuth";
     },
     Errc::kWicExtKeyUsage},
    {"WrongExtKeyUsage", "TLS-3",
     [](auto& s) {
       Spiffe(s);
       s.ext_key_usage = "serverAuth";
     },
     Errc::kWicExtKeyUsage},
};
CASES(Spiffe, kSpiffe);

// What refuses first when several things are wrong: each step alone is left wrong, from the first.
TEST(WicVerify, RunsItsStepsInOrder) {
  Scene scene;
  const Result<VerifiedWic> wic = scene.Verify();
  ASSERT_TRUE(Accepted(wic));
  EXPECT_EQ(RulesOf(scene.checks), (std::vector<std::string>{"TLS-2", "WIC-1", "XSVID-1", "TLS-3",
                                                             "RFC5280-4.2", "WIC-2", "WIC-3"}));
  Scene bad;
  bad.deny.subjects.insert("wimse://example.org/service/a");
  const auto step = [&bad](Errc code, std::string_view rule) {
    EXPECT_TRUE(RefusedWith(bad.Verify(), code, rule));
  };
  step(Errc::kWicDenied, "WIC-3");
  bad.not_after = kPkiNow - seconds(1);
  step(Errc::kWicExpired, "WIC-2");
  bad.more = "critical,a comment";
  step(Errc::kWicCritical, "RFC5280-4.2");
  bad.ext_key_usage = "serverAuth";
  step(Errc::kWicExtKeyUsage, "TLS-3");
  bad.key_usage = "critical,cRLSign";
  step(Errc::kWicKeyUsage, "XSVID-1");
  bad.constraints = "critical,CA:TRUE";
  step(Errc::kWicIsCa, "XSVID-1");
  bad.san = "URI:wimse://example.org/a?b";
  step(Errc::kWicSanInvalid, "WIC-1");
  bad.edit = [](auto& c) { c.clear(); };
  step(Errc::kWicMissing, "TLS-2");
}

TEST(WicVerify, SaysWhatItVerified) {
  Scene scene;
  scene.behind = {Pki().middle.der};
  const std::vector<Bytes> chain = scene.Chain();
  const Result<VerifiedWic> wic = scene.VerifyChain(chain);
  ASSERT_TRUE(Accepted(wic));
  EXPECT_EQ(wic->subject().text(), "wimse://example.org/service/a");
  EXPECT_EQ(wic->not_after(), scene.not_after);
  EXPECT_EQ(wic->chain_der(), chain);
  EXPECT_EQ(wic->usage(), CertUsage::kClient);
  EXPECT_EQ(wic->digest(), crypto::Sha256(chain[0]));
  EXPECT_EQ(wic->trust_generation(), 7U);
  EXPECT_EQ(wic->certificate().san->uris.size(), 1U);
}

TEST(CheckWicAgain, LooksAtTimeAndDenyList) {  // [WIC-2, WIC-3]
  Scene scene;
  const Result<VerifiedWic> wic = scene.Verify();
  ASSERT_TRUE(Accepted(wic));
  const auto again = [&](const trust::DenyList& deny, WallTime now) {
    return CheckWicAgain(*wic, **trust::TrustSnapshot::Make({}, 8, deny), now);
  };
  EXPECT_TRUE(Accepted(again({}, scene.now)));
  EXPECT_TRUE(Accepted(again({}, scene.not_after)));
  EXPECT_TRUE(RefusedWith(again({}, scene.not_after + seconds(1)), Errc::kWicExpired, "WIC-2"));
  trust::DenyList subject;
  subject.subjects.insert(wic->subject().text());
  EXPECT_TRUE(RefusedWith(again(subject, scene.now), Errc::kWicDenied, "WIC-3"));
  trust::DenyList leaf;
  leaf.wics.insert(WicDenyKey(wic->chain_der().front()));
  EXPECT_TRUE(RefusedWith(again(leaf, scene.now), Errc::kWicDenied, "WIC-3"));
}

}  // namespace
}  // namespace signet::credential
