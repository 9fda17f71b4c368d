#include <algorithm>
#include <array>

#include "protocol/crypto/internal/message_digest.h"
#include "protocol/crypto/internal/public_key_impl.h"

namespace signet::crypto {

Result<PublicKey> PublicKey::FromEcPoint(KeyType type, ByteView x, ByteView y) {
  using namespace internal;
  const Curve* const curve = FindCurve(type);
  if (curve == nullptr) return Refuse(Errc::kCryptoKeyMalformed, "not an EC curve");
  if (x.size() != curve->bytes || y.size() != curve->bytes) {
    return Refuse(Errc::kCryptoKeyMalformed, "EC coordinate of the wrong length");
  }
  std::array<std::uint8_t, 1 + 2 * kMaxFieldBytes> octets;
  octets[0] = POINT_CONVERSION_UNCOMPRESSED;
  std::copy(y.begin(), y.end(), std::copy(x.begin(), x.end(), octets.begin() + 1));

  EcKey key = NewEcKey(*curve);
  if (!key) return Refuse(Errc::kCryptoFailure, "EC key");
  // Checks x, y < p and the equation of the curve. The uncompressed form cannot encode the point at
  // infinity, and the cofactor of these curves is 1, so there are no points of small order.
  SIGNET_TRY(Checked(EC_KEY_oct2key(key.get(), octets.data(), 1 + 2 * curve->bytes, nullptr),
                     Errc::kCryptoPointInvalid, "not a point of the curve"));
  auto impl = std::make_shared<Impl>();
  impl->type = type;
  impl->x.assign(x.begin(), x.end());
  impl->y.assign(y.begin(), y.end());
  impl->curve = curve;
  impl->ec = std::move(key);
  return PublicKey(std::move(impl));
}

namespace internal {

Result<EcSignature> SplitSignature(const Curve& curve, ByteView signature) {
  if (signature.size() != 2 * curve.bytes) {
    return Refuse(Errc::kCryptoSignatureLength, "ECDSA signatures are r and s, raw");
  }
  const EcSignature out{.r = signature.first(curve.bytes), .s = signature.last(curve.bytes)};
  // Ours to check, whatever the library does: r = s = 0 was once a signature of everything.
  if (!IsInOrderRange(curve, out.r) || !IsInOrderRange(curve, out.s)) {
    return Refuse(Errc::kCryptoSignatureRange, "r or s out of range");
  }
  return out;
}

Result<void> VerifyEc(const PublicKey::Impl& key, ByteView message, ByteView signature) {
  const Curve& curve = *key.curve;
  SIGNET_TRY_ASSIGN(const EcSignature parts, SplitSignature(curve, signature));
  const MessageDigest digest = DigestFor(curve.alg, message);
  const int length = static_cast<int>(curve.bytes);
  BigNum r_number(BN_bin2bn(parts.r.data(), length, nullptr));
  BigNum s_number(BN_bin2bn(parts.s.data(), length, nullptr));
  const EcdsaSig sig(ECDSA_SIG_new());
  if (!Made(r_number) || !Made(s_number) || !Made(sig) ||
      !Succeeded(ECDSA_SIG_set0(sig.get(), r_number.get(), s_number.get()))) {
    return Refuse(Errc::kCryptoFailure, "ECDSA signature");
  }
  (void)r_number.release();  // now of sig
  (void)s_number.release();
  return Checked(ECDSA_do_verify(digest.bytes.data(), digest.int_size(), sig.get(), key.ec.get()),
                 Errc::kCryptoSignatureInvalid);
}

}  // namespace internal
}  // namespace signet::crypto
