#include "bench/messages.h"

#include <map>

#include "protocol/base/check.h"
#include "protocol/proof/httpsig/wimse_sign.h"
#include "tests/support/seeded_random.h"

namespace signet::bench {
namespace {

using testing::PublicJwkOf;
using testing::Quoted;

bool IsEc(crypto::Alg alg) {
  SIGNET_CHECK(alg == crypto::Alg::kES256 || alg == crypto::Alg::kEdDSA);
  return alg == crypto::Alg::kES256;
}

std::string After(WallTime now, std::int64_t by) { return std::to_string(ToNumericDate(now) + by); }

// 128 bits in base64url: as long as those that SignWpt and SignRequest choose.
std::string ProofId(std::uint64_t number) {
  testing::SeededRandom random(number);
  std::array<std::uint8_t, 16> bits{};
  random.Fill(bits);
  return codec::Base64UrlEncode(bits);
}

}  // namespace

Cast::Cast(crypto::Alg alg, WallTime now)
    : alg_(alg),
      now_(now),
      issuer_jwk_(IsEc(alg) ? testing::kIssuerJwk : testing::kIssuerEdJwk),
      workload_jwk_(IsEc(alg) ? testing::kWorkloadJwk : testing::kWorkloadEdJwk),
      issuer_key_(testing::KeyOf(issuer_jwk_, alg)),
      workload_key_(testing::KeyOf(workload_jwk_, alg)) {
  testing::WitMaker maker;
  maker.header.SetString("alg", crypto::NameOf(alg));
  maker.Confirm(workload_jwk_, crypto::NameOf(alg));
  maker.claims.Set("iat", After(now, 0)).Set("exp", After(now, 3600));
  maker.claims.SetString("jti", ProofId(1));
  maker.key = issuer_key_;
  wit_ = maker.Token();
}

std::string Cast::Wpt(std::string_view jti) const {
  testing::WptMaker maker(wit_);
  maker.header.SetString("alg", crypto::NameOf(alg_));
  maker.claims.Set("exp", After(now_, 60)).SetString("jti", jti);
  maker.key = workload_key_;
  return maker.Token();
}

std::string Cast::jwks() const {
  return testing::JwkSet({PublicJwkOf(issuer_jwk_, alg_, testing::kIssuerKid)});
}

std::shared_ptr<const trust::TrustSnapshot> Cast::Trust() const {
  return testing::SnapshotOf({testing::OriginConfigOf("wimse://trust.example.com", jwks())});
}

const Cast& CastOf(crypto::Alg alg) {
  static std::map<crypto::Alg, Cast> casts;
  return casts.try_emplace(alg, alg).first->second;
}

std::string RowName(crypto::Alg alg) { return IsEc(alg) ? "es256" : "eddsa"; }

http::Request StoredRequest::View() const {
  http::Request request;
  request.method = method;
  request.target = kTarget;
  request.authority = kAuthority;
  request.body = AsBytes(body);
  for (const auto& [name, value] : lines) request.fields.Add(name, value);
  return request;
}

std::string StoredRequest::Text() const {
  std::string out = method + " " + std::string(kTarget) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : lines) out.append(name + ": ").append(value + "\r\n");
  if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + body;
}

StoredRequest WptRequest(const Cast& cast, std::uint64_t number) {
  return {.method = "GET",
          .body = {},
          .lines = {{"Host", std::string(kAuthority)},
                    {"User-Agent", "bench/1.0"},
                    {"Accept", "application/json"},
                    {"Workload-Identity-Token", cast.wit()},
                    {"Authorization", "WPT " + cast.Wpt(ProofId(number))}}};
}

StoredRequest UnsignedRequest() {
  return {.method = "POST",
          .body = std::string(kBody),
          .lines = {{"Host", std::string(kAuthority)},
                    {"User-Agent", "bench/1.0"},
                    {"Accept", "application/json"},
                    {"Content-Type", "application/json"}}};
}

StoredRequest SignedRequest(const Cast& cast, std::uint64_t number) {
  StoredRequest out = UnsignedRequest();
  testing::SeededRandom random(number);
  const std::string nonce = ProofId(number);
  Result<proof::httpsig::SignedMessage> made = proof::httpsig::SignRequest(
      cast.workload_key(), out.View(),
      {.wit = cast.wit(), .now = cast.now(), .expires = cast.now() + seconds{60}, .nonce = nonce},
      {.audience = kProofAudience}, random);
  SIGNET_CHECK(made.has_value());
  for (auto& field : made->fields) {
    out.lines.emplace_back(std::move(field.name), std::move(field.value));
  }
  return out;
}

RequestPool::RequestPool(crypto::Alg alg, verify::Binding binding) {
  const Cast& cast = CastOf(alg);
  stored_.reserve(kSize);
  views_.reserve(kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    stored_.push_back(binding == verify::Binding::kWpt ? WptRequest(cast, i)
                                                       : SignedRequest(cast, i));
    views_.push_back(stored_.back().View());
  }
}

const RequestPool& RequestPool::Of(crypto::Alg alg, verify::Binding binding) {
  static std::map<std::pair<crypto::Alg, verify::Binding>, RequestPool> pools;
  const std::pair key{alg, binding};
  auto found = pools.find(key);
  if (found == pools.end()) found = pools.emplace(key, RequestPool(alg, binding)).first;
  return found->second;
}

}  // namespace signet::bench
