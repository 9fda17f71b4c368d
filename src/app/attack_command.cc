// signet attack: every attack of the catalogue on a listener of one's own.
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/attack/report.h"
#include "app/attack/run.h"
#include "app/attack/transport.h"
#include "app/call/answer.h"
#include "app/call/expected_server.h"
#include "app/call/url.h"
#include "app/commands.h"
#include "app/context.h"
#include "app/tool_input.h"
#include "app/tool_pem.h"
#include "app/tool_text.h"

namespace signet::app {
namespace {

using attack::Message;
using attack::Via;
using verify::Binding;

struct AttackOptions {
  std::vector<std::string> names;
  std::string target;
  std::string wit, key;
  std::string other_wit, other_key;
  std::string issuer_key;
  std::string ca, expect_id, map;
  bool host_check = false;
  std::string client_cert, client_key;
  std::string method, body, audience;
  std::vector<std::string> accept;
  std::string count_url;
  std::string timeout = "30s";
  bool any_code = false;
  bool list = false;
  bool verbose = false;
  bool plain_http = false;
};

std::string FileArgument(const std::string& path) {
  return path == "-" || path.starts_with('@') ? path : "@" + path;
}

Result<attack::Holder> LoadHolder(const std::string& wit_path, const std::string& key_path) {
  SIGNET_TRY_ASSIGN(std::string wit, ReadToken(FileArgument(wit_path)));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(key_path));
  SIGNET_TRY_ASSIGN(attack::Holder holder,
                    attack::MakeHolder(std::move(wit), [signer = key.key](ByteView bytes) {
                      return signer.Sign(bytes);
                    }));
  if (holder.spki != key.key.public_key().ToSpki()) {
    return std::unexpected(UsageFault("the WIT does not confirm this key: " + wit_path));
  }
  return holder;
}

Result<verify::BindingSet> ReadAccept(const std::vector<std::string>& names) {
  verify::BindingSet out;
  for (const std::string& name : names) {
    bool known = false;
    for (const Binding binding : {Binding::kWpt, Binding::kHttpSignature, Binding::kMutualTls}) {
      if (name != verify::NameOf(binding)) continue;
      out.Add(binding);
      known = true;
    }
    if (!known) return std::unexpected(UsageFault("--accept: wpt, http-signature, mtls"));
  }
  return out;
}

// All that one run needs; what is referred to lives as long as it.
struct Prepared {
  attack::Loot loot;
  std::optional<attack::Forger> forger;
  std::optional<net::TlsIdentity> certificate;
  std::optional<attack::Connector> connector;
  std::vector<attack::Attack> attacks;
  verify::BindingSet wanted;
  std::optional<CallUrl> count;
};

Result<ExpectedServer> ReadExpectation(const AttackOptions& options, const CallUrl& url) {
  ExpectedServer out{.identifier = std::nullopt, .check_host = options.host_check};
  if (!options.expect_id.empty()) {
    SIGNET_TRY_ASSIGN(out.identifier, identity::WorkloadId::Parse(options.expect_id));
  } else if (!options.map.empty()) {
    SIGNET_TRY_ASSIGN(const std::string text, ReadInput(options.map, kMaxMapFileBytes));
    SIGNET_TRY_ASSIGN(const identity::HandleMap map, ParseHandleMap(text));
    SIGNET_TRY_ASSIGN(out.identifier, ExpectedOf(map, url.host, url.port));
  }
  if (!out.check_host && !out.identifier.has_value()) {
    return std::unexpected(
        UsageFault("say which server is expected: --expect-id, --map or --host-check"));
  }
  if (options.ca.empty() && out.identifier.has_value()) {
    return std::unexpected(
        UsageFault("--ca is needed: an identifier is checked with its trust domain's anchors"));
  }
  return out;
}

// The genuine server, and one that nobody is.
Result<void> AddVerifiers(const AttackOptions& options, const CallUrl& url, const Clock& clock,
                          attack::ConnectorParts& parts) {
  SIGNET_TRY_ASSIGN(const ExpectedServer expected, ReadExpectation(options, url));
  SIGNET_TRY_ASSIGN(
      const std::string pem,
      ReadInput(options.ca.empty() ? kSystemAnchors : options.ca, kMaxAnchorFileBytes));
  SIGNET_TRY_ASSIGN(const std::vector<Bytes> anchors, ReadAnchors(pem));
  SIGNET_TRY_ASSIGN(parts.expected, MakeServerCheck(expected, url.host, anchors, clock));
  ExpectedServer another = expected;
  if (expected.identifier.has_value()) {
    SIGNET_TRY_ASSIGN(another.identifier,
                      identity::WorkloadId::Parse(expected.identifier->text() + "-another"));
  }
  SIGNET_TRY_ASSIGN(parts.another_server,
                    MakeServerCheck(another, "another.invalid", anchors, clock));
  return {};
}

Result<void> LoadCertificate(const AttackOptions& options, Prepared& out) {
  if (options.client_cert.empty()) return {};
  SIGNET_TRY_ASSIGN(std::vector<Bytes> chain, LoadCertificates(options.client_cert));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key,
                    LoadPrivateKey(options.client_key.empty() ? options.key : options.client_key));
  out.certificate = net::TlsIdentity{.chain = std::move(chain),
                                     .key_pkcs8 = key.key.ToPkcs8(SecretAccess::Grant())};
  return {};
}

