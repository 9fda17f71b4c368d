#include "app/demo/scenario.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "app/call/answer.h"
#include "app/call/expected_server.h"
#include "app/call/url.h"
#include "app/demo/names.h"
#include "app/demo/workspace.h"
#include "platform/net/tls_peer.h"
#include "platform/runtime/file.h"
#include "protocol/credential/profile.h"
#include "protocol/trust/bundle.h"

namespace signet::app::demo {
namespace {

constexpr int kGoodCalls = 20;
// Beyond the leeway of 60 s.
constexpr int kLongExpired = -120;

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
         {&Scenario::StartServer, &Scenario::StartWorkloads, &Scenario::MakeGoodCalls,
          &Scenario::TakeLoot, &Scenario::TryAttacks, &Scenario::TryStranger,
          &Scenario::TryWrongServer, &Scenario::TryPlainHttp, &Scenario::CountSideEffects}) {
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

  Result<RoleProcess> Start(const std::string& binary, const std::string& role,
                            std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"demo-role", role, "--socket",
                                          workspace_->File("identity.sock")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (options_.verbose) arguments.emplace_back("--log");
    return RoleProcess::Start(binary, workspace_->File("bin/" + binary), std::move(arguments));
  }

  Result<void> StartServer() {
    std::vector<std::string> entries;
    for (const char* name : {"server", "edge", "orders", "reports", "stranger"}) {
      SIGNET_TRY(workspace_->AddBinary(name));
    }
    for (const auto& [name, id] : {std::pair{"edge", kEdgeId}, std::pair{"orders", kOrdersId},
                                   std::pair{"reports", kReportsId}}) {
      entries.insert(
          entries.end(),
          {"--entry", fmt::format("{}={}", workspace_->File(std::string("bin/") + name), id)});
    }
    SIGNET_TRY_ASSIGN(RoleProcess server, Start("server", "server", std::move(entries)));
    server_.emplace(std::move(server));
    for (const char* member : {"trust_domain", "kid", "alg"}) {
      findings_.server[member] = TextOf(server_->ready(), member);
    }
    SIGNET_TRY_ASSIGN(const std::vector<Bytes> anchors,
                      ReadAnchors(TextOf(server_->ready(), "ca")));
    SIGNET_TRY_ASSIGN(anchors_, net::TrustAnchors::Make(anchors));
    return {};
  }

  Result<void> StartWorkloads() {
    SIGNET_TRY_ASSIGN(RoleProcess orders,
                      Start("orders", "orders", {"--journal", workspace_->File("replay.journal")}));
    orders_.emplace(std::move(orders));
    findings_.first_identity_ms = SecondsSoFar() * 1000;
    SIGNET_TRY_ASSIGN(RoleProcess edge, Start("edge", "workload"));
    edge_.emplace(std::move(edge));
    SIGNET_TRY_ASSIGN(RoleProcess reports, Start("reports", "workload"));
    reports_.emplace(std::move(reports));
    findings_.url =
        fmt::format("https://127.0.0.1:{}{}", NumberOf(orders_->ready(), "port"), kOrdersPath);
    SIGNET_TRY_ASSIGN(url_, ParseCallUrl(findings_.url, false));
    SIGNET_TRY_ASSIGN(const Json attested, server_->Ask({{"cmd", "attested"}}));
    findings_.attested = attested.value("attested", Json::array());
    return {};
  }

  Result<Json> Decisions() {
    SIGNET_TRY_ASSIGN(const Json answer, orders_->Ask({{"cmd", "decisions"}}));
    return answer.value("decisions", Json::array());
  }

  Result<void> MakeGoodCalls() {
    SIGNET_TRY_ASSIGN(const Json first, Call(1));
    findings_.first_status = static_cast<int>(NumberOf(first.at("calls").at(0), "status"));
    captured_ = first.at("captured");
    SIGNET_TRY_ASSIGN(const Json decided, Decisions());
    if (!decided.empty()) findings_.first_call = decided.at(0);
    SIGNET_TRY(Call(kGoodCalls));
    SIGNET_TRY_ASSIGN(const Json rest, Decisions());
    for (const Json& decision : rest) {
      findings_.decision_us.push_back(static_cast<double>(NumberOf(decision, "ns")) / 1000);
    }
    findings_.side_effects_wanted = 1 + kGoodCalls;
    return {};
  }

  // Calls of edge that must all succeed.
  Result<Json> Call(int count) {
    SIGNET_TRY_ASSIGN(
        Json answer,
        edge_->Ask(
            {{"cmd", "call"}, {"url", findings_.url}, {"expect", kOrdersId}, {"count", count}}));
    for (const Json& call : answer.at("calls")) {
      if (NumberOf(call, "status") == 201) continue;
      const ErrorInfo* info = FindErrorByName(TextOf(call, "code"));
      return Refuse(info != nullptr ? info->code : Errc::kIoRead,
                    fmt::format("a good call of edge was answered {}", NumberOf(call, "status")));
    }
    return answer;
  }

  Result<std::string> ProofOf(RoleProcess& workload, Json command) {
    command["cmd"] = "proof";
    SIGNET_TRY_ASSIGN(const Json answer, workload.Ask(command));
    return TextOf(answer, "wpt");
  }

  // What somebody gets who sees all that edge sends, and whom edge has called too.
  Result<void> TakeLoot() {
    loot_.captured = {.method = TextOf(captured_, "method"),
                      .target = TextOf(captured_, "target"),
                      .headers = {},
                      .body = TextOf(captured_, "body"),
                      .host = url_.authority};
    for (const Json& header : captured_.at("headers")) {
      loot_.captured.headers.push_back(
          {header.at(0).get<std::string>(), header.at(1).get<std::string>()});
    }
    const std::string& aud = url_.audience;
    loot_.audience = aud;
    loot_.now = context_.Now();
    const std::string* wit = http1::FindHeader(loot_.captured.headers, credential::kWitField);
    if (wit == nullptr) return Refuse(Errc::kWitMissing, "the captured call has none");
    loot_.wit = *wit;
    SIGNET_TRY_ASSIGN(loot_.spare_proof, ProofOf(*edge_, {{"aud", aud}, {"ttl_s", 60}}));
    SIGNET_TRY_ASSIGN(loot_.proof_for_another,
                      ProofOf(*edge_, {{"aud", "https://evil.example/v1/orders"}, {"ttl_s", 60}}));
    SIGNET_TRY_ASSIGN(loot_.expired_proof,
                      ProofOf(*edge_, {{"aud", aud}, {"ttl_s", kLongExpired}}));
    SIGNET_TRY_ASSIGN(loot_.proof_of_other_wit,
                      ProofOf(*edge_, {{"aud", aud}, {"ttl_s", 60}, {"other_wit", true}}));
    SIGNET_TRY_ASSIGN(const Json token, edge_->Ask({{"cmd", "key_proof"}, {"aud", aud}}));
    loot_.other_token = TextOf(token, "token");
    SIGNET_TRY_ASSIGN(const Json reports,
                      reports_->Ask({{"cmd", "proof"}, {"aud", aud}, {"ttl_s", 60}}));
    loot_.reports_wit = TextOf(reports, "wit");
    loot_.reports_proof = TextOf(reports, "wpt");
    return TakeIssuerKey();
  }

  Result<void> TakeIssuerKey() {
    SIGNET_TRY_ASSIGN(
        const trust::Bundle bundle,
        trust::ParseBundle(server_->ready().at("bundle").dump(), trust::BundleFormat::kWimse));
    for (const trust::BundleKey& key : bundle.keys) {
      if (key.use != trust::KeyUse::kWit) continue;
      loot_.issuer_kid = key.kid;
      loot_.issuer_key = key.key.ToSpki();
    }
    return {};
  }

  // The connection of an attacker: TLS to the real orders, as anybody on the network can make it.
  Result<http1::ClientResponse> Send(const http1::ClientRequest& request) {
    SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, net::TlsContext::MakeClient({}));
    return http1::CallOnce(net::TlsTarget{.host = url_.host,
                                          .port = url_.port,
                                          .tls = std::move(tls),
                                          .verifier = net::ExpectIdentifier(
                                              anchors_, std::string(kOrdersId),
                                              net::PeerPurpose::kServer, context_.clock()),
                                          .server_name = {}},
                           request);
  }

