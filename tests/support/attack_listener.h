// Listener: a verifier in this process, and an attacker of it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "gtest/gtest.h"

#include "app/attack/run.h"
#include "protocol/crypto/private_key.h"
#include "protocol/verify/verifier.h"
#include "tests/support/expect.h"
#include "tests/support/http_scene.h"
#include "tests/support/tokens.h"

namespace signet::app::attack::testing {

inline constexpr std::string_view kEdge = "wimse://trust.example.com/shop/edge";
inline constexpr std::string_view kReports = "wimse://trust.example.com/shop/reports";
inline constexpr std::string_view kEdge2 = "wimse://trust.example.com/shop/edge2";

inline Holder HolderOf(std::string_view id, std::string_view private_jwk, std::string_view alg) {
  signet::testing::WitMaker maker;
  maker.claims.SetString("sub", id);
  maker.Confirm(private_jwk, alg);
  const crypto::PrivateKey key = signet::testing::KeyOf(private_jwk);
  auto holder = MakeHolder(maker.Token(), [key](ByteView bytes) { return key.Sign(bytes); });
  SIGNET_CHECK(holder.has_value());
  return *std::move(holder);
}

struct KeyKind {
  std::string_view jwk;
  std::string_view alg;
};

// A listener and an attacker of it.
struct Listener {
  explicit Listener(verify::BindingSet accept,
                    KeyKind kind = {signet::testing::kWorkloadJwk, "ES256"})
      : loot{.call = {.method = "POST",
                      .target = "/v1/orders?page=2",
                      .authority = "orders.example.com",
                      .audience = "https://orders.example.com/v1/orders",
                      .body = R"({"item":"seal"})"},
             .caller = HolderOf(kEdge, kind.jwk, kind.alg),
             .other = HolderOf(kReports, signet::testing::kWorkload2Jwk, "ES256"),
             .look_alike = HolderOf(kEdge2, signet::testing::kWorkload2Jwk, "ES256"),
             .issuer_spki = signet::testing::PublicKeyOf(signet::testing::kIssuerJwk).ToSpki(),
             .accept = accept,
             .now = signet::testing::kNow,
             .forger = &forger,
             .random = &random} {
    verify::Policy policy;
    SIGNET_CHECK(policy.audiences.Add(signet::testing::kAudience).has_value());
    policy.callers.Add(signet::testing::IdOf(kEdge));
    policy.accept = accept;
    verifier = *verify::Verifier::Make(std::move(policy));
    if (accept.Has(verify::Binding::kWpt))
      loot.captured_wpt = Accept(GoodWptCall(loot, loot.caller));
    if (accept.Has(verify::Binding::kHttpSignature)) {
      loot.captured_signature = Accept(GoodSignedCall(loot, loot.caller));
    }
  }

  verify::Decision Decide(const Message& message) {
    http::Request request{.method = message.method,
                          .authority = message.host,
                          .target = message.target,
                          .fields = {},
                          .body = AsBytes(message.body)};
    for (const http1::Header& field : message.headers) request.fields.Add(field.name, field.value);
    return verifier->Decide(request, verify::Channel::kProtected, *trust, &guard,
                            signet::testing::kNow, context);
  }
  // As one that sends over a connection sees it.
  SendFunction Sender() {
    return [this](const Message& message, Via) -> Result<http1::ClientResponse> {
      const verify::Decision decision = Decide(message);
      if (decision.allowed())
        return http1::ClientResponse{.status = 201, .headers = {}, .body = {}};
      const verify::Refusal refusal = verify::RefusalOf(decision);
      http1::ClientResponse out{.status = refusal.status, .headers = {}, .body = refusal.body};
      for (const auto& [name, value] : refusal.fields) out.headers.push_back({name, value});
      return out;
    };
  }
  // A good call, which the listener must accept.
  Message Accept(const Result<Message>& message) {
    SIGNET_CHECK(message.has_value());
    const verify::Decision decision = Decide(*message);
    EXPECT_TRUE(decision.allowed()) << decision.error->name() << ": " << decision.error->detail;
    return *message;
  }

  crypto::SystemRandom random;
  Forger forger = *Forger::Make(random);
  Loot loot;
  std::optional<verify::Verifier> verifier;
  std::shared_ptr<const trust::TrustSnapshot> trust =
      signet::testing::SnapshotOf(signet::testing::TestOrigins());
  signet::testing::TableGuard guard;
  verify::VerifyContext context;
};

}  // namespace signet::app::attack::testing
