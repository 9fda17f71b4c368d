// Workload Proof Token (WPT): making one. Needs the workload's private key (target
// signet_proof_sign).
//
// Document: draft-ietf-wimse-wpt section 2 (WPT-1..4). Floor 6. Pure; thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/profile.h"
#include "protocol/crypto/private_key.h"

namespace signet::proof {

inline constexpr seconds kDefaultProofLifetime{60};

// A context token beside the Txn-Token: header field name in lower case, whole field value.
struct OtherToken {
  std::string name;
  std::string value;
};

struct WptContent {
  std::string_view wit;  // the token that is sent in the same request
  std::string_view aud;  // target URI; query and fragment are cut off [WPT-2]
  WallTime exp;
  std::string_view jti;  // empty: 128 random bits
  std::optional<std::string_view> txn_token;
  std::optional<std::string_view> access_token;  // revision 01 only; ignored by 02
  std::span<const OtherToken> other_tokens;
  credential::WptRevision revision = credential::kDefaultWptRevision;
  // Named waiver for tests of other implementations: make the proof although the WIT confirms
  // another key or algorithm.
  bool allow_foreign_wit = false;
};

// Errors:
//   kWptSignInput  aud empty; a context token's name not in lower case or given twice; the WIT
//                  cannot be read, or confirms another key or algorithm than the signer's [WPT-1]
//   kCryptoFailure, kJoseTooLong
[[nodiscard]] Result<std::string> SignWpt(const crypto::PrivateKey& key, const WptContent& content,
                                          Random& random);

// 128 random bits in base64url, as jti and nonces need them [WPT-2, SIG-9].
[[nodiscard]] std::string RandomId(Random& random);

}  // namespace signet::proof