  Result<Json> Stats() { return orders_->Ask({{"cmd", "stats"}}); }

  Result<void> TryAttacks() {
    SIGNET_TRY_ASSIGN(const Forger forger, Forger::Make(context_.random()));
    SIGNET_TRY_ASSIGN(const std::vector<Attack> attacks, MakeAttacks(loot_, forger));
    for (const Attack& attack : attacks) {
      if (interrupted_) return Refuse(Errc::kIoCancelled, "interrupted");
      SIGNET_TRY(Try(attack));
    }
    return {};
  }

  Result<void> Try(const Attack& attack) {
    AttackOutcome outcome{.name = attack.name, .expected = attack.expected, .got = {}};
    SIGNET_TRY_ASSIGN(const http1::ClientResponse response, Send(attack.request));
    outcome.got.status = response.status;
    if (const auto problem = ProblemOf(response); problem.has_value()) {
      outcome.got.code = problem->code;
      outcome.got.rule = problem->rule;
    }
    SIGNET_TRY_ASSIGN(const Json decisions, Decisions());
    if (!decisions.empty() && decisions.back().contains("first_seen_s")) {
      outcome.first_seen_s = NumberOf(decisions.back(), "first_seen_s");
    }
    return Enter(std::move(outcome));
  }

  // Notes what came of it, and whether something has been executed.
  Result<void> Enter(AttackOutcome outcome) {
    SIGNET_TRY_ASSIGN(const Json stats, Stats());
    const std::int64_t now = NumberOf(stats, "side_effects");
    outcome.side_effect = now != std::max(findings_.side_effects, findings_.side_effects_wanted);
    findings_.side_effects = now;
    findings_.attacks.push_back(std::move(outcome));
    return {};
  }

