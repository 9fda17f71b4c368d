// Trust bundles: the keys and certificates with which a trust domain's credentials are verified.
// Three encodings, one model.
//
// Documents: SPIFFE Trust Domain and Bundle, WIT-SVID section 6 (BUN-1); WIMSE trust domain
// discovery (TD-1..3); creds section 3 for plain JWK Sets (TA-3). Floor 4. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/crypto/alg.h"
#include "protocol/crypto/public_key.h"

namespace signet::trust {

enum class BundleFormat : std::uint8_t {
  kRaw,     // a JWK Set as an operator configures it; `use` may be absent
  kSpiffe,  // spiffe_sequence, spiffe_refresh_hint; use wit-svid, jwt-svid, x509-svid
  kWimse,   // sequence_number, refresh_hint; use wimse-jwt, wimse-x509
};

// What a key of the model verifies. A key serves one kind of credential only (ATTACKS 6).
enum class KeyUse : std::uint8_t { kWit, kJwtSvid, kX509 };

struct BundleKey {
  crypto::PublicKey key;
  KeyUse use = KeyUse::kWit;
  crypto::AlgSet algs;             // empty for kX509
  std::optional<crypto::Alg> alg;  // as the JWK states it
  std::string kid;                 // empty if absent; always empty for kX509
  std::string thumbprint;          // RFC 7638, base64url
  Bytes certificate;               // kX509: the DER certificate
  std::string use_name;            // `use` as written; empty if absent
};

// Only entries that are usable here: the rest was ignored as the formats demand. A bundle without
// keys is valid and means that nothing of this trust domain is [BUN-1].
struct Bundle {
  std::optional<std::uint64_t> sequence;
  std::optional<seconds> refresh_hint;
  std::vector<BundleKey> keys;
};

// Reads a bundle of at most kMaxBundleBytes.
//
// Ignored: JWKs of unknown kty, crv or use (kSpiffe, kWimse: also without use; kRaw: with a use
// other than wit-svid and wimse-jwt), and signature keys whose algorithm is not supported. kSpiffe:
// also an RSA key for WITs without alg; a JWT-SVID key without alg is kept, with no algorithm.
//
// Errors:
//   json errors           the text
//   kBundleMalformed      not an object, `keys` absent or no array, an element no object
//   kBundleSequence       sequence or refresh hint is no non-negative integer
//   kBundleKidMissing     kSpiffe: a wit-svid or jwt-svid key without kid
//   kBundleKidDuplicate   two JWT or WIT keys share a kid
//   kBundleX5c            certificate entry: kSpiffe: no readable certificate; kWimse: not exactly
//                         one, or its key is not the JWK's [TD-2]; both: one that may not sign
//                         certificates, or more than crypto::kMaxPathAnchors of them
//   kBundleKeyTwoAlgs     one key stands for two algorithms [BCP-1]
//   kJwkPrivate, kJwkSymmetric and other faults of a usable entry: the whole bundle is refused
[[nodiscard]] Result<Bundle> ParseBundle(std::string_view json, BundleFormat format);

struct BundleChange {
  std::vector<std::string> added;    // kids (thumbprints where a key has none)
  std::vector<std::string> removed;  // never to be used again from now on [TD-3]
};

// Decides whether `next` may replace `current` of the same origin.
//
// Errors:
//   kBundleRollback      lower sequence than the current one [TD-3]
//   kBundleSequenceLost  no sequence although the current one has one
//   kBundleNotIncreased  other keys under the same sequence [TD-1]
//   kBundleKidReused     a kid of the current bundle names another key (ATTACKS 37)
[[nodiscard]] Result<BundleChange> CheckBundleUpdate(const Bundle& current, const Bundle& next);

}  // namespace signet::trust
