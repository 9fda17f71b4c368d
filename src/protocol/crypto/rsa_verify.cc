#include <array>
#include <bit>

#include "protocol/crypto/internal/message_digest.h"
#include "protocol/crypto/internal/public_key_impl.h"

namespace signet::crypto {
namespace {

constexpr std::size_t kMaxRsaBytes = kMaxRsaBits / 8;

Result<void> CheckRsaNumbers(ByteView modulus, ByteView exponent) {
  if (modulus.empty() || exponent.empty() || modulus.front() == 0 || exponent.front() == 0) {
    return Refuse(Errc::kCryptoKeyMalformed, "RSA number empty or with a leading zero byte");
  }
  const std::size_t bits =
      8 * (modulus.size() - 1) + static_cast<std::size_t>(std::bit_width(modulus.front()));
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return Refuse(Errc::kCryptoKeySize, "RSA modulus has " + std::to_string(bits) + " bits");
  }
  if (modulus.back() % 2 == 0) return Refuse(Errc::kCryptoKeyMalformed, "RSA modulus is even");
  // Above 4 bytes verification becomes slow enough to be an attack.
  if (exponent.size() > 4 || exponent.back() % 2 == 0 ||
      (exponent.size() == 1 && exponent.front() < 3)) {
    return Refuse(Errc::kCryptoKeyMalformed, "RSA exponent is even, 1 or too large");
  }
  return {};
}

}  // namespace

Result<PublicKey> PublicKey::FromRsa(ByteView modulus, ByteView exponent) {
  using namespace internal;
  SIGNET_TRY(CheckRsaNumbers(modulus, exponent));
  BigNum n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  BigNum e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
  RsaKey key(RSA_new());
  if (!Made(n) || !Made(e) || !Made(key) ||
      !Succeeded(RSA_set0_key(key.get(), n.get(), e.get(), nullptr))) {
    return Refuse(Errc::kCryptoFailure, "RSA key");
  }
  (void)n.release();  // now of key
  (void)e.release();
  auto impl = std::make_shared<Impl>();
  impl->type = KeyType::kRsa;
  impl->x.assign(modulus.begin(), modulus.end());
  impl->y.assign(exponent.begin(), exponent.end());
  impl->rsa = std::move(key);
  return PublicKey(std::move(impl));
}

namespace internal {
namespace {

Result<void> VerifyPss(const MessageDigest& digest, ByteView signature, RSA* key) {
  std::array<std::uint8_t, kMaxRsaBytes> encoded;
  const int length = RSA_public_decrypt(static_cast<int>(signature.size()), signature.data(),
                                        encoded.data(), key, RSA_NO_PADDING);
  // The one call whose success is a length and not 1.
  if (length != static_cast<int>(signature.size())) {
    return Checked(0, Errc::kCryptoSignatureInvalid);
  }
  // The salt is as long as the digest, exactly (RFC 7518 section 3.5).
  return Checked(RSA_verify_PKCS1_PSS_mgf1(key, digest.bytes.data(), digest.md, digest.md,
                                           encoded.data(), digest.int_size()),
                 Errc::kCryptoSignatureInvalid);
}

}  // namespace

Result<void> VerifyRsa(const PublicKey::Impl& key, Alg alg, ByteView message, ByteView signature) {
  if (signature.size() != key.x.size()) {
    return Refuse(Errc::kCryptoSignatureLength, "RSA signatures are as long as the modulus");
  }
  const MessageDigest digest = DigestFor(alg, message);
  if (IsPss(alg)) return VerifyPss(digest, signature, key.rsa.get());
  return Checked(RSA_verify(digest.nid, digest.bytes.data(), digest.size, signature.data(),
                            static_cast<unsigned>(signature.size()), key.rsa.get()),
                 Errc::kCryptoSignatureInvalid);
}

}  // namespace internal
}  // namespace signet::crypto
