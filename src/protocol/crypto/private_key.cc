#include "protocol/crypto/private_key.h"

#include "protocol/crypto/internal/private_key_impl.h"

namespace signet::crypto {

using internal::PrivateImpl;

Result<PrivateKey> PrivateKey::Generate(Alg alg) {
  if (const internal::Curve* const curve = internal::FindCurve(alg)) {
    SIGNET_TRY_ASSIGN(PrivateImpl impl, internal::GenerateEc(*curve));
    return PrivateKey(std::move(impl));
  }
  const bool is_rsa = AlgsOf(KeyType::kRsa).Has(alg);
  SIGNET_TRY_ASSIGN(PrivateImpl impl,
                    is_rsa ? internal::GenerateRsa(alg) : internal::GenerateEd25519(alg));
  return PrivateKey(std::move(impl));
}

Result<PrivateKey> PrivateKey::FromEc(Alg alg, const SecretBytes& d, ByteView x, ByteView y) {
  const internal::Curve* const curve = internal::FindCurve(alg);
  if (curve == nullptr) {
    return Refuse(Errc::kCryptoAlgUnsupported, "algorithm of another key type");
  }
  SIGNET_TRY_ASSIGN(const PublicKey expected, PublicKey::FromEcPoint(curve->type, x, y));
  SIGNET_TRY_ASSIGN(PrivateImpl impl,
                    internal::ImportEc(*curve, d.Expose(SecretAccess::Grant()), &expected));
  return PrivateKey(std::move(impl));
}

Result<PrivateKey> PrivateKey::FromEd25519(Alg alg, const SecretBytes& seed, ByteView x) {
  if (!AlgsOf(KeyType::kEd25519).Has(alg)) {
    return Refuse(Errc::kCryptoAlgUnsupported, "algorithm of another key type");
  }
  SIGNET_TRY(PublicKey::FromEd25519(x));
  SIGNET_TRY_ASSIGN(PrivateImpl impl,
                    internal::ImportEd25519(alg, seed.Expose(SecretAccess::Grant()), x));
  return PrivateKey(std::move(impl));
}

Alg PrivateKey::alg() const { return impl_->alg; }
const PublicKey& PrivateKey::public_key() const { return impl_->public_key; }

Result<Bytes> PrivateKey::Sign(ByteView message) const {
  switch (impl_->public_key.type()) {
    case KeyType::kEcP256:
    case KeyType::kEcP384:
    case KeyType::kEcP521:
      return internal::SignEc(*impl_, message);
    case KeyType::kEd25519:
      return internal::SignEd25519(*impl_, message);
    case KeyType::kRsa:
      return internal::SignRsa(*impl_, message);
  }
  return Refuse(Errc::kCryptoFailure, "key type");
}

SecretBytes PrivateKey::RawSecret(SecretAccess access) const {
  if (impl_->ec) return internal::EcScalar(*impl_);
  if (impl_->rsa) return {};
  return SecretBytes(impl_->ed25519.Expose(access).first(32));  // the seed; the rest is public
}

PrivateKey::RsaParts PrivateKey::ToRsaParts(SecretAccess) const {
  if (!impl_->rsa) return {};
  return internal::RsaPartsOf(*impl_);
}

}  // namespace signet::crypto
