// signet bundle: trust bundles.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/inspect.h"
#include "app/inspect/key.h"
#include "app/inspect/lenient.h"
#include "app/tool_input.h"
#include "app/tool_output.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/codec/base64url.h"
#include "protocol/codec/pem.h"
#include "protocol/crypto/certificate_key.h"
#include "protocol/jose/jwk.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2;

struct MakeOptions {
  std::vector<std::string> keys, jwt_keys, certificates;
  std::string format = "wimse", previous, refresh_hint, out;
  std::optional<std::uint64_t> sequence;
  bool force = false;
};

struct Names {
  std::string_view sequence, refresh_hint, wit_use, x509_use;
};
Names NamesOf(trust::BundleFormat format) {
  if (format == trust::BundleFormat::kSpiffe) {
    return {"spiffe_sequence", "spiffe_refresh_hint", "wit-svid", "x509-svid"};
  }
  return {"sequence_number", "refresh_hint", "wimse-jwt", "wimse-x509"};
}

Result<void> AddKey(const std::string& argument, std::string_view use, Json& keys) {
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk, LoadPublicKey(argument));
  const std::string kid = jwk.kid.empty() ? jose::Thumbprint(jwk.key) : jwk.kid;
  if (!jwk.alg.has_value() && jwk.key.type() == crypto::KeyType::kRsa) {
    return std::unexpected(UsageFault(
        argument + ": an RSA key must state its alg: signet key public FILE --alg PS256"));
  }
  keys.push_back(Json::parse(jose::PublicJwkJson(jwk.key, jwk.alg, kid, use)));
  return {};
}

// One entry for each certificate of a PEM file.
Result<void> AddCertificates(const std::string& path, std::string_view use, Json& keys) {
  SIGNET_TRY_ASSIGN(const std::string text, ReadInput(path, kMaxKeyFileBytes));
  SIGNET_TRY_ASSIGN(const std::vector<Bytes> ders, codec::PemDecodeAll(text, "CERTIFICATE"));
  for (const Bytes& der : ders) {
    SIGNET_TRY_ASSIGN(const crypto::PublicKey key, crypto::PublicKeyOfCertificate(der));
    Json entry = Json::parse(jose::PublicJwkJson(key, std::nullopt, {}, use));
    entry["x5c"] = Json::array({codec::Base64Encode(der)});
    keys.push_back(std::move(entry));
  }
  return {};
}

// TD-3: at least the last one plus one, and the clock, so that a store that was restored from a
// backup locks nobody out.
Result<std::uint64_t> ChooseSequence(const Context& context, const MakeOptions& options,
                                     trust::BundleFormat format) {
  if (options.sequence.has_value()) return *options.sequence;
  auto sequence = static_cast<std::uint64_t>(ToNumericDate(context.Now()));
  if (!options.previous.empty()) {
    SIGNET_TRY_ASSIGN(const trust::Bundle previous, LoadBundle(options.previous, format));
    sequence = std::max(sequence, previous.sequence.value_or(0) + 1);
  }
  return sequence;
}

Result<void> Make(Context& context, const MakeOptions& options) {
  const trust::BundleFormat format = *FormatFromName(options.format);
  const Names names = NamesOf(format);
  Json bundle = {{"keys", Json::array()}};
  for (const std::string& key : options.keys)
    SIGNET_TRY(AddKey(key, names.wit_use, bundle["keys"]));
  for (const std::string& key : options.jwt_keys) {
    SIGNET_TRY(AddKey(key, "jwt-svid", bundle["keys"]));
  }
  for (const std::string& path : options.certificates) {
    SIGNET_TRY(AddCertificates(path, names.x509_use, bundle["keys"]));
  }
  SIGNET_TRY_ASSIGN(const std::uint64_t sequence, ChooseSequence(context, options, format));
  bundle[std::string(names.sequence)] = sequence;
  if (!options.refresh_hint.empty()) {
    SIGNET_TRY_ASSIGN(const seconds hint, ParseDuration(options.refresh_hint));
    bundle[std::string(names.refresh_hint)] = hint.count();
  }
  const std::string text = DumpJson(bundle, kIndent);
  // What others would refuse is not written.
  const Result<trust::Bundle> parsed = trust::ParseBundle(text, format);
  if (!parsed.has_value()) {
    context.Refused(parsed.error());
    return {};
  }
  if (options.out.empty()) {
    context.Print(context.json ? DumpJson(bundle) : text);
    return {};
  }
  SIGNET_TRY(WriteOutput(options.out, AsBytes(text + "\n"), kPublicFileMode, options.force));
  PrintEither(
      context,
      fmt::format("{}: {} {}, sequence {}", options.out, parsed->keys.size(),
                  parsed->keys.size() == 1 ? "key" : "keys", sequence),
      {{"ok", true}, {"file", options.out}, {"keys", parsed->keys.size()}, {"sequence", sequence}});
  return {};
}

Result<void> Parse(Context& context, const std::string& path, const std::string& format_name) {
  const trust::BundleFormat format = *FormatFromName(format_name);
  SIGNET_TRY_ASSIGN(const std::string text, ReadInput(path, kMaxBundleBytes));
  PrintInspection(context, InspectBundle(text, format, context.Now()));
  return {};
}

