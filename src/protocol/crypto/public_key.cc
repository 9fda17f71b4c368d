#include "protocol/crypto/public_key.h"

#include "protocol/crypto/internal/public_key_impl.h"
#include "protocol/crypto/key_table.h"

namespace signet::crypto {

AlgSet AlgsOf(KeyType type) {
  switch (type) {
    case KeyType::kEcP256:
      return {Alg::kES256};
    case KeyType::kEcP384:
      return {Alg::kES384};
    case KeyType::kEcP521:
      return {Alg::kES512};
    case KeyType::kEd25519:
      return {Alg::kEdDSA, Alg::kEd25519};
    case KeyType::kRsa:
      return {Alg::kRS256, Alg::kRS384, Alg::kRS512, Alg::kPS256, Alg::kPS384, Alg::kPS512};
  }
  return {};
}

KeyType PublicKey::type() const { return impl_->type; }
ByteView PublicKey::x() const { return impl_->x; }
ByteView PublicKey::y() const { return impl_->y; }

bool PublicKey::operator==(const PublicKey& other) const {
  return impl_ == other.impl_ || (impl_->type == other.impl_->type && impl_->x == other.impl_->x &&
                                  impl_->y == other.impl_->y);
}

Result<void> PublicKey::Verify(Alg alg, ByteView message, ByteView signature,
                               const KeyTable* table) const {
  if (!AlgsOf(impl_->type).Has(alg)) {
    return Refuse(Errc::kCryptoAlgUnsupported, "algorithm of another key type");
  }
  if (table != nullptr && table->key() == *this) return table->Verify(message, signature);
  switch (impl_->type) {
    case KeyType::kEcP256:
    case KeyType::kEcP384:
    case KeyType::kEcP521:
      return internal::VerifyEc(*impl_, message, signature);
    case KeyType::kEd25519:
      return internal::VerifyEd25519(*impl_, message, signature);
    case KeyType::kRsa:
      return internal::VerifyRsa(*impl_, alg, message, signature);
  }
  return Refuse(Errc::kCryptoAlgUnsupported);
}

}  // namespace signet::crypto
