// signet call: one HTTP request that proves itself to a server that was expected.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/call/answer.h"
#include "app/call/expected_server.h"
#include "app/call/prove.h"
#include "app/call/url.h"
#include "app/commands.h"
#include "app/context.h"
#include "app/tool_input.h"
#include "app/tool_text.h"
#include "platform/http1/client.h"
#include "platform/net/tls_context.h"
#include "protocol/http/message.h"

namespace signet::app {
namespace {

struct CallOptions {
  std::string method;
  std::string url;
  std::string wit;
  std::string key;
  std::string ca;
  std::string expect_id;
  std::string map;
  bool host_check = false;
  std::vector<std::string> headers;
  std::string body;
  std::string audience;
  std::string revision = "wpt-02";
  std::string txn_token;
  std::string ttl = "60s";
  std::string timeout = "30s";
  bool show_headers = false;
  bool show_proof = false;
  bool plain_http = false;
};

// A call that is ready to be made.
struct PreparedCall {
  net::ConnectTarget target;
  http1::ClientRequest request;
  http1::ClientOptions limits;
  std::string wpt;
  std::string audience;
};

Result<http1::Header> ParseHeader(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    return std::unexpected(UsageFault("-H wants 'Name: value'"));
  }
  return http1::Header{text.substr(0, colon),
                       std::string(http::TrimOws(std::string_view(text).substr(colon + 1)))};
}

// The fields of -H, without those that this command sets itself: two of them would be refused, and
// rightly so [WIT-6, WPT-5.1].
Result<std::vector<http1::Header>> ReadHeaders(const CallOptions& options,
                                               credential::WptRevision revision) {
  std::vector<http1::Header> out;
  const credential::WptRevisionInfo& info = credential::InfoOf(revision);
  for (const std::string& text : options.headers) {
    SIGNET_TRY_ASSIGN(http1::Header header, ParseHeader(text));
    for (const std::string_view own :
         {credential::kWitField, info.proof_field, credential::kTxnTokenField}) {
      if (http::EqualsIgnoreCase(header.name, own)) {
        return std::unexpected(
            UsageFault(fmt::format("{} is set by this command; -H must not repeat it", own)));
      }
    }
    out.push_back(std::move(header));
  }
  return out;
}

// Revision 01 binds the access token of a Bearer field [WPT-3].
std::optional<std::string_view> AccessTokenOf(const std::vector<http1::Header>& headers,
                                              credential::WptRevision revision) {
  if (!credential::InfoOf(revision).has_ath) return std::nullopt;
  const std::string* field = http1::FindHeader(headers, "Authorization");
  constexpr std::string_view kBearer = "bearer ";
  if (field == nullptr || field->size() <= kBearer.size() ||
      !http::EqualsIgnoreCase(std::string_view(*field).substr(0, kBearer.size()), kBearer)) {
    return std::nullopt;
  }
  return http::TrimOws(std::string_view(*field).substr(kBearer.size()));
}

Result<ExpectedServer> ReadExpectation(const CallOptions& options, const CallUrl& url) {
  ExpectedServer out{.identifier = {}, .check_host = options.host_check};
  if (!options.map.empty()) {
    SIGNET_TRY_ASSIGN(const std::string text, ReadInput(options.map, kMaxMapFileBytes));
    SIGNET_TRY_ASSIGN(const identity::HandleMap map, ParseHandleMap(text));
    if (options.expect_id.empty()) {
      SIGNET_TRY_ASSIGN(const identity::WorkloadId id, ExpectedOf(map, url.host, url.port));
      out.identifier = id.text();
    }
  }
  if (!options.expect_id.empty()) {
    SIGNET_TRY_ASSIGN(const identity::WorkloadId id,
                      identity::WorkloadId::Parse(options.expect_id));
    out.identifier = id.text();
  }
  return out;
}

Result<net::ConnectTarget> PrepareTarget(const CallOptions& options, const CallUrl& url,
                                         const Clock& clock) {
  if (!url.tls) return net::PlainTcpTarget{.host = url.host, .port = url.port};
  SIGNET_TRY_ASSIGN(const ExpectedServer expected, ReadExpectation(options, url));
  if (!expected.check_host && expected.identifier.empty()) {
    return std::unexpected(
        UsageFault("say which server is expected: --expect-id, --map or --host-check"));
  }
  if (options.ca.empty() && !expected.check_host) {
    return std::unexpected(
        UsageFault("--ca is needed: an identifier is checked with its trust domain's anchors"));
  }
  SIGNET_TRY_ASSIGN(
      const std::string pem,
      ReadInput(options.ca.empty() ? kSystemAnchors : options.ca, kMaxAnchorFileBytes));
  SIGNET_TRY_ASSIGN(const std::vector<Bytes> anchors, ReadAnchors(pem));
  SIGNET_TRY_ASSIGN(net::PeerVerifier verifier,
                    MakeServerCheck(expected, url.host, anchors, clock));
  SIGNET_TRY_ASSIGN(std::shared_ptr<const net::TlsContext> tls, net::TlsContext::MakeClient({}));
  return net::TlsTarget{.host = url.host,
                        .port = url.port,
                        .tls = std::move(tls),
                        .verifier = std::move(verifier),
                        .server_name = {}};
}

// A path as the value arguments of the tools want it.
std::string FileArgument(const std::string& path) {
  return path == "-" || path.starts_with('@') ? path : "@" + path;
}

Result<std::string> ReadBody(const std::string& argument) {
  if (argument.empty() || argument.front() != '@') return argument;
  return ReadInput(argument.substr(1), kMaxBodyBytes);
}

Result<PreparedCall> Prepare(const CallOptions& options, Context& context) {
  PreparedCall call;
  const std::optional<credential::WptRevision> revision =
      credential::WptRevisionFromName(options.revision);
  if (!revision.has_value()) return std::unexpected(UsageFault("--revision: wpt-02 or wpt-01"));
  SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(options.url, options.plain_http));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  SIGNET_TRY_ASSIGN(const seconds timeout, ParseDuration(options.timeout));
  call.limits.call_timeout = timeout;
  call.limits.connect_timeout = timeout;
  SIGNET_TRY_ASSIGN(call.request.headers, ReadHeaders(options, *revision));
  SIGNET_TRY_ASSIGN(call.request.body, ReadBody(options.body));
  SIGNET_TRY_ASSIGN(call.target, PrepareTarget(options, url, context.clock()));

