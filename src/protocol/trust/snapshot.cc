#include "protocol/trust/snapshot.h"

#include <algorithm>

namespace signet::trust {

OriginTrust::OriginTrust(OriginConfig config) : config_(std::move(config)) {
  for (const BundleKey& key : config_.bundle.keys) {
    switch (key.use) {
      case KeyUse::kWit:
        wit_keys_.push_back({.jwk = {.key = key.key,
                                     .algs = key.algs,
                                     .alg = key.alg,
                                     .kid = key.kid,
                                     .use = key.use_name},
                             .thumbprint = key.thumbprint});
        break;
      case KeyUse::kX509:
        x509_anchors_.push_back(key.certificate);
        break;
      case KeyUse::kJwtSvid:
        break;  // never verifies a WIT: the uses are disjoint (WIT-SVID section 6.2)
    }
  }
  x509_anchors_.insert(x509_anchors_.end(), config_.extra_x509.begin(), config_.extra_x509.end());
}

Result<const WitKey*> OriginTrust::SelectWitKey(std::optional<std::string_view> kid,
                                                crypto::Alg alg) const {
  if (wit_keys_.empty()) return Refuse(Errc::kTrustNoKeys, "no WIT key is configured");
  if (kid.has_value()) {
    // An empty kid is not the name of the keys that have none.
    const auto found = std::ranges::find_if(
        wit_keys_, [kid](const WitKey& key) { return !kid->empty() && key.jwk.kid == *kid; });
    if (found == wit_keys_.end()) return Refuse(Errc::kTrustKidUnknown, "kid is in no WIT key");
    return &*found;
  }
  const auto suits = [alg](const WitKey& key) { return key.jwk.algs.Has(alg); };
  const auto first = std::ranges::find_if(wit_keys_, suits);
  if (first == wit_keys_.end()) {
    return Refuse(Errc::kJoseAlgKeyMismatch, "no WIT key is for this algorithm");
  }
  if (std::find_if(std::next(first), wit_keys_.end(), suits) != wit_keys_.end()) {
    return Refuse(Errc::kTrustKidAmbiguous, "several WIT keys are for this algorithm");
  }
  return &*first;
}

bool OriginTrust::AllowsIssuer(std::string_view iss) const {
  return config_.issuers.empty() ||
         std::ranges::find(config_.issuers, iss) != config_.issuers.end();
}

crypto::AlgSet OriginTrust::AllowedAlgs(crypto::AlgSet profile_algs) const {
  return config_.algs.has_value() ? profile_algs.And(*config_.algs) : profile_algs;
}

bool OriginTrust::IsWitKey(std::string_view thumbprint) const {
  return std::ranges::any_of(
      wit_keys_, [thumbprint](const WitKey& key) { return key.thumbprint == thumbprint; });
}

Result<std::shared_ptr<const TrustSnapshot>> TrustSnapshot::Make(std::vector<OriginConfig> origins,
                                                                 std::uint64_t generation,
                                                                 DenyList deny) {
  std::shared_ptr<TrustSnapshot> made(new TrustSnapshot);
  for (OriginConfig& config : origins) {
    std::string text = config.origin.text();
    OriginTrust origin(std::move(config));
    if (!origin.x509_anchors_.empty()) {
      SIGNET_TRY_ASSIGN(origin.path_anchors_, crypto::PathAnchors::Make(origin.x509_anchors_));
    }
    if (!made->origins_.emplace(std::move(text), std::move(origin)).second) {
      return Refuse(Errc::kTrustSnapshot, "an origin is configured twice");
    }
  }
  made->generation_ = generation;
  made->deny_ = std::move(deny);
  return std::shared_ptr<const TrustSnapshot>(std::move(made));
}

const OriginTrust* TrustSnapshot::Find(std::string_view origin_text) const {
  const auto it = origins_.find(origin_text);
  return it == origins_.end() ? nullptr : &it->second;
}

}  // namespace signet::trust
