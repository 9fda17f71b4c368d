#include <array>
#include <memory>

#include "bench/primitives.h"
#include "protocol/base/check.h"
#include "protocol/crypto/internal/openssl.h"

namespace signet::bench {
namespace {
using namespace crypto::internal;

using Digest = std::array<unsigned char, kPrimitiveMessageBytes>;
constexpr Digest kDigest{1, 2, 3};

struct P256 {
  EcKey key{EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)};
  EcdsaSig signature;

  P256() {
    SIGNET_CHECK(EC_KEY_generate_key(key.get()) == 1);
    signature = Sign();
  }
  [[nodiscard]] EcdsaSig Sign() const {
    return EcdsaSig(ECDSA_do_sign(kDigest.data(), kDigest.size(), key.get()));
  }
  void CheckSign() const { SIGNET_CHECK(Sign() != nullptr); }
  void CheckVerify() const {
    SIGNET_CHECK(ECDSA_do_verify(kDigest.data(), kDigest.size(), signature.get(), key.get()) == 1);
  }
};

// A fresh context for each operation, as EVP asks for with Ed25519.
struct Ed25519 {
  std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>> key{
      EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  std::array<unsigned char, 64> signature{};

  Ed25519() {
    SIGNET_CHECK(key != nullptr);
    CheckSign();
  }
  void CheckSign() {
    const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    std::size_t size = signature.size();
    SIGNET_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    SIGNET_CHECK(EVP_DigestSign(context.get(), signature.data(), &size, kDigest.data(),
                                kDigest.size()) == 1);
  }
  void CheckVerify() const {
    const std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    SIGNET_CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    SIGNET_CHECK(EVP_DigestVerify(context.get(), signature.data(), signature.size(), kDigest.data(),
                                  kDigest.size()) == 1);
  }
};

}  // namespace

Op Es256Sign() {
  return Repeat([key = std::make_shared<P256>()] { key->CheckSign(); });
}
Op Es256Verify() {
  return Repeat([key = std::make_shared<P256>()] { key->CheckVerify(); });
}
Op Es256VerifyAndSign() {
  return Repeat([key = std::make_shared<P256>()] {
    key->CheckVerify();
    key->CheckSign();
  });
}

void AddRawOpenssl() {
  AddRow("raw/p256_sign/openssl", [] { return Subject{.ours = Es256Sign()}; });
  AddRow("raw/p256_verify/openssl", [] { return Subject{.ours = Es256Verify()}; });
  AddRow("raw/ed25519_sign/openssl", [] {
    return Subject{.ours = Repeat([key = std::make_shared<Ed25519>()] { key->CheckSign(); })};
  });
  AddRow("raw/ed25519_verify/openssl", [] {
    return Subject{.ours = Repeat([key = std::make_shared<Ed25519>()] { key->CheckVerify(); })};
  });
}

}  // namespace signet::bench
