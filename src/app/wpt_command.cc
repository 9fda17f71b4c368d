// signet wpt: Workload Proof Tokens.
#include <algorithm>
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
#include "protocol/http/message.h"
#include "protocol/proof/wpt_sign.h"
#include "protocol/proof/wpt_verify.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

// Tokens of the same request that a proof has to cover.
struct ContextTokens {
  std::string txn_token, access_token;
  std::vector<std::string> other_tokens;
};

void AddContextOptions(CLI::App* command, ContextTokens& tokens) {
  command
      ->add_option("--txn-token", tokens.txn_token, "The request's Txn-Token: the text, @file or -")
      ->type_name("TEXT");
  command
      ->add_option("--access-token", tokens.access_token,
                   "The request's access token (revision wpt-01 only)")
      ->type_name("TEXT");
  command
      ->add_option("--other-token", tokens.other_tokens,
                   "Another token field that the proof covers; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void AddRevisionOption(CLI::App* command, std::string& revision) {
  command->add_option("--revision", revision, "Revision of the WPT document")
      ->check(CLI::IsMember({"wpt-02", "wpt-01"}))
      ->capture_default_str();
}

Result<std::vector<proof::OtherToken>> ReadOtherTokens(const ContextTokens& tokens) {
  std::vector<proof::OtherToken> out;
  for (const std::string& argument : tokens.other_tokens) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) {
      return std::unexpected(
          UsageFault("--other-token is the field name in lower case, =, and the field's value"));
    }
    SIGNET_TRY_ASSIGN(std::string value, ReadValue(argument.substr(equals + 1), kMaxHeaderBytes));
    out.push_back({argument.substr(0, equals), std::move(value)});
  }
  return out;
}

// The options' tokens, read.
struct ContextText {
  std::string txn_token, access_token;
  std::vector<proof::OtherToken> other;
};
Result<ContextText> ReadContext(const ContextTokens& tokens, const std::string& revision) {
  ContextText out;
  if (!tokens.access_token.empty() && revision != "wpt-01") {
    return std::unexpected(UsageFault(
        "--access-token needs --revision wpt-01: revision 02 has no ath; use --other-token if the "
        "token is in a field of its own [WPT-10]"));
  }
  SIGNET_TRY_ASSIGN(out.txn_token, ReadValue(tokens.txn_token, kMaxTokenBytes));
  SIGNET_TRY_ASSIGN(out.access_token, ReadValue(tokens.access_token, kMaxHeaderBytes));
  SIGNET_TRY_ASSIGN(out.other, ReadOtherTokens(tokens));
  return out;
}

std::optional<std::string_view> IfGiven(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

struct SignOptions {
  std::string key, wit, aud, ttl = "60s", jti, revision = "wpt-02";
  ContextTokens tokens;
  bool as_field = false;
  bool allow_foreign_wit = false;
};

Result<void> Sign(Context& context, const SignOptions& options) {
  SIGNET_TRY_ASSIGN(const std::string wit, ReadToken(options.wit));
  SIGNET_TRY_ASSIGN(const ContextText tokens, ReadContext(options.tokens, options.revision));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  // A PEM key does not tell EdDSA from Ed25519, nor an RSA key its algorithm: the WIT does.
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key, ConfirmedAlgOf(wit)));
  const credential::WptRevision revision = *credential::WptRevisionFromName(options.revision);
  const WallTime exp = context.Now() + ttl;
  const std::string jti = options.jti.empty() ? proof::RandomId(context.random()) : options.jti;
  const Result<std::string> token = proof::SignWpt(key.key,
                                                   {.wit = wit,
                                                    .aud = options.aud,
                                                    .exp = exp,
                                                    .jti = jti,
                                                    .txn_token = IfGiven(tokens.txn_token),
                                                    .access_token = IfGiven(tokens.access_token),
                                                    .other_tokens = tokens.other,
                                                    .revision = revision,
                                                    .allow_foreign_wit = options.allow_foreign_wit},
                                                   context.random());
  if (!token.has_value()) {
    context.Refused(token.error());
    return {};
  }
  const credential::WptRevisionInfo& info = credential::InfoOf(revision);
  const std::string scheme = info.auth_scheme.empty() ? "" : std::string(info.auth_scheme) + " ";
  const std::string field = fmt::format("{}: {}{}", info.proof_field, scheme, *token);
  PrintEither(
      context, options.as_field ? field : *token,
      {{"ok", true}, {"wpt", *token}, {"field", field}, {"exp", ToNumericDate(exp)}, {"jti", jti}});
  return {};
}

