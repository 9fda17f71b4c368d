#include "bench/recipient.h"

#include <vector>

#include "bench/key_tables.h"
#include "protocol/base/check.h"
#include "protocol/crypto/digest.h"

namespace signet::bench {
namespace {

verify::Verifier MakeVerifier(verify::Binding binding) {
  verify::Policy policy;
  SIGNET_CHECK(policy.audiences.Add(testing::kAudience).has_value());
  policy.callers.Add(testing::IdOf(testing::kCaller));
  policy.accept = {binding};
  Result<verify::Verifier> made = verify::Verifier::Make(std::move(policy));
  SIGNET_CHECK(made.has_value());
  return *std::move(made);
}

std::unique_ptr<proxy::KeyTables> MakeTables(const Cast& cast, Tables wanted) {
  if (wanted == Tables::kNone) return nullptr;
  std::vector<crypto::PublicKey> keys{cast.issuer_key().public_key()};
  if (wanted == Tables::kIssuerAndCaller) keys.push_back(cast.workload_key().public_key());
  return BuiltTables(keys);
}

}  // namespace

Recipient::Recipient(crypto::Alg alg, verify::Binding binding, Cache cache, Tables tables)
    : pool_(RequestPool::Of(alg, binding)),
      cache_(cache),
      now_(CastOf(alg).now()),
      trust_(CastOf(alg).Trust()),
      verifier_(MakeVerifier(binding)),
      tables_(MakeTables(CastOf(alg), tables)),
      wit_key_{.wit_digest = crypto::Sha256(AsBytes(CastOf(alg).wit())),
               .trust_generation = trust_->generation(),
               .policy_generation = verifier_.policy().generation,
               .profile = verifier_.policy().profile} {
  context_.key_tables.Attach(tables_.get());
}

void Recipient::Prepare(std::size_t times) {
  SIGNET_CHECK(times <= RequestPool::kSize);
  if (next_ + times <= RequestPool::kSize) return;
  next_ = 0;
  guard_.Forget();
}

void Recipient::DecideNext() {
  if (cache_ == Cache::kCold) context_.cache.Erase(wit_key_);
  Decide(pool_.At(next_++));
  SIGNET_CHECK(context_.cache.size() == 1);
}

void Recipient::Decide(const http::Request& request) {
  const verify::Decision decision =
      verifier_.Decide(request, {verify::Channel::kProtected}, *trust_, &guard_, now_, context_);
  SIGNET_CHECK(decision.allowed());
}

}  // namespace signet::bench
