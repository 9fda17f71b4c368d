// The processes of the first run. Each runs until its standard input ends.
#pragma once

#include <string>
#include <vector>

#include "app/context.h"
#include "platform/telemetry/log.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

struct RoleOptions {
  std::string role;                  // server, orders, ledger, workload
  std::string socket;                // of the identity server
  std::string journal;               // orders, ledger: replay journal
  std::string ledger;                // orders: URL of ledger
  std::vector<std::string> entries;  // server: executable=identifier
  int parent = 0;
  bool verbose = false;  // log on standard error
};

// Identity server of the demo domain: identifies who calls on the Unix socket by kernel evidence
// and issues for the keys that callers have made.
// Commands: {"cmd":"attested"} -> {"attested":[...]}, the processes it gave an identity to
[[nodiscard]] Result<void> RunServerRole(const RoleOptions& options, Context& context,
                                         telemetry::Logger& logger);

// HTTP service over TLS behind an enforcement point; only edge may call it, with WIT and WPT. It
// enters each order with ledger, and an order that ledger took is a side effect.
// Commands: {"cmd":"stats"}, {"cmd":"decisions"} as service_parts.h says; {"cmd":"outgoing"} -> the
// last call to ledger (ledger_client.h); {"cmd":"sign"} (holder_control.h)
[[nodiscard]] Result<void> RunOrdersRole(const RoleOptions& options, Context& context,
                                         telemetry::Logger& logger);

// HTTP service over mutual TLS behind an enforcement point; only orders may call it, with an HTTP
// signature. It signs its answers. Each entry is a side effect.
// Commands: {"cmd":"stats"}, {"cmd":"decisions"}
[[nodiscard]] Result<void> RunLedgerRole(const RoleOptions& options, Context& context,
                                         telemetry::Logger& logger);

// A workload that calls others when told to. Its keys never leave it.
// Commands: {"cmd":"call","url","expect","count"?} -> {"calls":[{status,code,rule}...],"captured":
// message}; {"cmd":"sign"}; {"cmd":"send","url","expect","claim","via","message"} ->
// {"status","code","rule"}, or {"failed":{"code","rule"}} if there was no answer: any message, over
// a connection of any kind (attack/catalogue.h), with this workload's certificate
[[nodiscard]] Result<void> RunWorkloadRole(const RoleOptions& options, Context& context);

// Any of them, by name; what a process of the first run does. Prints {"error":...} if it fails.
void RunRole(const RoleOptions& options, Context& context);

}  // namespace signet::app::demo
