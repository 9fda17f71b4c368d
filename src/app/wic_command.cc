// signet wic: Workload Identity Certificates and X509-SVIDs.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/key.h"
#include "app/tool_input.h"
#include "app/tool_options.h"
#include "app/tool_output.h"
#include "app/tool_pem.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/codec/pem.h"
#include "protocol/credential/csr.h"
#include "protocol/credential/wic_issue.h"
#include "protocol/credential/wic_verify.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

struct IssueOptions {
  std::string ca_key, ca_cert, id, public_key, csr, ttl = "1h", usage = "both";
  std::vector<std::string> dns;
  PemOutput output;
};

// The key to certify: from the request, which proves that its sender holds it, or as it is.
Result<crypto::PublicKey> CertifiedKey(const IssueOptions& options) {
  if (options.csr.empty() == options.public_key.empty()) {
    return std::unexpected(UsageFault("give --public-key FILE, or --csr FILE"));
  }
  if (options.csr.empty()) {
    SIGNET_TRY_ASSIGN(jose::Jwk jwk, LoadPublicKey(options.public_key));
    return std::move(jwk.key);
  }
  SIGNET_TRY_ASSIGN(const Bytes der, LoadCertificateRequest(options.csr));
  SIGNET_TRY_ASSIGN(credential::VerifiedCsr csr, credential::VerifyCsr(der));
  return std::move(csr.key);
}

Result<Bytes> MakeLeaf(Context& context, const IssueOptions& options,
                       const credential::WicIssuer& issuer, seconds ttl,
                       const crypto::PublicKey& key) {
  SIGNET_TRY_ASSIGN(identity::WorkloadId id, identity::WorkloadId::Parse(options.id));
  const WallTime now = context.Now();
  return issuer.Issue(
      {.id = std::move(id),
       .dns_names = options.dns,
       .now = now,
       .not_after = now + ttl,
       .usages = {.client = options.usage != "server", .server = options.usage != "client"}},
      key, context.random());
}

Result<void> Issue(Context& context, const IssueOptions& options) {
  SIGNET_TRY_ASSIGN(jose::PrivateJwk ca_key, LoadPrivateKey(options.ca_key));
  SIGNET_TRY_ASSIGN(const std::vector<Bytes> ca, LoadCertificates(options.ca_cert));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  const Result<crypto::PublicKey> key = CertifiedKey(options);
  if (!key.has_value() && key.error().code != Errc::kIssueCsr) {
    return std::unexpected(key.error());
  }
  Result<credential::WicIssuer> issuer =
      credential::WicIssuer::Make(std::move(ca_key.key), ca.front());
  const Result<Bytes> leaf = !key.has_value()      ? std::unexpected(key.error())
                             : !issuer.has_value() ? std::unexpected(issuer.error())
                                                   : MakeLeaf(context, options, *issuer, ttl, *key);
  if (!leaf.has_value()) {
    context.Refused(leaf.error());
    return {};
  }
  SIGNET_TRY_ASSIGN(const credential::Certificate made, credential::ReadCertificate(*leaf));
  const std::string pem = codec::PemEncode(*leaf, kCertificateLabel);
  Json json = {{"ok", true}, {"id", options.id}, {"not_after", ToNumericDate(made.not_after)}};
  if (options.output.out.empty()) {
    json["pem"] = pem;
    PrintEither(context, std::string_view(pem).substr(0, pem.size() - 1), json);
    return {};
  }
  SIGNET_TRY(WriteOutput(options.output.out, AsBytes(pem), kPublicFileMode, options.output.force));
  json["file"] = options.output.out;
  PrintEither(context,
              RowsText({{"certificate", options.output.out},
                        {"identifier", options.id},
                        {"expires", DateAndRelativeText(made.not_after, context.Now())}},
                       0),
              json);
  return {};
}

struct VerifyOptions {
  std::string chain, usage, expected_id, host, profile = "wimse";
  std::vector<std::string> trust;
  std::string bundle_format = "wimse", anchor, origin;
};

