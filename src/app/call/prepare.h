// A call, made ready from what its user wants: whom it goes to and who must answer, the request
// with its proofs, and what is demanded of the answer.
#pragma once

#include <string>
#include <vector>

#include "app/call/prove.h"
#include "app/call/signed_answer.h"
#include "app/context.h"
#include "platform/http1/client.h"
#include "platform/net/connect.h"
#include "protocol/base/result.h"

namespace signet::app {

// The options of `signet call`, as they were given.
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
  std::string proof = "wpt";
  std::string signature_revision = "http-signature-07";
  std::string client_cert, client_key;
  std::vector<std::string> trust;
  std::string bundle_format = "raw";
  bool expect_signed_response = false;
  bool show_headers = false;
  bool show_proof = false;
  bool plain_http = false;
};

// A call that is ready to be made.
struct PreparedCall {
  net::ConnectTarget target;
  http1::ClientRequest request;
  http1::ClientOptions limits;
  ProvenFields proven;
  std::string audience;
  AnswerRules answer;
};

// Reads the files that the options name, and makes the proofs.
// Errors: kUsageOption and other faults of the options and files; those of ProveRequest
[[nodiscard]] Result<PreparedCall> PrepareCall(const CallOptions& options, Context& context);

}  // namespace signet::app
