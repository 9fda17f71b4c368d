#include "protocol/credential/csr.h"

#include <functional>
#include <string>
#include <vector>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "protocol/credential/csr_sign.h"
#include "protocol/credential/testdata/der_edit.h"
#include "protocol/credential/testdata/test_certificates.h"
#include "protocol/crypto/testdata/test_support.h"
#include "tests/support/expect.h"
#include "tests/support/keys.h"

namespace signet::credential {
namespace {

namespace f = fixtures;
using crypto::Alg;
using crypto::KeyType;
using crypto::PrivateKey;
using crypto::testing_support::Hex;
using testing::Accepted;
using testing::RefusedWith;
using testing_support::Branch;
using testing_support::DerNode;
using testing_support::Leaf;

constexpr char kId[] = "wimse://example.org/service/a";

TEST(VerifyCsr, ReadsThoseOfOthers) {  // [RFC2986-4]
  struct Row {
    std::string_view der;
    KeyType type;
    std::vector<std::string> uris;
    std::vector<std::string> dns;
  };
  const Row rows[] = {
      {f::kP256Csr, KeyType::kEcP256, {kId}, {"a.example.org"}},
      {f::kP384Csr, KeyType::kEcP384, {kId}, {"a.example.org"}},
      {f::kP521Csr, KeyType::kEcP521, {kId}, {"a.example.org"}},
      {f::kEd25519Csr, KeyType::kEd25519, {kId}, {"a.example.org"}},
      {f::kRsaCsr, KeyType::kRsa, {kId}, {"a.example.org"}},
      {f::kGoCsr, KeyType::kEcP256, {"spiffe://example.org/workload"}, {"a.example.org"}},
      {f::kOpenSslCsrEc, KeyType::kEcP256, {}, {}},
      {f::kOpenSslCsrRsa384, KeyType::kRsa, {}, {}},
      {f::kOpenSslCsrRsa512, KeyType::kRsa, {}, {}},
  };
  for (const Row& row : rows) {
    const Result<VerifiedCsr> csr = VerifyCsr(Hex(row.der));
    ASSERT_TRUE(Accepted(csr)) << row.der;
    EXPECT_EQ(csr->key.type(), row.type);
    EXPECT_EQ(csr->uris, row.uris);
    EXPECT_EQ(csr->dns, row.dns);
  }
}

TEST(VerifyCsr, RefusesWeakKeysAndSignatures) {  // [RFC2986-4]
  EXPECT_TRUE(RefusedWith(VerifyCsr(Hex(f::kOpenSslCsrRsaSha1)), Errc::kIssueCsr, "WIT-11"));
  EXPECT_TRUE(RefusedWith(VerifyCsr(Hex(f::kOpenSslCsrRsaPss)), Errc::kIssueCsr, "WIT-11"));
  EXPECT_TRUE(RefusedWith(VerifyCsr(Hex(f::kOpenSslCsrRsa1024)), Errc::kCryptoKeySize, "BCP-1"));
}

TEST(MakeCsr, IsReadByUsAndByOpenSsl) {
  std::vector<PrivateKey> keys = {testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS256),
                                  testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS384),
                                  testing::KeyOf(testing::kIssuerRsaJwk, Alg::kRS512)};
  for (const Alg alg : {Alg::kES256, Alg::kES384, Alg::kES512, Alg::kEd25519, Alg::kEdDSA}) {
    keys.push_back(*PrivateKey::Generate(alg));
  }
  for (const PrivateKey& key : keys) {
    const Result<Bytes> der = MakeCsr(key, kId, {"a.example.org", "b.example.org"});
    ASSERT_TRUE(Accepted(der)) << crypto::NameOf(key.alg());
    const Result<VerifiedCsr> csr = VerifyCsr(*der);
    ASSERT_TRUE(Accepted(csr)) << crypto::NameOf(key.alg());
    EXPECT_EQ(csr->key, key.public_key());
    EXPECT_EQ(csr->uris, std::vector<std::string>{kId});
    EXPECT_EQ(csr->dns, (std::vector<std::string>{"a.example.org", "b.example.org"}));
    const unsigned char* at = der->data();
    const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> other(
        d2i_X509_REQ(nullptr, &at, static_cast<long>(der->size())), &X509_REQ_free);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(X509_REQ_verify(other.get(), X509_REQ_get0_pubkey(other.get())), 1);
  }
}