  static Refused RefusedBy(const Error& error) {
    return {.status = 0, .code = std::string(error.name()), .rule = std::string(error.rule())};
  }

  // A process that runs the same program and has no entry asks for an identity.
  Result<void> TryStranger() {
    const Result<RoleProcess> stranger = Start("stranger", "workload");
    AttackOutcome outcome{.name = "process without an entry asks for an identity",
                          .expected = RefusedWith(0, Errc::kIssueNoIdentity),
                          .got = {}};
    if (!stranger.has_value()) outcome.got = RefusedBy(stranger.error());
    return Enter(std::move(outcome));
  }

  // Edge is sent to a server that is not the one it expects: it says nothing to it.
  Result<void> TryWrongServer() {
    const Result<Json> answer =
        edge_->Ask({{"cmd", "call"}, {"url", findings_.url}, {"expect", kReportsId}, {"count", 1}});
    AttackOutcome outcome{.name = "edge is led to the wrong server",
                          .expected = RefusedWith(0, Errc::kTlsPeerUnexpected),
                          .got = {}};
    if (!answer.has_value()) outcome.got = RefusedBy(answer.error());
    return Enter(std::move(outcome));
  }

  // The call in the clear: what counts is what orders says of the connection.
  Result<void> TryPlainHttp() {
    SIGNET_TRY_ASSIGN(const Json before, Stats());
    const Result<http1::ClientResponse> response =
        http1::CallOnce(net::PlainTcpTarget{.host = url_.host, .port = url_.port}, loot_.captured);
    AttackOutcome outcome{.name = "plain HTTP to the TLS port",
                          .expected = RefusedWith(0, Errc::kTlsHandshake),
                          .got = {}};
    if (response.has_value()) outcome.got.status = response->status;
    const char* const code = "tls.handshake";
    const std::int64_t errors = NumberOf(before.at("connection_errors"), code);
    // Our end may see the connection close before orders has entered why.
    const SteadyTime give_up = context_.clock().Steady() + kControlTimeout;
    while (outcome.got.code.empty() && context_.clock().Steady() < give_up) {
      SIGNET_TRY_ASSIGN(const Json after, Stats());
      if (NumberOf(after.at("connection_errors"), code) == errors) continue;
      outcome.got.code = code;
      outcome.got.rule = std::string(InfoOf(Errc::kTlsHandshake).rule);
    }
    return Enter(std::move(outcome));
  }

  // A last good call: orders still serves whom it should.
  Result<void> CountSideEffects() {
    SIGNET_TRY(Call(1));
    ++findings_.side_effects_wanted;
    SIGNET_TRY_ASSIGN(const Json stats, Stats());
    findings_.side_effects = NumberOf(stats, "side_effects");
    for (std::optional<RoleProcess>* process : {&reports_, &edge_, &orders_, &server_}) {
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
    SIGNET_TRY(write("edge.wit", loot_.wit));
    SIGNET_TRY(write("edge.wpt", loot_.spare_proof));
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
  std::optional<RoleProcess> orders_;
  std::optional<RoleProcess> edge_;
  std::optional<RoleProcess> reports_;
  std::shared_ptr<const net::TrustAnchors> anchors_;
  CallUrl url_;
  Json captured_;
  Loot loot_;
};

}  // namespace

std::size_t Findings::refused() const {
  return static_cast<std::size_t>(
      std::count_if(attacks.begin(), attacks.end(), [](const AttackOutcome& a) { return a.ok(); }));
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
