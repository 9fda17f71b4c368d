#include "app/attack/run.h"

#include <algorithm>
#include <array>

#include "app/call/answer.h"

namespace signet::app::attack {
namespace {

using verify::Binding;

bool AsExpected(const Outcome& outcome, const RunOptions& options) {
  if (outcome.accepted) return false;
  const int status = outcome.got.status;
  // The listener's reason travels as a TLS alert or not at all.
  if (outcome.attack.group == "connection") {
    return status == 0 || (options.any_code && status >= 400);
  }
  if (options.any_code) return status >= 400 && status < 500;
  return outcome.got == outcome.expected;
}

Result<Message> GoodCallOf(Binding binding, const Loot& loot) {
  switch (binding) {
    case Binding::kWpt:
      return GoodWptCall(loot, loot.caller);
    case Binding::kHttpSignature:
      return GoodSignedCall(loot, loot.caller);
    case Binding::kMutualTls:
      break;
  }
  return BareCall(loot);
}

Error NotServed(Binding binding, const Result<http1::ClientResponse>& response) {
  const Refused got = RefusedOf(response);
  const ErrorInfo* info = FindErrorByName(got.code);
  return Error(info != nullptr ? info->code : Errc::kIoRead,
               "a good call by " + std::string(verify::NameOf(binding)) + " was answered " +
                   std::to_string(got.status));
}

}  // namespace

Refused RefusedOf(const Result<http1::ClientResponse>& response) {
  if (!response.has_value()) {
    return {.status = 0,
            .code = std::string(response.error().name()),
            .rule = std::string(response.error().rule())};
  }
  Refused out{.status = response->status, .code = {}, .rule = {}};
  if (const auto problem = ProblemOf(*response); problem.has_value()) {
    out.code = problem->code;
    out.rule = problem->rule;
  }
  return out;
}

Outcome TryAttack(const Attack& attack, const Loot& loot, const Connectivity& connectivity,
                  const SendFunction& send, const RunOptions& options) {
  Outcome out{.attack = attack,
              .skipped = SkipReason(attack, loot, connectivity),
              .expected = RefusedWith(ExpectedOf(attack, loot)),
              .got = {},
              .sent = {}};
  if (!out.skipped.empty()) return out;
  Result<Message> message = attack.make(loot);
  if (!message.has_value()) {
    out.skipped = "cannot be built: " + message.error().detail;
    return out;
  }
  const Result<http1::ClientResponse> response = send(*message, attack.via);
  out.sent = *std::move(message);
  out.got = RefusedOf(response);
  out.accepted = response.has_value() && response->status < 400;
  out.as_expected = AsExpected(out, options);
  return out;
}

Result<void> MakeGoodCalls(Loot& loot, verify::BindingSet wanted, const Connectivity& connectivity,
                           const SendFunction& send) {
  std::optional<Error> last;
  for (const Binding binding : {Binding::kWpt, Binding::kHttpSignature, Binding::kMutualTls}) {
    if (!wanted.empty() && !wanted.Has(binding)) continue;
    if (binding == Binding::kMutualTls && !connectivity.mutual_tls) continue;
    SIGNET_TRY_ASSIGN(Message message, GoodCallOf(binding, loot));
    const Result<http1::ClientResponse> response = send(message, Via::kUsual);
    if (!response.has_value()) return std::unexpected(response.error());
    if (!IsSuccess(response->status)) {
      last = NotServed(binding, response);
      if (!wanted.empty()) return std::unexpected(*std::move(last));
      continue;
    }
    loot.accept.Add(binding);
    if (binding == Binding::kWpt) {
      loot.captured_wpt = std::move(message);
    } else if (binding == Binding::kHttpSignature) {
      loot.captured_signature = std::move(message);
    }
  }
  if (!loot.accept.empty()) return {};
  if (last.has_value()) return std::unexpected(*std::move(last));
  return Refuse(Errc::kUsageOption, "mtls: a client certificate is needed");
}

Result<http1::ClientResponse> MakeGoodCall(const Loot& loot, const SendFunction& send) {
  for (const Binding binding : {Binding::kWpt, Binding::kHttpSignature, Binding::kMutualTls}) {
    if (!loot.accept.Has(binding)) continue;
    SIGNET_TRY_ASSIGN(const Message message, GoodCallOf(binding, loot));
    Result<http1::ClientResponse> response = send(message, Via::kUsual);
    if (response.has_value() && !IsSuccess(response->status)) {
      return std::unexpected(NotServed(binding, response));
    }
    return response;
  }
  return Refuse(Errc::kUsageOption, "no binding is accepted");
}

std::size_t Report::tried() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const Outcome& o) { return o.skipped.empty(); }));
}

std::size_t Report::refused() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      outcomes, [](const Outcome& o) { return o.skipped.empty() && o.as_expected; }));
}

bool Report::good() const {
  return tried() > 0 && refused() == tried() && side_effects.value_or(0) == 0;
}

}  // namespace signet::app::attack