TEST(MakeCsr, RefusesBadNames) {
  const PrivateKey key = *PrivateKey::Generate(Alg::kES256);
  const auto refused = [](const Result<Bytes>& got) {
    return RefusedWith(got, Errc::kWicIssueInput, "WIC-1");
  };
  EXPECT_TRUE(refused(MakeCsr(key, "", {})));
  EXPECT_TRUE(refused(MakeCsr(key, "a b", {})));
  EXPECT_TRUE(refused(MakeCsr(key, kId, {"A.example"})));
  EXPECT_TRUE(refused(MakeCsr(testing::KeyOf(testing::kIssuerRsaJwk, Alg::kPS256), kId, {})));
}

// A request of our own with another info, signed again: faults that its signature would hide.
class SignedCsr : public ::testing::Test {
 protected:
  using Change = std::function<void(DerNode& info)>;

  Bytes Make(const Change& change) {
    DerNode root =
        std::move(testing_support::ParseDer(*MakeCsr(key_, kId, {"a.example.org"}))->front());
    change(root.children[0]);
    const Bytes raw = *key_.Sign(testing_support::EncodeDer(root.children[0]));
    const auto number = [&raw](std::ptrdiff_t at) {
      Bytes out(raw.begin() + at, raw.begin() + at + 32);
      while (out.size() > 1 && out[0] == 0) out.erase(out.begin());
      if (out[0] >= 0x80) out.insert(out.begin(), 0);
      return Leaf(2, out);
    };
    Bytes bits = testing_support::EncodeDer(Branch(0x30, {number(0), number(32)}));
    bits.insert(bits.begin(), 0);
    root.children[2] = Leaf(3, bits);
    return testing_support::EncodeDer(root);
  }
  const PrivateKey key_ = *PrivateKey::Generate(Alg::kES256);
};

// info: version, subject, key, attributes; an attribute: identifier, set of values.
TEST_F(SignedCsr, IsReadStrictly) {
  struct Row {
    const char* what;
    Change change;
    bool ok = false;
  };
  const auto attribute = [](DerNode& info) -> DerNode& { return info.children[3].children[0]; };
  const auto extensions = [&](DerNode& info) -> DerNode& {
    return attribute(info).children[1].children[0];
  };
  const Row rows[] = {
      {"nothing wrong", [](DerNode&) {}, true},
      {"version 2", [](DerNode& i) { i.children[0].contents = {1}; }},
      {"no version", [](DerNode& i) { i.children.erase(i.children.begin()); }},
      {"subject that is none", [](DerNode& i) { i.children[1] = Leaf(0x30, {5, 0}); }},
      {"no subject", [](DerNode& i) { i.children[1] = Leaf(5, {}); }},
      {"no attributes", [](DerNode& i) { i.children[3] = Leaf(0xa0, {}); }, true},
      {"attributes left out", [](DerNode& i) { i.children.pop_back(); }},
      {"more behind them", [](DerNode& i) { i.children.push_back(Leaf(5, {})); }},
      {"another attribute",
       [&](DerNode& i) {
         i.children[3].children.push_back(
             Branch(0x30, {Leaf(6, {0x2a, 3}), Branch(0x31, {Leaf(5, {})})}));
       },
       true},
      {"attribute that is none", [](DerNode& i) { i.children[3].children.push_back(Leaf(5, {})); }},
      {"attribute of three parts",
       [&](DerNode& i) { attribute(i).children.push_back(Leaf(5, {})); }},
      {"two extension requests",
       [&](DerNode& i) { i.children[3].children.push_back(attribute(i)); }},
      {"two values", [&](DerNode& i) { attribute(i).children[1].children.push_back(Leaf(5, {})); }},
      {"value that is none",
       [&](DerNode& i) { attribute(i).children[1] = Branch(0x31, {Leaf(5, {})}); }},
      {"another extension",
       [&](DerNode& i) {
         extensions(i).children.push_back(Branch(0x30, {Leaf(6, {0x2a, 3}), Leaf(4, {5, 0})}));
       },
       true},
      {"extension twice",
       [&](DerNode& i) { extensions(i).children.push_back(extensions(i).children[0]); }},
      // ATTACK-22
      {"NUL in a name",
       [&](DerNode& i) {
         extensions(i).children[0].children.back().children[0] =
             Branch(0x30, {Leaf(0x86, {'a', 0, 'b'})});
       }},
  };
  for (const Row& row : rows) {
    const Result<VerifiedCsr> got = VerifyCsr(Make(row.change));
    if (row.ok) {
      EXPECT_TRUE(Accepted(got)) << row.what;
    } else {
      EXPECT_TRUE(RefusedWith(got, Errc::kIssueCsr, "WIT-11")) << row.what;
    }
  }
}

