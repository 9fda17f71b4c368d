#include "protocol/verify/wit_step.h"

#include <utility>

#include "protocol/base/limits.h"
#include "protocol/codec/base64url.h"
#include "protocol/crypto/digest.h"

namespace signet::verify {
namespace {

using credential::VerifiedWit;

// Everything but the time was decided when it was put into the cache, under the same trust: the
// list names the same checks in the same order.
void PassCached(const VerifiedWit& wit, const trust::TrustSnapshot& trust,
                const credential::WitRules& rules, CheckList& checks) {
  checks.Pass("WIT-8");
  const trust::OriginTrust* origin = trust.Find(wit.subject().origin_text());
  if (rules.expected_issuer.has_value() || !wit.issuer().empty() ||
      (origin != nullptr && origin->has_issuer_list())) {
    checks.Pass("TA-2");
  }
  for (const std::string_view rule : {"WIT-12.e", "WIT-3", "WIT-11"}) checks.Pass(rule);
  if (credential::InfoOf(rules.profile).kid_required) checks.Pass("WSVID-1");
  for (const std::string_view rule : {"WIC-3", "WIT-12.f"}) checks.Pass(rule);
}

}  // namespace

Result<void> VerifyMessageWit(std::string_view token, const trust::TrustSnapshot& trust,
                              const credential::WitRules& rules, std::uint64_t policy_generation,
                              WallTime now, WitCache& cache, jose::JwsReader& reader,
                              CheckList& checks, WitFound& found, crypto::KeyTableView* tables) {
  if (token.size() > kMaxTokenBytes) {
    Error error = Error(Errc::kJoseTooLong, "the WIT is over 8 KiB").At("WIT-12.a");
    checks.Fail(error);
    return std::unexpected(std::move(error));
  }
  const WitCacheKey key{.wit_digest = crypto::Sha256(AsBytes(token)),
                        .trust_generation = trust.generation(),
                        .policy_generation = policy_generation,
                        .profile = rules.profile};
  found.hash = codec::Base64UrlEncodeDigest(key.wit_digest);
  found.wit = cache.Find(key);
  if (found.wit != nullptr) {
    for (const std::string_view rule :
         {"WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-1", "WIT-12.d", "WIT-2"}) {
      checks.Pass(rule);
    }
    Result<void> time = credential::CheckWitTime(*found.wit, rules, now);
    if (!time.has_value()) {
      cache.Erase(key);
      checks.Fail(time.error());
      return time;
    }
    PassCached(*found.wit, trust, rules, checks);
    return {};
  }
  Result<VerifiedWit> wit = credential::VerifyWit(token, trust, rules, now, reader, checks,
                                                  {.tables = tables, .digest = &key.wit_digest});
  if (!wit.has_value()) return std::unexpected(std::move(wit).error());
  found.wit = std::make_shared<const VerifiedWit>(*std::move(wit));
  cache.Insert(key, found.wit);
  return {};
}

}  // namespace signet::verify
