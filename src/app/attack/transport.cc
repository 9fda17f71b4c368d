#include "app/attack/transport.h"

#include <optional>

#include "app/attack/cert_forge.h"

namespace signet::app::attack {
namespace {

std::optional<CertForgery> ForgeryOf(Via via, const std::string& id, WallTime now) {
  switch (via) {
    case Via::kSelfSigned:
      return CertForgery{.uris = {id}, .own_authority = false, .now = now};
    case Via::kOwnAuthority:
      return CertForgery{.uris = {id}, .now = now};
    case Via::kTwoIdentifiers:
      return CertForgery{.uris = {id, id + "2"}, .now = now};
    case Via::kAuthorityAsLeaf:
      return CertForgery{.uris = {id}, .is_authority = true, .now = now};
    case Via::kUsual:
    case Via::kPlainHttp:
    case Via::kWrongServer:
    case Via::kNoCertificate:
      break;
  }
  return std::nullopt;
}

}  // namespace

Result<net::ConnectTarget> Connector::TargetOf(Via via) const {
  if (!parts_.tls || via == Via::kPlainHttp) {
    return net::PlainTcpTarget{.host = parts_.host, .port = parts_.port};
  }
  const net::TlsIdentity* certificate = parts_.certificate;
  net::TlsIdentity forged;
  if (const auto forgery = ForgeryOf(via, parts_.caller_id, clock_.Now())) {
    SIGNET_TRY_ASSIGN(forged, ForgeCertificate(*forgery, random_));
    certificate = &forged;
  } else if (via == Via::kNoCertificate) {
    certificate = nullptr;
  }
  net::TlsClientConfig config;
  config.identity = certificate;
  SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls,
                    net::TlsContext::MakeClient(config));
  return net::TlsTarget{
      .host = parts_.host,
      .port = parts_.port,
      .tls = std::move(tls),
      .verifier = via == Via::kWrongServer ? parts_.another_server : parts_.expected,
      .server_name = {}};
}

Result<http1::ClientResponse> Connector::Send(const Message& message, Via via) const {
  SIGNET_TRY_ASSIGN(const net::ConnectTarget target, TargetOf(via));
  return http1::CallOnce(target, message, parts_.limits);
}

}  // namespace signet::app::attack
