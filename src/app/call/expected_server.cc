#include "app/call/expected_server.h"

#include <memory>

#include <fmt/format.h>

#include "platform/net/tls_peer.h"
#include "protocol/codec/pem.h"
#include "protocol/http/message.h"

namespace signet::app {

Result<std::vector<Bytes>> ReadAnchors(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<Bytes> out;
  std::size_t at = 0;
  while ((at = pem.find(kBegin, at)) != std::string_view::npos) {
    const std::size_t end = pem.find(kEnd, at);
    if (end == std::string_view::npos) return Refuse(Errc::kPemMalformed, "no END line");
    SIGNET_TRY_ASSIGN(Bytes der,
                      codec::PemDecode(pem.substr(at, end + kEnd.size() - at), "CERTIFICATE"));
    out.push_back(std::move(der));
    at = end + kEnd.size();
  }
  if (out.empty()) return Refuse(Errc::kPemMalformed, "the file holds no certificate");
  return out;
}

Result<identity::HandleMap> ParseHandleMap(std::string_view text) {
  identity::HandleMap map;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    line = http::TrimOws(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Refuse(Errc::kUsageOption, fmt::format("map, line {}: not handle=identifier", number));
    }
    Result<identity::WorkloadId> id =
        identity::WorkloadId::Parse(http::TrimOws(line.substr(equals + 1)));
    if (!id.has_value()) {
      return Refuse(id.error().code, fmt::format("map, line {}: {}", number, id.error().detail));
    }
    map.Set(std::string(http::TrimOws(line.substr(0, equals))), *std::move(id));
  }
  return map;
}

Result<identity::WorkloadId> ExpectedOf(const identity::HandleMap& map, std::string_view host,
                                        std::uint16_t port) {
  // Host names compare without case; handles of the map are in lower case.
  std::string name(host);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  Result<identity::WorkloadId> exact = map.Expected(fmt::format("{}:{}", name, port));
  if (exact.has_value()) return exact;
  return map.Expected(name);
}

Result<net::PeerVerifier> MakeServerCheck(const ExpectedServer& expected, const std::string& host,
                                          const std::vector<Bytes>& anchors, const Clock& clock) {
  SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TrustAnchors> trusted,
                    net::TrustAnchors::Make(anchors));
  if (expected.check_host) {
    return net::ExpectHost(std::move(trusted), host, expected.identifier, clock);
  }
  if (expected.identifier.empty()) {
    return Refuse(Errc::kUsageOption, "no server is expected: --expect-id, --map or --host-check");
  }
  return net::ExpectIdentifier(std::move(trusted), expected.identifier, net::PeerPurpose::kServer,
                               clock);
}

}  // namespace signet::app
