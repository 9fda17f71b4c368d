// The processes of the first run. Each runs until its standard input ends.
#pragma once

#include <string>
#include <vector>

#include "app/context.h"
#include "platform/telemetry/log.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

struct RoleOptions {
  std::string role;                  // server, orders, workload
  std::string socket;                // of the identity server
  std::string journal;               // orders: replay journal
  std::vector<std::string> entries;  // server: executable=identifier
  int parent = 0;
  bool verbose = false;  // log on standard error
};

// Identity server of the demo domain: identifies who calls on the Unix socket by kernel evidence
// and issues for the keys that callers have made.
// Commands: {"cmd":"attested"} -> {"attested":[...]}, the processes it gave an identity to
[[nodiscard]] Result<void> RunServerRole(const RoleOptions& options, Context& context,
                                         telemetry::Logger& logger);

// HTTP service over TLS behind an enforcement point; only edge may call it. Each request that gets
// through is a side effect.
// Commands: {"cmd":"stats"} -> {"side_effects","counts":{code:n},"connection_errors":{code:n}};
// {"cmd":"decisions"} -> {"decisions":[{verdict,code,rule,checks,ns,first_seen_s}...]} since the
// last time
[[nodiscard]] Result<void> RunOrdersRole(const RoleOptions& options, Context& context,
                                         telemetry::Logger& logger);

// A workload that calls others when told to. Its keys never leave it.
// Commands: {"cmd":"call","url","expect","count"?} -> {"calls":[{status,code,rule}...],"captured":
// {method,target,headers,body}}; {"cmd":"proof","aud","ttl_s","other_wit"?} -> {"wit","wpt"};
// {"cmd":"key_proof","aud"} -> {"token"}
[[nodiscard]] Result<void> RunWorkloadRole(const RoleOptions& options, Context& context);

// Any of them, by name; what a process of the first run does. Prints {"error":...} if it fails.
void RunRole(const RoleOptions& options, Context& context);

}  // namespace signet::app::demo
