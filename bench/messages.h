// What the rows and the peers are given: good tokens and requests of one caller, made by the
// helpers of the tests, for any time and with another proof in each.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/crypto/private_key.h"
#include "protocol/http/message.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/decision.h"
#include "tests/support/tokens.h"

namespace signet::bench {

inline constexpr std::string_view kTarget = "/v1/items?page=2";
inline constexpr std::string_view kAuthority = "orders.example.com";
inline constexpr std::string_view kProofAudience = "https://orders.example.com/v1/items";
inline constexpr std::string_view kBody = R"({"item":"4711","quantity":2,"currency":"EUR"})";

// Issuer and workload with keys of one algorithm: ES256 or EdDSA.
class Cast {
 public:
  explicit Cast(crypto::Alg alg, WallTime now = testing::kNow);

  [[nodiscard]] crypto::Alg alg() const { return alg_; }
  [[nodiscard]] WallTime now() const { return now_; }
  [[nodiscard]] std::string_view issuer_jwk() const { return issuer_jwk_; }
  [[nodiscard]] std::string_view workload_jwk() const { return workload_jwk_; }
  [[nodiscard]] const crypto::PrivateKey& issuer_key() const { return issuer_key_; }
  [[nodiscard]] const crypto::PrivateKey& workload_key() const { return workload_key_; }
  [[nodiscard]] const std::string& wit() const { return wit_; }
  [[nodiscard]] std::string Wpt(std::string_view jti) const;
  [[nodiscard]] std::string jwks() const;  // of the issuer, as JSON
  [[nodiscard]] std::shared_ptr<const trust::TrustSnapshot> Trust() const;

 private:
  crypto::Alg alg_;
  WallTime now_;
  std::string_view issuer_jwk_, workload_jwk_;
  crypto::PrivateKey issuer_key_, workload_key_;
  std::string wit_;
};

// The cast of an algorithm for testing::kNow, made once.
[[nodiscard]] const Cast& CastOf(crypto::Alg alg);

// "es256" or "eddsa": how rows call them.
[[nodiscard]] std::string RowName(crypto::Alg alg);

// A request with the memory that its views borrow.
struct StoredRequest {
  std::string method = "GET";
  std::string body;
  std::vector<std::pair<std::string, std::string>> lines;
  [[nodiscard]] http::Request View() const;
  [[nodiscard]] std::string Text() const;  // HTTP/1.1
};

// The proof of each binding, the `number`th of this cast.
[[nodiscard]] StoredRequest WptRequest(const Cast& cast, std::uint64_t number);
[[nodiscard]] StoredRequest UnsignedRequest();
[[nodiscard]] StoredRequest SignedRequest(const Cast& cast, std::uint64_t number);

// Many requests that differ in their proof alone. Made once for each cast and binding.
class RequestPool {
 public:
  static constexpr std::size_t kSize = 4096;
  [[nodiscard]] static const RequestPool& Of(crypto::Alg alg, verify::Binding binding);

  [[nodiscard]] const http::Request& At(std::size_t index) const { return views_[index % kSize]; }
  [[nodiscard]] const StoredRequest& StoredAt(std::size_t index) const {
    return stored_[index % kSize];
  }

 private:
  RequestPool(crypto::Alg alg, verify::Binding binding);
  std::vector<StoredRequest> stored_;
  std::vector<http::Request> views_;
};

}  // namespace signet::bench