  SIGNET_TRY_ASSIGN(const std::string wit, ReadToken(FileArgument(options.wit)));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key));
  std::string txn_token;
  if (!options.txn_token.empty()) {
    SIGNET_TRY_ASSIGN(txn_token, ReadToken(FileArgument(options.txn_token)));
  }
  call.audience = options.audience.empty() ? url.audience : options.audience;
  SIGNET_TRY_ASSIGN(ProvenFields proven,
                    ProveRequest(key.key,
                                 {.wit = wit,
                                  .audience = call.audience,
                                  .now = context.Now(),
                                  .ttl = ttl,
                                  .txn_token = options.txn_token.empty()
                                                   ? std::nullopt
                                                   : std::optional<std::string_view>(txn_token),
                                  .access_token = AccessTokenOf(call.request.headers, *revision),
                                  .revision = *revision},
                                 context.random()));
  call.wpt = std::move(proven.wpt);
  call.request.headers.insert(call.request.headers.begin(), proven.fields.begin(),
                              proven.fields.end());
  call.request.method = options.method;
  call.request.target = url.target;
  call.request.host = url.authority;
  return call;
}

void PrintAnswer(Context& context, const CallOptions& options, const PreparedCall& call,
                 const http1::ClientResponse& response) {
  if (context.json) {
    nlohmann::ordered_json out = AnswerJson(response);
    out["audience"] = call.audience;
    if (options.show_proof) out["wpt"] = call.wpt;
    context.Print(DumpJson(out));
    return;
  }
  if (options.show_proof) context.Complain("proof: " + call.wpt);
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
  const Result<PreparedCall> call = Prepare(options, context);
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
  PrintAnswer(context, options, *call, *response);
  context.exit_code = IsSuccess(response->status) ? kExitValid : kExitRefused;
}

}  // namespace

void AddCallCommand(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("call", "Make an HTTP request that proves itself");
  const auto options = std::make_shared<CallOptions>();
  command->add_option("method", options->method, "Method, as GET")->required();
  command->add_option("url", options->url, "https://host[:port]/path[?query]")->required();
  command->add_option("--wit", options->wit, "File with the Workload Identity Token")->required();
  command->add_option("--key", options->key, "File with its private key (JWK or PKCS#8 PEM)")
      ->required();
  command->add_option("--ca", options->ca,
                      "PEM file with the anchors of the server's trust domain; with --host-check "
                      "alone the system's");
  command->add_option("--expect-id", options->expect_id, "Workload Identifier of the server");
  command->add_option("--map", options->map,
                      "File of lines handle=identifier: which server is expected at which host");
  command->add_flag("--host-check", options->host_check,
                    "The server's certificate must be for the host of the URL");
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
  command->callback([options, &context] { RunCall(*options, context); });
}

}  // namespace signet::app