Result<void> LoadWorkloads(const AttackOptions& options, attack::Loot& loot) {
  if (options.wit.empty() || options.key.empty()) {
    return std::unexpected(UsageFault("--wit and --key of a workload that may call are needed"));
  }
  SIGNET_TRY_ASSIGN(loot.caller, LoadHolder(options.wit, options.key));
  if (options.other_wit.empty() != options.other_key.empty()) {
    return std::unexpected(UsageFault("--other-wit and --other-key belong together"));
  }
  if (!options.other_wit.empty()) {
    SIGNET_TRY_ASSIGN(loot.other, LoadHolder(options.other_wit, options.other_key));
    if (loot.other->id.starts_with(loot.caller.id)) loot.look_alike = loot.other;
  }
  if (!options.issuer_key.empty()) {
    SIGNET_TRY_ASSIGN(const jose::Jwk key, LoadPublicKey(options.issuer_key));
    loot.issuer_spki = key.key.ToSpki();
  }
  return {};
}

// Keys as the genuine ones are, so that a forgery is refused for its signature and nothing else.
Result<attack::Forger> MakeForger(const attack::Holder& caller, Random& random) {
  SIGNET_TRY_ASSIGN(const attack::TokenParts wit, attack::OpenToken(caller.wit));
  const auto issuer = crypto::AlgFromName(wit.header.value("alg", std::string()));
  const auto proof = crypto::AlgFromName(caller.alg);
  return attack::Forger::Make(random, issuer.value_or(crypto::Alg::kES256),
                              proof.value_or(crypto::Alg::kES256));
}

Result<std::string> ReadBody(const std::string& argument) {
  if (argument.empty() || argument.front() != '@') return argument;
  return ReadInputExactly(argument.substr(1), kMaxBodyBytes);
}

