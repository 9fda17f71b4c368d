// signet key: make, convert and show keys.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands.h"
#include "app/context.h"
#include "app/inspect/inspect.h"
#include "app/inspect/key.h"
#include "app/tool_input.h"
#include "app/tool_output.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "platform/runtime/file.h"
#include "protocol/codec/pem.h"
#include "protocol/jose/jwk.h"
#include "protocol/jose/jwk_private.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

struct KeyOptions {
  std::string input;
  std::string alg;
  std::string kid;
  bool kid_thumbprint = false;
  bool no_kid = false;
  std::string use;
  std::string format = "jwk";
  std::string out;
  std::string public_out;
  bool force = false;
  bool print_secret = false;
};

// A private key as text with a final newline.
SecretBytes PrivateKeyText(const crypto::PrivateKey& key, std::string_view kid, bool pem) {
  const SecretAccess access = SecretAccess::Grant();
  std::string text;
  if (pem) {
    const SecretBytes der = key.ToPkcs8(access);
    text = codec::PemEncode(der.Expose(access), "PRIVATE KEY");
  } else {
    const SecretBytes json = jose::PrivateJwkJson(key, kid, access);
    text = fmt::format("{}\n", AsText(json.Expose(access)));
  }
  SecretBytes out(AsBytes(text));
  WipeContainer(text);
  return out;
}

std::string PublicKeyText(const jose::Jwk& jwk, bool pem) {
  if (pem) return codec::PemEncode(jwk.key.ToSpki(), "PUBLIC KEY");
  return jose::PublicJwkJson(jwk.key, jwk.alg, jwk.kid, jwk.use) + "\n";
}

// Facts of a key that was written to a file.
void ReportWritten(const Context& context, const crypto::PrivateKey& key, std::string_view kid,
                   const KeyOptions& options) {
  const std::string thumbprint = jose::Thumbprint(key.public_key());
  Json json = {{"ok", true},
               {"alg", crypto::NameOf(key.alg())},
               {"kid", kid},
               {"thumbprint", thumbprint},
               {"file", options.out}};
  std::vector<Row> rows = {{"private key", options.out + " (mode 0600)"},
                           {"algorithm", std::string(crypto::NameOf(key.alg()))},
                           {"thumbprint", thumbprint}};
  if (!kid.empty() && kid != thumbprint) rows.push_back({"kid", Printable(kid)});
  if (!options.public_out.empty()) {
    json["public_file"] = options.public_out;
    rows.push_back({"public key", options.public_out});
  }
  PrintEither(context, RowsText(rows, 0), json);
}

// Writes a private key to --out, or prints it where that was asked for.
Result<void> DeliverPrivateKey(const Context& context, const crypto::PrivateKey& key,
                               std::string_view kid, const KeyOptions& options) {
  const bool pem = options.format == "pem";
  if (options.out.empty() && OutputIsTerminal() && !options.print_secret) {
    return std::unexpected(UsageFault(
        "a private key is not shown on a terminal: give --out FILE (or --print-secret)"));
  }
  const SecretBytes text = PrivateKeyText(key, kid, pem);
  const std::string_view view = AsText(text.Expose(SecretAccess::Grant()));
  if (!options.out.empty()) {
    SIGNET_TRY(WriteOutput(options.out, AsBytes(view), kSecretFileMode, options.force));
  }
  if (!options.public_out.empty()) {
    const std::string text_public =
        PublicKeyText({key.public_key(), {key.alg()}, key.alg(), std::string(kid), {}}, pem);
    SIGNET_TRY(
        WriteOutput(options.public_out, AsBytes(text_public), kPublicFileMode, options.force));
  }
  if (!options.out.empty()) {
    ReportWritten(context, key, kid, options);
    return {};
  }
  // A JWK is JSON already.
  if (context.json && pem) {
    context.Print(DumpJson(Json{{"pem", view}}));
  } else {
    context.Print(view.substr(0, view.size() - 1));
  }
  return {};
}

// The key id that the options ask for; `own` is what the key has already.
std::string ChosenKid(const KeyOptions& options, const crypto::PublicKey& key,
                      const std::string& own) {
  if (options.no_kid) return {};
  if (!options.kid.empty()) return options.kid;
  if (options.kid_thumbprint || own.empty()) return jose::Thumbprint(key);
  return own;
}

Result<std::optional<crypto::Alg>> OptionalAlg(const KeyOptions& options) {
  if (options.alg.empty()) return std::optional<crypto::Alg>();
  SIGNET_TRY_ASSIGN(const crypto::Alg alg, AlgOfOption(options.alg));
  return std::optional(alg);
}

