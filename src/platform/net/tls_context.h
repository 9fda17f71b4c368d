// TLS contexts: TLS 1.3 and nothing else, for both sides.
//
// No earlier version, no session tickets and no resumption of any kind (a resumed session would
// skip the verification of the peer), no early data, no renegotiation, no compression. A context
// is immutable and shared between threads; a new certificate is a new context.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/net/peer_info.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"

struct ssl_ctx_st;

namespace signet::net {

// Decides whether the peer with this chain (leaf first, as sent, never empty, within the limits of
// crypto/cert_path.h) is accepted. It runs inside the handshake, on the thread of the connection,
// and must not block. What it returns, never nullptr, is kept with the connection. Any error and
// any exception fails the handshake; the error is what the side that made the handshake gets. The
// ready-made one is service/proxy/tls_verifier.h: none accepts just any certificate.
using PeerVerifier =
    std::function<Result<std::shared_ptr<const PeerInfo>>(std::span<const Bytes> chain_der)>;

// A certificate chain (leaf first, DER) and the leaf's private key (PKCS#8 DER).
struct TlsIdentity {
  std::vector<Bytes> chain{};
  SecretBytes key_pkcs8{};
};

enum class ClientAuth : std::uint8_t {
  kNone,      // no certificate is asked for
  kOptional,  // asked for; verified if there is one
  kRequired,  // [TLS-2]
};

struct TlsServerConfig {
  const TlsIdentity* identity = nullptr;  // borrowed during Make
  ClientAuth client_auth = ClientAuth::kNone;
  PeerVerifier client_verifier{};  // must be set unless client_auth is kNone
  // ALPN names in order of preference. A client that offers ALPN and none of these is refused.
  std::vector<std::string> alpn = {"http/1.1"};
};

struct TlsClientConfig {
  const TlsIdentity* identity = nullptr;  // nullptr: no client certificate
  std::vector<std::string> alpn = {"http/1.1"};
};

class TlsContext {
 public:
  // Errors: kTlsConfiguration (unreadable certificate or key, key of another certificate, missing
  // verifier)
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> MakeServer(TlsServerConfig config);
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> MakeClient(
      const TlsClientConfig& config);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] bool is_server() const;
  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }  // for tls_*.cc

 private:
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signet::net
