// Names of the first run: its trust domain, its workloads, its identity server.
#pragma once

#include <string_view>

namespace signet::app::demo {

inline constexpr std::string_view kTrustDomain = "demo.signet.internal";
inline constexpr std::string_view kOrigin = "wimse://demo.signet.internal";
inline constexpr std::string_view kEdgeId = "wimse://demo.signet.internal/shop/edge";
inline constexpr std::string_view kOrdersId = "wimse://demo.signet.internal/shop/orders";
// Has an identity like the others, but orders does not serve it.
inline constexpr std::string_view kReportsId = "wimse://demo.signet.internal/shop/reports";

// The identity server: audience of the proofs that callers make for it, and its one resource.
inline constexpr std::string_view kServerName = "demo.signet.internal";
inline constexpr std::string_view kIdentityPath = "/v1/identity";
// The one resource of orders.
inline constexpr std::string_view kOrdersPath = "/v1/orders";

}  // namespace signet::app::demo
