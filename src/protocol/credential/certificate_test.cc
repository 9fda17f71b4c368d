#include "protocol/credential/certificate.h"

#include <functional>
#include <string>
#include <vector>

#include "protocol/credential/testdata/der_edit.h"
#include "protocol/credential/testdata/test_certificates.h"
#include "protocol/crypto/testdata/test_support.h"
#include "tests/support/expect.h"

namespace signet::credential {
namespace {

namespace f = fixtures;
using crypto::KeyType;
using crypto::testing_support::Hex;
using testing::Accepted;
using testing::RefusedWith;
using testing_support::Branch;
using testing_support::CertificateTree;
using testing_support::DerNode;
using testing_support::kAuthorityKeyIdArc;
using testing_support::kBasicConstraintsArc;
using testing_support::kExtKeyUsageArc;
using testing_support::kKeyUsageArc;
using testing_support::kSanArc;
using testing_support::kSubjectKeyIdArc;
using testing_support::Leaf;
using testing_support::Text;

constexpr std::int64_t kBegin = 1672531200;   // 2023-01-01T00:00:00Z
constexpr std::int64_t kEnd = 2524607999;     // 2049-12-31T23:59:59Z
constexpr std::int64_t kFarEnd = 2695465815;  // 2055-06-01T12:30:15Z
constexpr char kId[] = "wimse://example.org/service/a";

Certificate Read(std::string_view hex) {
  Result<Certificate> read = ReadCertificate(Hex(hex));
  EXPECT_TRUE(Accepted(read));
  SIGNET_CHECK(read.has_value());
  return *std::move(read);
}

struct KeyCase {
  KeyType type;
  std::string_view ca;
  std::string_view leaf;
};

TEST(ReadCertificate, ReadsEachKindOfKey) {  // [WIC-1]
  const KeyCase cases[] = {
      {KeyType::kEcP256, f::kP256Ca, f::kP256Leaf},
      {KeyType::kEcP384, f::kP384Ca, f::kP384Leaf},
      {KeyType::kEcP521, f::kP521Ca, f::kP521Leaf},
      {KeyType::kEd25519, f::kEd25519Ca, f::kEd25519Leaf},
      {KeyType::kRsa, f::kRsaCa, f::kRsaLeaf},
  };
  for (const KeyCase& c : cases) {
    const Certificate ca = Read(c.ca);
    EXPECT_TRUE(ca.is_ca());
    EXPECT_EQ(ca.basic_constraints->path_length, 1U);
    EXPECT_TRUE(ca.key_usage->cert_sign && ca.key_usage->crl_sign && ca.key_usage->critical);
    EXPECT_FALSE(ca.key_usage->digital_signature);
    EXPECT_EQ(ca.issuer, ca.subject);
    EXPECT_FALSE(ca.subject_empty);
    EXPECT_FALSE(ca.san.has_value());

    const Certificate leaf = Read(c.leaf);
    EXPECT_EQ(leaf.key.type(), c.type);
    EXPECT_EQ(leaf.serial, (Bytes{0x12, 0x34}));
    EXPECT_EQ(ToNumericDate(leaf.not_before), kBegin);
    EXPECT_EQ(ToNumericDate(leaf.not_after), kEnd);
    EXPECT_EQ(leaf.issuer, ca.subject);
    EXPECT_TRUE(leaf.subject_empty);
    EXPECT_FALSE(leaf.is_ca());
    EXPECT_TRUE(leaf.basic_constraints->critical);
    EXPECT_FALSE(leaf.basic_constraints->path_length.has_value());
    EXPECT_TRUE(leaf.key_usage->digital_signature && leaf.key_usage->critical);
    EXPECT_FALSE(leaf.key_usage->cert_sign || leaf.key_usage->crl_sign);
    EXPECT_TRUE(leaf.ext_key_usage->client_auth && leaf.ext_key_usage->server_auth);
    EXPECT_FALSE(leaf.ext_key_usage->any);
    EXPECT_TRUE(leaf.san->critical);
    EXPECT_EQ(leaf.san->uris, std::vector<std::string>{kId});
    EXPECT_EQ(leaf.subject_key_id.size(), 20U);
    EXPECT_EQ(leaf.authority_key_id, ca.subject_key_id);
    EXPECT_FALSE(leaf.unknown_critical || leaf.name_constraints);
  }
}

TEST(ReadCertificate, ReadsAllKindsOfNames) {  // [WIC-1], ATTACK-21
  const Certificate leaf = Read(f::kManyNames);
  EXPECT_EQ(leaf.san->uris, std::vector<std::string>{kId});
  EXPECT_EQ(leaf.san->dns, (std::vector<std::string>{"a.example.org", "*.example.org"}));
  EXPECT_EQ(leaf.san->ip_addresses,
            (std::vector<Bytes>{Hex("c0000207"), Hex("20010db8000000000000000000000007")}));
  EXPECT_EQ(leaf.san->others, 4U);
  EXPECT_FALSE(leaf.san->critical);
  EXPECT_FALSE(leaf.subject_empty);
  EXPECT_EQ(ToNumericDate(leaf.not_after), kFarEnd);
  EXPECT_FALSE(leaf.unknown_critical) << "unknown extensions that are not critical";
}

TEST(ReadCertificate, ReadsThoseOfOtherIssuers) {
  const Certificate go = Read(f::kGoLeaf);
  EXPECT_EQ(go.san->uris, std::vector<std::string>{"spiffe://example.org/workload"});
  EXPECT_EQ(go.san->dns, std::vector<std::string>{"a.example.org"});
  EXPECT_EQ(go.serial, Bytes{0x80});
  EXPECT_FALSE(go.is_ca());
  EXPECT_TRUE(go.key_usage->digital_signature);
  EXPECT_TRUE(Read(f::kGoCa).is_ca());
  const Certificate openssl = Read(f::kOpenSslLeaf);
  EXPECT_EQ(openssl.key.type(), KeyType::kRsa);
  EXPECT_TRUE(openssl.ext_key_usage->client_auth);
  EXPECT_FALSE(openssl.ext_key_usage->server_auth);
  EXPECT_FALSE(openssl.key_usage->critical);
  EXPECT_EQ(openssl.authority_key_id, Read(f::kOpenSslCa).subject_key_id);
}

TEST(ReadCertificate, TellsWhatAnIssuerOrAVerifierMustKnow) {  // [RFC5280-4.2]
  EXPECT_TRUE(Read(f::kUnknownCritical).unknown_critical);
  const Certificate ca = Read(f::kNameConstrainedCa);
  EXPECT_TRUE(ca.name_constraints && ca.unknown_critical);
  const Certificate bare = Read(f::kNoExtensions);
  EXPECT_FALSE(bare.san || bare.key_usage || bare.ext_key_usage || bare.basic_constraints);
  EXPECT_FALSE(bare.is_ca());
}

struct Row {
  const char* what;
  const char* rule;
  std::function<void(CertificateTree&)> change;
  std::optional<Errc> want = Errc::kWicMalformed;
};

void Check(const std::vector<Row>& rows, std::string_view good = f::kP256Leaf) {
  for (const Row& row : rows) {
    CertificateTree tree(Hex(good));
    row.change(tree);
    const Result<Certificate> got = ReadCertificate(tree.Encode());
    if (row.want.has_value()) {
      EXPECT_TRUE(RefusedWith(got, *row.want, InfoOf(*row.want).rule)) << row.what << row.rule;
    } else {
      EXPECT_TRUE(Accepted(got)) << row.what << row.rule;
    }
  }
}

TEST(ReadCertificate, WantsTheFieldsOfVersion3) {
  Check({
      {"nothing changed", "[RFC5280-4.1]", [](auto&) {}, {}},
      {"version 1", "[RFC5280-4.1]", [](auto& c) { c.version().contents = {0}; }},
      {"version 2", "[RFC5280-4.1]", [](auto& c) { c.version().contents = {1}; }},
      {"version 4", "[RFC5280-4.1]", [](auto& c) { c.version().contents = {3}; }},
      {"no version", "[RFC5280-4.1]",
       [](auto& c) { c.tbs().children.erase(c.tbs().children.begin()); }},
      {"serial 0", "[RFC5280-4.1]", [](auto& c) { c.serial().contents = {0}; }, {}},
      {"negative serial", "[RFC5280-4.1]", [](auto& c) { c.serial().contents = {0x80}; }},
      {"serial of 20 bytes",
       "[RFC5280-4.1]",
       [](auto& c) { c.serial().contents = Bytes(20, 1); },
       {}},
      {"serial of 21 bytes", "[RFC5280-4.1]", [](auto& c) { c.serial().contents = Bytes(21, 1); }},
      {"another algorithm inside", "[RFC5280-4.1]",
       [](auto& c) { c.inner_algorithm().children[0].contents.back() ^= 1; }},
      {"another algorithm outside", "[RFC5280-4.1]",
       [](auto& c) { c.outer_algorithm().children[0].contents.back() ^= 1; }},
      {"parameters outside only", "[RFC5280-4.1]",
       [](auto& c) { c.outer_algorithm().children.push_back(Leaf(5, {})); }},
      {"algorithm without identifier", "[RFC5280-4.1]",
       [](auto& c) {
         c.inner_algorithm() = Branch(0x30, {Leaf(5, {})});
         c.outer_algorithm() = c.inner_algorithm();
       }},
      {"algorithm of three parts", "[RFC5280-4.1]",
       [](auto& c) {
         c.inner_algorithm().children.push_back(Leaf(5, {}));
         c.inner_algorithm().children.push_back(Leaf(5, {}));
         c.outer_algorithm() = c.inner_algorithm();
       }},
      {"empty signature", "[RFC5280-4.1]", [](auto& c) { c.signature() = Leaf(3, {0}); }},
      {"signature of bits", "[RFC5280-4.1]", [](auto& c) { c.signature() = Leaf(3, {4, 0xf0}); }},
      {"something behind the signature", "[RFC5280-4.1]",
       [](auto& c) { c.root.children.push_back(Leaf(5, {})); }},
      {"unique identifiers",
       "[RFC5280-4.1]",
       [](auto& c) {
         auto& fields = c.tbs().children;
         fields.insert(fields.begin() + 7, {Leaf(0x81, {0, 1}), Leaf(0x82, {0, 1})});
       },
       {}},
      {"unique identifier of no byte", "[RFC5280-4.1]",
       [](auto& c) { c.tbs().children.insert(c.tbs().children.begin() + 7, Leaf(0x81, {})); }},
      {"something behind the extensions", "[RFC5280-4.1]",
       [](auto& c) { c.tbs().children.push_back(Leaf(5, {})); }},
      {"no extensions", "[RFC5280-4.1]", [](auto& c) { c.tbs().children.pop_back(); }, {}},
      {"empty list of extensions", "[RFC5280-4.1]",
       [](auto& c) { c.tbs().children[7].children[0] = Leaf(0x30, {}); }},
      {"two lists of extensions", "[RFC5280-4.1]",
       [](auto& c) { c.tbs().children[7].children.push_back(Leaf(0x30, {})); }},
  });
}

TEST(ReadCertificate, ReadsTimesInOneForm) {  // [RFC5280-4.1]
  const auto end = [](std::uint8_t tag, std::string_view text) {
    return [tag, text](CertificateTree& c) { c.validity().children[1] = Text(tag, text); };
  };
  Check({
      {"GeneralizedTime from 2050", "", end(0x18, "20500101000000Z"), {}},
      {"GeneralizedTime before 2050", "", end(0x18, "20491231235959Z")},
      {"no seconds", "", end(0x17, "4912312359Z")},
      {"offset", "", end(0x17, "491231235959+0000")},
      {"fraction", "", end(0x18, "20500101000000.0Z")},
      {"one time only", "", [](auto& c) { c.validity().children.pop_back(); }},
      {"three times", "",
       [](auto& c) { c.validity().children.push_back(c.validity().children[0]); }},
  });
}

TEST(ReadCertificate, RefusesNamesThatAreNone) {
  const auto subject = [](DerNode attribute) {
    return [attribute](CertificateTree& c) {
      c.subject() = Branch(0x30, {Branch(0x31, {attribute})});
    };
  };
  const DerNode type = Leaf(6, {0x55, 0x04, 0x03});
  Check({
      {"a good one", "[RFC5280-4.1]", subject(Branch(0x30, {type, Text(0x13, "a")})), {}},
      {"teletex", "[RFC5280-4.1]", subject(Branch(0x30, {type, Text(0x14, "a")})), {}},
      {"two bytes a character",
       "[RFC5280-4.1]",
       subject(Branch(0x30, {type, Leaf(0x1e, {0, 97})})),
       {}},
      {"half a character", "ATTACK-22", subject(Branch(0x30, {type, Leaf(0x1e, {0})}))},
      {"half of a pair", "ATTACK-22", subject(Branch(0x30, {type, Leaf(0x1e, {0xd8, 0})}))},
      {"printable over ASCII", "ATTACK-22", subject(Branch(0x30, {type, Leaf(0x13, {0xe4})}))},
      {"UTF-8 that is none", "ATTACK-22", subject(Branch(0x30, {type, Leaf(0x0c, {0xe4})}))},
      {"a number", "[RFC5280-4.1]", subject(Branch(0x30, {type, Leaf(2, {1})}))},
      {"no value", "[RFC5280-4.1]", subject(Branch(0x30, {type}))},
      {"no type", "[RFC5280-4.1]", subject(Branch(0x30, {Text(0x13, "a")}))},
      {"two values", "[RFC5280-4.1]",
       subject(Branch(0x30, {type, Text(0x13, "a"), Text(0x13, "b")}))},
      {"no set", "[RFC5280-4.1]", [](auto& c) { c.subject() = Branch(0x30, {Leaf(0x30, {})}); }},
      {"empty set", "[RFC5280-4.1]", [](auto& c) { c.subject() = Branch(0x30, {Leaf(0x31, {})}); }},
      {"no sequence", "[RFC5280-4.1]", [](auto& c) { c.issuer() = Leaf(0x31, {}); }},
  });
}

TEST(ReadCertificate, RefusesKeysThatAreNotUsed) {
  Check({{"another curve", "[WIC-1]",
          [](auto& c) { c.spki().children[0].children[1].contents.back() ^= 1; }, Errc::kWicKey},
         {"a point that is none", "[WIC-1]", [](auto& c) { c.spki().children[1].contents[5] ^= 1; },
          Errc::kWicKey},
         {"no sequence", "[WIC-1]", [](auto& c) { c.spki() = Leaf(5, {}); }}});
  EXPECT_TRUE(RefusedWith(ReadCertificate(Hex(f::kRsa1024)), Errc::kWicKey, "WIC-1"));
}

TEST(ReadCertificate, RefusesExtensionsThatAreNotDer) {
  const auto add = [](DerNode extension) {
    return [extension](CertificateTree& c) { c.extensions().push_back(extension); };
  };
  const DerNode oid = Leaf(6, {0x2a, 3, 4, 9});
  const DerNode value = Leaf(4, {5, 0});
  Check({
      {"unknown", "[RFC5280-4.2]", add(Branch(0x30, {oid, value})), {}},
      {"critical", "[RFC5280-4.2]", add(Branch(0x30, {oid, Leaf(1, {0xff}), value})), {}},
      {"critical FALSE", "[RFC5280-4.2]", add(Branch(0x30, {oid, Leaf(1, {0}), value}))},
      {"critical 1", "[RFC5280-4.2]", add(Branch(0x30, {oid, Leaf(1, {1}), value}))},
      {"no value", "[RFC5280-4.2]", add(Branch(0x30, {oid}))},
      {"no identifier", "[RFC5280-4.2]", add(Branch(0x30, {value}))},
      {"value of another type", "[RFC5280-4.2]", add(Branch(0x30, {oid, Leaf(5, {})}))},
      {"two values", "[RFC5280-4.2]", add(Branch(0x30, {oid, value, value}))},
      {"no sequence", "[RFC5280-4.2]", add(value)},
      {"known one twice", "[RFC5280-4.2]",
       [](auto& c) { c.extensions().push_back(c.extension(kSanArc)); }},
      {"unknown one twice", "[RFC5280-4.2]",
       [&](auto& c) {
         c.extensions().push_back(Branch(0x30, {oid, value}));
         c.extensions().push_back(Branch(0x30, {oid, Leaf(4, {5, 0})}));
       }},
  });
}

TEST(ReadCertificate, ReadsEachExtensionStrictly) {
  const auto set = [](std::uint8_t arc, DerNode value) {
    return [arc, value](CertificateTree& c) { c.value(arc) = value; };
  };
  const auto raw = [](std::uint8_t arc, Bytes contents) {
    return [arc, contents](CertificateTree& c) {
      c.extension(arc).children.back() = Leaf(4, contents);
    };
  };
  const DerNode yes = Leaf(1, {0xff});
  const DerNode client = Leaf(6, {0x2b, 6, 1, 5, 5, 7, 3, 2});
  std::vector<Row> rows = {
      {"CA", "", set(kBasicConstraintsArc, Branch(0x30, {yes})), {}},
      {"CA with path length", "", set(kBasicConstraintsArc, Branch(0x30, {yes, Leaf(2, {3})})), {}},
      {"CA FALSE", "", set(kBasicConstraintsArc, Branch(0x30, {Leaf(1, {0})}))},
      {"CA 1", "", set(kBasicConstraintsArc, Branch(0x30, {Leaf(1, {1})}))},
      {"path length without CA", "", set(kBasicConstraintsArc, Branch(0x30, {Leaf(2, {3})}))},
      {"negative path length", "", set(kBasicConstraintsArc, Branch(0x30, {yes, Leaf(2, {0xff})}))},
      {"path length of 5 bytes", "",
       set(kBasicConstraintsArc, Branch(0x30, {yes, Leaf(2, {1, 0, 0, 0, 0})}))},
      {"more in it", "", set(kBasicConstraintsArc, Branch(0x30, {yes, Leaf(2, {3}), yes}))},
      {"no sequence", "", set(kBasicConstraintsArc, yes)},
      {"more behind", "", raw(kBasicConstraintsArc, {0x30, 0, 0x30, 0})},
      {"decipherOnly", "", raw(kKeyUsageArc, {3, 3, 7, 0x80, 0x80}), {}},
      {"no usage", "", raw(kKeyUsageArc, {3, 2, 7, 0})},
      {"no bits", "", raw(kKeyUsageArc, {3, 1, 0})},
      {"zero bits at the end", "", raw(kKeyUsageArc, {3, 2, 0, 0x80})},
      {"more behind", "", raw(kKeyUsageArc, {3, 2, 7, 0x80, 5, 0})},
      {"no bit string", "", raw(kKeyUsageArc, {5, 0})},
      {"one usage", "", set(kExtKeyUsageArc, Branch(0x30, {client})), {}},
      {"no usage", "", raw(kExtKeyUsageArc, {0x30, 0})},
      {"no identifier", "", set(kExtKeyUsageArc, Branch(0x30, {client, yes}))},
      {"bad identifier", "", set(kExtKeyUsageArc, Branch(0x30, {client, Leaf(6, {0x80, 1})}))},
      {"no sequence", "", raw(kExtKeyUsageArc, {5, 0})},
      {"key identifier", "", raw(kSubjectKeyIdArc, {4, 1, 9}), {}},
      {"empty key identifier", "", raw(kSubjectKeyIdArc, {4, 0})},
      {"key identifier and more", "", raw(kSubjectKeyIdArc, {4, 1, 9, 5, 0})},
      {"no octets", "", raw(kSubjectKeyIdArc, {5, 0})},
      {"no key identifier", "", raw(kAuthorityKeyIdArc, {0x30, 0}), {}},
      {"issuer and serial",
       "",
       raw(kAuthorityKeyIdArc, {0x30, 8, 0x80, 1, 9, 0xa1, 0, 0x82, 1, 7}),
       {}},
      {"issuer alone", "", raw(kAuthorityKeyIdArc, {0x30, 5, 0x80, 1, 9, 0xa1, 0})},
      {"serial alone", "", raw(kAuthorityKeyIdArc, {0x30, 3, 0x82, 1, 7})},
      {"and more", "", raw(kAuthorityKeyIdArc, {0x30, 10, 0x80, 1, 9, 0xa1, 0, 0x82, 1, 7, 5, 0})},
      {"empty key identifier", "", raw(kAuthorityKeyIdArc, {0x30, 2, 0x80, 0})},
      {"bad inside", "", raw(kAuthorityKeyIdArc, {0x30, 8, 0x80, 1, 9, 0xa1, 1, 0, 0x82, 0})},
      {"no sequence", "", raw(kAuthorityKeyIdArc, {5, 0})},
  };
  for (Row& row : rows) row.rule = "[RFC5280-4.2]";
  Check(rows);
}

TEST(ReadCertificate, TakesNamesOfVisibleAsciiOnly) {  // ATTACK-22
  const auto names = [](std::vector<DerNode> list) {
    return [list](CertificateTree& c) { c.value(kSanArc) = Branch(0x30, list); };
  };
  const DerNode uri = Text(0x86, kId);
  const auto many = [&uri](std::size_t count) { return std::vector<DerNode>(count, uri); };
  std::vector<Row> rows = {
      {"one URI", "", names({uri}), {}},
      {"NUL", "", names({Text(0x86, std::string_view("wimse://a/b\0c", 13))})},
      {"line feed", "", names({Text(0x86, "wimse://a/b\n")})},
      {"blank", "", names({Text(0x86, "wimse://a/ b")})},
      {"DEL", "", names({Text(0x86, "wimse://a/\x7f")})},
      {"over ASCII", "", names({Text(0x86, "wimse://a/\xc3\xa4")})},
      {"empty URI", "", names({Leaf(0x86, {})})},
      {"DNS name", "", names({uri, Text(0x82, "a.example")}), {}},
      {"NUL in a DNS name", "", names({uri, Text(0x82, std::string_view("a\0.example", 10))})},
      {"empty DNS name", "", names({uri, Leaf(0x82, {})})},
      {"address of mail with a control", "", names({uri, Text(0x81, "a\x01@example")})},
      {"IP of 4 bytes", "", names({uri, Leaf(0x87, Bytes(4))}), {}},
      {"IP of 16 bytes", "", names({uri, Leaf(0x87, Bytes(16))}), {}},
      {"IP of 8 bytes", "", names({uri, Leaf(0x87, Bytes(8))})},
      {"no IP", "", names({uri, Leaf(0x87, {})})},
      {"unknown type", "", names({uri, Leaf(0x89, {1})})},
      {"URI in pieces", "", names({Branch(0xa6, {Text(0x16, kId)})})},
      {"as many as the limit", "", names(many(kMaxSanEntries)), {}},
      {"more than the limit", "", names(many(kMaxSanEntries + 1))},
      {"no name", "", names({})},
      {"no sequence", "", [&](auto& c) { c.value(kSanArc) = uri; }},
      {"bad DER inside", "",
       [](auto& c) { c.extension(kSanArc).children.back() = Leaf(4, {0x30, 2, 0x86, 3}); }},
  };
  for (Row& row : rows) row.rule = "ATTACK-22";
  Check(rows);
}

TEST(ReadCertificate, LimitsItsSize) {
  EXPECT_TRUE(
      RefusedWith(ReadCertificate(Bytes(kMaxCertBytes + 1, 0x30)), Errc::kWicTooLarge, "WIC-1"));
  EXPECT_TRUE(
      RefusedWith(ReadCertificate(Bytes(kMaxCertBytes, 0x30)), Errc::kWicMalformed, "WIC-1"));
  EXPECT_TRUE(RefusedWith(ReadCertificate({}), Errc::kWicMalformed, "WIC-1"));
}

TEST(ReadCertificate, RefusesEveryPrefixAndMoreBytes) {  // [RFC5280-4.1]
  for (const std::string_view good : {f::kP256Leaf, f::kManyNames, f::kRsaCa}) {
    const Bytes der = Hex(good);
    for (std::size_t size = 0; size < der.size(); ++size) {
      EXPECT_FALSE(ReadCertificate(ByteView(der).first(size)).has_value()) << size;
    }
    Bytes longer = der;
    longer.push_back(0);
    EXPECT_FALSE(ReadCertificate(longer).has_value());
  }
}

// What a reader accepts, OpenSSL reads too, and writes again as the same bytes.
TEST(ReadCertificate, AgreesWithOpenSslOnMutants) {  // [RFC5280-4.1]
  std::size_t accepted = 0;
  for (const std::string_view good : {f::kP256Leaf, f::kManyNames, f::kGoLeaf, f::kEd25519Ca}) {
    for (const Bytes& mutant : crypto::testing_support::DerMutants(Hex(good))) {
      const Result<Certificate> read = ReadCertificate(mutant);
      if (!read.has_value()) {
        EXPECT_TRUE(read.error().code == Errc::kWicMalformed || read.error().code == Errc::kWicKey);
        continue;
      }
      ++accepted;
      const unsigned char* at = mutant.data();
      const std::unique_ptr<X509, decltype(&X509_free)> other(
          d2i_X509(nullptr, &at, static_cast<long>(mutant.size())), &X509_free);
      ASSERT_NE(other, nullptr) << crypto::testing_support::ToHex(mutant);
      unsigned char* out = nullptr;
      const int size = i2d_X509(other.get(), &out);
      EXPECT_EQ(Bytes(out, out + size), mutant);
      OPENSSL_free(out);
    }
  }
  EXPECT_GT(accepted, 10U);
}

}  // namespace
}  // namespace signet::credential
