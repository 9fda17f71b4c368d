#include "protocol/proof/httpsig/algorithm.h"

#include <set>

#include "protocol/proof/httpsig/profile.h"
#include "tests/support/expect.h"
#include "tests/support/keys.h"

namespace signet::proof::httpsig {
namespace {

using crypto::Alg;
using crypto::KeyType;
using testing::Accepted;
using testing::KeyOf;
using testing::RefusedWith;

TEST(SignatureAlg, HasItsNameAndItsJoseAlgorithm) {  // RFC9421-3.3
  struct Row {
    SignatureAlg alg;
    const char* name;
    std::optional<Alg> jose;
  };
  const Row rows[] = {{SignatureAlg::kRsaPssSha512, "rsa-pss-sha512", Alg::kPS512},
                      {SignatureAlg::kRsaV15Sha256, "rsa-v1_5-sha256", Alg::kRS256},
                      {SignatureAlg::kHmacSha256, "hmac-sha256", std::nullopt},
                      {SignatureAlg::kEcdsaP256Sha256, "ecdsa-p256-sha256", Alg::kES256},
                      {SignatureAlg::kEcdsaP384Sha384, "ecdsa-p384-sha384", Alg::kES384},
                      {SignatureAlg::kEd25519, "ed25519", Alg::kEd25519}};
  for (const Row& row : rows) {
    EXPECT_EQ(NameOf(row.alg), row.name);
    EXPECT_EQ(SignatureAlgFromName(row.name), row.alg);
    EXPECT_EQ(JoseAlgOf(row.alg), row.jose) << row.name;
  }
  for (const char* name : {"", "ES256", "Ed25519", "hs2019", "rsa-sha256", "none"}) {
    EXPECT_FALSE(SignatureAlgFromName(name).has_value()) << name;
  }
}

TEST(SignatureAlg, OfAKeyIsKnownWhereThereIsOne) {  // RFC9421-3.3
  EXPECT_EQ(OnlyAlgOf(KeyType::kEcP256), SignatureAlg::kEcdsaP256Sha256);
  EXPECT_EQ(OnlyAlgOf(KeyType::kEcP384), SignatureAlg::kEcdsaP384Sha384);
  EXPECT_EQ(OnlyAlgOf(KeyType::kEd25519), SignatureAlg::kEd25519);
  EXPECT_EQ(OnlyAlgOf(KeyType::kRsa), std::nullopt);
  EXPECT_EQ(OnlyAlgOf(KeyType::kEcP521), std::nullopt);
}

TEST(VerifySignature, TakesTheSignaturesOfItsAlgorithm) {  // RFC9421-3.3
  struct Row {
    std::string_view jwk;
    Alg jose;
    SignatureAlg alg;
  };
  const Row rows[] = {{testing::kWorkloadJwk, Alg::kES256, SignatureAlg::kEcdsaP256Sha256},
                      {testing::kWorkloadP384Jwk, Alg::kES384, SignatureAlg::kEcdsaP384Sha384},
                      {testing::kWorkloadEdJwk, Alg::kEd25519, SignatureAlg::kEd25519},
                      {testing::kIssuerRsaJwk, Alg::kPS512, SignatureAlg::kRsaPssSha512},
                      {testing::kIssuerRsaJwk, Alg::kRS256, SignatureAlg::kRsaV15Sha256}};
  for (const Row& row : rows) {
    const crypto::PrivateKey key = KeyOf(row.jwk, row.jose);
    const Bytes signature = *key.Sign(AsBytes("base"));
    EXPECT_TRUE(Accepted(VerifySignature(row.alg, key.public_key(), "base", signature)));
    EXPECT_TRUE(RefusedWith(VerifySignature(row.alg, key.public_key(), "bas", signature),
                            Errc::kHttpsigSignatureInvalid, "SIG-10"));
    EXPECT_TRUE(RefusedWith(VerifySignature(row.alg, key.public_key(), "base", {}),
                            Errc::kHttpsigSignatureInvalid, "SIG-10"));
  }
}

TEST(VerifySignature, RefusesAKeyOfAnotherAlgorithm) {  // RFC9421-3.3, ATTACK-2
  const crypto::PrivateKey key = KeyOf(testing::kWorkloadJwk);
  const Bytes signature = *key.Sign(AsBytes("base"));
  for (const SignatureAlg alg :
       {SignatureAlg::kRsaPssSha512, SignatureAlg::kRsaV15Sha256, SignatureAlg::kHmacSha256,
        SignatureAlg::kEcdsaP384Sha384, SignatureAlg::kEd25519}) {
    EXPECT_TRUE(RefusedWith(VerifySignature(alg, key.public_key(), "base", signature),
                            Errc::kHttpsigAlg, "SIG-7"))
        << NameOf(alg);
  }
}

TEST(VerifyHmac, ComparesTheWholeCode) {  // RFC 4231 test case 2
  const Bytes want = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                      0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                      0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
  constexpr std::string_view kBase = "what do ya want for nothing?";
  EXPECT_TRUE(Accepted(VerifyHmac(AsBytes("Jefe"), kBase, want)));
  EXPECT_TRUE(RefusedWith(VerifyHmac(AsBytes("Jeff"), kBase, want), Errc::kHttpsigSignatureInvalid,
                          "SIG-10"));
  EXPECT_TRUE(RefusedWith(VerifyHmac(AsBytes("Jefe"), kBase, ByteView(want).first(31)),
                          Errc::kHttpsigSignatureInvalid, "SIG-10"));
}

TEST(SignatureRevision, HasANameAndItsComponents) {  // SIG-1
  for (const auto revision :
       {SignatureRevision::k06, SignatureRevision::k07, SignatureRevision::k06And07}) {
    EXPECT_EQ(InfoOf(revision).revision, revision);
    EXPECT_EQ(SignatureRevisionFromName(InfoOf(revision).name), revision);
  }
  EXPECT_FALSE(SignatureRevisionFromName("http-signature-05").has_value());
  const auto derived = [](SignatureRevision revision) {
    const auto list = InfoOf(revision).derived;
    return std::set<std::string_view>(list.begin(), list.end());
  };
  using Names = std::set<std::string_view>;
  EXPECT_EQ(derived(SignatureRevision::k07), (Names{"@method", "@path", "@query"}));
  EXPECT_EQ(derived(SignatureRevision::k06), (Names{"@method", "@request-target"}));
  EXPECT_EQ(derived(SignatureRevision::k06And07),
            (Names{"@method", "@path", "@query", "@request-target"}));
}

}  // namespace
}  // namespace signet::proof::httpsig
