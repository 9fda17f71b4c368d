// Signatures: our verdict is that of EVP_DigestVerify. The first byte picks the algorithm and the
// key, the rest is the signature.
#include <array>

#include "property.h"
#include "protocol/crypto/public_key.h"
#include "protocol/crypto/testdata/test_support.h"
#include "protocol/crypto/testdata/test_vectors.h"

namespace {

using signet::ByteView;
using signet::Errc;
using signet::fuzz::CheckSameVerdict;
using signet::fuzz::Property;
namespace crypto = signet::crypto;
namespace support = signet::crypto::testing_support;
namespace v = signet::crypto::vectors;

std::string_view SpkiFor(crypto::Alg alg) {
  switch (alg) {
    case crypto::Alg::kES256:
      return v::kP256Spki;
    case crypto::Alg::kES384:
      return v::kP384Spki;
    case crypto::Alg::kES512:
      return v::kP521Spki;
    case crypto::Alg::kEdDSA:
    case crypto::Alg::kEd25519:
      return v::kEd25519Spki;
    case crypto::Alg::kRS256:
    case crypto::Alg::kRS384:
    case crypto::Alg::kRS512:
    case crypto::Alg::kPS256:
    case crypto::Alg::kPS384:
    case crypto::Alg::kPS512:
      break;
  }
  return v::kRsaSpki;
}

struct Keys {
  crypto::PublicKey ours;
  support::EvpKey theirs;
};

Keys KeysFor(crypto::Alg alg) {
  const signet::Bytes spki = support::Hex(SpkiFor(alg));
  return {crypto::PublicKey::FromSpki(spki).value(), support::EvpFromSpki(spki)};
}

std::size_t LengthFor(const crypto::PublicKey& key) {
  switch (key.type()) {
    case crypto::KeyType::kEcP256:
    case crypto::KeyType::kEcP384:
    case crypto::KeyType::kEcP521:
      return 2 * key.x().size();
    case crypto::KeyType::kEd25519:
      return 64;
    case crypto::KeyType::kRsa:
      break;
  }
  return key.x().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto alg = static_cast<crypto::Alg>(data[0] % crypto::kAlgCount);
  const ByteView signature(data + 1, size - 1);
  const ByteView message = signet::AsBytes(v::kMessage);
  const Keys keys = KeysFor(alg);

  const auto verdict = keys.ours.Verify(alg, message, signature);
  CheckSameVerdict(verdict, keys.ours.Verify(alg, message, signature));
  Property(ERR_peek_error() == 0);

  // Lengths are ours to decide, and before anything else.
  const bool right_length = signature.size() == LengthFor(keys.ours);
  if (!right_length) {
    Property(!verdict && verdict.error().code == Errc::kCryptoSignatureLength);
    return 0;
  }
  Property(support::EvpVerify(keys.theirs.get(), alg, message, signature) == verdict.has_value());
  if (verdict) {
    Property(!keys.ours.Verify(alg, signet::AsBytes("another message"), signature));
  } else {
    Property(verdict.error().code == Errc::kCryptoSignatureInvalid ||
             verdict.error().code == Errc::kCryptoSignatureRange);
  }
  return 0;
}
