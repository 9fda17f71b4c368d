#include "app/demo/scenario.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "app/call/url.h"
#include "app/demo/holder_control.h"
#include "app/demo/hop.h"
#include "app/demo/ledger_client.h"
#include "app/demo/names.h"
#include "app/demo/workspace.h"
#include "platform/runtime/file.h"
#include "protocol/credential/profile.h"
#include "protocol/trust/bundle.h"

namespace signet::app::demo {
namespace {

constexpr int kGoodCalls = 20;

// The processes with an entry, by the name of their executable.
struct EntryOfRun {
  const char* binary;
  std::string_view id;
};
constexpr EntryOfRun kEntries[] = {{"edge", kEdgeId},
                                   {"orders", kOrdersId},
                                   {"ledger", kLedgerId},
                                   {"reports", kReportsId},
                                   {"edge2", kLookAlikeId}};

class Scenario {
 public:
  Scenario(const DemoOptions& options, Context& context, const std::atomic<bool>& interrupted,
           const Progress& progress, Findings& findings)
      : options_(options),
        context_(context),
        interrupted_(interrupted),
        progress_(progress),
        findings_(findings),
        start_(context.clock().Steady()) {}

  Result<void> Run() {
    SIGNET_TRY_ASSIGN(Workspace workspace, Workspace::Make(options_.keep));
    workspace_.emplace(std::move(workspace));
    using Step = Result<void> (Scenario::*)();
    for (const Step step :
         {&Scenario::StartServer, &Scenario::StartServices, &Scenario::StartWorkloads,
          &Scenario::MakeGoodCalls, &Scenario::TakeLoot, &Scenario::AttackOrders,
          &Scenario::AttackLedger, &Scenario::TryStranger, &Scenario::MakeLastCall}) {
      if (interrupted_) return Refuse(Errc::kIoCancelled, "interrupted");
      SIGNET_TRY((this->*step)());
      findings_.total_s = SecondsSoFar();
      progress_(findings_);
    }
    return Keep();
  }

 private:
  double SecondsSoFar() const {
    return std::chrono::duration<double>(context_.clock().Steady() - start_).count();
  }
  HopFindings& first_hop() { return findings_.hops.at(0); }
  HopFindings& second_hop() { return findings_.hops.at(1); }

  Result<RoleProcess> Start(const std::string& binary, const std::string& role,
                            std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"demo-role", role, "--socket",
                                          workspace_->File("identity.sock")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (options_.verbose) arguments.emplace_back("--log");
    return RoleProcess::Start(binary, workspace_->File("bin/" + binary), std::move(arguments));
  }
  Result<void> StartInto(std::optional<RoleProcess>& into, const std::string& binary,
                         const std::string& role, std::vector<std::string> more = {}) {
    SIGNET_TRY_ASSIGN(RoleProcess process, Start(binary, role, std::move(more)));
    into.emplace(std::move(process));
    return {};
  }

  Result<void> StartServer() {
    SIGNET_TRY(workspace_->AddBinary("server"));
    SIGNET_TRY(workspace_->AddBinary("stranger"));
    std::vector<std::string> entries;
    for (const EntryOfRun& entry : kEntries) {
      SIGNET_TRY_ASSIGN(const std::string path, workspace_->AddBinary(entry.binary));
      entries.insert(entries.end(), {"--entry", fmt::format("{}={}", path, entry.id)});
    }
    SIGNET_TRY(StartInto(server_, "server", "server", std::move(entries)));
    for (const char* member : {"trust_domain", "kid", "alg"}) {
      findings_.server[member] = TextOf(server_->ready(), member);
    }
    return {};
  }

  Result<void> StartServices() {
    SIGNET_TRY(
        StartInto(ledger_, "ledger", "ledger", {"--journal", workspace_->File("ledger.journal")}));
    findings_.first_identity_ms = SecondsSoFar() * 1000;
    const std::string ledger_url = UrlOf(*ledger_, kLedgerPath);
    SIGNET_TRY(
        StartInto(orders_, "orders", "orders",
                  {"--journal", workspace_->File("orders.journal"), "--ledger", ledger_url}));
    findings_.hops.push_back({.from = "edge",
                              .to = "orders",
                              .binding = "WPT",
                              .url = UrlOf(*orders_, kOrdersPath),
                              .decision_us = {}});
    findings_.hops.push_back({.from = "orders",
                              .to = "ledger",
                              .binding = "HTTP signature",
                              .url = ledger_url,
                              .decision_us = {}});
    return {};
  }
  static std::string UrlOf(const RoleProcess& process, std::string_view path) {
    return fmt::format("https://127.0.0.1:{}{}", NumberOf(process.ready(), "port"), path);
  }

