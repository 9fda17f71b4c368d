#include "protocol/base/check.h"
#include "protocol/crypto/internal/message_digest.h"
#include "protocol/crypto/internal/private_key_impl.h"

namespace signet::crypto {
namespace {

using internal::BigNum;
using internal::Checked;
using internal::Made;
using internal::RsaKey;
using internal::Succeeded;

constexpr int kGeneratedRsaBits = 2048;
constexpr std::size_t kMaxPartBytes = kMaxRsaBits / 8;

BigNum Number(ByteView bytes) {
  return BigNum(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

BigNum SecretNumber(const SecretBytes& secret) {
  BigNum out = Number(secret.Expose(SecretAccess::Grant()));
  if (out) BN_set_flags(out.get(), BN_FLG_CONSTTIME);
  return out;
}

// Private numbers of a sensible length; whether they belong together, RSA_check_key says.
bool HaveSaneLengths(const PrivateKey::RsaParts& parts) {
  for (const SecretBytes* part : {&parts.d, &parts.p, &parts.q, &parts.dp, &parts.dq, &parts.qi}) {
    if (part->empty() || part->size() > kMaxPartBytes) return false;
  }
  return true;
}

RsaKey KeyOfParts(const PrivateKey::RsaParts& parts) {
  RsaKey key(RSA_new());
  BigNum n = Number(parts.n);
  BigNum e = Number(parts.e);
  BigNum d = SecretNumber(parts.d);
  BigNum p = SecretNumber(parts.p);
  BigNum q = SecretNumber(parts.q);
  BigNum dp = SecretNumber(parts.dp);
  BigNum dq = SecretNumber(parts.dq);
  BigNum qi = SecretNumber(parts.qi);
  if (!Made(key) || !Made(n) || !Made(e) || !Made(d) || !Made(p) || !Made(q) || !Made(dp) ||
      !Made(dq) || !Made(qi)) {
    return nullptr;
  }
  // Each RSA_set0 call takes its numbers over if it succeeds.
  if (!Succeeded(RSA_set0_key(key.get(), n.get(), e.get(), d.get()))) return nullptr;
  (void)n.release(), (void)e.release(), (void)d.release();
  if (!Succeeded(RSA_set0_factors(key.get(), p.get(), q.get()))) return nullptr;
  (void)p.release(), (void)q.release();
  if (!Succeeded(RSA_set0_crt_params(key.get(), dp.get(), dq.get(), qi.get()))) return nullptr;
  (void)dp.release(), (void)dq.release(), (void)qi.release();
  return key;
}

Bytes BytesOf(const BIGNUM* number) {
  Bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

SecretBytes SecretBytesOf(const BIGNUM* number) {
  SecretBytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.Fill(SecretAccess::Grant()).data());
  return out;
}

}  // namespace

Result<PrivateKey> PrivateKey::FromRsa(Alg alg, const RsaParts& parts) {
  if (!AlgsOf(KeyType::kRsa).Has(alg)) {
    return Refuse(Errc::kCryptoAlgUnsupported, "algorithm of another key type");
  }
  SIGNET_TRY_ASSIGN(PublicKey public_key, PublicKey::FromRsa(parts.n, parts.e));
  if (!HaveSaneLengths(parts)) {
    return Refuse(Errc::kCryptoKeyMalformed, "RSA private number absent or too long");
  }
  RsaKey key = KeyOfParts(parts);
  if (!key) return Refuse(Errc::kCryptoFailure, "RSA key");
  // p and q prime, n = p q, d e = 1, and the three numbers of the Chinese remainder theorem. A
  // wrong one of those would give the key away with the first signature.
  SIGNET_TRY(Checked(RSA_check_key(key.get()), Errc::kCryptoKeyMismatch,
                     "RSA numbers do not belong together"));
  auto impl = std::make_shared<Impl>(alg, std::move(public_key));
  impl->rsa = std::move(key);
  return PrivateKey(std::move(impl));
}

namespace internal {
namespace {

bool SignPss(const MessageDigest& digest, RSA* key, Bytes& out) {
  SecretBytes encoded(out.size());
  const MutableByteView bytes = encoded.Fill(SecretAccess::Grant());
  if (!Succeeded(RSA_padding_add_PKCS1_PSS_mgf1(key, bytes.data(), digest.bytes.data(), digest.md,
                                                digest.md, digest.int_size()))) {
    return false;
  }
  const int length = static_cast<int>(out.size());
  // The one call whose success is a length and not 1.
  if (RSA_private_encrypt(length, bytes.data(), out.data(), key, RSA_NO_PADDING) != length) {
    return Succeeded(0);
  }
  return true;
}

bool SignPkcs1(const MessageDigest& digest, RSA* key, Bytes& out) {
  unsigned length = 0;
  return Succeeded(
             RSA_sign(digest.nid, digest.bytes.data(), digest.size, out.data(), &length, key)) &&
         length == out.size();
}

}  // namespace

Result<PrivateImpl> GenerateRsa(Alg alg) {
  const BigNum exponent(BN_new());
  RsaKey key(RSA_new());
  if (!Made(exponent) || !Made(key) || !Succeeded(BN_set_word(exponent.get(), RSA_F4)) ||
      !Succeeded(RSA_generate_key_ex(key.get(), kGeneratedRsaBits, exponent.get(), nullptr))) {
    return Refuse(Errc::kCryptoFailure, "RSA key generation");
  }
  SIGNET_TRY_ASSIGN(PublicKey public_key, PublicKey::FromRsa(BytesOf(RSA_get0_n(key.get())),
                                                             BytesOf(RSA_get0_e(key.get()))));
  auto impl = std::make_shared<PrivateKey::Impl>(alg, std::move(public_key));
  impl->rsa = std::move(key);
  return impl;
}

Result<Bytes> SignRsa(const PrivateKey::Impl& key, ByteView message) {
  const MessageDigest digest = DigestFor(key.alg, message);
  Bytes out(key.public_key.x().size());
  const bool done =
      IsPss(key.alg) ? SignPss(digest, key.rsa.get(), out) : SignPkcs1(digest, key.rsa.get(), out);
  if (!done) return Refuse(Errc::kCryptoFailure, "RSA");
  return out;
}

PrivateKey::RsaParts RsaPartsOf(const PrivateKey::Impl& key) {
  const RSA* const rsa = key.rsa.get();
  SIGNET_CHECK(rsa != nullptr);
  return {.n = BytesOf(RSA_get0_n(rsa)),
          .e = BytesOf(RSA_get0_e(rsa)),
          .d = SecretBytesOf(RSA_get0_d(rsa)),
          .p = SecretBytesOf(RSA_get0_p(rsa)),
          .q = SecretBytesOf(RSA_get0_q(rsa)),
          .dp = SecretBytesOf(RSA_get0_dmp1(rsa)),
          .dq = SecretBytesOf(RSA_get0_dmq1(rsa)),
          .qi = SecretBytesOf(RSA_get0_iqmp(rsa))};
}

}  // namespace internal
}  // namespace signet::crypto
