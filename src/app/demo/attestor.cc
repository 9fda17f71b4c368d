#include "app/demo/attestor.h"

#include <algorithm>

#include <fmt/format.h>

namespace signet::app::demo {
namespace {

std::string Hex(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

}  // namespace

Result<Attested> Attest(const AttestorConfig& config, const net::UnixPeer& peer) {
  SIGNET_TRY_ASSIGN(net::PeerProcess process, net::ReadPeerProcess(peer));
  const auto entry =
      std::find_if(config.entries.begin(), config.entries.end(),
                   [&](const Entry& candidate) { return candidate.exe_path == process.exe_path; });
  if (entry == config.entries.end()) {
    return Refuse(Errc::kIssueNoIdentity, "no entry for this executable");
  }
  if (process.uid != config.uid) return Refuse(Errc::kIssueNoIdentity, "another user");
  if (process.exe_sha256 != config.exe_sha256) {
    return Refuse(Errc::kIssueNoIdentity, "the executable has another content");
  }
  return Attested{.process = std::move(process), .id = entry->id};
}

Result<Entry> ParseEntry(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos) return Refuse(Errc::kUsageOption, "entry: not path=identifier");
  SIGNET_TRY_ASSIGN(identity::WorkloadId id, identity::WorkloadId::Parse(text.substr(equals + 1)));
  return Entry{.exe_path = text.substr(0, equals), .id = std::move(id)};
}

nlohmann::ordered_json AttestedJson(const Attested& attested) {
  const net::PeerProcess& process = attested.process;
  return {{"pid", process.pid},
          {"pidfd", !process.degraded},
          {"uid", process.uid},
          {"exe", process.exe_path},
          {"exe_sha256", Hex(process.exe_sha256)},
          {"id", attested.id.text()}};
}

}  // namespace signet::app::demo
