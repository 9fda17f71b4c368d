// Attestor: which workload a process is, by what the kernel says of it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "platform/net/peer_process.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/identity/workload_id.h"

namespace signet::app::demo {

// A process is this workload if all of it matches: user, path of the executable, its content.
struct Entry {
  std::string exe_path;
  identity::WorkloadId id;
};

struct AttestorConfig {
  uid_t uid = 0;           // of all workloads here
  Digest256 exe_sha256{};  // of all workloads here: one binary under several paths
  std::vector<Entry> entries;
};

struct Attested {
  net::PeerProcess process;
  identity::WorkloadId id;
};

// Blocks: reads the executable. Errors: those of ReadPeerProcess; kIssueNoIdentity
[[nodiscard]] Result<Attested> Attest(const AttestorConfig& config, const net::UnixPeer& peer);

// "path=identifier". Errors: kUsageOption, those of WorkloadId::Parse
[[nodiscard]] Result<Entry> ParseEntry(const std::string& text);

// {"pid","pidfd","uid","exe","exe_sha256","id"}
[[nodiscard]] nlohmann::ordered_json AttestedJson(const Attested& attested);

}  // namespace signet::app::demo
