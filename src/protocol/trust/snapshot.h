// TrustSnapshot: what is trusted, at one moment, immutable.
//
// Documents: creds section 3 and 9.1 (TA-1..4), identifier section 7 (ID-8, ID-11). Floor 4.
// Thread-safe: a snapshot never changes; a change makes a new one with a higher generation, which
// also outdates every cached verification.
//
// Anchors are bound to an origin, scheme and trust domain together: an issuer that is trusted for
// spiffe://t says nothing of wimse://t [TA-4]. Nothing here is ever fetched because a token says
// so [TA-2]: the only way in is configuration or a bundle that was obtained for the origin.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/cert_path.h"
#include "protocol/identity/workload_id.h"
#include "protocol/jose/jwk.h"
#include "protocol/trust/bundle.h"

namespace signet::trust {

// Configuration of one origin.
struct OriginConfig {
  identity::Origin origin;
  Bundle bundle;
  std::vector<Bytes> extra_x509;       // DER anchors beside those of the bundle
  std::vector<std::string> issuers;    // allowed `iss`; empty: `iss` is not judged [TA-2, Q7]
  std::optional<crypto::AlgSet> algs;  // allowed for issuer keys; nullopt: all of the profile
};

// One key that signs WITs of an origin.
struct WitKey {
  jose::Jwk jwk;
  std::string thumbprint;
};

// The anchors of one origin.
class OriginTrust {
 public:
  [[nodiscard]] const identity::Origin& origin() const { return config_.origin; }

  // The key for a WIT with this header [TA-3]: by `kid` if the token has one; else the only key
  // for `alg`. The key found may be for another algorithm; VerifyJws refuses that.
  // Errors: kTrustNoKeys, kTrustKidUnknown, kTrustKidAmbiguous, kJoseAlgKeyMismatch
  [[nodiscard]] Result<const WitKey*> SelectWitKey(std::optional<std::string_view> kid,
                                                   crypto::Alg alg) const;

  // True if `iss` may stand in a WIT of this origin: no list is configured, or it is on it.
  [[nodiscard]] bool AllowsIssuer(std::string_view iss) const;
  [[nodiscard]] bool has_issuer_list() const { return !config_.issuers.empty(); }
  // Algorithms allowed out of `profile_algs`.
  [[nodiscard]] crypto::AlgSet AllowedAlgs(crypto::AlgSet profile_algs) const;
  // True if a key with this thumbprint signs WITs here: no workload may hold it [WIT-11].
  [[nodiscard]] bool IsWitKey(std::string_view thumbprint) const;

  [[nodiscard]] const std::vector<WitKey>& wit_keys() const { return wit_keys_; }
  [[nodiscard]] const std::vector<Bytes>& x509_anchors() const { return x509_anchors_; }
  // The same, parsed once; nullptr if there is none.
  [[nodiscard]] const crypto::PathAnchors* path_anchors() const { return path_anchors_.get(); }

 private:
  friend class TrustSnapshot;
  explicit OriginTrust(OriginConfig config);
  OriginConfig config_;
  std::vector<WitKey> wit_keys_;
  std::vector<Bytes> x509_anchors_;
  std::shared_ptr<const crypto::PathAnchors> path_anchors_;
};

// Credentials that an operator has withdrawn before their expiry (optional; pushed, never
// fetched) [WIC-3].
struct DenyList {
  std::set<std::string, std::less<>> subjects;
  std::set<Digest256> wits;  // WitDenyKey of each (credential/deny_key.h)
  std::set<Digest256> wics;  // WicDenyKey of each
};

class TrustSnapshot {
 public:
  // Errors: kTrustSnapshot (an origin twice), kWicAnchor (an X.509 anchor that cannot be used, or
  // more than kMaxPathAnchors of one origin)
  [[nodiscard]] static Result<std::shared_ptr<const TrustSnapshot>> Make(
      std::vector<OriginConfig> origins, std::uint64_t generation, DenyList deny = {});

  // The trust of an origin; nullptr if it is not configured.
  [[nodiscard]] const OriginTrust* Find(std::string_view origin_text) const;

  // Calls `visit` with each origin's trust, in the order of their names.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [name, origin] : origins_) visit(origin);
  }

  [[nodiscard]] const DenyList& deny() const { return deny_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] std::size_t size() const { return origins_.size(); }

 private:
  TrustSnapshot() = default;
  std::map<std::string, OriginTrust, std::less<>> origins_;
  DenyList deny_;
  std::uint64_t generation_ = 0;
};

}  // namespace signet::trust
