// signet call: one HTTP request that proves itself to a server that was expected.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/call/answer.h"
#include "app/call/prepare.h"
#include "app/call/signed_answer.h"
#include "app/commands.h"
#include "app/context.h"
#include "app/tool_text.h"
#include "platform/http1/client.h"

namespace signet::app {
namespace {

using Json = nlohmann::ordered_json;

// The proofs themselves, for who asked for them: they are credentials.
void PrintProofs(const Context& context, const PreparedCall& call) {
  if (!call.proven.wpt.empty()) context.Complain("proof: " + call.proven.wpt);
  for (const http1::Header& field : call.proven.fields) {
    if (field.name.starts_with("Signature")) context.Complain(field.name + ": " + field.value);
  }
}

void PrintAnswer(Context& context, const CallOptions& options, const PreparedCall& call,
                 const http1::ClientResponse& response, const std::string& signer) {
  if (context.json) {
    Json out = AnswerJson(response);
    out["audience"] = call.audience;
    if (call.answer.trust != nullptr) out["signed_by"] = signer.empty() ? nullptr : Json(signer);
    if (options.show_proof) {
      out["wpt"] = call.proven.wpt.empty() ? Json(nullptr) : Json(call.proven.wpt);
      for (const http1::Header& field : call.proven.fields) {
        if (field.name.starts_with("Signature")) out[field.name] = field.value;
      }
    }
    context.Print(DumpJson(out));
    return;
  }
  if (options.show_proof) PrintProofs(context, call);
  if (!signer.empty() && options.show_headers) context.Complain("answer signed by " + signer);
  const bool good = IsSuccess(response.status);
  std::string head = fmt::format("{} {}", response.status, http1::ReasonOf(response.status));
  if (options.show_headers || !good) context.Print(context.Paint(good ? 'g' : 'r', head));
  if (options.show_headers) {
    for (const http1::Header& header : response.headers) {
      context.Print(Printable(header.name) + ": " + Printable(header.value));
    }
    context.Print("");
  }
  // The body goes out as it came: it may be meant for another program.
  if (!response.body.empty()) context.Print(response.body);
  if (!good) context.Complain(RefusalText(response));
}

// Faults of the command line end with 2, everything else that fails with 1.
bool IsUsage(Errc code) {
  return code == Errc::kUsageOption || code == Errc::kHttpUrlInvalid ||
         code == Errc::kUriMalformed || code == Errc::kUriTooLong || code == Errc::kIoOpen ||
         code == Errc::kPemMalformed || code == Errc::kPemLabel || code == Errc::kHttpFieldInvalid;
}

void RunCall(const CallOptions& options, Context& context) {
  const Result<PreparedCall> call = PrepareCall(options, context);
  if (!call.has_value()) {
    if (IsUsage(call.error().code)) return context.UsageError(call.error());
    return context.Refused(call.error());
  }
  const Result<http1::ClientResponse> response =
      http1::CallOnce(call->target, call->request, call->limits);
  if (!response.has_value()) {
    if (IsUsage(response.error().code)) return context.UsageError(response.error());
    return context.Refused(response.error());
  }
  std::string signer;
  if (call->answer.trust != nullptr) {
    const verify::ResponseDecision decision =
        CheckAnswer(*response, call->request, call->answer, context.Now());
    if (!decision.accepted()) {
      // What it says is anybody's word, and most often why nobody signed it.
      if (!context.json && !IsSuccess(response->status)) {
        context.Complain("unverified answer: " + RefusalText(*response));
      }
      return context.Refused(*decision.error);
    }
    if (decision.is_signed) signer = decision.server->text();
  }
  PrintAnswer(context, options, *call, *response, signer);
  context.exit_code = IsSuccess(response->status) ? kExitValid : kExitRefused;
}

// Whom the call believes, and what it shows of itself in the handshake.
void AddPeerOptions(CLI::App* command, CallOptions& options) {
  command->add_option("--ca", options.ca,
                      "PEM file with the anchors of the server's trust domain; with --host-check "
                      "alone the system's");
  command->add_option("--expect-id", options.expect_id, "Workload Identifier of the server");
  command->add_option("--map", options.map,
                      "File of lines handle=identifier: which server is expected at which host");
  command->add_flag("--host-check", options.host_check,
                    "The server's certificate must be for the host of the URL");
  command
      ->add_option("--client-cert", options.client_cert,
                   "PEM file with the certificate for mutual TLS, leaf first")
      ->type_name("FILE");
  command->add_option("--client-key", options.client_key, "Its private key; --key if not given")
      ->type_name("FILE");
  command->add_flag("--expect-signed-response", options.expect_signed_response,
                    "Demand an answer that the expected server has signed [SIG-12]");
  command
      ->add_option("--trust", options.trust,
                   "Keys for the WITs of servers that sign, as wimse://example.com=FILE")
      ->type_name("ORIGIN=FILE")
      ->allow_extra_args(false);
  command->add_option("--bundle-format", options.bundle_format, "Format of the --trust files")
      ->check(CLI::IsMember({"raw", "spiffe", "wimse"}))
      ->capture_default_str();
  command
      ->add_option("--signature-revision", options.signature_revision,
                   "Revision of the HTTP signature document")
      ->check(CLI::IsMember({"http-signature-07", "http-signature-06", "both-sign"}))
      ->capture_default_str();
}

}  // namespace

void AddCallCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("call", "Make an HTTP request that proves itself");
  const auto options = std::make_shared<CallOptions>();
  command->add_option("method", options->method, "Method, as GET")->required();
  command->add_option("url", options->url, "https://host[:port]/path[?query]")->required();
  command->add_option("--proof", options->proof, "How the request proves itself")
      ->check(CLI::IsMember({"wpt", "http-signature", "both", "mtls"}))
      ->capture_default_str();
  command->add_option("--wit", options->wit, "File with the Workload Identity Token")
      ->type_name("FILE");
  command->add_option("--key", options->key, "File with its private key (JWK or PKCS#8 PEM)")
      ->type_name("FILE");
  AddPeerOptions(command, *options);
  command->add_option("-H,--header", options->headers, "Header field 'Name: value'")
      ->allow_extra_args(false)
      ->take_all();
  command->add_option("-d,--data", options->body, "Body; @FILE reads one");
  command->add_option("--aud", options->audience, "Audience of the proof instead of the URL");
  command->add_option("--revision", options->revision, "wpt-02 (default) or wpt-01");
  command->add_option("--txn-token", options->txn_token, "File with a Txn-Token to send and bind");
  command->add_option("--ttl", options->ttl, "Lifetime of the proof (default 60s)");
  command->add_option("--timeout", options->timeout, "Time allowed for the call (default 30s)");
  command->add_flag("-i,--include", options->show_headers, "Print status and header fields");
  command->add_flag("--show-proof", options->show_proof, "Print the proof: it is a credential");
  command->add_flag("--insecure-plain-http", options->plain_http,
                    "Named waiver: send the credentials without TLS, to an http:// URL");
  command->footer(
      "Exit code 0 for an answer of success, 1 for a refusal.\n\n"
      "Examples:\n"
      "  signet call GET https://orders.example.com/list --wit me.wit --key me.jwk --ca ca.pem \\\n"
      "      --expect-id wimse://example.com/orders\n"
      "  signet call POST https://orders.example.com/list -d @order.json --proof http-signature "
      "\\\n"
      "      --wit me.wit --key me.jwk --ca ca.pem --expect-id wimse://example.com/orders \\\n"
      "      --expect-signed-response --trust wimse://example.com=issuer.pub.jwk");
  command->callback([options, &context] { RunCall(*options, context); });
}

}  // namespace signet::app
