// Loot: what an attacker of one hop holds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "app/attack/forge.h"
#include "platform/http1/client.h"
#include "protocol/base/bytes.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/verify/decision.h"

namespace signet::app::attack {

// A workload with a genuine WIT. Its key is asked for signatures and for nothing else, so it may
// live in another process.
struct Holder {
  std::string wit;
  std::string id;   // `sub`
  std::string alg;  // cnf.jwk.alg
  Bytes spki;       // cnf.jwk as SubjectPublicKeyInfo
  SignFunction sign;
};

// Reads the WIT, unverified: whether it is any good is what the first call shows.
// Errors: those of JwsReader::Read and ParseJwk; kWitSubMissing, kWitCnfMissing
[[nodiscard]] Result<Holder> MakeHolder(std::string wit, SignFunction sign);

// The call that is attacked.
struct TargetCall {
  std::string method = "POST";
  std::string target = "/";  // path and query
  std::string authority;     // the Host field
  std::string audience;      // of proofs for it
  std::string body;
};

struct Loot {
  TargetCall call;
  Holder caller;                       // may make the call
  std::optional<Holder> other{};       // genuine too, and may not
  std::optional<Holder> look_alike{};  // genuine, may not, and its identifier begins with caller's
  std::optional<Bytes> issuer_spki{};  // public key of the WIT issuer
  // Calls that were answered already.
  std::optional<http1::ClientRequest> captured_wpt{};
  std::optional<http1::ClientRequest> captured_signature{};

  verify::BindingSet accept;  // what the listener takes
  WallTime now;               // brought up to date before each message is made
  const Forger* forger = nullptr;
  Random* random = nullptr;
};

}  // namespace signet::app::attack
