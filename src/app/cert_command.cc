// signet cert: authorities for tests, certificate requests, and what a certificate holds.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/certificate.h"
#include "app/inspect/inspect.h"
#include "app/tool_input.h"
#include "app/tool_options.h"
#include "app/tool_output.h"
#include "app/tool_pem.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/codec/pem.h"
#include "protocol/credential/csr_sign.h"
#include "protocol/credential/wic_issue.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

// Prints what was made, or writes it to the file that was asked for.
Result<void> Deliver(Context& context, const Result<Bytes>& der, std::string_view label,
                     const PemOutput& output, const std::vector<Row>& rows, Json json) {
  if (!der.has_value()) {
    context.Refused(der.error());
    return {};
  }
  const std::string pem = codec::PemEncode(*der, label);
  if (output.out.empty()) {
    json["pem"] = pem;
    PrintEither(context, std::string_view(pem).substr(0, pem.size() - 1), json);
    return {};
  }
  SIGNET_TRY(WriteOutput(output.out, AsBytes(pem), kPublicFileMode, output.force));
  json["file"] = output.out;
  PrintEither(context, RowsText(rows, 0), json);
  return {};
}

struct CaOptions {
  std::string key, trust_domain, ttl = "24h", name = "Signet CA";
  PemOutput output;
};

Result<void> MakeCa(Context& context, const CaOptions& options) {
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  SIGNET_TRY_ASSIGN(const identity::Origin origin, identity::Origin::Parse(options.trust_domain));
  const WallTime now = context.Now();
  const Result<Bytes> der = credential::MakeCaCertificate(key.key,
                                                          {.trust_domain_uri = origin.text(),
                                                           .common_name = options.name,
                                                           .now = now,
                                                           .not_after = now + ttl},
                                                          context.random());
  return Deliver(
      context, der, kCertificateLabel, options.output,
      {{"authority", options.output.out},
       {"trust domain", origin.text()},
       {"expires", DateAndRelativeText(now + ttl, now)}},
      {{"ok", true}, {"trust_domain", origin.text()}, {"not_after", ToNumericDate(now + ttl)}});
}

struct CsrOptions {
  std::string key, id;
  std::vector<std::string> dns;
  PemOutput output;
};

Result<void> MakeRequest(Context& context, const CsrOptions& options) {
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key));
  SIGNET_TRY_ASSIGN(const identity::WorkloadId id, identity::WorkloadId::Parse(options.id));
  return Deliver(context, credential::MakeCsr(key.key, id.text(), options.dns),
                 kCertificateRequestLabel, options.output,
                 {{"certificate request", options.output.out}, {"identifier", id.text()}},
                 {{"ok", true}, {"id", id.text()}, {"dns", options.dns}});
}

Result<void> Show(Context& context, const std::string& path) {
  SIGNET_TRY_ASSIGN(const std::string text, ReadInput(path, kMaxInspectedBytes));
  const std::optional<Inspection> found = InspectCertificateText(text, context.Now());
  if (!found.has_value()) {
    return std::unexpected(
        UsageFault("no certificate and no certificate request: signet inspect shows other things"));
  }
  PrintInspection(context, *found);
  return {};
}

void AddCa(CLI::App& cert, Context& context) {
  CLI::App* command = cert.add_subcommand("ca", "Make a self-signed authority, for tests");
  auto options = std::make_shared<CaOptions>();
  command->add_option("--key", options->key, "The authority's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--trust-domain", options->trust_domain, "Its trust domain, with scheme")
      ->required()
      ->type_name("ORIGIN");
  command->add_option("--ttl", options->ttl, "Lifetime")->capture_default_str()->type_name("TIME");
  command->add_option("--name", options->name, "Common name of its subject")
      ->capture_default_str()
      ->type_name("TEXT");
  AddPemOutputOptions(*command, options->output);
  command->footer(
      "Example:\n"
      "  signet cert ca --key ca.jwk --trust-domain wimse://example.com --out ca.pem");
  command->callback([&context, options] {
    const Result<void> done = MakeCa(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

void AddCsr(CLI::App& cert, Context& context) {
  CLI::App* command = cert.add_subcommand("csr", "Make a certificate request for a key");
  auto options = std::make_shared<CsrOptions>();
  command->add_option("--key", options->key, "The workload's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--id", options->id, "The identifier that is asked for")
      ->required()
      ->type_name("ID");
  command->add_option("--dns", options->dns, "A host name that is asked for; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  AddPemOutputOptions(*command, options->output);
  command->footer(
      "The issuer decides what it certifies; the request proves possession of the key.\n\n"
      "Example:\n"
      "  signet cert csr --key orders.jwk --id wimse://example.com/orders --out orders.csr");
  command->callback([&context, options] {
    const Result<void> done = MakeRequest(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace

void AddCertCommand(CLI::App& root, Context& context) {
  CLI::App* cert =
      root.add_subcommand("cert", "Make test authorities and requests, show certificates");
  cert->require_subcommand(1);
  AddCa(*cert, context);
  AddCsr(*cert, context);
  CLI::App* show = cert->add_subcommand("show", "Show a certificate or a certificate request");
  auto path = std::make_shared<std::string>();
  show->add_option("FILE", *path, "PEM, or base64 of DER; - is standard input")
      ->required()
      ->type_name("FILE");
  show->footer("Example:\n  signet cert show orders.pem");
  show->callback([&context, path] {
    const Result<void> done = Show(context, *path);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace signet::app
