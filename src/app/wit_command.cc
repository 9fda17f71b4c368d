// signet wit: Workload Identity Tokens.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/inspect.h"
#include "app/inspect/token.h"
#include "app/tool_input.h"
#include "app/tool_options.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/credential/wit_issue.h"
#include "protocol/credential/wit_verify.h"
#include "protocol/proof/wpt_sign.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

struct IssueOptions {
  std::string key, sub, cnf, cnf_alg, ttl = "1h", iss, jti, kid, profile = "wimse";
  bool no_jti = false;
  bool no_kid = false;
  bool allow_long = false;
};

// The workload's public key, with the algorithm that its proofs will have.
Result<jose::Jwk> LoadConfirmation(const IssueOptions& options) {
  SIGNET_TRY_ASSIGN(jose::Jwk jwk, LoadPublicKey(options.cnf));
  if (!options.cnf_alg.empty()) {
    SIGNET_TRY_ASSIGN(const crypto::Alg alg, AlgOfOption(options.cnf_alg));
    if (!crypto::AlgsOf(jwk.key.type()).Has(alg) || (jwk.alg.has_value() && *jwk.alg != alg)) {
      return std::unexpected(UsageFault("--cnf-alg does not suit the key of --cnf"));
    }
    jwk.alg = alg;
  }
  if (!jwk.alg.has_value()) {
    return std::unexpected(UsageFault(
        "the key of --cnf states no algorithm and could have several: add --cnf-alg [WIT-2]"));
  }
  return jwk;
}

Result<void> Issue(Context& context, const IssueOptions& options) {
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key));
  SIGNET_TRY_ASSIGN(jose::Jwk confirmation, LoadConfirmation(options));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  Result<identity::WorkloadId> subject = identity::WorkloadId::Parse(options.sub);
  if (!subject.has_value()) {
    context.Refused(subject.error());
    return {};
  }
  credential::WitContent content{.subject = *std::move(subject),
                                 .confirmation = std::move(confirmation),
                                 .now = context.Now(),
                                 .exp = context.Now() + ttl,
                                 .kid = options.kid,
                                 .iss = options.iss,
                                 .jti = options.jti,
                                 .allow_long_lifetime = options.allow_long};
  if (content.kid.empty() && !options.no_kid) {
    content.kid = key.kid.empty() ? jose::Thumbprint(key.key.public_key()) : key.kid;
  }
  if (content.jti.empty() && !options.no_jti) content.jti = proof::RandomId(context.random());
  const Result<std::string> token =
      credential::IssueWit(key.key, content, *credential::WitProfileFromName(options.profile));
  if (!token.has_value()) {
    context.Refused(token.error());
    return {};
  }
  PrintEither(context, *token,
              {{"ok", true},
               {"token", *token},
               {"sub", content.subject.text()},
               {"exp", ToNumericDate(content.exp)},
               {"kid", content.kid.empty() ? Json(nullptr) : Json(content.kid)},
               {"jti", content.jti.empty() ? Json(nullptr) : Json(content.jti)},
               {"cnf_thumbprint", jose::Thumbprint(content.confirmation.key)}});
  return {};
}

Result<void> Verify(Context& context, const std::string& argument,
                    const WitVerifyOptions& options) {
  SIGNET_TRY_ASSIGN(const WitVerification setup, PrepareWitVerification(options));
  SIGNET_TRY_ASSIGN(const std::string token, ReadToken(argument));
  Verdict verdict;
  jose::JwsReader reader;
  const WallTime now = context.Now();
  const Result<credential::VerifiedWit> wit =
      credential::VerifyWit(token, *setup.trust, setup.rules, now, reader, verdict.checks);
  if (wit.has_value()) {
    DescribeVerifiedWit(*wit, now, verdict);
    verdict.headline = wit->subject().text();
    verdict.notes.emplace_back(
        "A WIT alone authenticates nobody: a request needs a proof by the confirmed key [WIT-5].");
  } else {
    verdict.headline = "Workload Identity Token";
    verdict.error = wit.error();
    verdict.notes.emplace_back("What it holds, times as dates: signet wit inspect TOKEN");
  }
  PrintVerdict(context, verdict);
  return {};
}

