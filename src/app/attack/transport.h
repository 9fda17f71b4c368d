// Connector: sends the messages of attacks, also over connections that must not come to be.
#pragma once

#include <string>

#include "app/attack/catalogue.h"
#include "platform/http1/client.h"
#include "platform/net/tls_context.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::app::attack {

struct ConnectorParts {
  std::string host;
  std::uint16_t port = 443;
  bool tls = true;
  net::PeerVerifier expected{};                   // of the genuine server
  net::PeerVerifier another_server{};             // of a server that this one is not
  const net::TlsIdentity* certificate = nullptr;  // the client's; nullptr: none
  std::string caller_id;                          // what forged certificates claim
  http1::ClientOptions limits{};
};

class Connector {
 public:
  // `clock` and `random` outlive it, and so does the certificate.
  Connector(ConnectorParts parts, const Clock& clock, Random& random)
      : parts_(std::move(parts)), clock_(clock), random_(random) {}

  // A connection of its own for each message.
  // Errors: those of http1::CallOnce, of TlsContext::MakeClient and of ForgeCertificate
  [[nodiscard]] Result<http1::ClientResponse> Send(const Message& message, Via via) const;

  [[nodiscard]] Connectivity connectivity() const {
    return {.tls = parts_.tls, .mutual_tls = parts_.certificate != nullptr};
  }

 private:
  [[nodiscard]] Result<net::ConnectTarget> TargetOf(Via via) const;
  ConnectorParts parts_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace signet::app::attack
