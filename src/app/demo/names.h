// Names of the first run: its trust domain, its workloads, its identity server.
#pragma once

#include <string_view>

namespace signet::app::demo {

inline constexpr std::string_view kTrustDomain = "demo.signet.internal";
inline constexpr std::string_view kOrigin = "wimse://demo.signet.internal";
inline constexpr std::string_view kEdgeId = "wimse://demo.signet.internal/shop/edge";
inline constexpr std::string_view kOrdersId = "wimse://demo.signet.internal/shop/orders";
inline constexpr std::string_view kLedgerId = "wimse://demo.signet.internal/shop/ledger";
// Have identities like the others, but nobody serves them. The second looks like edge to whoever
// compares beginnings.
inline constexpr std::string_view kReportsId = "wimse://demo.signet.internal/shop/reports";
inline constexpr std::string_view kLookAlikeId = "wimse://demo.signet.internal/shop/edge2";

// The identity server: audience of the proofs that callers make for it, and its one resource.
inline constexpr std::string_view kServerName = "demo.signet.internal";
inline constexpr std::string_view kIdentityPath = "/v1/identity";
// The one resource of orders, and that of ledger.
inline constexpr std::string_view kOrdersPath = "/v1/orders";
inline constexpr std::string_view kLedgerPath = "/v1/entries";

}  // namespace signet::app::demo