  Result<void> StartWorkloads() {
    SIGNET_TRY(StartInto(edge_, "edge", "workload"));
    SIGNET_TRY(StartInto(reports_, "reports", "workload"));
    SIGNET_TRY(StartInto(look_alike_, "edge2", "workload"));
    SIGNET_TRY_ASSIGN(const Json attested, server_->Ask({{"cmd", "attested"}}));
    findings_.attested = attested.value("attested", Json::array());
    return {};
  }

  // Each call of edge makes one of orders.
  Result<void> MakeGoodCalls() {
    SIGNET_TRY_ASSIGN(const Json first, Call(1));
    const int status = static_cast<int>(NumberOf(first.at("calls").at(0), "status"));
    captured_wpt_ = MessageOf(first.at("captured"));
    SIGNET_TRY_ASSIGN(const Json outgoing, orders_->Ask({{"cmd", "outgoing"}}));
    captured_signature_ = MessageOf(outgoing.at("captured"));
    first_hop().first_status = status;
    second_hop().first_status = static_cast<int>(NumberOf(outgoing, "status"));
    for (const char* member : {"server", "checks", "ns"}) {
      second_hop().response[member] = outgoing.at(member);
    }
    SIGNET_TRY(TakeDecisions(*orders_, first_hop()));
    SIGNET_TRY(TakeDecisions(*ledger_, second_hop()));
    SIGNET_TRY(Call(kGoodCalls));
    SIGNET_TRY(TakeDecisions(*orders_, first_hop()));
    SIGNET_TRY(TakeDecisions(*ledger_, second_hop()));
    return CountSideEffects(1 + kGoodCalls);
  }

  // The first decision of a hop is kept whole; of the others the times.
  static Result<void> TakeDecisions(RoleProcess& service, HopFindings& hop) {
    SIGNET_TRY_ASSIGN(const Json answer, service.Ask({{"cmd", "decisions"}}));
    for (const Json& decision : answer.value("decisions", Json::array())) {
      if (hop.first_call.empty()) {
        hop.first_call = decision;
      } else {
        hop.decision_us.push_back(static_cast<double>(NumberOf(decision, "ns")) / 1000);
      }
    }
    return {};
  }

  Result<void> CountSideEffects(int good_calls) {
    for (const auto& [service, hop] :
         {std::pair{&*orders_, &first_hop()}, std::pair{&*ledger_, &second_hop()}}) {
      SIGNET_TRY_ASSIGN(const Json stats, service->Ask({{"cmd", "stats"}}));
      hop->side_effects = NumberOf(stats, "side_effects");
      hop->side_effects_wanted += good_calls;
    }
    return {};
  }

  // Calls of edge that must all succeed.
  Result<Json> Call(int count) {
    SIGNET_TRY_ASSIGN(
        Json answer,
        edge_->Ask(
            {{"cmd", "call"}, {"url", first_hop().url}, {"expect", kOrdersId}, {"count", count}}));
    for (const Json& call : answer.at("calls")) {
      if (NumberOf(call, "status") == 201) continue;
      const ErrorInfo* info = FindErrorByName(TextOf(call, "code"));
      return Refuse(info != nullptr ? info->code : Errc::kIoRead,
                    fmt::format("a good call of edge was answered {}", NumberOf(call, "status")));
    }
    return answer;
  }

  // What somebody gets who sees all that is sent on both hops.
  Result<void> TakeLoot() {
    SIGNET_TRY_ASSIGN(attack::Forger forger, attack::Forger::Make(context_.random()));
    forger_.emplace(std::move(forger));
    SIGNET_TRY(TakeIssuerKey());
    SIGNET_TRY_ASSIGN(attack::Holder reports, HolderIn(*reports_));
    SIGNET_TRY_ASSIGN(attack::Holder look_alike, HolderIn(*look_alike_));
    SIGNET_TRY(TakeLootOf(first_hop(), *edge_, captured_wpt_, reports, edge_loot_));
    edge_loot_->look_alike = std::move(look_alike);
    edge_loot_->captured_wpt = captured_wpt_;
    edge_loot_->accept = {verify::Binding::kWpt};
    SIGNET_TRY(TakeLootOf(second_hop(), *orders_, captured_signature_, reports, orders_loot_));
    orders_loot_->captured_signature = captured_signature_;
    orders_loot_->accept = {verify::Binding::kHttpSignature};
    return {};
  }

  Result<void> TakeLootOf(const HopFindings& hop, RoleProcess& caller,
                          const http1::ClientRequest& captured, const attack::Holder& other,
                          std::optional<attack::Loot>& out) {
    SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(hop.url, false));
    SIGNET_TRY_ASSIGN(attack::Holder holder, HolderIn(caller));
    out.emplace(attack::Loot{.call = CallOf(captured, url),
                             .caller = std::move(holder),
                             .other = other,
                             .issuer_spki = issuer_spki_,
                             .accept = {},
                             .now = context_.Now(),
                             .forger = &*forger_,
                             .random = &context_.random()});
    return {};
  }