Result<std::shared_ptr<const trust::TrustSnapshot>> LoadAnchors(const VerifyOptions& options) {
  if (options.trust.empty() == options.anchor.empty()) {
    return std::unexpected(
        UsageFault("give --trust ORIGIN=BUNDLE, or --anchor PEM --origin ORIGIN"));
  }
  if (options.anchor.empty()) {
    return LoadTrust(options.trust, *FormatFromName(options.bundle_format));
  }
  if (options.origin.empty()) {
    return std::unexpected(
        UsageFault("--anchor needs --origin: an anchor counts for one trust domain only [TA-4]"));
  }
  SIGNET_TRY_ASSIGN(identity::Origin origin, identity::Origin::Parse(options.origin));
  SIGNET_TRY_ASSIGN(std::vector<Bytes> anchors, LoadCertificates(options.anchor));
  std::vector<trust::OriginConfig> origins;
  origins.push_back({.origin = std::move(origin),
                     .bundle = {},
                     .extra_x509 = std::move(anchors),
                     .issuers = {},
                     .algs = {}});
  return trust::TrustSnapshot::Make(std::move(origins), 1);
}

// Who it must be, besides whatever the trust domain vouches for [TLS-4].
Result<void> CheckExpected(const credential::VerifiedWic& wic,
                           const std::optional<identity::WorkloadId>& id, const std::string& host) {
  if (id.has_value() && !(*id == wic.subject())) {
    return RefuseAt("TLS-4", Errc::kTlsPeerUnexpected, "the certificate is of another workload");
  }
  if (host.empty()) return {};
  return credential::CheckHostName(wic.certificate(), host);
}

void DescribeWic(const credential::VerifiedWic& wic, WallTime now, Verdict& verdict) {
  const credential::Certificate& certificate = wic.certificate();
  verdict.headline = wic.subject().text();
  verdict.rows = {{"identifier", wic.subject().text()},
                  {"expires", DateAndRelativeText(wic.not_after(), now)},
                  {"key", KeyTypeText(certificate.key)},
                  {"sha-256", HexText(wic.digest())}};
  verdict.result = {{"id", wic.subject().text()}, {"not_after", ToNumericDate(wic.not_after())}};
  verdict.result["sha256"] = HexText(wic.digest());
  verdict.result["dns"] = Json::array();
  if (!certificate.san.has_value()) return;
  for (const std::string& name : certificate.san->dns) {
    verdict.rows.push_back({"dns", Printable(name)});
    verdict.result["dns"].push_back(name);
  }
}

Result<void> Verify(Context& context, const VerifyOptions& options) {
  SIGNET_TRY_ASSIGN(const auto trust, LoadAnchors(options));
  SIGNET_TRY_ASSIGN(const std::vector<Bytes> chain, LoadCertificates(options.chain));
  std::optional<identity::WorkloadId> expected;
  if (!options.expected_id.empty()) {
    SIGNET_TRY_ASSIGN(expected, identity::WorkloadId::Parse(options.expected_id));
  }
  const credential::WicRules rules{.profile = options.profile == "spiffe"
                                                  ? credential::WicProfile::kSpiffe
                                                  : credential::WicProfile::kWimse,
                                   .id_rules = {}};
  const auto usage =
      options.usage == "server" ? crypto::CertUsage::kServer : crypto::CertUsage::kClient;
  const WallTime now = context.Now();
  Verdict verdict;
  const Result<credential::VerifiedWic> wic =
      credential::VerifyWic(chain, *trust, usage, rules, now, verdict.checks);
  if (!wic.has_value()) {
    verdict.error = wic.error();
  } else if (expected.has_value() || !options.host.empty()) {
    const Result<void> wanted = CheckExpected(*wic, expected, options.host);
    if (wanted.has_value()) {
      verdict.checks.Pass("TLS-4");
    } else {
      verdict.error = wanted.error();
      verdict.checks.Fail(wanted.error());
    }
  }
  if (verdict.error.has_value()) {
    verdict.headline = "Workload Identity Certificate";
    verdict.notes.emplace_back("What it holds, times as dates: signet cert show FILE");
  } else {
    DescribeWic(*wic, now, verdict);
    verdict.notes.emplace_back(
        "A certificate alone authenticates nobody: a handshake proves that its holder has the "
        "key.");
  }
  PrintVerdict(context, verdict);
  return {};
}

