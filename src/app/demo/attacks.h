// The attacks of the first run: requests that an attacker sends who has seen everything that edge
// sends and holds none of its keys. Each has exactly one code and rule with which it is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/demo/forge.h"
#include "platform/http1/client.h"
#include "protocol/base/error.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"

namespace signet::app::demo {

// What a refusal must be. `status` 0: there is no HTTP answer at all.
struct Refused {
  int status = 0;
  std::string code;
  std::string rule;
  bool operator==(const Refused&) const = default;
};

[[nodiscard]] Refused RefusedWith(int status, Errc code, std::string_view rule = {});

// What the attacker has got hold of.
struct Loot {
  http1::ClientRequest captured;   // a whole call of edge, already answered
  std::string wit;                 // edge's
  std::string spare_proof;         // for this very call, not yet used
  std::string proof_for_another;   // edge's, for a service of the attacker
  std::string expired_proof;       // edge's, for orders, too late
  std::string proof_of_other_wit;  // edge's, for another WIT of the same key
  std::string other_token;         // signed by edge's key, of another kind
  std::string reports_wit;         // of a workload that may not call orders, with its proof
  std::string reports_proof;
  std::string issuer_kid;  // public
  Bytes issuer_key;        // public: the WIT key as SubjectPublicKeyInfo
  std::string audience;    // the URL of orders
  WallTime now;
};

struct Attack {
  std::string name;  // for people, and the key in the JSON output
  http1::ClientRequest request;
  Refused expected;
};

// Errors: kCryptoFailure and others of making tokens; never a refusal of them
[[nodiscard]] Result<std::vector<Attack>> MakeAttacks(const Loot& loot, const Forger& forger);

}  // namespace signet::app::demo