  Result<void> TakeIssuerKey() {
    SIGNET_TRY_ASSIGN(
        const trust::Bundle bundle,
        trust::ParseBundle(server_->ready().at("bundle").dump(), trust::BundleFormat::kWimse));
    for (const trust::BundleKey& key : bundle.keys) {
      if (key.use == trust::KeyUse::kWit) issuer_spki_ = key.key.ToSpki();
    }
    return {};
  }

  Result<void> AttackOrders() {
    return AttackHop({.loot = *edge_loot_,
                      .attacker = *reports_,
                      .server = *orders_,
                      .server_id = std::string(kOrdersId)},
                     first_hop(), context_, interrupted_, findings_.attacks);
  }
  Result<void> AttackLedger() {
    return AttackHop({.loot = *orders_loot_,
                      .attacker = *reports_,
                      .server = *ledger_,
                      .server_id = std::string(kLedgerId),
                      .mutual_tls = true},
                     second_hop(), context_, interrupted_, findings_.attacks);
  }

  // A process that runs the same program and has no entry asks for an identity.
  Result<void> TryStranger() {
    const Result<RoleProcess> stranger = Start("stranger", "workload");
    AttackOutcome outcome{.hop = "identity",
                          .group = "identity",
                          .name = "no-entry",
                          .what = "process without an entry asks for an identity",
                          .expected = attack::RefusedWith(0, Errc::kIssueNoIdentity),
                          .got = {}};
    if (!stranger.has_value()) {
      outcome.got = {.status = 0,
                     .code = std::string(stranger.error().name()),
                     .rule = std::string(stranger.error().rule())};
    }
    findings_.attacks.push_back(std::move(outcome));
    return {};
  }

  // The services still serve whom they should.
  Result<void> MakeLastCall() {
    SIGNET_TRY(Call(1));
    SIGNET_TRY(CountSideEffects(1));
    for (std::optional<RoleProcess>* process :
         {&look_alike_, &reports_, &edge_, &orders_, &ledger_, &server_}) {
      (*process)->Stop();
    }
    return {};
  }

  // Public parts only, for those who want to look at them with the other tools.
  Result<void> Keep() {
    if (!workspace_->kept()) return {};
    const auto write = [&](const char* name, const std::string& text) {
      return runtime::WriteFileAtomically(workspace_->File(name), AsBytes(text),
                                          {.mode = 0600, .fault = {}});
    };
    const std::string* proof =
        http1::FindHeader(captured_wpt_.headers, credential::kAuthorizationField);
    if (proof == nullptr) return Refuse(Errc::kWptMissing, "the captured call has none");
    SIGNET_TRY(write("edge.wit", edge_loot_->caller.wit));
    SIGNET_TRY(write("edge.wpt", proof->substr(proof->find(' ') + 1)));
    SIGNET_TRY(write("bundle.json", server_->ready().at("bundle").dump(2)));
    return write("ca.pem", TextOf(server_->ready(), "ca"));
  }

  const DemoOptions& options_;
  Context& context_;
  const std::atomic<bool>& interrupted_;
  const Progress& progress_;
  Findings& findings_;
  SteadyTime start_;

  // Before the processes: the directory goes after them.
  std::optional<Workspace> workspace_;
  std::optional<RoleProcess> server_;
  std::optional<RoleProcess> ledger_;
  std::optional<RoleProcess> orders_;
  std::optional<RoleProcess> edge_;
  std::optional<RoleProcess> reports_;
  std::optional<RoleProcess> look_alike_;

  http1::ClientRequest captured_wpt_;
  http1::ClientRequest captured_signature_;
  std::optional<Bytes> issuer_spki_;
  std::optional<attack::Forger> forger_;
  std::optional<attack::Loot> edge_loot_;
  std::optional<attack::Loot> orders_loot_;
};

}  // namespace

std::size_t Findings::refused() const {
  return static_cast<std::size_t>(
      std::count_if(attacks.begin(), attacks.end(), [](const AttackOutcome& a) { return a.ok(); }));
}

std::int64_t Findings::wanted_side_effects() const {
  return std::accumulate(
      hops.begin(), hops.end(), std::int64_t{0},
      [](std::int64_t sum, const HopFindings& hop) { return sum + hop.side_effects_wanted; });
}

std::int64_t Findings::unwanted_side_effects() const {
  return std::accumulate(
      hops.begin(), hops.end(), std::int64_t{0},
      [](std::int64_t sum, const HopFindings& hop) { return sum + hop.unwanted_side_effects(); });
}

Result<void> RunScenario(const DemoOptions& options, Context& context,
                         const std::atomic<bool>& interrupted, const Progress& progress,
                         Findings& findings) {
  // What the processes say is read with a library that throws where a member is missing.
  try {
    return Scenario(options, context, interrupted, progress, findings).Run();
  } catch (const Json::exception&) {
    return Refuse(Errc::kIoRead, "a process of the first run does not answer as it should");
  }
}

}  // namespace signet::app::demo
