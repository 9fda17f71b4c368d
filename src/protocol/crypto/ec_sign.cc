#include <array>

#include "protocol/base/check.h"
#include "protocol/crypto/internal/message_digest.h"
#include "protocol/crypto/internal/private_key_impl.h"
#include "protocol/crypto/internal/public_key_impl.h"

namespace signet::crypto::internal {
namespace {

// The public key of `point`.
Result<PublicKey> PublicKeyOf(const Curve& curve, const EC_GROUP* group, const EC_POINT* point) {
  std::array<std::uint8_t, 1 + 2 * kMaxFieldBytes> octets;
  const std::size_t size = 1 + 2 * curve.bytes;
  if (EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, octets.data(), size,
                         nullptr) != size) {
    ERR_clear_error();
    return Refuse(Errc::kCryptoFailure, "EC public key");
  }
  const ByteView view(octets.data(), size);
  return PublicKey::FromEcPoint(curve.type, view.subspan(1, curve.bytes), view.last(curve.bytes));
}

// An EC_KEY holding d and d times the generator. 1 <= d < n.
EcKey KeyOfScalar(const Curve& curve, ByteView d) {
  EcKey key = NewEcKey(curve);
  if (!key) return nullptr;
  const EC_GROUP* const group = EC_KEY_get0_group(key.get());
  const BigNum scalar(BN_secure_new());
  const EcPoint point(EC_POINT_new(group));
  if (!Made(scalar) || !Made(point)) return nullptr;
  if (!Made(BN_bin2bn(d.data(), static_cast<int>(d.size()), scalar.get()))) return nullptr;
  BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
  if (!Succeeded(EC_POINT_mul(group, point.get(), scalar.get(), nullptr, nullptr, nullptr)) ||
      !Succeeded(EC_KEY_set_private_key(key.get(), scalar.get())) ||
      !Succeeded(EC_KEY_set_public_key(key.get(), point.get()))) {
    return nullptr;
  }
  return key;
}

Result<PrivateImpl> ImplOf(const Curve& curve, EcKey key) {
  SIGNET_TRY_ASSIGN(PublicKey public_key, PublicKeyOf(curve, EC_KEY_get0_group(key.get()),
                                                      EC_KEY_get0_public_key(key.get())));
  auto impl = std::make_shared<PrivateKey::Impl>(curve.alg, std::move(public_key));
  impl->ec = std::move(key);
  return impl;
}

}  // namespace

Result<PrivateImpl> GenerateEc(const Curve& curve) {
  EcKey key = NewEcKey(curve);
  if (!key || !Succeeded(EC_KEY_generate_key(key.get()))) {
    return Refuse(Errc::kCryptoFailure, "EC key generation");
  }
  return ImplOf(curve, std::move(key));
}

Result<PrivateImpl> ImportEc(const Curve& curve, ByteView d, const PublicKey* expected) {
  if (d.size() != curve.bytes) {
    return Refuse(Errc::kCryptoKeyMalformed, "EC scalar of the wrong length");
  }
  if (!IsInOrderRange(curve, d)) return Refuse(Errc::kCryptoKeyMalformed, "EC scalar out of range");
  EcKey key = KeyOfScalar(curve, d);
  if (!key) return Refuse(Errc::kCryptoFailure, "EC key");
  SIGNET_TRY_ASSIGN(PrivateImpl impl, ImplOf(curve, std::move(key)));
  if (expected != nullptr && !(impl->public_key == *expected)) {
    return Refuse(Errc::kCryptoKeyMismatch, "EC public key is of another scalar");
  }
  return impl;
}

// The nonce is random, mixed with the key and the digest by OpenSSL; deterministic ECDSA (RFC 6979)
// is not offered by OpenSSL 3.0 [BCP-1].
Result<Bytes> SignEc(const PrivateKey::Impl& key, ByteView message) {
  const Curve* const curve = FindCurve(key.alg);
  SIGNET_CHECK(curve != nullptr);
  const MessageDigest digest = DigestFor(key.alg, message);
  const EcdsaSig sig(ECDSA_do_sign(digest.bytes.data(), digest.int_size(), key.ec.get()));
  if (!Made(sig)) return Refuse(Errc::kCryptoFailure, "ECDSA");
  const int length = static_cast<int>(curve->bytes);
  Bytes out(2 * curve->bytes);
  if (BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), out.data(), length) != length ||
      BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), out.data() + length, length) != length) {
    ERR_clear_error();
    return Refuse(Errc::kCryptoFailure, "ECDSA");
  }
  return out;
}

SecretBytes EcScalar(const PrivateKey::Impl& key) {
  const Curve* const curve = FindCurve(key.alg);
  SIGNET_CHECK(curve != nullptr);
  SecretBytes out(curve->bytes);
  const int length = static_cast<int>(curve->bytes);
  SIGNET_CHECK(BN_bn2binpad(EC_KEY_get0_private_key(key.ec.get()),
                            out.Fill(SecretAccess::Grant()).data(), length) == length);
  return out;
}

}  // namespace signet::crypto::internal
