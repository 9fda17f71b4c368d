#include "platform/net/tls_context.h"

#include <algorithm>

#include "platform/net/tls_openssl.h"
#include "protocol/crypto/cert_path.h"

namespace signet::net {
namespace {

// 112 bits: no SHA-1 signatures, no RSA keys below 2048 bits.
constexpr int kSecurityLevel = 2;

Result<void> UseIdentity(SSL_CTX* ctx, const TlsIdentity& identity) {
  if (identity.chain.empty()) return Refuse(Errc::kTlsConfiguration, "no certificate");
  if (identity.chain.size() > crypto::kMaxChainCertificates) {
    return Refuse(Errc::kTlsConfiguration, "too many certificates");
  }
  for (std::size_t i = 0; i < identity.chain.size(); ++i) {
    const X509Ptr certificate = ParseCertificate(identity.chain[i]);
    if (certificate == nullptr) return Refuse(Errc::kTlsConfiguration, "unreadable certificate");
    const int used = i == 0 ? SSL_CTX_use_certificate(ctx, certificate.get())
                            : static_cast<int>(SSL_CTX_add1_chain_cert(ctx, certificate.get()));
    if (used != 1) return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  const ByteView der = identity.key_pkcs8.Expose(SecretAccess::Grant());
  const unsigned char* at = der.data();
  const Pkcs8Ptr info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  const PkeyPtr key(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
  if (key == nullptr || at != der.data() + der.size()) {
    return Refuse(Errc::kTlsConfiguration, "the private key is not PKCS#8");
  }
  if (SSL_CTX_use_PrivateKey(ctx, key.get()) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  return {};
}

Result<std::string> AlpnWire(const std::vector<std::string>& names) {
  std::string wire;
  for (const std::string& name : names) {
    if (name.empty() || name.size() > 255) return Refuse(Errc::kTlsConfiguration, "ALPN name");
    wire.push_back(static_cast<char>(name.size()));
    wire += name;
  }
  return wire;
}

// Our preference decides. Without a common name the handshake fails, so that a TLS client of
// another protocol never gets an answer that it could take for its own.
int SelectAlpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
               unsigned int in_size, void* context) {
  const auto& wire = static_cast<TlsContext::Impl*>(context)->alpn_wire;
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()), in, in_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::unique_ptr<TlsContext::Impl>> MakeCommon(const SSL_METHOD* method,
                                                     const TlsIdentity* identity,
                                                     const std::vector<std::string>& alpn) {
  ERR_clear_error();
  auto impl = std::make_unique<TlsContext::Impl>();
  impl->bio_method = MakeSocketBioMethod();
  impl->ctx.reset(SSL_CTX_new(method));
  SSL_CTX* const ctx = impl->ctx.get();
  if (ctx == nullptr || impl->bio_method == nullptr) {
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1) {
    return Refuse(Errc::kTlsConfiguration, "TLS 1.3 is not there");
  }
  SSL_CTX_set_security_level(ctx, kSecurityLevel);
  // Resumption would skip the verification of the peer (ATTACKS 30).
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_num_tickets(ctx, 0) != 1 || SSL_CTX_set_max_early_data(ctx, 0) != 1) {
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_max_cert_list(ctx, static_cast<long>(crypto::kMaxChainBytes));
  SSL_CTX_set_cert_verify_callback(ctx, AskPeerVerifier, nullptr);
  SIGNET_TRY_ASSIGN(impl->alpn_wire, AlpnWire(alpn));
  if (identity != nullptr) SIGNET_TRY(UseIdentity(ctx, *identity));
  return impl;
}

}  // namespace

X509Ptr ParseCertificate(ByteView der) {
  if (der.size() > crypto::kMaxChainBytes) return nullptr;
  const unsigned char* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate != nullptr && at != der.data() + der.size()) certificate.reset();
  ERR_clear_error();
  return certificate;
}

Bytes EncodeCertificate(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

std::string TakeOpenSslReason() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

bool TlsContext::is_server() const { return impl_->server; }

Result<std::shared_ptr<const TlsContext>> TlsContext::MakeServer(TlsServerConfig config) {
  if (config.identity == nullptr) {
    return Refuse(Errc::kTlsConfiguration, "a server needs a certificate");
  }
  if (config.client_auth != ClientAuth::kNone && !config.client_verifier) {
    return Refuse(Errc::kTlsConfiguration, "no verifier for client certificates");
  }
  SIGNET_TRY_ASSIGN(auto impl, MakeCommon(TLS_server_method(), config.identity, config.alpn));
  impl->server = true;
  impl->client_verifier = std::move(config.client_verifier);
  int mode = SSL_VERIFY_NONE;
  switch (config.client_auth) {
    case ClientAuth::kNone:
      break;
    case ClientAuth::kOptional:
      mode = SSL_VERIFY_PEER;
      break;
    case ClientAuth::kRequired:
      mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
      break;
  }
  SSL_CTX_set_verify(impl->ctx.get(), mode, nullptr);
  if (!impl->alpn_wire.empty()) {
    SSL_CTX_set_alpn_select_cb(impl->ctx.get(), SelectAlpn, impl.get());
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::MakeClient(const TlsClientConfig& config) {
  SIGNET_TRY_ASSIGN(auto impl, MakeCommon(TLS_client_method(), config.identity, config.alpn));
  SSL_CTX_set_verify(impl->ctx.get(), SSL_VERIFY_PEER, nullptr);
  // This one function returns 0 for success.
  if (!impl->alpn_wire.empty() &&
      SSL_CTX_set_alpn_protos(impl->ctx.get(),
                              reinterpret_cast<const unsigned char*>(impl->alpn_wire.data()),
                              static_cast<unsigned>(impl->alpn_wire.size())) != 0) {
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

}  // namespace signet::net
