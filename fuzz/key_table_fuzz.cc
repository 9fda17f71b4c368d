// Key tables: the verdict and its code are those of the plain way. The first byte picks one of four
// keys, the next 32 the nonce of a signature, which is then made; up to 64 more are XORed onto it,
// and the rest is the message. So whatever the nonce, what was signed is accepted, and what comes
// near it is looked at too.
#include <algorithm>
#include <array>
#include <memory>

#include "property.h"
#include "protocol/crypto/digest.h"
#include "protocol/crypto/internal/openssl.h"
#include "protocol/crypto/key_table.h"
#include "protocol/crypto/public_key.h"
#include "protocol/crypto/testdata/test_support.h"

namespace {

using signet::Bytes;
using signet::ByteView;
using signet::fuzz::Property;
namespace crypto = signet::crypto;
using namespace signet::crypto::internal;

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kSignatureBytes = 2 * kScalarBytes;

using Number = BigNum;
using Context = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;

struct Signer {
  EcKey key;
  crypto::PublicKey public_key;
  std::shared_ptr<const crypto::KeyTable> table;
};

// Private keys 1 and n - 1 make sums of two equal points, and of a point and its opposite.
Signer SignerWith(Number secret) {
  EcKey key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  const EC_GROUP* const group = EC_KEY_get0_group(key.get());
  const EcPoint point(EC_POINT_new(group));
  Property(EC_POINT_mul(group, point.get(), secret.get(), nullptr, nullptr, nullptr) == 1);
  Property(EC_KEY_set_private_key(key.get(), secret.get()) == 1);
  Property(EC_KEY_set_public_key(key.get(), point.get()) == 1);
  unsigned char* out = nullptr;
  const int size = i2d_EC_PUBKEY(key.get(), &out);
  Property(size > 0);
  const Bytes spki(out, out + size);
  OPENSSL_free(out);
  auto public_key = crypto::PublicKey::FromSpki(spki).value();
  auto table = crypto::KeyTable::Build(public_key).value();
  return {std::move(key), std::move(public_key), std::move(table)};
}

const BIGNUM* Order() {
  static const EcKey key(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  return EC_GROUP_get0_order(EC_KEY_get0_group(key.get()));
}

const Signer& SignerOf(std::uint8_t choice) {
  static const std::array<Signer, 4> signers = [] {
    const auto small = [](BN_ULONG word) {
      Number number(BN_new());
      BN_set_word(number.get(), word);
      return number;
    };
    Number last(BN_dup(Order()));
    BN_sub_word(last.get(), 1);
    const Bytes some = signet::crypto::testing_support::Hex(
        "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    return std::array<Signer, 4>{
        SignerWith(small(1)), SignerWith(std::move(last)), SignerWith(small(2)),
        SignerWith(Number(BN_bin2bn(some.data(), static_cast<int>(some.size()), nullptr)))};
  }();
  return signers.at(choice % signers.size());
}

// A signature with the nonce 1 + (seed mod (n - 1)); empty if OpenSSL makes none (r or s is zero).
Bytes SignWith(const Signer& signer, ByteView seed, ByteView message) {
  const Context context(BN_CTX_new());
  const Number nonce(BN_bin2bn(seed.data(), static_cast<int>(seed.size()), nullptr));
  const Number below(BN_dup(Order()));
  BN_sub_word(below.get(), 1);
  BN_mod(nonce.get(), nonce.get(), below.get(), context.get());
  BN_add_word(nonce.get(), 1);

  const EC_GROUP* const group = EC_KEY_get0_group(signer.key.get());
  const EcPoint point(EC_POINT_new(group));
  const Number r(BN_new());
  EC_POINT_mul(group, point.get(), nonce.get(), nullptr, nullptr, context.get());
  EC_POINT_get_affine_coordinates(group, point.get(), r.get(), nullptr, context.get());
  BN_nnmod(r.get(), r.get(), Order(), context.get());
  const Number inverse(BN_mod_inverse(nullptr, nonce.get(), Order(), context.get()));
  const auto digest = crypto::Sha256(message);
  const EcdsaSig made(ECDSA_do_sign_ex(digest.data(), static_cast<int>(digest.size()),
                                       inverse.get(), r.get(), signer.key.get()));
  ERR_clear_error();
  if (made == nullptr) return {};
  Bytes out(kSignatureBytes);
  BN_bn2binpad(ECDSA_SIG_get0_r(made.get()), out.data(), kScalarBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(made.get()), out.data() + kScalarBytes, kScalarBytes);
  return out;
}

// Both ways, asked the same.
bool Valid(const Signer& signer, ByteView message, ByteView signature) {
  const auto plain = signer.public_key.Verify(crypto::Alg::kES256, message, signature);
  const auto fast = signer.table->Verify(message, signature);
  signet::fuzz::CheckSameVerdict(plain, fast);
  Property(ERR_peek_error() == 0);
  return fast.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 + kScalarBytes) return 0;
  const Signer& signer = SignerOf(data[0]);
  const ByteView seed(data + 1, kScalarBytes);
  const ByteView rest(data + 1 + kScalarBytes, size - 1 - kScalarBytes);
  const ByteView mask = rest.first(std::min(rest.size(), kSignatureBytes));
  const ByteView message = rest.subspan(mask.size());

  Bytes signature = SignWith(signer, seed, message);
  if (signature.empty()) return 0;
  Property(Valid(signer, message, signature));
  const bool changed = std::ranges::any_of(mask, [](std::uint8_t byte) { return byte != 0; });
  for (std::size_t i = 0; i < mask.size(); ++i) {
    signature[i] = static_cast<std::uint8_t>(signature[i] ^ mask[i]);
  }
  static_cast<void>(Valid(signer, message, signature));
  // The bytes of the input by themselves: r and s near the limits come from the fuzzer.
  if (changed && mask.size() == kSignatureBytes) static_cast<void>(Valid(signer, message, mask));
  return 0;
}