struct VerifyOptions {
  std::string token, wit, path, max_ahead = "5m", revision = "wpt-02";
  std::vector<std::string> audiences, context_fields;
  ContextTokens tokens;
  WitVerifyOptions wit_options;
};

// A proof as people copy it: with its scheme, or bare.
Result<std::string> ReadProof(const std::string& argument) {
  SIGNET_TRY_ASSIGN(std::string text, ReadToken(argument));
  if (text.find(' ') == std::string::npos) return text;
  SIGNET_TRY_ASSIGN(const std::string_view token, proof::WptOfAuthorization(text));
  return std::string(token);
}

struct VerifyInput {
  WitVerification wit_setup;
  std::string wit, wpt;
  ContextText tokens;
  proof::AudienceSet audiences;
  http::Fields fields;
  seconds max_ahead{};
};

Result<VerifyInput> ReadVerifyInput(const VerifyOptions& options) {
  VerifyInput in;
  SIGNET_TRY_ASSIGN(in.wit_setup, PrepareWitVerification(options.wit_options));
  SIGNET_TRY_ASSIGN(in.wit, ReadToken(options.wit));
  SIGNET_TRY_ASSIGN(in.wpt, ReadProof(options.token));
  SIGNET_TRY_ASSIGN(in.tokens, ReadContext(options.tokens, options.revision));
  SIGNET_TRY_ASSIGN(in.max_ahead, ParseDuration(options.max_ahead));
  for (const std::string& audience : options.audiences) {
    SIGNET_TRY(in.audiences.Add(audience));
  }
  return in;
}

// WIT first [WPT-5.0], then the proof.
Result<proof::VerifiedWpt> VerifyBoth(VerifyInput& in, const VerifyOptions& options, WallTime now,
                                      Verdict& verdict) {
  for (const proof::OtherToken& token : in.tokens.other) in.fields.Add(token.name, token.value);
  jose::JwsReader wit_reader;
  jose::JwsReader wpt_reader;
  SIGNET_TRY_ASSIGN(const credential::VerifiedWit wit,
                    credential::VerifyWit(in.wit, *in.wit_setup.trust, in.wit_setup.rules, now,
                                          wit_reader, verdict.checks));
  verdict.checks.Pass("WPT-5.0");
  // Every token that was named is a context token: the proof has to cover it.
  std::vector<std::string> context_fields;
  for (const proof::OtherToken& token : in.tokens.other) context_fields.push_back(token.name);
  const proof::WptExpectation expected{
      .audiences = in.audiences,
      .request_path = options.path,
      .txn_token = IfGiven(in.tokens.txn_token),
      .access_token = IfGiven(in.tokens.access_token),
      .fields = in.fields,
      .context_fields = context_fields,
      .revision = *credential::WptRevisionFromName(options.revision),
      .leeway = in.wit_setup.rules.leeway,
      .max_ahead = in.max_ahead};
  SIGNET_TRY_ASSIGN(proof::VerifiedWpt wpt,
                    proof::VerifyWpt(in.wpt, wit, expected, now, wpt_reader, verdict.checks));
  DescribeVerifiedWit(wit, now, verdict);
  return wpt;
}

Result<void> Verify(Context& context, const VerifyOptions& options) {
  SIGNET_TRY_ASSIGN(VerifyInput in, ReadVerifyInput(options));
  Verdict verdict;
  const WallTime now = context.Now();
  const Result<proof::VerifiedWpt> wpt = VerifyBoth(in, options, now, verdict);
  if (wpt.has_value()) {
    verdict.headline = "proof of " + verdict.rows.front().value;
    std::vector<Row> rows = {{"proof expires", DateAndRelativeText(wpt->exp(), now)},
                             {"jti", Printable(wpt->jti())}};
    rows.insert(rows.end(), verdict.rows.begin(), verdict.rows.end());
    verdict.rows = std::move(rows);
    verdict.result = Json{{"jti", wpt->jti()},
                          {"exp", ToNumericDate(wpt->exp())},
                          {"wit", std::move(verdict.result)}};
    verdict.notes.emplace_back(
        "WPT-5.9 was not checked: only a recipient that remembers proofs knows whether this one "
        "was used before.");
  } else {
    verdict.headline = "Workload Proof Token";
    verdict.error = wpt.error();
    verdict.notes.emplace_back(
        "What they hold, times as dates: signet wpt inspect TOKEN, signet wit inspect WIT");
  }
  PrintVerdict(context, verdict);
  return {};
}

