// signet http: signatures of HTTP messages.
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/context.h"
#include "app/http_subcommands.h"
#include "app/tool_input.h"
#include "app/tool_report.h"
#include "protocol/base/limits.h"
#include "protocol/proof/content_digest.h"
#include "protocol/proof/httpsig/signature_fields.h"

namespace signet::app {
namespace {

namespace httpsig = proof::httpsig;

// Room for start line and line ends beside fields and content.
constexpr std::size_t kMessageFileBytes = kMaxHeaderBytes + kMaxBodyBytes + kMaxUriBytes;

struct DigestOptions {
  std::string file = "-";
  std::string alg = "sha-256";
};

Result<void> Digest(const Context& context, const DigestOptions& options) {
  SIGNET_TRY_ASSIGN(const std::string content, ReadInputExactly(options.file, 8 * kMaxBodyBytes));
  const std::string value = proof::ContentDigestOf(
      AsBytes(content),
      options.alg == "sha-512" ? proof::DigestAlg::kSha512 : proof::DigestAlg::kSha256);
  PrintEither(context, value, {{"ok", true}, {"content_digest", value}, {"bytes", content.size()}});
  return {};
}

void AddDigest(CLI::App& http, Context& context) {
  CLI::App* command = http.add_subcommand("digest", "Print the Content-Digest of a file");
  auto options = std::make_shared<DigestOptions>();
  command->add_option("FILE", options->file, "The content; - is standard input")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--alg", options->alg, "Algorithm")
      ->check(CLI::IsMember({"sha-256", "sha-512"}))
      ->capture_default_str();
  command->footer(
      "Every byte counts, a final line end too.\n\n"
      "Example:\n  signet http digest body.json");
  command->callback([&context, options] {
    const Result<void> done = Digest(context, *options);
    if (!done.has_value()) context.UsageError(done.error());
  });
}

}  // namespace

void AddMessageOptions(CLI::App& command, MessageFiles& files, const std::string& purpose) {
  command.add_option("REQUEST", files.request, "File with the request; - is standard input")
      ->required()
      ->type_name("FILE");
  command.add_option("--response", files.response, purpose)->type_name("FILE");
}

Result<void> ReadMessages(const MessageFiles& files, Messages& messages) {
  if (files.request == "-" && files.response == "-") {
    return std::unexpected(UsageFault("only one of the messages can be standard input"));
  }
  SIGNET_TRY_ASSIGN(messages.request_text, ReadInputExactly(files.request, kMessageFileBytes));
  SIGNET_TRY_ASSIGN(messages.request, ReadRequestText(messages.request_text));
  if (files.response.empty()) return {};
  SIGNET_TRY_ASSIGN(messages.response_text, ReadInputExactly(files.response, kMessageFileBytes));
  SIGNET_TRY_ASSIGN(messages.response, ReadResponseText(messages.response_text));
  return {};
}

void AddSignatureRevisionOption(CLI::App& command, std::string& revision, bool signing) {
  std::vector<std::string> names = {"http-signature-07", "http-signature-06"};
  if (signing) names.emplace_back("both-sign");
  command.add_option("--revision", revision, "Revision of the HTTP signature document")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
}

std::optional<OwnSignature> SignatureOfRequest(const http::Request& request) {
  const auto signatures = httpsig::ReadSignatures(request.fields);
  if (!signatures.has_value()) return std::nullopt;
  for (const httpsig::SignatureEntry& entry : *signatures) {
    if (entry.parameters.tag != httpsig::kWimseTag) continue;
    return OwnSignature{.nonce = entry.parameters.nonce.value_or(""),
                        .sign_response = entry.parameters.wimse_sign_response.value_or(false)};
  }
  return std::nullopt;
}

void AddHttpCommand(CLI::App& root, Context& context) {
  CLI::App* http = root.add_subcommand("http", "Sign and verify HTTP messages");
  http->require_subcommand(1);
  AddHttpSign(*http, context);
  AddHttpVerify(*http, context);
  AddHttpBase(*http, context);
  AddDigest(*http, context);
}

}  // namespace signet::app
