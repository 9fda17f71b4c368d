// Names, types and rules of each draft revision and profile, in one table: when a document moves,
// this is the file that changes.
//
// Documents: draft-ietf-wimse-workload-creds, draft-ietf-wimse-wpt, SPIFFE WIT-SVID. Floor 5.
// The newest revision is the default; the one before stays as a setting. A revision is never
// guessed from a message and never downgraded.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/base/time.h"
#include "protocol/crypto/alg.h"

namespace signet::credential {

// Header field and media types of the WIT; the same in every revision so far.
// Issued and accepted; longer is a waiver on either side [WIT-8].
inline constexpr seconds kMaxWitLifetime{24 * 3600};

inline constexpr std::string_view kWitField = "Workload-Identity-Token";
inline constexpr std::string_view kWitTyp = "wit+jwt";
inline constexpr std::string_view kWptTyp = "wpt+jwt";
inline constexpr std::string_view kTxnTokenField = "Txn-Token";
inline constexpr std::string_view kAuthorizationField = "Authorization";

// How strictly a WIT is read.
enum class WitProfile : std::uint8_t {
  kWimse,   // draft-ietf-wimse-workload-creds; wimse:// and spiffe:// subjects
  kSpiffe,  // WIT-SVID [WSVID-1]: stricter, spiffe:// only
};

struct WitProfileInfo {
  WitProfile profile;
  std::string_view name;  // as in settings and in `signet check`
  crypto::AlgSet algs;    // of the issuer's signature and of cnf.jwk
  bool kid_required;
  bool exact_typ;  // "wit+jwt" byte for byte; else any spelling of the media type (Q9)
  bool aud_forbidden;
  bool spiffe_subject_required;
};

inline constexpr std::array<WitProfileInfo, 2> kWitProfiles{{
    {WitProfile::kWimse, "wimse", crypto::kAllAlgs, false, false, false, false},
    {WitProfile::kSpiffe, "spiffe", crypto::kSpiffeAlgs, true, true, true, true},
}};

// Where a Workload Proof Token is sent and what it holds.
enum class WptRevision : std::uint8_t { k01, k02 };

struct WptRevisionInfo {
  WptRevision revision;
  std::string_view name;  // as in settings and in `signet check`
  std::string_view document;
  std::string_view proof_field;  // header field that carries the proof
  std::string_view auth_scheme;  // empty: the field holds the bare token
  bool has_ath;                  // ath binds an OAuth access token [WPT-3]
  int rejected_status;           // of a refusal because of the proof [WPT-8]
  bool challenge;                // that refusal carries WWW-Authenticate
};

inline constexpr std::array<WptRevisionInfo, 2> kWptRevisions{{
    {WptRevision::k01, "wpt-01", "draft-ietf-wimse-wpt-01", "Workload-Proof-Token", "", true, 400,
     false},
    {WptRevision::k02, "wpt-02", "draft-ietf-wimse-wpt-02", "Authorization", "WPT", false, 401,
     true},
}};
inline constexpr WptRevision kDefaultWptRevision = WptRevision::k02;

[[nodiscard]] constexpr const WitProfileInfo& InfoOf(WitProfile profile) {
  return kWitProfiles[static_cast<std::size_t>(profile)];
}
[[nodiscard]] constexpr const WptRevisionInfo& InfoOf(WptRevision revision) {
  return kWptRevisions[static_cast<std::size_t>(revision)];
}

[[nodiscard]] constexpr std::optional<WitProfile> WitProfileFromName(std::string_view name) {
  for (const WitProfileInfo& info : kWitProfiles) {
    if (info.name == name) return info.profile;
  }
  return std::nullopt;
}
[[nodiscard]] constexpr std::optional<WptRevision> WptRevisionFromName(std::string_view name) {
  for (const WptRevisionInfo& info : kWptRevisions) {
    if (info.name == name) return info.revision;
  }
  return std::nullopt;
}

}  // namespace signet::credential
