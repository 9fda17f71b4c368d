#include "platform/net/tls_session.h"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "platform/net/tls_openssl.h"
#include "protocol/crypto/cert_path.h"

namespace signet::net {

struct TlsSession::Impl {
  std::shared_ptr<const TlsContext> context;  // owns the BIO method and outlives the SSL
  PeerVerifier verifier;
  SslPtr ssl;
  int fd = -1;
  bool eof = false;
  bool failed = false;  // after a fatal error OpenSSL must not be called again
  std::optional<Error> refusal;
  std::vector<Bytes> chain;
  std::shared_ptr<const PeerInfo> peer;

  static Result<TlsSession> Make(std::shared_ptr<const TlsContext> context, int fd,
                                 PeerVerifier verifier);
  Result<TlsStep> Outcome(int result, std::size_t bytes, Errc failure);
  Error HandshakeError(unsigned long code, bool syscall) const;
};

namespace {

TlsSession::Impl* SessionOf(BIO* bio) { return static_cast<TlsSession::Impl*>(BIO_get_data(bio)); }

int SocketWrite(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t put =
      ::send(SessionOf(bio)->fd, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (put < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

int SocketRead(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(SessionOf(bio)->fd, data, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (got == 0) SessionOf(bio)->eof = true;
  return static_cast<int>(got);
}

long SocketControl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return SessionOf(bio)->eof ? 1 : 0;
  return 0;
}

int SocketCreate(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

bool IsIpLiteral(const std::string& host) {
  std::array<unsigned char, 16> address{};
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

Result<std::vector<Bytes>> ChainOf(X509_STORE_CTX* store) {
  STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(store);
  const int count = sent == nullptr ? 0 : sk_X509_num(sent);
  if (count <= 0) return Refuse(Errc::kTlsPeerMissing, "no certificate");
  if (count > static_cast<int>(crypto::kMaxChainCertificates)) {
    return Refuse(Errc::kWicTooLarge, "too many certificates");
  }
  std::vector<Bytes> chain;
  for (int i = 0; i < count; ++i) chain.push_back(EncodeCertificate(sk_X509_value(sent, i)));
  return chain;
}

Result<void> RunVerifier(TlsSession::Impl& session, X509_STORE_CTX* store) {
  SIGNET_TRY_ASSIGN(auto chain, ChainOf(store));
  if (!session.verifier) return Refuse(Errc::kTlsPeerUntrusted, "no verifier");
  SIGNET_TRY_ASSIGN(session.peer, session.verifier(chain));
  // Nobody handles a peer of whom nothing is known as if it had sent no certificate.
  if (session.peer == nullptr) return Refuse(Errc::kTlsPeerUntrusted, "the verifier found nothing");
  session.chain = std::move(chain);
  return {};
}

}  // namespace

// An exception must not travel through OpenSSL's C code, and is no acceptance.
int AskPeerVerifier(X509_STORE_CTX* store, void*) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const session =
      ssl == nullptr ? nullptr : static_cast<TlsSession::Impl*>(SSL_get_ex_data(ssl, 0));
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  if (session == nullptr) return 0;
  try {
    const Result<void> accepted = RunVerifier(*session, store);
    ERR_clear_error();  // a verifier may leave something of its own there
    if (accepted) {
      X509_STORE_CTX_set_error(store, X509_V_OK);
      return 1;
    }
    session->refusal = accepted.error();
  } catch (...) {
    session->refusal = Error(Errc::kTlsPeerUntrusted, "the verifier threw an exception");
  }
  return 0;
}

BioMethodPtr MakeSocketBioMethod() {
  // No index of its own: nobody looks for this BIO by type, and OpenSSL has few indexes.
  BioMethodPtr method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"));
  if (method == nullptr) return method;
  BIO_meth_set_write(method.get(), SocketWrite);
  BIO_meth_set_read(method.get(), SocketRead);
  BIO_meth_set_ctrl(method.get(), SocketControl);
  BIO_meth_set_create(method.get(), SocketCreate);
  return method;
}

TlsSession::TlsSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

Result<TlsSession> TlsSession::Impl::Make(std::shared_ptr<const TlsContext> context, int fd,
                                          PeerVerifier verifier) {
  ERR_clear_error();
  auto impl = std::make_unique<Impl>();
  impl->ssl.reset(SSL_new(context->impl().ctx.get()));
  BIO* const bio = BIO_new(context->impl().bio_method.get());
  if (impl->ssl == nullptr || bio == nullptr ||
      SSL_set_ex_data(impl->ssl.get(), 0, impl.get()) != 1) {
    BIO_free(bio);
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  BIO_set_data(bio, impl.get());
  SSL_set_bio(impl->ssl.get(), bio, bio);
  impl->context = std::move(context);
  impl->verifier = std::move(verifier);
  impl->fd = fd;
  return TlsSession(std::move(impl));
}

Result<TlsSession> TlsSession::Accept(std::shared_ptr<const TlsContext> context, int fd) {
  if (context == nullptr || !context->is_server()) {
    return Refuse(Errc::kTlsConfiguration, "no server context");
  }
  PeerVerifier verifier = context->impl().client_verifier;
  SIGNET_TRY_ASSIGN(TlsSession out, Impl::Make(std::move(context), fd, std::move(verifier)));
  SSL_set_accept_state(out.impl_->ssl.get());
  return out;
}

Result<TlsSession> TlsSession::Connect(std::shared_ptr<const TlsContext> context, int fd,
                                       PeerVerifier verifier, const std::string& server_name) {
  if (context == nullptr || context->is_server()) {
    return Refuse(Errc::kTlsConfiguration, "no client context");
  }
  if (!verifier) return Refuse(Errc::kTlsConfiguration, "no verifier of the server");
  SIGNET_TRY_ASSIGN(TlsSession out, Impl::Make(std::move(context), fd, std::move(verifier)));
  SSL* const ssl = out.impl_->ssl.get();
  SSL_set_connect_state(ssl);
  if (!server_name.empty() && !IsIpLiteral(server_name) &&
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               const_cast<char*>(server_name.c_str())) != 1) {
    return Refuse(Errc::kTlsConfiguration, TakeOpenSslReason());
  }
  return out;
}

Error TlsSession::Impl::HandshakeError(unsigned long code, bool syscall) const {
  if (refusal) return *refusal;
  const int reason = ERR_GET_REASON(code);
  if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
    return Error(Errc::kTlsPeerMissing, "the client sent no certificate");
  }
  if (eof || syscall) return Error(Errc::kIoClosed, "the connection ended in the handshake");
  const char* const text = ERR_reason_error_string(code);
  return Error(Errc::kTlsHandshake, text == nullptr ? "unknown reason" : text);
}

Result<TlsStep> TlsSession::Impl::Outcome(int result, std::size_t bytes, Errc failure) {
  if (result > 0) return TlsStep{.wait = TlsWait::kNothing, .bytes = bytes};
  const int error = SSL_get_error(ssl.get(), result);
  if (error == SSL_ERROR_WANT_READ) return TlsStep{.wait = TlsWait::kReadable, .bytes = 0};
  if (error == SSL_ERROR_WANT_WRITE) return TlsStep{.wait = TlsWait::kWritable, .bytes = 0};
  failed = true;
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (failure == Errc::kTlsHandshake) {
    return std::unexpected(HandshakeError(code, error == SSL_ERROR_SYSCALL));
  }
  if (error == SSL_ERROR_ZERO_RETURN) return Refuse(Errc::kIoClosed, "close_notify");
  if (eof || error == SSL_ERROR_SYSCALL) {
    return Refuse(failure, "the connection ended without close_notify");
  }
  // Alerts are numbered from 1000 on.
  const int reason = ERR_GET_REASON(code);
  const char* const text = ERR_reason_error_string(code);
  return Refuse(reason >= SSL_AD_REASON_OFFSET ? Errc::kTlsHandshake : failure,
                text == nullptr ? "unknown reason" : text);
}

Result<TlsStep> TlsSession::Handshake() {
  if (impl_->failed) return Refuse(Errc::kIoClosed, "the session has failed");
  ERR_clear_error();
  return impl_->Outcome(SSL_do_handshake(impl_->ssl.get()), 0, Errc::kTlsHandshake);
}

Result<TlsStep> TlsSession::Read(MutableByteView into) {
  if (impl_->failed) return Refuse(Errc::kIoClosed, "the session has failed");
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(impl_->ssl.get(), into.data(), into.size(), &bytes);
  return impl_->Outcome(result, bytes, Errc::kIoRead);
}

Result<TlsStep> TlsSession::Write(ByteView bytes) {
  if (impl_->failed) return Refuse(Errc::kIoClosed, "the session has failed");
  ERR_clear_error();
  std::size_t done = 0;
  const int result = SSL_write_ex(impl_->ssl.get(), bytes.data(), bytes.size(), &done);
  return impl_->Outcome(result, done, Errc::kIoWrite);
}

void TlsSession::Shutdown() {
  // Not in the middle of a handshake, where OpenSSL takes it for an error.
  if (impl_->failed || SSL_in_init(impl_->ssl.get()) != 0) return;
  ERR_clear_error();
  // One call sends our close_notify; 0 means that the peer's is outstanding.
  if (SSL_shutdown(impl_->ssl.get()) < 0) impl_->failed = true;
  ERR_clear_error();
}

const std::vector<Bytes>& TlsSession::peer_chain() const { return impl_->chain; }
const std::shared_ptr<const PeerInfo>& TlsSession::peer() const { return impl_->peer; }

std::string TlsSession::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->ssl.get(), &name, &size);
  return name == nullptr ? std::string() : std::string(AsText(ByteView(name, size)));
}

}  // namespace signet::net
