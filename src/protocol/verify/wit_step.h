// The WIT of a message: verified, or taken from the cache where it was verified before under the
// same trust and policy. Requests and responses share this step.
//
// Floor 8. Not thread-safe: cache and reader are of one loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/base/bounded_text.h"
#include "protocol/base/check_list.h"
#include "protocol/base/result.h"
#include "protocol/base/time.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/jose/jws.h"
#include "protocol/trust/snapshot.h"
#include "protocol/verify/wit_cache.h"

namespace signet::verify {

// What the step found, as far as it came: also of a WIT that is refused because it has expired.
struct WitFound {
  std::shared_ptr<const credential::VerifiedWit> wit;
  DigestText hash;  // base64url(SHA-256(token)); empty for a token that is too long
};

// Every check, the failing one included, is added to `checks`.
// Errors: kJoseTooLong [WIT-12.a] and those of VerifyWit
[[nodiscard]] Result<void> VerifyMessageWit(
    std::string_view token, const trust::TrustSnapshot& trust, const credential::WitRules& rules,
    std::uint64_t policy_generation, WallTime now, WitCache& cache, jose::JwsReader& reader,
    CheckList& checks, WitFound& found, crypto::KeyTableView* tables = nullptr);

}  // namespace signet::verify
