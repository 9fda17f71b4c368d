#include "platform/net/tls_issue.h"
#include "platform/net/tls_issue_openssl.h"

namespace signet::net {
namespace {

using X509ReqPtr = OpenSslPtr<X509_REQ, X509_REQ_free>;
using ExtensionsPtr =
    std::unique_ptr<STACK_OF(X509_EXTENSION), decltype([](STACK_OF(X509_EXTENSION) * stack) {
                      sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
                    })>;

// Only digests that still stand: a proof of possession over MD5 or SHA-1 proves little.
bool HasStrongDigest(const X509_REQ* request) {
  int digest = NID_undef;
  int key = NID_undef;
  if (OBJ_find_sigid_algs(X509_REQ_get_signature_nid(request), &digest, &key) != 1) return false;
  return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512 ||
         (digest == NID_undef && key == NID_ED25519);
}

}  // namespace

Result<Bytes> MakeCsr(const crypto::PrivateKey& key, const std::string& uri,
                      const std::vector<std::string>& dns_names) {
  SIGNET_TRY_ASSIGN(const GeneralNamesPtr names, MakeNames(uri, dns_names));
  SIGNET_TRY_ASSIGN(const PkeyPtr pkey, ToPkey(key));
  SIGNET_TRY_ASSIGN(const EVP_MD* const digest, SigningDigest(key.alg()));
  const X509ReqPtr request(X509_REQ_new());
  STACK_OF(X509_EXTENSION)* list = nullptr;
  const bool listed =
      X509V3_add1_i2d(&list, NID_subject_alt_name, names.get(), 1, X509V3_ADD_APPEND) == 1;
  const ExtensionsPtr extensions(list);
  if (!listed || request == nullptr || X509_REQ_set_version(request.get(), 0) != 1 ||
      X509_REQ_add_extensions(request.get(), extensions.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), pkey.get()) != 1 ||
      X509_REQ_sign(request.get(), pkey.get(), digest) <= 0) {
    return Refuse(Errc::kCryptoFailure, "building the certificate request");
  }
  const int size = i2d_X509_REQ(request.get(), nullptr);
  if (size <= 0) return Refuse(Errc::kCryptoFailure, "encoding the certificate request");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  i2d_X509_REQ(request.get(), &at);
  return der;
}

Result<crypto::PublicKey> VerifyCsr(ByteView der) {
  if (der.size() > kMaxCsrBytes) return Refuse(Errc::kIoTooLarge, "certificate request");
  const unsigned char* at = der.data();
  const X509ReqPtr request(d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (request == nullptr || at != der.data() + der.size()) {
    return Refuse(Errc::kIssueCsr, "no PKCS#10 request");
  }
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request.get()), &spki);
  if (size <= 0) return Refuse(Errc::kIssueCsr, "unreadable public key");
  const Bytes spki_bytes(spki, spki + size);
  OPENSSL_free(spki);
  // Key limits first: verifying with a huge RSA key costs a lot (ATTACKS 32).
  SIGNET_TRY_ASSIGN(crypto::PublicKey key, crypto::PublicKey::FromSpki(spki_bytes));
  if (!HasStrongDigest(request.get())) return Refuse(Errc::kIssueCsr, "signature algorithm");
  EVP_PKEY* const pkey = X509_REQ_get0_pubkey(request.get());
  const bool valid = pkey != nullptr && X509_REQ_verify(request.get(), pkey) == 1;
  ERR_clear_error();
  if (!valid) return Refuse(Errc::kIssueCsr, "the signature is not valid");
  return key;
}

}  // namespace signet::net
