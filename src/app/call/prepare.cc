#include "app/call/prepare.h"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "app/call/expected_server.h"
#include "app/call/url.h"
#include "app/tool_input.h"
#include "app/tool_pem.h"
#include "app/tool_text.h"
#include "platform/net/tls_context.h"
#include "protocol/http/message.h"

namespace signet::app {
namespace {

bool WantsWpt(const CallOptions& options) {
  return options.proof == "wpt" || options.proof == "both";
}
bool WantsSignature(const CallOptions& options) {
  return options.proof == "http-signature" || options.proof == "both";
}

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
  std::vector<std::string_view> own_fields = {credential::kWitField, credential::kTxnTokenField};
  if (WantsWpt(options)) own_fields.push_back(info.proof_field);
  for (const std::string& text : options.headers) {
    SIGNET_TRY_ASSIGN(http1::Header header, ParseHeader(text));
    for (const std::string_view own : own_fields) {
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
      SIGNET_TRY_ASSIGN(out.identifier, ExpectedOf(map, url.host, url.port));
    }
  }
  if (!options.expect_id.empty()) {
    SIGNET_TRY_ASSIGN(out.identifier, identity::WorkloadId::Parse(options.expect_id));
  }
  return out;
}

// The certificate of --client-cert, with its key: --client-key, else that of the WIT too.
Result<std::optional<net::TlsIdentity>> ReadClientIdentity(const CallOptions& options) {
  if (options.client_cert.empty()) return std::optional<net::TlsIdentity>();
  net::TlsIdentity identity;
  SIGNET_TRY_ASSIGN(identity.chain, LoadCertificates(options.client_cert));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key,
                    LoadPrivateKey(options.client_key.empty() ? options.key : options.client_key));
  identity.key_pkcs8 = key.key.ToPkcs8(SecretAccess::Grant());
  return std::optional(std::move(identity));
}

