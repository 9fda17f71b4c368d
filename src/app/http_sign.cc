// signet http sign: signs a request or a response by the WIMSE profile.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/context.h"
#include "app/http_subcommands.h"
#include "app/tool_input.h"
#include "app/tool_options.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/proof/httpsig/wimse_sign.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;
using Json = nlohmann::ordered_json;

struct SignCommandOptions {
  MessageFiles files;
  std::string key, wit, audience, ttl = "5m", nonce, revision = "http-signature-07";
  std::string digest = "sha-256";
  bool sign_response = false;
  bool fields_only = false;
  bool allow_foreign_wit = false;
};

// Scheme, authority and path of the request as it stands there [SIG-5].
Result<std::string> AudienceOf(const http::Request& request) {
  SIGNET_TRY_ASSIGN(const http::Target target, http::ParseTarget(request.method, request.target));
  if (request.authority.empty()) {
    return std::unexpected(UsageFault("the request has no Host: add it, or give --audience"));
  }
  const std::string_view path = target.path.empty() ? "/" : target.path;
  return fmt::format("{}://{}{}", request.scheme, request.authority, path);
}

// The parts that a request and a response have in common.
struct Prepared {
  std::string wit, audience;
  httpsig::SignOptions options;
};

Result<httpsig::SignedMessage> SignEither(Context& context, const SignCommandOptions& options,
                                          const Messages& messages, const crypto::PrivateKey& key,
                                          const Prepared& prepared) {
  if (!messages.response.has_value()) {
    return httpsig::SignRequest(
        key, messages.request.request, prepared.options,
        {.audience = prepared.audience, .sign_response = options.sign_response}, context.random());
  }
  const std::optional<OwnSignature> own = SignatureOfRequest(messages.request.request);
  if (!own.has_value() || own->nonce.empty()) {
    return Refuse(
        Errc::kHttpsigMissing,
        "the request has no WIMSE signature with a nonce: nothing binds a signed response "
        "to it [SIG-6]");
  }
  return httpsig::SignResponse(key, messages.response->response, messages.request.request,
                               own->nonce, prepared.options, context.random());
}

void PrintSigned(const Context& context, const SignCommandOptions& options,
                 const MessageText& message, const httpsig::SignedMessage& made,
                 const Prepared& prepared) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const httpsig::SignedField& field : made.fields) {
    fields.emplace_back(field.name, field.value);
  }
  if (context.json) {
    Json out = {{"ok", true},
                {"fields", fields},
                {"nonce", made.nonce},
                {"expires", ToNumericDate(prepared.options.expires)}};
    out["audience"] = message.is_request ? Json(prepared.audience) : Json(nullptr);
    return context.Print(DumpJson(out));
  }
  if (!options.fields_only) return context.Write(WriteMessage(message, fields));
  for (const auto& [name, value] : fields) context.Print(fmt::format("{}: {}", name, value));
}

Result<void> Sign(Context& context, const SignCommandOptions& options) {
  Messages messages;
  SIGNET_TRY(ReadMessages(options.files, messages));
  const bool response = messages.response.has_value();
  if (response && (!options.audience.empty() || options.sign_response)) {
    return std::unexpected(
        UsageFault("--audience and --sign-response are of requests; not together with --response"));
  }
  Prepared prepared;
  SIGNET_TRY_ASSIGN(prepared.wit, ReadToken(options.wit));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  // A PEM key does not tell EdDSA from Ed25519, nor an RSA key its algorithm: the WIT does.
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key,
                    LoadPrivateKey(options.key, ConfirmedAlgOf(prepared.wit)));
  prepared.audience = options.audience;
  if (prepared.audience.empty() && !response) {
    SIGNET_TRY_ASSIGN(prepared.audience, AudienceOf(messages.request.request));
  }
  const WallTime now = context.Now();
  prepared.options = {
      .wit = prepared.wit,
      .now = now,
      .expires = now + ttl,
      .nonce = options.nonce,
      .revision = *httpsig::SignatureRevisionFromName(options.revision),
      .digest = options.digest == "sha-512" ? proof::DigestAlg::kSha512 : proof::DigestAlg::kSha256,
      .extra = {},
      .allow_foreign_wit = options.allow_foreign_wit};
  const Result<httpsig::SignedMessage> made =
      SignEither(context, options, messages, key.key, prepared);
  if (!made.has_value()) {
    context.Refused(made.error());
    return {};
  }
  PrintSigned(context, options, response ? *messages.response : messages.request, *made, prepared);
  return {};
}

}  // namespace

void AddHttpSign(CLI::App& http, Context& context) {
  CLI::App* command = http.add_subcommand("sign", "Sign a request, or the response to it");
  auto options = std::make_shared<SignCommandOptions>();
  AddMessageOptions(*command, options->files,
                    "Sign this response; the request is then the one that it answers");
  command->add_option("--key", options->key, "The signer's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--wit", options->wit, "The signer's WIT: the text, @file or -")
      ->required()
      ->type_name("TEXT");
  command
      ->add_option("--audience", options->audience,
                   "wimse-aud; https, Host and path of the request if not given")
      ->type_name("URI");
  command->add_option("--ttl", options->ttl, "Lifetime, at most 5m [SIG-4]")
      ->capture_default_str()
      ->type_name("TIME");
  command->add_option("--nonce", options->nonce, "Nonce; random if not given")->type_name("TEXT");
  command->add_flag("--sign-response", options->sign_response, "Demand a signed response");
  AddSignatureRevisionOption(*command, options->revision, /*signing=*/true);
  command->add_option("--digest", options->digest, "Algorithm of the Content-Digest that is added")
      ->check(CLI::IsMember({"sha-256", "sha-512"}))
      ->capture_default_str();
  command->add_flag("--fields", options->fields_only, "Print only the fields to add");
  command->add_flag("--allow-foreign-wit", options->allow_foreign_wit,
                    "Sign although the WIT confirms another key (to test others)");
  command->footer(
      "The file is HTTP/1.1 text: request line, fields, an empty line, content.\n\n"
      "Examples:\n"
      "  signet http sign request.txt --key orders.jwk --wit @orders.wit > signed.txt\n"
      "  signet http sign signed.txt --response answer.txt --key billing.jwk --wit @billing.wit");
  command->callback([&context, options] {
    const Result<void> done = Sign(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace signet::app