void AddIssue(CLI::App& wic, Context& context) {
  CLI::App* command = wic.add_subcommand("issue", "Sign a certificate for a workload's public key");
  auto options = std::make_shared<IssueOptions>();
  command->add_option("--ca-key", options->ca_key, "The authority's private key, JWK or PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--ca-cert", options->ca_cert, "The authority's certificate, PEM")
      ->required()
      ->type_name("FILE");
  command->add_option("--id", options->id, "The workload's identifier")
      ->required()
      ->type_name("ID");
  CLI::Option* key = command
                         ->add_option("--public-key", options->public_key,
                                      "The workload's public key: JWK text, or file (JWK, PEM)")
                         ->type_name("FILE");
  command->add_option("--csr", options->csr, "The workload's certificate request, PEM")
      ->excludes(key)
      ->type_name("FILE");
  command->add_option("--dns", options->dns, "A host name to certify too; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->add_option("--ttl", options->ttl, "Lifetime; never past the authority's own end")
      ->capture_default_str()
      ->type_name("TIME");
  command->add_option("--usage", options->usage, "What it may be used for [TLS-3]")
      ->check(CLI::IsMember({"client", "server", "both"}))
      ->capture_default_str();
  AddPemOutputOptions(*command, options->output);
  command->footer(
      "Names in a request are wishes: --id and --dns decide.\n\n"
      "Example:\n"
      "  signet wic issue --ca-key ca.jwk --ca-cert ca.pem --id wimse://example.com/orders \\\n"
      "      --csr orders.csr --dns orders.internal --out orders.pem");
  command->callback([&context, options] {
    const Result<void> done = Issue(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

void AddVerify(CLI::App& wic, Context& context) {
  CLI::App* command =
      wic.add_subcommand("verify", "Verify a certificate and list every check made");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("CHAIN", options->chain, "PEM file, leaf first; - is standard input")
      ->required()
      ->type_name("FILE");
  command->add_option("--usage", options->usage, "What its holder does in the handshake [TLS-3]")
      ->required()
      ->check(CLI::IsMember({"client", "server"}));
  command
      ->add_option("--trust", options->trust,
                   "Bundle of a trust domain, as wimse://example.com=FILE; may be repeated")
      ->type_name("ORIGIN=FILE")
      ->allow_extra_args(false);
  command->add_option("--bundle-format", options->bundle_format, "Format of the --trust files")
      ->check(CLI::IsMember({"wimse", "spiffe"}))
      ->capture_default_str();
  command->add_option("--anchor", options->anchor, "Anchors of one trust domain, PEM")
      ->type_name("FILE");
  command->add_option("--origin", options->origin, "The trust domain of --anchor")
      ->type_name("ORIGIN");
  CLI::Option* id = command->add_option("--expected-id", options->expected_id,
                                        "The workload that it must be [TLS-4]");
  id->type_name("ID");
  command->add_option("--host", options->host, "The host that it must be for (RFC 9525) [TLS-4]")
      ->type_name("NAME");
  command->add_option("--profile", options->profile, "Rules by which it is read")
      ->check(CLI::IsMember({"wimse", "spiffe"}))
      ->capture_default_str();
  command->footer(
      "Exit code 0 if it is valid, 1 if it is refused. --now judges as at another time.\n\n"
      "Example:\n"
      "  signet wic verify orders.pem --anchor ca.pem --origin wimse://example.com --usage server "
      "\\\n"
      "      --expected-id wimse://example.com/orders");
  command->callback([&context, options] {
    const Result<void> done = Verify(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace

void AddWicCommand(CLI::App& root, Context& context) {
  CLI::App* wic = root.add_subcommand("wic", "Issue and verify Workload Identity Certificates");
  wic->require_subcommand(1);
  AddIssue(*wic, context);
  AddVerify(*wic, context);
}

}  // namespace signet::app
