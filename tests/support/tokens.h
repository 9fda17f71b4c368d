// WitMaker and WptMaker: tokens in which a test can break any one thing before they are signed.
// They use the signature alone of our issuing code, so that what is made owes nothing to it.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/time.h"
#include "protocol/codec/base64url.h"
#include "protocol/crypto/digest.h"
#include "protocol/crypto/private_key.h"
#include "protocol/identity/workload_id.h"
#include "protocol/trust/bundle.h"
#include "protocol/trust/snapshot.h"
#include "tests/support/json_text.h"
#include "tests/support/keys.h"

namespace signet::testing {

// The moment of all tests that do not say otherwise.
inline constexpr WallTime kNow{seconds{1'745'509'900}};
inline constexpr std::string_view kCaller = "wimse://trust.example.com/edge";
inline constexpr std::string_view kAudience = "https://orders.example.com";
inline constexpr std::string_view kIssuerKid = "issuer-1";

inline std::int64_t At(std::int64_t after_now) { return ToNumericDate(kNow) + after_now; }

inline std::string Encoded(std::string_view text) { return codec::Base64UrlEncode(AsBytes(text)); }
inline std::string Hash(std::string_view text) {
  return codec::Base64UrlEncode(crypto::Sha256(AsBytes(text)));
}

// header "." payload "." signature; header and payload are what they are, JSON or not.
inline std::string SignText(const crypto::PrivateKey& key, std::string_view header,
                            std::string_view payload) {
  std::string out = Encoded(header) + "." + Encoded(payload);
  const Result<Bytes> signature = key.Sign(AsBytes(out));
  if (!signature.has_value()) std::abort();
  return out + "." + codec::Base64UrlEncode(*signature);
}

inline JsonText PublicMembers(std::string_view private_jwk) {
  const crypto::PublicKey pub = PublicKeyOf(private_jwk);
  const auto text = [](ByteView bytes) { return Quoted(codec::Base64UrlEncode(bytes)); };
  switch (pub.type()) {
    case crypto::KeyType::kEcP256:
      return {{"kty", "\"EC\""}, {"crv", "\"P-256\""}, {"x", text(pub.x())}, {"y", text(pub.y())}};
    case crypto::KeyType::kEcP384:
      return {{"kty", "\"EC\""}, {"crv", "\"P-384\""}, {"x", text(pub.x())}, {"y", text(pub.y())}};
    case crypto::KeyType::kEcP521:
      return {{"kty", "\"EC\""}, {"crv", "\"P-521\""}, {"x", text(pub.x())}, {"y", text(pub.y())}};
    case crypto::KeyType::kEd25519:
      return {{"kty", "\"OKP\""}, {"crv", "\"Ed25519\""}, {"x", text(pub.x())}};
    case crypto::KeyType::kRsa:
      return {{"kty", "\"RSA\""}, {"n", text(pub.x())}, {"e", text(pub.y())}};
  }
  return {};
}

// A good WIT of kCaller by kIssuerJwk for kWorkloadJwk, valid for an hour from kNow.
struct WitMaker {
  JsonText header{{"alg", "\"ES256\""}, {"kid", Quoted(kIssuerKid)}, {"typ", "\"wit+jwt\""}};
  JsonText cnf_jwk = PublicMembers(kWorkloadJwk).SetString("alg", "ES256");
  JsonText claims{{"sub", Quoted(kCaller)},
                  {"iat", std::to_string(At(0))},
                  {"exp", std::to_string(At(3600))},
                  {"jti", "\"wit-1\""}};
  crypto::PrivateKey key = KeyOf(kIssuerJwk);
  bool with_cnf = true;  // false: claims are signed without cnf, or with what was set there

  WitMaker& Confirm(std::string_view private_jwk, std::string_view alg) {
    cnf_jwk = PublicMembers(private_jwk).SetString("alg", alg);
    return *this;
  }
  [[nodiscard]] std::string ClaimsText() const {
    JsonText all = claims;
    if (with_cnf) all.Set("cnf", JsonText().Set("jwk", cnf_jwk));
    return all.Text();
  }
  [[nodiscard]] std::string Token() const { return SignText(key, header.Text(), ClaimsText()); }
};

// A good WPT by kWorkloadJwk for kAudience/v1/items and `wit`, valid for a minute.
struct WptMaker {
  explicit WptMaker(std::string_view wit) { claims.SetString("wth", Hash(wit)); }

  JsonText header{{"alg", "\"ES256\""}, {"typ", "\"wpt+jwt\""}};
  JsonText claims{{"aud", "\"https://orders.example.com/v1/items\""},
                  {"exp", std::to_string(At(60))},
                  {"jti", "\"proof-1\""}};
  crypto::PrivateKey key = KeyOf(kWorkloadJwk);

  [[nodiscard]] std::string Token() const { return SignText(key, header.Text(), claims.Text()); }
};

inline identity::Origin OriginOf(std::string_view text) {
  Result<identity::Origin> origin = identity::Origin::Parse(text);
  if (!origin.has_value()) std::abort();
  return *origin;
}
inline identity::WorkloadId IdOf(std::string_view text) {
  Result<identity::WorkloadId> id = identity::WorkloadId::Parse(text);
  if (!id.has_value()) std::abort();
  return *id;
}
inline trust::Bundle BundleOf(std::string_view json,
                              trust::BundleFormat format = trust::BundleFormat::kRaw) {
  Result<trust::Bundle> bundle = trust::ParseBundle(json, format);
  if (!bundle.has_value()) std::abort();
  return *bundle;
}

inline trust::OriginConfig OriginConfigOf(std::string_view origin, std::string_view bundle,
                                          trust::BundleFormat format = trust::BundleFormat::kRaw) {
  return {.origin = OriginOf(origin),
          .bundle = BundleOf(bundle, format),
          .extra_x509 = {},
          .issuers = {},
          .algs = {}};
}

// The keys of trust.example.com and of partner.example.net, the latter under kid "partner-1".
inline std::vector<trust::OriginConfig> TestOrigins() {
  return {OriginConfigOf("wimse://trust.example.com",
                         JwkSet({PublicJwkOf(kIssuerJwk, {}, kIssuerKid)})),
          OriginConfigOf("wimse://partner.example.net",
                         JwkSet({PublicJwkOf(kOtherIssuerJwk, {}, "partner-1")}))};
}
inline std::shared_ptr<const trust::TrustSnapshot> SnapshotOf(
    std::vector<trust::OriginConfig> origins, std::uint64_t generation = 1,
    trust::DenyList deny = {}) {
  Result<std::shared_ptr<const trust::TrustSnapshot>> made =
      trust::TrustSnapshot::Make(std::move(origins), generation, std::move(deny));
  if (!made.has_value()) std::abort();
  return *made;
}

}  // namespace signet::testing