Result<void> Prepare(const AttackOptions& options, Context& context, Prepared& out) {
  if (options.target.empty()) return std::unexpected(UsageFault("--target URL is needed"));
  SIGNET_TRY_ASSIGN(out.wanted, ReadAccept(options.accept));
  SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(options.target, options.plain_http));
  SIGNET_TRY_ASSIGN(const seconds timeout, ParseDuration(options.timeout));
  attack::Loot& loot = out.loot;
  SIGNET_TRY(LoadWorkloads(options, loot));
  SIGNET_TRY_ASSIGN(loot.call.body, ReadBody(options.body));
  const char* const usual = loot.call.body.empty() ? "GET" : "POST";
  loot.call.method = options.method.empty() ? usual : options.method;
  loot.call.target = url.target;
  loot.call.authority = url.authority;
  loot.call.audience = options.audience.empty() ? url.audience : options.audience;
  loot.random = &context.random();
  loot.now = context.Now();
  SIGNET_TRY_ASSIGN(attack::Forger forger, MakeForger(loot.caller, context.random()));
  loot.forger = &out.forger.emplace(std::move(forger));
  SIGNET_TRY(LoadCertificate(options, out));
  attack::ConnectorParts parts{.host = url.host,
                               .port = url.port,
                               .tls = url.tls,
                               .certificate = out.certificate ? &*out.certificate : nullptr,
                               .caller_id = loot.caller.id,
                               .limits = {.connect_timeout = timeout, .call_timeout = timeout}};
  if (url.tls) SIGNET_TRY(AddVerifiers(options, url, context.clock(), parts));
  out.connector.emplace(std::move(parts), context.clock(), context.random());
  if (!options.count_url.empty()) {
    SIGNET_TRY_ASSIGN(out.count, ParseCallUrl(options.count_url, options.plain_http));
    if (out.count->authority != url.authority || out.count->tls != url.tls) {
      return std::unexpected(UsageFault("--count-url: of the same server as --target"));
    }
  }
  return {};
}

// {"orders":7}, any other object with one number, or a number.
Result<std::int64_t> NumberIn(const std::string& body) {
  const auto json = nlohmann::ordered_json::parse(body, nullptr, false);
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_object()) {
    for (const auto& member : json) {
      if (member.is_number_integer()) return member.get<std::int64_t>();
    }
  }
  return Refuse(Errc::kIoRead, "--count-url: the answer holds no number");
}

class AttackRun {
 public:
  AttackRun(const AttackOptions& options, Context& context, Prepared& prepared)
      : options_(options), context_(context), prepared_(prepared) {}

  Result<attack::Report> Run() {
    attack::Loot& loot = prepared_.loot;
    const attack::Connectivity connectivity = prepared_.connector->connectivity();
    SIGNET_TRY(attack::MakeGoodCalls(loot, prepared_.wanted, connectivity, Sender()));
    attack::Report report{.target = options_.target,
                          .accept = loot.accept,
                          .outcomes = {},
                          .side_effects = std::nullopt};
    SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> before, Count());
    for (const attack::Attack& attack : prepared_.attacks) {
      loot.now = context_.Now();
      report.outcomes.push_back(
          attack::TryAttack(attack, loot, connectivity, Sender(), {.any_code = options_.any_code}));
      attack::PrintOutcome(context_, report.outcomes.back(), options_.verbose);
    }
    SIGNET_TRY_ASSIGN(const std::optional<std::int64_t> after, Count());
    if (before.has_value() && after.has_value()) report.side_effects = *after - *before;
    // A listener that has died refuses everything.
    loot.now = context_.Now();
    SIGNET_TRY(attack::MakeGoodCall(loot, Sender()));
    return report;
  }

 private:
  attack::SendFunction Sender() const {
    return
        [this](const Message& message, Via via) { return prepared_.connector->Send(message, via); };
  }

  Result<std::optional<std::int64_t>> Count() {
    if (!prepared_.count.has_value()) return std::nullopt;
    attack::Loot loot = prepared_.loot;
    loot.now = context_.Now();
    loot.call.method = "GET";
    loot.call.target = prepared_.count->target;
    loot.call.audience = prepared_.count->audience;
    loot.call.body.clear();
    SIGNET_TRY_ASSIGN(const http1::ClientResponse response, attack::MakeGoodCall(loot, Sender()));
    SIGNET_TRY_ASSIGN(const std::int64_t number, NumberIn(response.body));
    return number;
  }

  const AttackOptions& options_;
  Context& context_;
  Prepared& prepared_;
};