Result<void> Generate(const Context& context, const KeyOptions& options) {
  SIGNET_TRY_ASSIGN(const crypto::Alg alg,
                    AlgOfOption(options.alg.empty() ? "ES256" : options.alg));
  // Before the work of making the key.
  if (options.out.empty() && OutputIsTerminal() && !options.print_secret) {
    return std::unexpected(UsageFault(
        "a private key is not shown on a terminal: give --out FILE (or --print-secret)"));
  }
  SIGNET_TRY_ASSIGN(const crypto::PrivateKey key, crypto::PrivateKey::Generate(alg));
  return DeliverPrivateKey(context, key, ChosenKid(options, key.public_key(), {}), options);
}

Result<void> PrintPublic(const Context& context, const jose::Jwk& jwk, const KeyOptions& options) {
  const bool pem = options.format == "pem";
  const std::string text = PublicKeyText(jwk, pem);
  if (!options.out.empty()) {
    SIGNET_TRY(WriteOutput(options.out, AsBytes(text), kPublicFileMode, options.force));
    const std::string thumbprint = jose::Thumbprint(jwk.key);
    PrintEither(context, RowsText({{"public key", options.out}, {"thumbprint", thumbprint}}, 0),
                {{"ok", true}, {"thumbprint", thumbprint}, {"file", options.out}});
  } else if (context.json && pem) {
    context.Print(DumpJson(Json{{"pem", text}}));
  } else {
    context.Print(std::string_view(text).substr(0, text.size() - 1));
  }
  return {};
}

// The key of the input, read for its public part. A private key in a file keeps its file's rules.
Result<jose::Jwk> LoadAnyKey(const KeyOptions& options) {
  SIGNET_TRY_ASSIGN(jose::Jwk jwk, LoadPublicKey(options.input, {.allow_private = true}));
  SIGNET_TRY_ASSIGN(const std::optional<crypto::Alg> alg, OptionalAlg(options));
  if (alg.has_value()) {
    if (!crypto::AlgsOf(jwk.key.type()).Has(*alg)) {
      return std::unexpected(UsageFault("--alg does not suit the key, a " + KeyTypeText(jwk.key)));
    }
    jwk.alg = alg;
  }
  return jwk;
}

Result<void> Public(const Context& context, const KeyOptions& options) {
  SIGNET_TRY_ASSIGN(jose::Jwk jwk, LoadAnyKey(options));
  jwk.kid = ChosenKid(options, jwk.key, jwk.kid);
  jwk.use = options.use;
  return PrintPublic(context, jwk, options);
}

Result<void> Convert(const Context& context, const KeyOptions& options) {
  if (options.input == "-") {
    return std::unexpected(UsageFault("give a file: standard input would have to be read twice"));
  }
  SIGNET_TRY_ASSIGN(std::string text, ReadInput(options.input, kMaxKeyFileBytes));
  const KeyText kind = KindOfKeyText(text);
  WipeContainer(text);
  if (kind != KeyText::kPrivateJwk && kind != KeyText::kPrivatePem) {
    SIGNET_TRY_ASSIGN(jose::Jwk jwk, LoadAnyKey(options));
    jwk.kid = ChosenKid(options, jwk.key, jwk.kid);
    return PrintPublic(context, jwk, options);
  }
  SIGNET_TRY_ASSIGN(const std::optional<crypto::Alg> alg, OptionalAlg(options));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.input, alg));
  if (alg.has_value() && key.key.alg() != *alg) {
    return std::unexpected(UsageFault("the key states another algorithm than --alg"));
  }
  return DeliverPrivateKey(context, key.key, ChosenKid(options, key.key.public_key(), key.kid),
                           options);
}

Result<void> PrintThumbprint(const Context& context, const KeyOptions& options) {
  SIGNET_TRY_ASSIGN(const jose::Jwk jwk, LoadPublicKey(options.input, {.allow_private = true}));
  const std::string thumbprint = jose::Thumbprint(jwk.key);
  PrintEither(context, thumbprint, {{"ok", true}, {"thumbprint", thumbprint}});
  return {};
}

Result<void> Show(Context& context, const KeyOptions& options) {
  SIGNET_TRY_ASSIGN(const std::string text, ReadValue(options.input, kMaxKeyFileBytes));
  const bool literal = text.starts_with('{') || text.starts_with("-----");
  std::string from_file;
  if (!literal) {
    SIGNET_TRY_ASSIGN(from_file, ReadInput(options.input, kMaxKeyFileBytes));
  }
  const std::string& key = literal ? text : from_file;
  // Of a certificate, its key: `signet cert show` shows the rest.
  const std::optional<Inspection> found =
      KindOfKeyText(key) == KeyText::kCertificate ? InspectPem(key) : Inspect(key, context.Now());
  if (!found.has_value() ||
      (found->kind.find("jwk") == std::string::npos &&
       found->kind.find("pem") == std::string::npos && found->kind != "certificate")) {
    return std::unexpected(
        UsageFault("no key: give a JWK or PEM file; `signet inspect` shows "
                   "other things"));
  }
  PrintInspection(context, *found);
  return {};
}

using Handler = Result<void> (*)(Context&, const KeyOptions&);

template <auto kFunction>
Result<void> Adapt(Context& context, const KeyOptions& options) {
  return kFunction(context, options);
}

