#include "protocol/crypto/certificate_key.h"

#include <memory>

#include "protocol/crypto/internal/openssl.h"

namespace signet::crypto {
namespace {

std::unexpected<Error> Fault(const char* what) {
  return Refuse(internal::RanOutOfMemory() ? Errc::kCryptoFailure : Errc::kCryptoKeyMalformed,
                what);
}

}  // namespace

Result<PublicKey> PublicKeyOfCertificate(ByteView der) {
  if (der.size() > kMaxCertificateBytes) {
    return Refuse(Errc::kIoTooLarge, "the certificate is over 16 KiB");
  }
  const unsigned char* cursor = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(der.size())), &X509_free);
  if (certificate == nullptr || cursor != der.data() + der.size()) {
    return Fault("not one DER certificate");
  }
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &spki);
  if (size <= 0) {
    return Fault("the certificate has no public key");
  }
  const Bytes copy(spki, spki + size);
  OPENSSL_free(spki);
  return PublicKey::FromSpki(copy);
}

}  // namespace signet::crypto