bool IsUsage(Errc code) {
  return code == Errc::kUsageOption || code == Errc::kHttpUrlInvalid ||
         code == Errc::kUriMalformed || code == Errc::kUriTooLong || code == Errc::kIoOpen ||
         code == Errc::kPemMalformed || code == Errc::kPemLabel;
}

void RunAttack(const AttackOptions& options, Context& context) {
  const auto fail = [&](const Error& error) {
    if (IsUsage(error.code)) return context.UsageError(error);
    context.Refused(error);
  };
  Result<std::vector<attack::Attack>> selected = attack::SelectAttacks(options.names);
  if (!selected.has_value()) return fail(selected.error());
  if (options.list) {
    if (context.json) {
      context.Print(DumpJson(attack::ListJson(*selected)));
    } else {
      attack::PrintList(context, *selected);
    }
    return;
  }
  Prepared prepared;
  prepared.attacks = *std::move(selected);
  if (const auto done = Prepare(options, context, prepared); !done.has_value()) {
    return fail(done.error());
  }
  const Result<attack::Report> report = AttackRun(options, context, prepared).Run();
  if (!report.has_value()) return fail(report.error());
  attack::PrintSummary(context, *report);
  if (context.json) context.Print(DumpJson(attack::ReportJson(*report)));
  context.exit_code = report->good() ? kExitValid : kExitRefused;
}

void AddTargetOptions(CLI::App& command, AttackOptions& options) {
  command.add_option("--target", options.target,
                     "https://host[:port]/path[?query]: a server of yours");
  command.add_option("--method", options.method,
                     "Method of the call (default GET; POST with a body)");
  command.add_option("-d,--body", options.body, "Content of the call, as JSON; @FILE reads one");
  command.add_option("--audience", options.audience, "Audience of proofs instead of the URL");
  command.add_option("--ca", options.ca,
                     "PEM file with the anchors of the server's trust domain; with --host-check "
                     "alone the system's");
  command.add_option("--expect-id", options.expect_id, "Workload Identifier of the server");
  command.add_option("--map", options.map,
                     "File of lines handle=identifier: which server is expected at which host");
  command.add_flag("--host-check", options.host_check,
                   "The server's certificate must be for the host of the URL");
  command.add_option("--client-cert", options.client_cert,
                     "File with the client's certificate chain (PEM), for mutual TLS");
  command.add_option("--client-key", options.client_key, "Its private key; --key if not given");
  command.add_option("--timeout", options.timeout, "Time allowed for each call (default 30s)");
  command.add_flag("--insecure-plain-http", options.plain_http,
                   "Named waiver: send the credentials without TLS, to an http:// URL");
}

}  // namespace

void AddAttackCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand(
      "attack", "Try every attack on a server of yours: each must be refused with its code");
  const auto options = std::make_shared<AttackOptions>();
  command->add_option("names", options->names, "Names of attacks or groups; all without any");
  command->add_flag("--list", options->list, "Say which attacks there are, and make none");
  AddTargetOptions(*command, *options);
  command->add_option("--wit", options->wit, "File with the WIT of a workload that may call");
  command->add_option("--key", options->key, "File with its private key (JWK or PKCS#8 PEM)");
  command->add_option("--other-wit", options->other_wit,
                      "File with the WIT of a workload that may not call");
  command->add_option("--other-key", options->other_key, "File with its private key");
  command->add_option("--issuer-key", options->issuer_key,
                      "Public key of the WIT issuer (JWK or PEM)");
  command
      ->add_option("--accept", options->accept,
                   "Proofs that the server takes: wpt, http-signature, mtls (default: tried out)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("--count-url", options->count_url,
                      "URL of the same server whose answer counts side effects: {\"orders\":N}");
  command->add_flag("--any-code", options->any_code,
                    "Being refused is enough: for servers that are not Signet");
  command->add_flag("--verbose", options->verbose, "Show what was sent, tokens shortened");
  command->callback([options, &context] { RunAttack(*options, context); });
}

}  // namespace signet::app
