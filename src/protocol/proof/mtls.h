// Mutual TLS: whether the peer of a handshake is the one that was wanted.
//
// Document: draft-ietf-wimse-mutual-tls section 3 (TLS-1 to TLS-8). Floor 6. Pure; thread-safe.
//
// A client says whom it expects in one of two ways and no other (Q17): by the host name that it
// connects to, or by the server's identifier. Nothing accepts any certificate of a trusted
// authority. A server accepts members of the domains that it names and authorizes on the verified
// identifier afterwards.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>

#include "protocol/base/bytes.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/identity/id_set.h"
#include "protocol/identity/workload_id.h"
#include "protocol/trust/snapshot.h"

namespace signet::proof {

// The server with this identifier, byte for byte; its host name counts for nothing.
struct ExpectedIdentifier {
  identity::WorkloadId id;
};
// The server of this host name (RFC 9525), of this trust domain, and, if given, that workload too.
struct ExpectedHost {
  std::string host;
  std::string origin;  // "wimse://example.org": anchors of no other domain count [TLS-1]
  std::optional<identity::WorkloadId> id;
};
// Clients of these origins; who of them may do what is decided per request [TLS-6].
struct ExpectedClients {
  std::set<std::string, std::less<>> origins;
};
using TlsExpectation = std::variant<ExpectedIdentifier, ExpectedHost, ExpectedClients>;

// Verifies the chain that the peer showed in the handshake. Each check made is added to `checks`.
// Errors: those of VerifyWic; TLS-1 kTlsPeerUnexpected (another trust domain than expected);
// TLS-4 kTlsPeerUnexpected (another identifier), kWicHostMismatch
[[nodiscard]] Result<credential::VerifiedWic> VerifyTlsPeer(std::span<const Bytes> chain_der,
                                                            const TlsExpectation& expected,
                                                            const trust::TrustSnapshot& trust,
                                                            const credential::WicRules& rules,
                                                            WallTime now, CheckList& checks);

}  // namespace signet::proof