Result<net::ConnectTarget> PrepareTarget(const CallOptions& options, const CallUrl& url,
                                         const Clock& clock) {
  if (!url.tls) return net::PlainTcpTarget{.host = url.host, .port = url.port};
  SIGNET_TRY_ASSIGN(const ExpectedServer expected, ReadExpectation(options, url));
  if (!expected.check_host && !expected.identifier.has_value()) {
    return std::unexpected(
        UsageFault("say which server is expected: --expect-id, --map or --host-check"));
  }
  if (options.ca.empty() && expected.identifier.has_value()) {
    return std::unexpected(
        UsageFault("--ca is needed: an identifier is checked with its trust domain's anchors"));
  }
  SIGNET_TRY_ASSIGN(
      const std::string pem,
      ReadInput(options.ca.empty() ? kSystemAnchors : options.ca, kMaxAnchorFileBytes));
  SIGNET_TRY_ASSIGN(std::vector<Bytes> anchors, ReadAnchors(pem));
  SIGNET_TRY_ASSIGN(net::PeerVerifier verifier,
                    MakeServerCheck(expected, url.host, std::move(anchors), clock));
  SIGNET_TRY_ASSIGN(const std::optional<net::TlsIdentity> identity, ReadClientIdentity(options));
  SIGNET_TRY_ASSIGN(
      std::shared_ptr<const net::TlsContext> tls,
      net::TlsContext::MakeClient({.identity = identity.has_value() ? &*identity : nullptr}));
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

// What can be said of the command line before any file is read.
Result<void> CheckOptions(const CallOptions& options) {
  const auto fault = [](const char* text) { return std::unexpected(UsageFault(text)); };
  const bool mtls = options.proof == "mtls";
  if (!mtls && options.wit.empty()) return fault("--wit is needed: a proof is made for a WIT");
  if (mtls && !options.wit.empty()) {
    return fault("--proof mtls sends no WIT: a WIT that is sent must be proven [WIT-5]");
  }
  if (mtls && options.client_cert.empty()) return fault("--proof mtls needs --client-cert");
  if (options.plain_http && !options.client_cert.empty()) {
    return fault("--client-cert needs TLS, not --insecure-plain-http");
  }
  if (options.key.empty() && (!mtls || options.client_key.empty())) {
    return fault("--key is needed");
  }
  if (!options.expect_signed_response) return {};
  if (!WantsSignature(options)) {
    return fault(
        "--expect-signed-response needs --proof http-signature or both: the signature of "
        "the request asks for it, and its nonce binds the answer [SIG-5a, SIG-6]");
  }
  if (options.trust.empty()) {
    return fault(
        "--expect-signed-response needs --trust ORIGIN=KEYS: the server proves itself by "
        "its WIT");
  }
  return {};
}

// With --trust an answer that is signed must be signed well, demanded or not [SIG-12].
Result<AnswerRules> ReadAnswerRules(const CallOptions& options, const CallUrl& url) {
  AnswerRules out;
  if (options.trust.empty()) return out;
  SIGNET_TRY_ASSIGN(out.trust, LoadTrust(options.trust, *FormatFromName(options.bundle_format)));
  SIGNET_TRY_ASSIGN(ExpectedServer expected, ReadExpectation(options, url));
  if (!expected.identifier.has_value()) {
    return std::unexpected(
        UsageFault("--trust needs --expect-id or --map: a signed answer is that of a workload"));
  }
  out.response.expected_server = std::move(expected.identifier);
  out.response.signature_required = options.expect_signed_response;
  // The signature that one revision of two is enough for is judged by the newer one.
  if (options.signature_revision == "http-signature-06") {
    out.response.revision = proof::httpsig::SignatureRevision::k06;
  }
  return out;
}

Result<ProvenFields> Prove(const CallOptions& options, const PreparedCall& call, seconds ttl,
                           credential::WptRevision revision, Context& context) {
  if (options.proof == "mtls") return ProvenFields();
  SIGNET_TRY_ASSIGN(const std::string wit, ReadToken(FileArgument(options.wit)));
  SIGNET_TRY_ASSIGN(const jose::PrivateJwk key, LoadPrivateKey(options.key));
  std::string txn_token;
  if (!options.txn_token.empty()) {
    SIGNET_TRY_ASSIGN(txn_token, ReadToken(FileArgument(options.txn_token)));
  }
  return ProveRequest(
      key.key,
      {.wit = wit,
       .audience = call.audience,
       .now = context.Now(),
       .ttl = ttl,
       .txn_token =
           options.txn_token.empty() ? std::nullopt : std::optional<std::string_view>(txn_token),
       .access_token = AccessTokenOf(call.request.headers, revision),
       .revision = revision,
       .wpt = WantsWpt(options),
       .to_sign = WantsSignature(options) ? &call.request : nullptr,
       .sign_response = options.expect_signed_response,
       .signature_revision =
           *proof::httpsig::SignatureRevisionFromName(options.signature_revision)},
      context.random());
}

}  // namespace

Result<PreparedCall> PrepareCall(const CallOptions& options, Context& context) {
  PreparedCall call;
  const std::optional<credential::WptRevision> revision =
      credential::WptRevisionFromName(options.revision);
  if (!revision.has_value()) return std::unexpected(UsageFault("--revision: wpt-02 or wpt-01"));
  SIGNET_TRY(CheckOptions(options));
  SIGNET_TRY_ASSIGN(const CallUrl url, ParseCallUrl(options.url, options.plain_http));
  SIGNET_TRY_ASSIGN(const seconds ttl, ParseDuration(options.ttl));
  SIGNET_TRY_ASSIGN(const seconds timeout, ParseDuration(options.timeout));
  call.limits.call_timeout = timeout;
  call.limits.connect_timeout = timeout;
  SIGNET_TRY_ASSIGN(call.request.headers, ReadHeaders(options, *revision));
  SIGNET_TRY_ASSIGN(call.request.body, ReadBody(options.body));
  SIGNET_TRY_ASSIGN(call.target, PrepareTarget(options, url, context.clock()));
  SIGNET_TRY_ASSIGN(call.answer, ReadAnswerRules(options, url));
  call.request.method = options.method;
  call.request.target = url.target;
  call.request.host = url.authority;
  call.audience = options.audience.empty() ? url.audience : options.audience;
  SIGNET_TRY_ASSIGN(call.proven, Prove(options, call, ttl, *revision, context));
  call.answer.response.request_nonce = call.proven.nonce;
  call.request.headers.insert(call.request.headers.begin(), call.proven.fields.begin(),
                              call.proven.fields.end());
  return call;
}

}  // namespace signet::app
