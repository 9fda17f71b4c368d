// What tls_*.cc share: owners of OpenSSL objects and the insides of a context.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "platform/net/tls_context.h"
#include "protocol/base/bytes.h"

namespace signet::net {

template <auto Free>
struct OpenSslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using OpenSslPtr = std::unique_ptr<T, OpenSslFree<Free>>;

using SslCtxPtr = OpenSslPtr<SSL_CTX, SSL_CTX_free>;
using SslPtr = OpenSslPtr<SSL, SSL_free>;
using BioMethodPtr = OpenSslPtr<BIO_METHOD, BIO_meth_free>;
using X509Ptr = OpenSslPtr<X509, X509_free>;
using PkeyPtr = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;
using Pkcs8Ptr = OpenSslPtr<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

// One certificate and nothing behind it; nullptr otherwise.
[[nodiscard]] X509Ptr ParseCertificate(ByteView der);
[[nodiscard]] Bytes EncodeCertificate(X509* certificate);

// The reason of the newest error of this thread, in OpenSSL's own words; empties the queue.
[[nodiscard]] std::string TakeOpenSslReason();

struct TlsContext::Impl {
  BioMethodPtr bio_method;
  SslCtxPtr ctx;
  bool server = false;
  PeerVerifier client_verifier;
  std::string alpn_wire;  // each name behind its length
};

// SSL_CTX_set_cert_verify_callback: asks the session's verifier (tls_session.cc).
int AskPeerVerifier(X509_STORE_CTX* store, void* unused);
// The socket BIO of a session (tls_session.cc). Sends without SIGPIPE; the fd stays the caller's.
[[nodiscard]] BioMethodPtr MakeSocketBioMethod();

}  // namespace signet::net