CLI::App* AddTo(CLI::App& key, Context& context, const std::string& name, const std::string& text,
                Handler handler, const std::shared_ptr<KeyOptions>& options) {
  CLI::App* command = key.add_subcommand(name, text);
  command->callback([&context, handler, options] {
    const Result<void> done = handler(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
  return command;
}

void AddOutputOptions(CLI::App* command, KeyOptions& options) {
  command->add_option("--format,--to", options.format, "How to write the key")
      ->check(CLI::IsMember({"jwk", "pem"}))
      ->capture_default_str();
  command->add_option("--out", options.out, "Write to this file instead of standard output")
      ->type_name("FILE");
  command->add_flag("--force", options.force, "Replace the file if it exists");
}

void AddKidOptions(CLI::App* command, KeyOptions& options) {
  CLI::Option* kid = command->add_option("--kid", options.kid, "Key id to write")->type_name("ID");
  CLI::Option* thumbprint =
      command->add_flag("--kid-thumbprint", options.kid_thumbprint,
                        "Use the RFC 7638 thumbprint as key id (the default for a new key)");
  CLI::Option* none = command->add_flag("--no-kid", options.no_kid, "Write no key id");
  kid->excludes(thumbprint)->excludes(none);
  thumbprint->excludes(none);
}

void AddAlgOption(CLI::App* command, KeyOptions& options, const std::string& text) {
  command->add_option("--alg", options.alg, text)->check(CLI::IsMember(AlgNames()));
}

void AddInput(CLI::App* command, KeyOptions& options) {
  command->add_option("KEY", options.input, "File with the key, JWK or PEM; - is standard input")
      ->required()
      ->type_name("FILE");
}

void AddGenerate(CLI::App& key, Context& context) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command =
      AddTo(key, context, "generate", "Make a new private key", Adapt<Generate>, options);
  AddAlgOption(command, *options, "Algorithm of the key; ES256 if not given");
  AddKidOptions(command, *options);
  AddOutputOptions(command, *options);
  command->add_option("--public-out", options->public_out, "Write the public part to this file too")
      ->type_name("FILE");
  command->add_flag("--print-secret", options->print_secret,
                    "Allow a private key to be printed on a terminal");
  command->footer(
      "The file gets mode 0600 and is never overwritten without --force.\n\n"
      "Examples:\n"
      "  signet key generate --out workload.jwk --public-out workload.pub.jwk\n"
      "  signet key generate --alg Ed25519 --format pem --out key.pem");
}

void AddConvert(CLI::App& key, Context& context) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command =
      AddTo(key, context, "convert", "Write a key in another format", Adapt<Convert>, options);
  AddInput(command, *options);
  AddAlgOption(command, *options, "Algorithm, where the key does not state it (RSA in PEM)");
  AddKidOptions(command, *options);
  AddOutputOptions(command, *options);
  command->add_flag("--print-secret", options->print_secret,
                    "Allow a private key to be printed on a terminal");
  command->footer(
      "A private key stays private and a public key public; `signet key public` takes the public "
      "part.\n\n"
      "Examples:\n"
      "  signet key convert workload.jwk --to pem --out workload.pem\n"
      "  signet key convert rsa.pem --alg PS256 --to jwk --out rsa.jwk");
}

void AddPublic(CLI::App& key, Context& context) {
  auto options = std::make_shared<KeyOptions>();
  CLI::App* command =
      AddTo(key, context, "public", "Print the public part of a key", Adapt<Public>, options);
  AddInput(command, *options);
  AddAlgOption(command, *options, "Algorithm to state, where the key does not");
  AddKidOptions(command, *options);
  command->add_option("--use", options->use, "Value of use, as wit-svid for a SPIFFE bundle")
      ->type_name("USE");
  AddOutputOptions(command, *options);
  command->footer(
      "Examples:\n"
      "  signet key public workload.jwk --out workload.pub.jwk\n"
      "  openssl genpkey -algorithm ed25519 | signet key public - --format pem");
}

}  // namespace

void AddKeyCommand(CLI::App& root, Context& context) {
  CLI::App* key = root.add_subcommand("key", "Make, convert and show keys");
  key->require_subcommand(1);
  AddGenerate(*key, context);
  AddPublic(*key, context);
  AddConvert(*key, context);
  auto options = std::make_shared<KeyOptions>();
  CLI::App* thumbprint =
      AddTo(*key, context, "thumbprint", "Print the RFC 7638 thumbprint of a key",
            Adapt<PrintThumbprint>, options);
  AddInput(thumbprint, *options);
  thumbprint->footer("Example:\n  signet key thumbprint workload.jwk");
  auto show_options = std::make_shared<KeyOptions>();
  CLI::App* show = AddTo(*key, context, "show", "Describe a key without its secret part",
                         Adapt<Show>, show_options);
  AddInput(show, *show_options);
  show->footer("Example:\n  signet key show workload.jwk");
}

}  // namespace signet::app
