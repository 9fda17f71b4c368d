// ConnectTarget: where an outgoing connection goes, and how its peer is verified.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "platform/net/tls_context.h"

namespace signet::net {

struct TlsTarget {
  std::string host{};  // name or IP literal; also the SNI name unless server_name is set
  std::uint16_t port = 443;
  std::shared_ptr<const TlsContext> tls{};
  PeerVerifier verifier{};  // must be set
  std::string server_name{};
};
struct PlainTcpTarget {  // without TLS, by explicit choice
  std::string host{};
  std::uint16_t port = 80;
};
struct UnixTarget {
  std::string path{};
};
using ConnectTarget = std::variant<TlsTarget, PlainTcpTarget, UnixTarget>;

}  // namespace signet::net
