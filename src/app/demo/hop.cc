#include "app/demo/hop.h"

#include <algorithm>

#include "app/demo/ledger_client.h"

namespace signet::app::demo {
namespace {

class HopAttack {
 public:
  HopAttack(const HopUnderAttack& under_attack, HopFindings& hop, Context& context)
      : parts_(under_attack), hop_(hop), context_(context) {}

  Result<void> Try(const attack::Attack& attack, std::vector<AttackOutcome>& out) {
    const attack::Connectivity connectivity{.tls = true, .mutual_tls = parts_.mutual_tls};
    parts_.loot.now = context_.Now();
    if (!attack::SkipReason(attack, parts_.loot, connectivity).empty()) return {};
    SIGNET_TRY_ASSIGN(const attack::Message message, attack.make(parts_.loot));
    AttackOutcome outcome{.hop = hop_.name(),
                          .group = std::string(attack.group),
                          .name = std::string(attack.name),
                          .what = std::string(attack.what),
                          .expected = attack::RefusedWith(attack::ExpectedOf(attack, parts_.loot)),
                          .got = {}};
    SIGNET_TRY_ASSIGN(const Json before, Stats());
    SIGNET_TRY_ASSIGN(const Json answer, Send(message, attack.via));
    outcome.got = GotOf(answer);
    if (outcome.got.status == 0) SIGNET_TRY(AskTheServer(attack, before, outcome));
    SIGNET_TRY_ASSIGN(const Json decisions, parts_.server.Ask({{"cmd", "decisions"}}));
    const Json list = decisions.value("decisions", Json::array());
    if (!list.empty() && list.back().contains("first_seen_s")) {
      outcome.first_seen_s = NumberOf(list.back(), "first_seen_s");
    }
    SIGNET_TRY_ASSIGN(const Json stats, Stats());
    const std::int64_t now = NumberOf(stats, "side_effects");
    outcome.side_effect = now != hop_.side_effects;
    hop_.side_effects = now;
    out.push_back(std::move(outcome));
    return {};
  }

 private:
  Result<Json> Stats() { return parts_.server.Ask({{"cmd", "stats"}}); }

  Result<Json> Send(const attack::Message& message, attack::Via via) {
    return parts_.attacker.Ask({{"cmd", "send"},
                                {"url", hop_.url},
                                {"expect", parts_.server_id},
                                {"claim", parts_.loot.caller.id},
                                {"via", static_cast<int>(via)},
                                {"message", MessageJson(message)}});
  }

  static attack::Refused GotOf(const Json& answer) {
    const auto failed = answer.find("failed");
    const Json& from = failed == answer.end() ? answer : *failed;
    return {.status = static_cast<int>(NumberOf(answer, "status")),
            .code = TextOf(from, "code"),
            .rule = TextOf(from, "rule")};
  }

  // There was no answer: what counts is what the server says of the connection. Our end may see it
  // close before the server has entered why.
  Result<void> AskTheServer(const attack::Attack& attack, const Json& before,
                            AttackOutcome& outcome) {
    const Json& errors_before = before.at("connection_errors");
    const SteadyTime give_up = context_.clock().Steady() + kControlTimeout;
    while (context_.clock().Steady() < give_up) {
      SIGNET_TRY_ASSIGN(const Json after, Stats());
      for (const auto& [code, count] : after.at("connection_errors").items()) {
        if (count.get<std::int64_t>() == NumberOf(errors_before, code.c_str())) continue;
        // Where the client refuses, its own words are the refusal.
        if (attack.via == attack::Via::kWrongServer) return {};
        outcome.got.code = code;
        const ErrorInfo* info = FindErrorByName(code);
        outcome.got.rule = info != nullptr ? std::string(info->rule) : std::string();
        return {};
      }
    }
    return Refuse(Errc::kIoTimeout, "the server has not entered why the connection ended");
  }

  const HopUnderAttack& parts_;
  HopFindings& hop_;
  Context& context_;
};

}  // namespace

attack::TargetCall CallOf(const http1::ClientRequest& captured, const CallUrl& url) {
  return {.method = captured.method,
          .target = captured.target,
          .authority = captured.host,
          .audience = url.audience,
          .body = captured.body};
}

Result<void> AttackHop(const HopUnderAttack& under_attack, HopFindings& hop, Context& context,
                       const std::atomic<bool>& interrupted, std::vector<AttackOutcome>& out) {
  HopAttack attacker(under_attack, hop, context);
  for (const attack::Attack& attack : attack::AllAttacks()) {
    if (interrupted) return Refuse(Errc::kIoCancelled, "interrupted");
    SIGNET_TRY(attacker.Try(attack, out));
  }
  return {};
}

}  // namespace signet::app::demo
