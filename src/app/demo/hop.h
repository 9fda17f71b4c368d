// A hop of the first run under attack: all of the catalogue that applies to it.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "app/attack/catalogue.h"
#include "app/call/url.h"
#include "app/context.h"
#include "app/demo/control.h"
#include "app/demo/scenario.h"
#include "protocol/base/result.h"

namespace signet::app::demo {

// References outlive it.
struct HopUnderAttack {
  attack::Loot& loot;
  // A workload that nobody serves. It sends what the attacker made, with its own certificate: the
  // connection is good, so that the message is what is judged.
  RoleProcess& attacker;
  RoleProcess& server;
  std::string server_id;
  bool mutual_tls = false;
};

// Tries each attack and adds what came of it to `out`. Stops once `interrupted` is set.
// Errors: kIoCancelled; of processes that do not answer; of attacks that cannot be built
[[nodiscard]] Result<void> AttackHop(const HopUnderAttack& under_attack, HopFindings& hop,
                                     Context& context, const std::atomic<bool>& interrupted,
                                     std::vector<AttackOutcome>& out);

// The call in `captured`, as the loot has it; the audience is the URL without its query.
[[nodiscard]] attack::TargetCall CallOf(const http1::ClientRequest& captured, const CallUrl& url);

}  // namespace signet::app::demo
