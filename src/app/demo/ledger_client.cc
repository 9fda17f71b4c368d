#include "app/demo/ledger_client.h"

#include "app/call/message_view.h"
#include "app/demo/names.h"
#include "app/demo/service_parts.h"
#include "protocol/proof/httpsig/wimse_sign.h"
#include "service/proxy/tls_verifier.h"

namespace signet::app::demo {
namespace {

constexpr seconds kSignatureLifetime{60};

}  // namespace

Json MessageJson(const http1::ClientRequest& request) {
  Json headers = Json::array();
  for (const http1::Header& header : request.headers) {
    headers.push_back(Json::array({header.name, header.value}));
  }
  return {{"method", request.method},
          {"target", request.target},
          {"host", request.host},
          {"headers", std::move(headers)},
          {"body", request.body}};
}

http1::ClientRequest MessageOf(const Json& json) {
  http1::ClientRequest out{.method = TextOf(json, "method"),
                           .target = TextOf(json, "target"),
                           .headers = {},
                           .body = TextOf(json, "body"),
                           .host = TextOf(json, "host")};
  for (const Json& header : json.value("headers", Json::array())) {
    out.headers.push_back({header.at(0).get<std::string>(), header.at(1).get<std::string>()});
  }
  return out;
}

Result<LedgerClient> LedgerClient::Make(const std::string& url, const Identity& own,
                                        const Clock& clock, Random& random) {
  SIGNET_TRY_ASSIGN(CallUrl parsed, ParseCallUrl(url, false));
  SIGNET_TRY_ASSIGN(identity::WorkloadId ledger, identity::WorkloadId::Parse(kLedgerId));
  LedgerClient out(std::move(parsed), own, std::move(ledger), clock, random);
  net::TlsClientConfig config;
  config.identity = &own.tls;
  SIGNET_TRY_ASSIGN(out.tls_, net::TlsContext::MakeClient(config));
  return out;
}

Result<http1::ClientRequest> LedgerClient::MakeRequest(const std::string& body,
                                                       std::string& nonce) {
  http1::ClientRequest request{.method = "POST",
                               .target = url_.target,
                               .headers = {{"Content-Type", "application/json"}},
                               .body = body,
                               .host = url_.authority};
  const WallTime now = clock_.Now();
  SIGNET_TRY_ASSIGN(
      proof::httpsig::SignedMessage made,
      proof::httpsig::SignRequest(
          own_.wit_key, ViewOf(request),
          {.wit = own_.wit, .now = now, .expires = now + kSignatureLifetime, .nonce = {}},
          {.audience = url_.audience, .sign_response = true}, random_));
  for (proof::httpsig::SignedField& field : made.fields) {
    request.headers.push_back({std::move(field.name), std::move(field.value)});
  }
  nonce = std::move(made.nonce);
  return request;
}

Result<http1::ClientResponse> LedgerClient::Send(const http1::ClientRequest& request) {
  if (!connection_.has_value() || !connection_->reusable()) {
    SIGNET_TRY_ASSIGN(http1::Connection connection,
                      http1::Connection::Open(
                          net::TlsTarget{.host = url_.host,
                                         .port = url_.port,
                                         .tls = tls_,
                                         .verifier = proxy::MakeTlsVerifier(
                                             proof::ExpectedIdentifier{ledger_},
                                             [trust = own_.trust] { return trust; }, {}, clock_),
                                         .server_name = {}}));
    connection_.emplace(std::move(connection));
  }
  return connection_->Call(request);
}

Result<void> LedgerClient::CheckAnswer(const http1::ClientRequest& request,
                                       const http1::ClientResponse& response,
                                       const std::string& nonce) {
  const SteadyTime start = clock_.Steady();
  const verify::ResponseDecision decision = verify::VerifyResponse(
      ViewOf(response), ViewOf(request),
      {.expected_server = ledger_, .signature_required = true, .request_nonce = nonce}, *own_.trust,
      clock_.Now(), *context_);
  last_ = {{"captured", MessageJson(request)},
           {"status", response.status},
           {"server", decision.server.has_value() ? Json(decision.server->text()) : Json(nullptr)},
           {"checks", ChecksJson(decision.checks)},
           {"ns", std::chrono::nanoseconds(clock_.Steady() - start).count()}};
  if (!decision.accepted()) return std::unexpected(*decision.error);
  return {};
}

Result<void> LedgerClient::Enter(const std::string& body) {
  std::string nonce;
  SIGNET_TRY_ASSIGN(const http1::ClientRequest request, MakeRequest(body, nonce));
  SIGNET_TRY_ASSIGN(const http1::ClientResponse response, Send(request));
  SIGNET_TRY(CheckAnswer(request, response, nonce));
  if (response.status != 201) return Refuse(Errc::kIoRead, "ledger took no entry");
  return {};
}

}  // namespace signet::app::demo
