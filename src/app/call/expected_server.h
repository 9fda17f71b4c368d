// Which server a call expects, and the check of it inside the TLS handshake. A call without an
// expectation cannot be made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/net/tls_context.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/identity/handle_map.h"
#include "protocol/identity/workload_id.h"

namespace signet::app {

// Anchors of public certification authorities, where Debian keeps them.
inline constexpr const char* kSystemAnchors = "/etc/ssl/certs/ca-certificates.crt";
inline constexpr std::size_t kMaxAnchorFileBytes = 1024 * 1024;
inline constexpr std::size_t kMaxMapFileBytes = 1024 * 1024;
// Anchors of servers that are known by their host name only.
inline constexpr std::size_t kMaxPublicAnchors = 512;

struct ExpectedServer {
  std::optional<identity::WorkloadId> identifier;
  bool check_host = false;  // RFC 9525 [TLS-4]
};

// All certificates of a PEM file; comments between them are skipped.
// Errors: kPemMalformed, and those of PemDecode
[[nodiscard]] Result<std::vector<Bytes>> ReadAnchors(std::string_view pem);

// Lines "handle=identifier"; empty lines and those that begin with '#' are skipped. A handle is a
// host name, a host with port, or whatever a deployment calls its servers [ID-14].
// Errors: kUsageOption (line number in the detail), those of WorkloadId::Parse
[[nodiscard]] Result<identity::HandleMap> ParseHandleMap(std::string_view text);

// The identifier expected of this host: by "host:port", else by "host". Errors: kIdNotMapped
[[nodiscard]] Result<identity::WorkloadId> ExpectedOf(const identity::HandleMap& map,
                                                      std::string_view host, std::uint16_t port);

// The check for the handshake. `clock` outlives it. With an identifier, `anchors` are those of its
// trust domain and the rules are those of VerifyTlsPeer. With a host name alone any server of that
// name under `anchors` will do: its certificate need not be a WIC.
// Errors: kWicAnchor, kUsageOption (nothing is expected)
[[nodiscard]] Result<net::PeerVerifier> MakeServerCheck(const ExpectedServer& expected,
                                                        const std::string& host,
                                                        std::vector<Bytes> anchors,
                                                        const Clock& clock);

}  // namespace signet::app