TEST_F(SignedCsr, ProvesPossession) {  // [RFC2986-4]
  const Bytes good = Make([](DerNode&) {});
  // Another key under a signature of the first: the point of the proof.
  const Bytes other = PrivateKey::Generate(Alg::kES256)->public_key().ToSpki();
  EXPECT_TRUE(RefusedWith(VerifyCsr(Make([&other](DerNode& info) {
                            info.children[2] = std::move(testing_support::ParseDer(other)->front());
                          })),
                          Errc::kIssueCsr, "WIT-11"));
  DerNode root = std::move(testing_support::ParseDer(good)->front());
  struct Row {
    const char* what;
    DerNode algorithm;
  };
  const Row rows[] = {
      {"Ed25519 for a P-256 key", Branch(0x30, {Leaf(6, {0x2b, 0x65, 0x70})})},
      {"RSA for a P-256 key", Branch(0x30, {Leaf(6, Hex("2a864886f70d01010b")), Leaf(5, {})})},
      {"ES384 for a P-256 key", Branch(0x30, {Leaf(6, Hex("2a8648ce3d040303"))})},
      {"parameters", Branch(0x30, {Leaf(6, Hex("2a8648ce3d040302")), Leaf(5, {})})},
      {"RSA without parameters", Branch(0x30, {Leaf(6, Hex("2a864886f70d01010b"))})},
      {"RSA with others", Branch(0x30, {Leaf(6, Hex("2a864886f70d01010b")), Leaf(2, {1})})},
      {"unknown", Branch(0x30, {Leaf(6, {0x2a, 3})})},
      {"none", Branch(0x30, {Leaf(5, {})})},
      {"no identifier", Leaf(0x30, {})},
  };
  for (const Row& row : rows) {
    DerNode changed = root;
    changed.children[1] = row.algorithm;
    EXPECT_TRUE(
        RefusedWith(VerifyCsr(testing_support::EncodeDer(changed)), Errc::kIssueCsr, "WIT-11"))
        << row.what;
  }
}

TEST_F(SignedCsr, RefusesSignaturesThatAreNone) {
  DerNode root = std::move(testing_support::ParseDer(Make([](DerNode&) {}))->front());
  const auto with = [&root](Bytes bits) {
    DerNode changed = root;
    changed.children[2] = Leaf(3, std::move(bits));
    return VerifyCsr(testing_support::EncodeDer(changed));
  };
  const Bytes long_number = [] {
    Bytes out = {0, 0x30, 0x26, 2, 0x21};
    out.resize(out.size() + 33, 1);
    out.insert(out.end(), {2, 1, 1});
    return out;
  }();
  for (const Bytes& bits :
       {Bytes{0}, Bytes{0, 0x30, 0}, Bytes{0, 0x30, 3, 2, 1, 1},
        Bytes{0, 0x30, 6, 2, 1, 0, 2, 1, 0}, Bytes{0, 0x30, 6, 2, 1, 1, 2, 1, 1},
        Bytes{0, 0x30, 6, 2, 1, 0xff, 2, 1, 1}, Bytes{0, 0x30, 8, 2, 1, 1, 2, 1, 1, 5, 0},
        Bytes{0, 0x30, 6, 2, 1, 1, 2, 1, 1, 0}, Bytes{4, 0xf0}, long_number}) {
    EXPECT_TRUE(RefusedWith(with(bits), Errc::kIssueCsr, "WIT-11"));
  }
}

TEST_F(SignedCsr, LimitsItsSize) {
  EXPECT_TRUE(RefusedWith(VerifyCsr(Bytes(kMaxCsrBytes + 1)), Errc::kIoTooLarge, "-"));
  EXPECT_TRUE(RefusedWith(VerifyCsr(Bytes(kMaxCsrBytes)), Errc::kIssueCsr, "WIT-11"));
  const Bytes good = Make([](DerNode&) {});
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(VerifyCsr(ByteView(good).first(size)).has_value()) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_TRUE(RefusedWith(VerifyCsr(longer), Errc::kIssueCsr, "WIT-11"));
}

// Nothing but the request itself passes: its signature covers all of it.
TEST(VerifyCsr, RefusesAllMutants) {
  for (const std::string_view good : {f::kGoCsr, f::kEd25519Csr}) {
    const Bytes der = Hex(good);
    for (const Bytes& mutant : crypto::testing_support::DerMutants(der)) {
      if (mutant != der) {
        EXPECT_FALSE(VerifyCsr(mutant).has_value());
      }
    }
  }
}

}  // namespace
}  // namespace signet::credential
