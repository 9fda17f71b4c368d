// signet http verify: verifies a request with its proofs, or the response to it.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/context.h"
#include "app/http_subcommands.h"
#include "app/tool_input.h"
#include "app/tool_options.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/verify/response_verifier.h"
#include "protocol/verify/verifier.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;
using Json = nlohmann::ordered_json;

struct VerifyCommandOptions {
  MessageFiles files;
  WitVerifyOptions wit_options;
  std::vector<std::string> audiences, accept = {"wpt", "http-signature"}, demand;
  std::string revision = "http-signature-07", wpt_revision = "wpt-02";
  std::string expected_server;
  bool any_server = false;
  bool require_signature = false;
};

verify::BindingSet BindingsOf(const std::vector<std::string>& names) {
  verify::BindingSet out;
  for (const std::string& name : names) {
    out.Add(name == "wpt" ? verify::Binding::kWpt : verify::Binding::kHttpSignature);
  }
  return out;
}

Result<verify::Policy> PolicyOf(const VerifyCommandOptions& options, const WitVerification& setup) {
  if (options.audiences.empty()) {
    return std::unexpected(UsageFault(
        "--audience is needed: nothing in a request says whom it is for [SIG-5, WPT-7]"));
  }
  verify::Policy policy;
  for (const std::string& audience : options.audiences) SIGNET_TRY(policy.audiences.Add(audience));
  policy.accept = BindingsOf(options.accept);
  policy.demand = BindingsOf(options.demand);
  if (!policy.accept.HasAll(policy.demand)) {
    return std::unexpected(UsageFault("--demand names a proof that --accept does not"));
  }
  policy.callers = identity::IdSet::AnyAuthenticated();
  policy.profile = setup.rules.profile;
  policy.wpt_revision = *credential::WptRevisionFromName(options.wpt_revision);
  policy.signature_revision = *httpsig::SignatureRevisionFromName(options.revision);
  policy.leeway = setup.rules.leeway;
  policy.max_wit_lifetime = setup.rules.max_lifetime;
  policy.expected_issuer = setup.rules.expected_issuer;
  policy.waive_replay_protection = true;  // said in the notes
  return policy;
}

void DescribeAllowed(const verify::Decision& decision, WallTime now, Verdict& verdict) {
  const std::string& subject = decision.subject->text();
  const std::string proofs(verify::NameOf(decision.bindings));
  verdict.headline = "request of " + subject;
  verdict.rows = {{"caller", subject},
                  {"proof", proofs == "both" ? "WPT and HTTP signature" : proofs},
                  {"proof id", Printable(decision.proof_id.view())}};
  verdict.result = {
      {"subject", subject}, {"binding", proofs}, {"proof_id", decision.proof_id.view()}};
  verdict.result["wit_hash"] = decision.wit_hash.view();
  if (decision.signature.has_value()) {
    verdict.rows.push_back({"expires", DateAndRelativeText(decision.signature->expires(), now)});
    verdict.rows.push_back(
        {"answer", decision.signature->sign_response() ? "must be signed" : "need not be signed"});
    verdict.result["nonce"] = decision.signature->nonce();
    verdict.result["expires"] = ToNumericDate(decision.signature->expires());
    verdict.result["sign_response"] = decision.signature->sign_response();
  }
  verdict.notes.emplace_back(
      "Taken for granted: that the channel was protected [WIT-10], and that this caller may call "
      "[CRED-AZ].");
  verdict.notes.emplace_back(
      "Replay was not checked: only a recipient that remembers proofs knows whether this one was "
      "used before [RPL-1].");
}

Result<void> VerifyRequest(Context& context, const VerifyCommandOptions& options,
                           const WitVerification& setup, const Messages& messages) {
  if (!options.expected_server.empty() || options.any_server || options.require_signature) {
    return std::unexpected(
        UsageFault("--expected-server, --any-server and --require-signature need --response"));
  }
  SIGNET_TRY_ASSIGN(verify::Policy policy, PolicyOf(options, setup));
  SIGNET_TRY_ASSIGN(const verify::Verifier verifier, verify::Verifier::Make(std::move(policy)));
  verify::VerifyContext scratch;
  const WallTime now = context.Now();
  // The channel is not in the file: whether it was TLS is for the recipient to know.
  const verify::Decision decision = verifier.Decide(
      messages.request.request, verify::Channel::kProtected, *setup.trust, nullptr, now, scratch);
  Verdict verdict;
  verdict.checks = decision.checks;
  if (decision.allowed()) {
    DescribeAllowed(decision, now, verdict);
  } else {
    verdict.headline = "HTTP request";
    verdict.error = decision.error;
    verdict.notes.emplace_back("What it holds, times as dates: signet inspect FILE");
  }
  PrintVerdict(context, verdict);
  return {};
}