void AddIssue(CLI::App& wit, Context& context) {
  CLI::App* command = wit.add_subcommand("issue", "Sign a WIT for a workload's public key");
  auto options = std::make_shared<IssueOptions>();
  command->add_option("--key", options->key, "The issuer's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--sub", options->sub, "The workload's identifier")
      ->required()
      ->type_name("ID");
  command
      ->add_option("--cnf", options->cnf,
                   "The workload's public key: JWK text, @file or - (JWK, PEM)")
      ->required()
      ->type_name("JWK");
  command
      ->add_option("--cnf-alg", options->cnf_alg,
                   "Algorithm of the workload's key, where it states none")
      ->check(CLI::IsMember(AlgNames()));
  command->add_option("--ttl", options->ttl, "Lifetime, as 90s, 15m, 1h; at most 24h [WIT-8]")
      ->capture_default_str()
      ->type_name("TIME");
  command->add_option("--iss", options->iss, "Issuer, a URI")->type_name("URI");
  CLI::Option* jti =
      command->add_option("--jti", options->jti, "Token id; random if not given")->type_name("ID");
  command->add_flag("--no-jti", options->no_jti, "Write no token id")->excludes(jti);
  CLI::Option* kid =
      command->add_option("--kid", options->kid, "Key id; that of the key, or its thumbprint")
          ->type_name("ID");
  command->add_flag("--no-kid", options->no_kid, "Write no key id")->excludes(kid);
  command->add_option("--profile", options->profile, "Rules to obey")
      ->check(CLI::IsMember({"wimse", "spiffe"}))
      ->capture_default_str();
  command->add_flag("--allow-long", options->allow_long, "Allow a lifetime of more than 24 h");
  command->footer(
      "Examples:\n"
      "  signet wit issue --key issuer.jwk --sub wimse://example.com/orders \\\n"
      "      --cnf @orders.pub.jwk > orders.wit\n"
      "  signet key public orders.jwk | signet wit issue --key issuer.jwk \\\n"
      "      --sub wimse://example.com/orders --cnf - --ttl 15m");
  command->callback([&context, options] {
    const Result<void> done = Issue(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

void AddVerify(CLI::App& wit, Context& context) {
  CLI::App* command = wit.add_subcommand("verify", "Verify a WIT and list every check made");
  auto token = std::make_shared<std::string>();
  auto options = std::make_shared<WitVerifyOptions>();
  command->add_option("TOKEN", *token, "The WIT: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  AddWitVerifyOptions(*command, *options);
  command->footer(
      "Exit code 0 if it is valid, 1 if it is refused. --now judges as at another time.\n\n"
      "Examples:\n"
      "  signet wit verify @orders.wit --trust wimse://example.com=issuer.pub.jwk\n"
      "  signet wit verify - --trust spiffe://example.org=bundle.json --bundle-format spiffe \\\n"
      "      --profile spiffe --max-lifetime 1h < orders.wit");
  command->callback([&context, token, options] {
    const Result<void> done = Verify(context, *token, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace

void AddWitCommand(CLI::App& root, Context& context) {
  CLI::App* wit = root.add_subcommand("wit", "Issue, verify and inspect Workload Identity Tokens");
  wit->require_subcommand(1);
  AddIssue(*wit, context);
  AddVerify(*wit, context);
  CLI::App* inspect =
      wit->add_subcommand("inspect", "Show a WIT and what is wrong with its form, without trust");
  auto token = std::make_shared<std::string>();
  inspect->add_option("TOKEN", *token, "The WIT: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  inspect->footer("Example:\n  signet wit inspect @orders.wit");
  inspect->callback([&context, token] {
    const Result<std::string> text = ReadToken(*token);
    if (!text.has_value()) return context.UsageError(text.error());
    PrintInspection(context, InspectToken(*text, TokenKind::kWit, context.Now()));
  });
}

}  // namespace signet::app