void AddSign(CLI::App& wpt, Context& context) {
  CLI::App* command = wpt.add_subcommand("sign", "Sign a proof for one request");
  auto options = std::make_shared<SignOptions>();
  command->add_option("--key", options->key, "The workload's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--wit", options->wit, "The WIT of the same request: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  command
      ->add_option("--aud", options->aud,
                   "Target URI of the request; query and fragment are cut off")
      ->required()
      ->type_name("URI");
  command->add_option("--ttl", options->ttl, "Lifetime, seconds to minutes")
      ->capture_default_str()
      ->type_name("TIME");
  command->add_option("--jti", options->jti, "Id of the proof; random if not given")
      ->type_name("ID");
  AddContextOptions(command, options->tokens);
  AddRevisionOption(command, options->revision);
  command->add_flag("--as-field", options->as_field, "Print the whole header field");
  command->add_flag("--allow-foreign-wit", options->allow_foreign_wit,
                    "Make the proof although the WIT confirms another key (to test others)");
  command->footer(
      "Make a new proof for each request, also for a retry.\n\n"
      "Example:\n"
      "  curl https://orders.example.com/list -H \"Workload-Identity-Token: $(cat orders.wit)\" "
      "\\\n"
      "    -H \"$(signet wpt sign --key orders.jwk --wit @orders.wit \\\n"
      "           --aud https://orders.example.com/list --as-field)\"");
  command->callback([&context, options] {
    const Result<void> done = Sign(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

void AddVerify(CLI::App& wpt, Context& context) {
  CLI::App* command = wpt.add_subcommand("verify", "Verify a WIT and its proof, with every check");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("TOKEN", options->token, "The proof: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  command->add_option("--wit", options->wit, "The WIT of the same request: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  command
      ->add_option("--audience", options->audiences,
                   "Audience that the recipient accepts; may be repeated")
      ->required()
      ->type_name("URI")
      ->allow_extra_args(false);
  command
      ->add_option("--path", options->path,
                   "Path of the request, where --audience is only scheme and host")
      ->type_name("PATH");
  AddWitVerifyOptions(*command, options->wit_options);
  command->add_option("--max-ahead", options->max_ahead, "Furthest expiry of a proof")
      ->capture_default_str()
      ->type_name("TIME");
  AddContextOptions(command, options->tokens);
  AddRevisionOption(command, options->revision);
  command->footer(
      "Exit code 0 if both are valid, 1 if one is refused.\n\n"
      "Example:\n"
      "  signet wpt verify @proof.wpt --wit @orders.wit \\\n"
      "      --trust wimse://example.com=issuer.pub.jwk --audience "
      "https://orders.example.com/list");
  command->callback([&context, options] {
    const Result<void> done = Verify(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace

void AddWptCommand(CLI::App& root, Context& context) {
  CLI::App* wpt = root.add_subcommand("wpt", "Sign, verify and inspect Workload Proof Tokens");
  wpt->require_subcommand(1);
  AddSign(*wpt, context);
  AddVerify(*wpt, context);
  CLI::App* inspect =
      wpt->add_subcommand("inspect", "Show a proof and what is wrong with its form, without trust");
  auto token = std::make_shared<std::string>();
  inspect->add_option("TOKEN", *token, "The proof: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  inspect->footer("Example:\n  signet wpt inspect @proof.wpt");
  inspect->callback([&context, token] {
    const Result<std::string> text = ReadProof(*token);
    if (!text.has_value()) return context.UsageError(text.error());
    PrintInspection(context, InspectToken(*text, TokenKind::kWpt, context.Now()));
  });
}

}  // namespace signet::app