Result<verify::ResponseRules> ResponseRulesOf(const VerifyCommandOptions& options,
                                              const WitVerification& setup,
                                              const http::Request& request) {
  if (options.expected_server.empty() != options.any_server) {
    return std::unexpected(
        UsageFault("say who must have answered: --expected-server ID, or --any-server"));
  }
  if (!options.audiences.empty()) {
    return std::unexpected(UsageFault("--audience is of requests; not together with --response"));
  }
  if (!options.demand.empty()) {
    return std::unexpected(UsageFault("--demand is of requests; not together with --response"));
  }
  verify::ResponseRules rules;
  const std::optional<OwnSignature> own = SignatureOfRequest(request);
  if (own.has_value()) rules.request_nonce = own->nonce;
  rules.signature_required =
      options.require_signature || (own.has_value() && own->sign_response);  // [SIG-12]
  rules.wit = setup.rules;
  rules.revision = *httpsig::SignatureRevisionFromName(options.revision);
  rules.waive_expected_server = options.any_server;
  if (!options.expected_server.empty()) {
    SIGNET_TRY_ASSIGN(rules.expected_server, identity::WorkloadId::Parse(options.expected_server));
  }
  return rules;
}

Result<void> VerifyAnswer(Context& context, const VerifyCommandOptions& options,
                          const WitVerification& setup, const Messages& messages) {
  SIGNET_TRY_ASSIGN(const verify::ResponseRules rules,
                    ResponseRulesOf(options, setup, messages.request.request));
  verify::VerifyContext scratch;
  const verify::ResponseDecision decision =
      verify::VerifyResponse(messages.response->response, messages.request.request, rules,
                             *setup.trust, context.Now(), scratch);
  Verdict verdict;
  verdict.checks = decision.checks;
  verdict.error = decision.error;
  verdict.headline = "HTTP response";
  verdict.result["signed"] = decision.is_signed;
  verdict.result["server"] = nullptr;
  if (!decision.accepted()) {
    verdict.notes.emplace_back("What it holds, times as dates: signet inspect FILE");
  } else if (decision.is_signed) {
    verdict.headline = "response of " + decision.server->text();
    verdict.rows = {{"server", decision.server->text()},
                    {"answers", "the request with nonce " + Printable(rules.request_nonce)}};
    verdict.result["server"] = decision.server->text();
    verdict.result["request_nonce"] = rules.request_nonce;
  } else {
    verdict.headline = "response without signature";
    verdict.notes.emplace_back(
        "None was demanded, so it may be used; it says nothing of who answered [SIG-12].");
  }
  PrintVerdict(context, verdict);
  return {};
}

Result<void> Verify(Context& context, const VerifyCommandOptions& options) {
  SIGNET_TRY_ASSIGN(const WitVerification setup, PrepareWitVerification(options.wit_options));
  Messages messages;
  SIGNET_TRY(ReadMessages(options.files, messages));
  return messages.response.has_value() ? VerifyAnswer(context, options, setup, messages)
                                       : VerifyRequest(context, options, setup, messages);
}

void AddRequestOptions(CLI::App* command, VerifyCommandOptions& options) {
  command
      ->add_option("--audience", options.audiences,
                   "Audience that the recipient accepts; may be repeated")
      ->type_name("URI")
      ->allow_extra_args(false);
  command->add_option("--accept", options.accept, "Proofs that count; what is sent must pass")
      ->check(CLI::IsMember({"wpt", "http-signature"}))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command
      ->add_option("--demand", options.demand,
                   "Proofs that must be there; without it, one of --accept is enough")
      ->check(CLI::IsMember({"wpt", "http-signature"}))
      ->delimiter(',')
      ->allow_extra_args(false);
  AddSignatureRevisionOption(*command, options.revision, /*signing=*/false);
  command->add_option("--wpt-revision", options.wpt_revision, "Revision of the WPT document")
      ->check(CLI::IsMember({"wpt-02", "wpt-01"}))
      ->capture_default_str();
}

void AddResponseOptions(CLI::App* command, VerifyCommandOptions& options) {
  CLI::Option* server =
      command
          ->add_option("--expected-server", options.expected_server,
                       "With --response: identifier of the server that was called")
          ->type_name("ID");
  command
      ->add_flag("--any-server", options.any_server,
                 "With --response: named waiver, any workload of a trusted domain will do")
      ->excludes(server);
  command->add_flag("--require-signature", options.require_signature,
                    "With --response: refuse one without signature, though none was demanded");
}

}  // namespace

void AddHttpVerify(CLI::App& http, Context& context) {
  CLI::App* command =
      http.add_subcommand("verify", "Verify a request, or the response to it, with every check");
  auto options = std::make_shared<VerifyCommandOptions>();
  AddMessageOptions(*command, options->files, "Verify this response to the request");
  AddWitVerifyOptions(*command, options->wit_options);
  AddRequestOptions(command, *options);
  AddResponseOptions(command, *options);
  command->footer(
      "Exit code 0 if it is valid, 1 if it is refused.\n\n"
      "Examples:\n"
      "  signet http verify signed.txt --trust wimse://example.com=issuer.pub.jwk \\\n"
      "      --audience https://billing.example.com\n"
      "  signet http verify signed.txt --response answer.txt \\\n"
      "      --trust wimse://example.com=issuer.pub.jwk \\\n"
      "      --expected-server wimse://example.com/billing");
  command->callback([&context, options] {
    const Result<void> done = Verify(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace signet::app
