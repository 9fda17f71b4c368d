#include "service/proxy/enforcement_point.h"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/base/error.h"
#include "protocol/codec/uri.h"

namespace signet::proxy {
namespace {

// What a peer chose goes into the log shortened: the line is for people and for a disk.
constexpr std::size_t kMaxLoggedMethod = 16;
constexpr std::size_t kMaxLoggedPath = 256;

std::size_t IndexOf(Errc code) {
  const ErrorList all = AllErrors();
  const auto* at = std::find_if(all.begin(), all.end(),
                                [&](const ErrorInfo& info) { return info.code == code; });
  return static_cast<std::size_t>(at - all.begin());
}

}  // namespace

struct EnforcementPoint::LoopState {
  explicit LoopState(std::shared_ptr<const trust::TrustSnapshot> first)
      : trust(std::move(first)), refused(AllErrors().count) {}
  // Of this loop's thread only.
  verify::VerifyContext context;
  std::shared_ptr<const trust::TrustSnapshot> trust;
  // Written by this loop, read by anybody.
  std::atomic<std::uint64_t> allowed{0};
  std::vector<std::atomic<std::uint64_t>> refused;  // by the index in AllErrors()
};

http1::Response RefusalResponse(const verify::Decision& decision) {
  verify::Refusal refusal = verify::RefusalOf(decision);
  http1::Response out;
  out.status = refusal.status;
  for (auto& [name, value] : refusal.fields) {
    out.headers.push_back({std::move(name), std::move(value)});
  }
  out.body = std::move(refusal.body);
  return out;
}

EnforcementPoint::EnforcementPoint(verify::Verifier verifier, EnforcementParts parts)
    : verifier_(std::move(verifier)), parts_(std::move(parts)) {
  for (std::size_t i = 0; i < parts_.loops.size(); ++i) {
    loops_.push_back(std::make_shared<LoopState>(parts_.trust));
  }
}

Result<std::unique_ptr<EnforcementPoint>> EnforcementPoint::Make(verify::Policy policy,
                                                                 EnforcementParts parts) {
  if (parts.trust == nullptr) return Refuse(Errc::kVerifyConfiguration, "no trust snapshot");
  if (!parts.handler) return Refuse(Errc::kVerifyConfiguration, "no handler");
  SIGNET_TRY_ASSIGN(verify::Verifier verifier, verify::Verifier::Make(std::move(policy)));
  return std::unique_ptr<EnforcementPoint>(
      new EnforcementPoint(std::move(verifier), std::move(parts)));
}

http1::Response EnforcementPoint::Handle(const http1::RequestContext& context) {
  LoopState& loop = *loops_.at(context.loop);
  const verify::Channel channel =
      context.channel_protected ? verify::Channel::kProtected : verify::Channel::kUnprotected;
  const SteadyTime start = parts_.clock.Steady();
  const verify::Decision decision = verifier_.Decide(
      context.request, channel, *loop.trust, parts_.replay, parts_.clock.Now(), loop.context);
  const std::chrono::nanoseconds elapsed = parts_.clock.Steady() - start;
  if (decision.allowed()) {
    loop.allowed.fetch_add(1, std::memory_order_relaxed);
  } else {
    loop.refused[IndexOf(decision.error->code)].fetch_add(1, std::memory_order_relaxed);
  }
  Log(context, decision);
  if (parts_.observer) parts_.observer(decision, elapsed);
  if (!decision.allowed() || !decision.subject.has_value()) return RefusalResponse(decision);
  return parts_.handler(context, *decision.subject);
}

void EnforcementPoint::Log(const http1::RequestContext& context,
                           const verify::Decision& decision) const {
  const std::string_view subject =
      decision.subject.has_value() ? std::string_view(decision.subject->text()) : "-";
  const std::string_view path =
      codec::WithoutQueryAndFragment(context.request.target).substr(0, kMaxLoggedPath);
  const std::string_view method = context.request.method.substr(0, kMaxLoggedMethod);
  const std::string_view verdict = verify::NameOf(decision.verdict);
  if (decision.allowed()) {
    parts_.logger.Info("decision", {{"verdict", verdict},
                                    {"subject", subject},
                                    {"binding", verify::NameOf(decision.binding)},
                                    {"jti", decision.proof_id},
                                    {"wit_sha256", decision.wit_hash},
                                    {"method", method},
                                    {"path", path},
                                    {"remote", context.channel.remote},
                                    {"trust_generation", decision.trust_generation}});
    return;
  }
  parts_.logger.LogError("decision", *decision.error,
                         {{"verdict", verdict},
                          {"status", decision.http_status},
                          {"subject", subject},
                          {"binding", verify::NameOf(decision.binding)},
                          {"jti", decision.proof_id},
                          {"wit_sha256", decision.wit_hash},
                          {"method", method},
                          {"path", path},
                          {"remote", context.channel.remote},
                          {"trust_generation", decision.trust_generation}});
}

void EnforcementPoint::ReplaceTrust(std::shared_ptr<const trust::TrustSnapshot> trust) {
  if (trust == nullptr) return;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    // The state is held by the task: it may run after this object has gone.
    parts_.loops.Post(i, [state = loops_[i], trust] { state->trust = trust; });
  }
}

std::vector<DecisionCount> EnforcementPoint::counts() const {
  const ErrorList all = AllErrors();
  std::vector<DecisionCount> out{{"allowed", 0}};
  for (const auto& loop : loops_) out[0].count += loop->allowed.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < all.count; ++i) {
    std::uint64_t count = 0;
    for (const auto& loop : loops_) count += loop->refused[i].load(std::memory_order_relaxed);
    if (count > 0) out.push_back({all.first[i].name, count});
  }
  return out;
}

}  // namespace signet::proxy
