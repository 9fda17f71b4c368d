#include "app/call/expected_server.h"

#include <memory>

#include <fmt/format.h>

#include "protocol/codec/pem.h"
#include "protocol/credential/wic_verify.h"
#include "protocol/crypto/cert_path.h"
#include "protocol/http/message.h"
#include "protocol/trust/snapshot.h"
#include "service/proxy/tls_verifier.h"

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

namespace {

// Nothing of a server of the public web is carried on.
struct HostPeer final : net::PeerInfo {};

Result<void> CheckHost(std::span<const Bytes> chain, const crypto::PathAnchors& anchors,
                       const std::string& host, WallTime now) {
  SIGNET_TRY(crypto::CheckChainLimits(chain));
  SIGNET_TRY_ASSIGN(const credential::Certificate leaf, credential::ReadCertificate(chain[0]));
  if (leaf.is_ca()) return Refuse(Errc::kWicIsCa, "basicConstraints CA");
  SIGNET_TRY(crypto::ValidatePath(chain, anchors, now, crypto::CertUsage::kServer));
  return credential::CheckHostName(leaf, host);
}

Result<net::PeerVerifier> MakeHostCheck(std::string host, const std::vector<Bytes>& anchors,
                                        const Clock& clock) {
  SIGNET_TRY_ASSIGN(std::shared_ptr<const crypto::PathAnchors> trusted,
                    crypto::PathAnchors::Make(anchors, kMaxPublicAnchors));
  return [host = std::move(host), trusted = std::move(trusted),
          &clock](std::span<const Bytes> chain) -> Result<std::shared_ptr<const net::PeerInfo>> {
    SIGNET_TRY(CheckHost(chain, *trusted, host, clock.Now()));
    return std::make_shared<HostPeer>();
  };
}

}  // namespace

Result<net::PeerVerifier> MakeServerCheck(const ExpectedServer& expected, const std::string& host,
                                          std::vector<Bytes> anchors, const Clock& clock) {
  if (!expected.identifier.has_value()) {
    if (expected.check_host) return MakeHostCheck(host, anchors, clock);
    return Refuse(Errc::kUsageOption, "no server is expected: --expect-id, --map or --host-check");
  }
  const identity::WorkloadId& id = *expected.identifier;
  if (anchors.empty()) return Refuse(Errc::kWicAnchor, "no anchor of the trust domain");
  std::vector<trust::OriginConfig> origins;
  origins.push_back({.origin = id.origin(),
                     .bundle = {},
                     .extra_x509 = std::move(anchors),
                     .issuers = {},
                     .algs = {}});
  SIGNET_TRY_ASSIGN(std::shared_ptr<const trust::TrustSnapshot> trust,
                    trust::TrustSnapshot::Make(std::move(origins), 1));
  proof::TlsExpectation wanted = proof::ExpectedIdentifier{id};
  if (expected.check_host) {
    wanted = proof::ExpectedHost{.host = host, .origin = std::string(id.origin_text()), .id = id};
  }
  return proxy::MakeTlsVerifier(
      std::move(wanted), [trust = std::move(trust)] { return trust; }, {}, clock);
}

}  // namespace signet::app