Result<void> Diff(Context& context, const std::string& old_path, const std::string& new_path,
                  const std::string& format_name) {
  const trust::BundleFormat format = *FormatFromName(format_name);
  SIGNET_TRY_ASSIGN(const trust::Bundle old_bundle, LoadBundle(old_path, format));
  SIGNET_TRY_ASSIGN(const trust::Bundle new_bundle, LoadBundle(new_path, format));
  Verdict verdict;
  verdict.headline = "replacing the old bundle by the new one";
  const Result<trust::BundleChange> change = trust::CheckBundleUpdate(old_bundle, new_bundle);
  const auto sequence = [](const trust::Bundle& bundle) {
    return bundle.sequence.has_value() ? fmt::format("{}", *bundle.sequence) : "none";
  };
  if (change.has_value()) {
    verdict.rows.push_back(
        {"sequence", fmt::format("{} -> {}", sequence(old_bundle), sequence(new_bundle))});
    for (const std::string& kid : change->added) verdict.rows.push_back({"added", Printable(kid)});
    for (const std::string& kid : change->removed) {
      verdict.rows.push_back(
          {"removed", Printable(kid) + "  (never used again from now on [TD-3])"});
    }
    if (change->added.empty() && change->removed.empty()) {
      verdict.rows.push_back({"keys", "the same"});
    }
    verdict.result = {{"added", change->added}, {"removed", change->removed}};
  } else {
    verdict.error = change.error();
  }
  PrintVerdict(context, verdict);
  return {};
}

void AddMake(CLI::App& bundle, Context& context) {
  CLI::App* command = bundle.add_subcommand("make", "Make a bundle of public keys");
  auto options = std::make_shared<MakeOptions>();
  command
      ->add_option("--key", options->keys,
                   "Public key that signs WITs: JWK text or FILE; may be repeated")
      ->type_name("JWK");
  command
      ->add_option("--jwt-key", options->jwt_keys,
                   "Public key that signs JWT-SVIDs (spiffe format); may be repeated")
      ->type_name("JWK");
  command->add_option("--x509", options->certificates, "PEM file of X.509 anchors; may be repeated")
      ->type_name("FILE");
  command->add_option("--format", options->format, "Format of the bundle")
      ->check(CLI::IsMember({"spiffe", "wimse"}))
      ->capture_default_str();
  command
      ->add_option("--sequence", options->sequence,
                   "Sequence number; else the time, or one more than that of --previous")
      ->type_name("N");
  command->add_option("--previous", options->previous, "The bundle that this one replaces [TD-3]")
      ->type_name("FILE");
  command->add_option("--refresh-hint", options->refresh_hint, "How often to look for a new one")
      ->type_name("TIME");
  command->add_option("--out", options->out, "Write to this file instead of standard output")
      ->type_name("FILE");
  command->add_flag("--force", options->force, "Replace the file if it exists");
  command->footer(
      "A key without kid gets its thumbprint as kid.\n\n"
      "Example:\n"
      "  signet bundle make --key issuer.pub.jwk --format spiffe --refresh-hint 5m --out b.json");
  command->callback([&context, options] {
    if (options->keys.empty() && options->jwt_keys.empty() && options->certificates.empty()) {
      return context.UsageError(UsageFault("give --key, --jwt-key or --x509"));
    }
    const Result<void> done = Make(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

struct ReadOptions {
  std::string first, second, format = "wimse";
};

std::shared_ptr<ReadOptions> AddReadOptions(CLI::App* command) {
  auto options = std::make_shared<ReadOptions>();
  command->add_option("--format", options->format, "Format of the bundle")
      ->check(CLI::IsMember({"spiffe", "wimse", "raw"}))
      ->capture_default_str();
  return options;
}

}  // namespace

void AddBundleCommand(CLI::App& root, Context& context) {
  CLI::App* bundle = root.add_subcommand("bundle", "Make, read and compare trust bundles");
  bundle->require_subcommand(1);
  AddMake(*bundle, context);

  CLI::App* parse = bundle->add_subcommand("parse", "List what a bundle holds and what it means");
  auto parse_options = AddReadOptions(parse);
  parse->add_option("BUNDLE", parse_options->first, "The bundle; - is standard input")
      ->required()
      ->type_name("FILE");
  parse->footer("Example:\n  signet bundle parse bundle.json --format spiffe");
  parse->callback([&context, parse_options] {
    const Result<void> done = Parse(context, parse_options->first, parse_options->format);
    if (!done.has_value()) context.UsageError(done.error());
  });

  CLI::App* diff = bundle->add_subcommand(
      "diff", "Say whether one bundle may replace another, and what changes");
  auto diff_options = AddReadOptions(diff);
  diff->add_option("OLD", diff_options->first, "The bundle in use")->required()->type_name("FILE");
  diff->add_option("NEW", diff_options->second, "The bundle to replace it")
      ->required()
      ->type_name("FILE");
  diff->footer(
      "Exit code 0 if it may, 1 if not: rollback, changed under the same sequence, reused kid.\n\n"
      "Example:\n  signet bundle diff old.json new.json --format spiffe");
  diff->callback([&context, diff_options] {
    const Result<void> done =
        Diff(context, diff_options->first, diff_options->second, diff_options->format);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace signet::app
