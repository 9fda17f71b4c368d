#include "service/proxy/enforcement_point.h"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/base/error.h"
#include "protocol/codec/uri.h"
#include "service/proxy/tls_verifier.h"

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

namespace {

http1::Response CannotSign(std::string detail) {
  verify::Decision decision;
  decision.error = Error(Errc::kHttpsigCannotSign, std::move(detail));
  decision.http_status = InfoOf(Errc::kHttpsigCannotSign).http_status;
  return RefusalResponse(decision);
}

}  // namespace

EnforcementPoint::EnforcementPoint(verify::Verifier verifier, EnforcementParts parts)
    : verifier_(std::move(verifier)), parts_(std::move(parts)), key_tables_(parts_.key_tables) {
  for (std::size_t i = 0; i < parts_.loops.size(); ++i) {
    loops_.push_back(std::make_shared<LoopState>(parts_.trust));
    loops_.back()->context.key_tables.Attach(&key_tables_);
  }
  if (parts_.key_tables.enabled) key_table_builder_.emplace(key_tables_, parts_.clock);
  WantIssuerTables(*parts_.trust);
}

void EnforcementPoint::WantIssuerTables(const trust::TrustSnapshot& trust) {
  if (!key_table_builder_.has_value()) return;
  if (key_tables_.SetIssuers(IssuerKeysOf(trust))) key_table_builder_->Wake();
}

Result<std::unique_ptr<EnforcementPoint>> EnforcementPoint::Make(verify::Policy policy,
                                                                 EnforcementParts parts) {
  if (parts.trust == nullptr) return Refuse(Errc::kVerifyConfiguration, "no trust snapshot");
  if (static_cast<bool>(parts.handler) == static_cast<bool>(parts.async_handler)) {
    return Refuse(Errc::kVerifyConfiguration, "one handler is wanted");
  }
  if (parts.replay != nullptr && !policy.waive_replay_protection &&
      parts.replay->longest_life() < verify::LongestProofLife(policy)) {
    return Refuse(Errc::kVerifyConfiguration,
                  "the replay store forgets proofs that live as long as the policy allows [RPL-1]");
  }
  SIGNET_TRY_ASSIGN(verify::Verifier verifier, verify::Verifier::Make(std::move(policy)));
  return std::unique_ptr<EnforcementPoint>(
      new EnforcementPoint(std::move(verifier), std::move(parts)));
}

std::optional<http1::Response> EnforcementPoint::Screen(const http1::RequestContext& context,
                                                        verify::Decision& decision) {
  LoopState& loop = *loops_.at(context.loop);
  const verify::Channel channel =
      context.channel_protected ? verify::Channel::kProtected : verify::Channel::kUnprotected;
  const SteadyTime start = parts_.clock.Steady();
  const verify::Connection connection(channel, WicOf(context.peer.get()));
  decision = verifier_.Decide(context.request, connection, *loop.trust, parts_.replay,
                              parts_.clock.Now(), loop.context);
  const std::chrono::nanoseconds elapsed = parts_.clock.Steady() - start;
  if (loop.context.key_tables.TakeWanted()) key_table_builder_->Wake();
  if (decision.allowed()) {
    loop.allowed.fetch_add(1, std::memory_order_relaxed);
  } else {
    loop.refused[IndexOf(decision.error->code)].fetch_add(1, std::memory_order_relaxed);
  }
  Log(context, decision);
  if (parts_.observer) parts_.observer(decision, elapsed);
  if (!decision.allowed()) {
    http1::Response refusal = RefusalResponse(decision);
    // Whoever is known and may not do this can check who says so. Nobody else gets a signature.
    if (decision.error->code == Errc::kVerifyCallerNotAllowed) {
      SignResponse(context, decision, refusal);
    }
    return refusal;
  }
  const bool must_sign = decision.signature.has_value() &&
                         (decision.signature->sign_response() || parts_.sign_all_responses);
  // Asked before the request is acted on: afterwards it would be too late to refuse.
  if (must_sign && parts_.response_signer == nullptr) return CannotSign("no key to sign with");
  return std::nullopt;
}

http1::Response EnforcementPoint::Handle(const http1::RequestContext& context) {
  verify::Decision decision;
  std::optional<http1::Response> refusal = Screen(context, decision);
  if (refusal.has_value()) return *std::move(refusal);
  http1::Response response = parts_.handler(context, *decision.subject);
  SignResponse(context, decision, response);
  return response;
}

void EnforcementPoint::HandleAsync(const http1::RequestContext& context,
                                   http1::Responder responder) {
  auto decision = std::make_shared<verify::Decision>();
  std::optional<http1::Response> refusal = Screen(context, *decision);
  if (refusal.has_value()) {
    responder.Send(*std::move(refusal));
    return;
  }
  const identity::WorkloadId& subject = *decision->subject;
  parts_.async_handler(context, subject,
                       [this, &context, decision,
                        responder = std::move(responder)](http1::Response response) mutable {
                         SignResponse(context, *decision, response);
                         responder.Send(std::move(response));
                       });
}

void EnforcementPoint::SignResponse(const http1::RequestContext& context,
                                    const verify::Decision& decision,
                                    http1::Response& response) const {
  if (!decision.signature.has_value() || parts_.response_signer == nullptr) return;
  if (!decision.signature->sign_response() && !parts_.sign_all_responses) return;
  http::Response view;
  view.status = response.status;
  for (const http1::Header& header : response.headers) view.fields.Add(header.name, header.value);
  // The answer to HEAD has no content, whatever the handler said.
  if (context.request.method != "HEAD") view.body = AsBytes(response.body);
  Result<std::vector<http1::Header>> fields =
      parts_.response_signer->Sign(view, context.request, decision.signature->nonce());
  if (!fields.has_value()) {
    parts_.logger.LogError("response not signed", fields.error(), {});
    response = CannotSign("signing failed");
    return;
  }
  for (http1::Header& field : *fields) response.headers.push_back(std::move(field));
}

void EnforcementPoint::Log(const http1::RequestContext& context,
                           const verify::Decision& decision) const {
  const std::string_view subject =
      decision.subject.has_value() ? std::string_view(decision.subject->text()) : "-";
  const std::string_view transport =
      decision.transport.has_value() ? std::string_view(decision.transport->text()) : "-";
  const std::string_view path =
      codec::WithoutQueryAndFragment(context.request.target).substr(0, kMaxLoggedPath);
  const std::string_view method = context.request.method.substr(0, kMaxLoggedMethod);
  const std::string_view verdict = verify::NameOf(decision.verdict);
  if (decision.allowed()) {
    parts_.logger.Info("decision", {{"verdict", verdict},
                                    {"subject", subject},
                                    {"binding", verify::NameOf(decision.bindings)},
                                    {"transport", transport},
                                    {"jti", decision.proof_id.view()},
                                    {"wit_sha256", decision.wit_hash.view()},
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
                          {"binding", verify::NameOf(decision.bindings)},
                          {"transport", transport},
                          {"jti", decision.proof_id.view()},
                          {"wit_sha256", decision.wit_hash.view()},
                          {"method", method},
                          {"path", path},
                          {"remote", context.channel.remote},
                          {"trust_generation", decision.trust_generation}});
}

void EnforcementPoint::ReplaceTrust(const std::shared_ptr<const trust::TrustSnapshot>& trust) {
  if (trust == nullptr) return;
  WantIssuerTables(*trust);
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
