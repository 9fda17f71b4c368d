// SPKI and PKCS#8: what is accepted is canonical, and OpenSSL's decoder agrees.
#include "property.h"
#include "protocol/crypto/private_key.h"
#include "protocol/crypto/public_key.h"
#include "protocol/crypto/testdata/test_support.h"

namespace {

using signet::Bytes;
using signet::ByteView;
using signet::SecretAccess;
using signet::fuzz::CheckSameVerdict;
using signet::fuzz::Property;
namespace crypto = signet::crypto;
namespace support = signet::crypto::testing_support;

void CheckSpki(ByteView der) {
  const auto key = crypto::PublicKey::FromSpki(der);
  Property(ERR_peek_error() == 0);
  CheckSameVerdict(key, crypto::PublicKey::FromSpki(der));
  if (!key) return;
  // One key has one encoding.
  Property(key->ToSpki() == Bytes(der.begin(), der.end()));
  Property(support::EvpFromSpki(der) != nullptr);
  ERR_clear_error();
}

void CheckPkcs8(ByteView der) {
  const auto key = crypto::PrivateKey::FromPkcs8(der, std::nullopt);
  Property(ERR_peek_error() == 0);
  CheckSameVerdict(key, crypto::PrivateKey::FromPkcs8(der, std::nullopt));
  if (!key) return;
  const SecretAccess access = SecretAccess::Grant();
  const signet::SecretBytes again = key->ToPkcs8(access);
  // Optional parts may go; the key stays.
  const auto second = crypto::PrivateKey::FromPkcs8(again.Expose(access), key->alg());
  Property(second.has_value() && second->public_key() == key->public_key());
  Property(second->ToPkcs8(access).EqualsConstantTime(again));
  const auto signature = key->Sign(der);
  Property(key->public_key().Verify(key->alg(), der, signature.value()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CheckSpki({data, size});
  CheckPkcs8({data, size});
  return 0;
}
