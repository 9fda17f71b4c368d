// The workload's side of getting an identity: it makes its keys, proves them to the identity server
// and keeps them; only public parts leave the process [WIT-11, TLS-7].
#pragma once

#include <memory>
#include <string>

#include "platform/net/tls_context.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/identity/workload_id.h"
#include "protocol/trust/snapshot.h"

namespace signet::app::demo {

struct Identity {
  identity::WorkloadId id;
  std::string wit;
  crypto::PrivateKey wit_key;
  net::TlsIdentity tls;
  std::shared_ptr<const trust::TrustSnapshot> trust;
};

// Asks the server at the Unix socket. Blocks. `wit_key`: for another WIT of the same key; absent: a
// new key. Errors: the server's refusal by its code; kIoConnect and the other errors of the call;
// kJsonMemberMissing and those of the parsers if the answer is not what it should be
[[nodiscard]] Result<Identity> RequestIdentity(const std::string& socket, const Clock& clock,
                                               Random& random,
                                               const crypto::PrivateKey* wit_key = nullptr);

}  // namespace signet::app::demo
