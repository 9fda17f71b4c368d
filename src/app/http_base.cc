// signet http base: the text that one signature of a message is over.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/context.h"
#include "app/http_subcommands.h"
#include "app/tool_input.h"
#include "app/tool_report.h"
#include "app/tool_text.h"
#include "protocol/proof/httpsig/algorithm.h"
#include "protocol/proof/httpsig/signature_base.h"
#include "protocol/proof/httpsig/signature_fields.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;
using Json = nlohmann::ordered_json;

struct BaseOptions {
  MessageFiles files;
  std::string label, jwk;
};

Result<httpsig::SignatureEntry> FindEntry(const http::Fields& fields, const std::string& label) {
  SIGNET_TRY_ASSIGN(const std::vector<httpsig::SignatureEntry> entries,
                    httpsig::ReadSignatures(fields));
  const auto found = std::ranges::find_if(entries, [&](const httpsig::SignatureEntry& entry) {
    return label.empty() ? entry.parameters.tag == httpsig::kWimseTag : entry.label == label;
  });
  if (found != entries.end()) return *found;
  return Refuse(Errc::kHttpsigMissing, label.empty()
                                           ? "no signature has the WIMSE tag: give --label"
                                           : "no signature has this label");
}

// The signature's `alg`, else what the key is for.
Result<void> CheckSignature(const httpsig::SignatureEntry& entry, const jose::Jwk& jwk,
                            const std::string& base) {
  if (entry.parameters.alg.has_value()) {
    const auto alg = httpsig::SignatureAlgFromName(*entry.parameters.alg);
    if (!alg.has_value()) return Refuse(Errc::kHttpsigAlg, "alg is not registered");
    return httpsig::VerifySignature(*alg, jwk.key, base, entry.signature);
  }
  if (jwk.alg.has_value()) {
    Result<void> verified = jwk.key.Verify(*jwk.alg, AsBytes(base), entry.signature);
    if (verified.has_value()) return verified;
    return Refuse(Errc::kHttpsigSignatureInvalid, std::string(verified.error().name()));
  }
  const auto alg = httpsig::OnlyAlgOf(jwk.key.type());
  if (!alg.has_value()) {
    return std::unexpected(
        UsageFault("neither the signature nor the key states an algorithm: signet key public FILE "
                   "--alg PS512"));
  }
  return httpsig::VerifySignature(*alg, jwk.key, base, entry.signature);
}

void PrintBase(Context& context, const httpsig::SignatureEntry& entry, const std::string& base,
               const std::optional<Result<void>>& signature) {
  const bool refused = signature.has_value() && !signature->has_value();
  if (context.json) {
    Json out = {{"ok", !refused}, {"label", entry.label}, {"base", base}};
    out["signature_params"] = entry.params_text;
    out["signature"] = signature.has_value() ? Json(!refused) : Json(nullptr);
    if (refused) out.update(ErrorJson(signature->error()));
    context.Print(DumpJson(out));
    if (refused) context.exit_code = kExitRefused;
    return;
  }
  context.Print(base);
  if (!signature.has_value()) return;
  Verdict verdict;
  verdict.headline = "signature " + Printable(entry.label);
  if (refused) verdict.error = signature->error();
  context.Print("");
  PrintVerdict(context, verdict);
}

Result<void> Base(Context& context, const BaseOptions& options) {
  Messages messages;
  SIGNET_TRY(ReadMessages(options.files, messages));
  const bool response = messages.response.has_value();
  const httpsig::MessageView view{.request = &messages.request.request,
                                  .response = response ? &messages.response->response : nullptr};
  std::optional<jose::Jwk> jwk;
  if (!options.jwk.empty()) {
    SIGNET_TRY_ASSIGN(jwk, LoadPublicKey(options.jwk, {.allow_private = true}));
  }
  const Result<httpsig::SignatureEntry> entry =
      FindEntry(response ? messages.response->fields() : messages.request.fields(), options.label);
  if (!entry.has_value()) {
    context.Refused(entry.error());
    return {};
  }
  const Result<std::string> base =
      httpsig::BuildSignatureBase(entry->components, entry->params_text, view);
  if (!base.has_value()) {
    context.Refused(base.error());
    return {};
  }
  std::optional<Result<void>> signature;
  if (jwk.has_value()) {
    signature = CheckSignature(*entry, *jwk, *base);
    if (!signature->has_value() && signature->error().code == Errc::kUsageOption) {
      return std::unexpected(signature->error());
    }
  }
  PrintBase(context, *entry, *base, signature);
  return {};
}

}  // namespace

void AddHttpBase(CLI::App& http, Context& context) {
  CLI::App* command =
      http.add_subcommand("base", "Print the signature base (RFC 9421) of one signature");
  auto options = std::make_shared<BaseOptions>();
  AddMessageOptions(*command, options->files, "Take the signature of this response");
  command
      ->add_option("--label", options->label,
                   "Label of the signature; the one with the WIMSE tag if not given")
      ->type_name("LABEL");
  command
      ->add_option("--jwk", options->jwk,
                   "Also say whether this key made the signature: JWK text, or file (JWK, PEM)")
      ->type_name("FILE");
  command->footer(
      "To compare with what another implementation signs. It says nothing of the rules of the\n"
      "profile, nor of who holds the key: signet http verify does.\n\n"
      "Example:\n  signet http base signed.txt --jwk orders.pub.jwk");
  command->callback([&context, options] {
    const Result<void> done = Base(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace signet::app
