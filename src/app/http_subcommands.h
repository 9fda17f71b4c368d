// The subcommands of `signet http`, one file each, and what they share.
#pragma once

#include <optional>
#include <string>

#include "app/http_text.h"
#include "protocol/base/result.h"
#include "protocol/proof/httpsig/profile.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace signet::app {

class Context;

void AddHttpSign(CLI::App& http, Context& context);
void AddHttpVerify(CLI::App& http, Context& context);
void AddHttpBase(CLI::App& http, Context& context);

// What the message that is asked about belongs to: a request, and the response to it.
struct MessageFiles {
  std::string request;   // file, "-" is standard input
  std::string response;  // empty: the request itself is the subject
};
// The argument REQUEST and the option --response; `purpose` is the help text of the option.
void AddMessageOptions(CLI::App& command, MessageFiles& files, const std::string& purpose);

// A request and, where one is given, its response. The texts are owned; move only as a whole.
struct Messages {
  std::string request_text, response_text;
  MessageText request;
  std::optional<MessageText> response;
};
// Errors: kUsageOption (standard input for both), those of ReadInputExactly and of the readers
[[nodiscard]] Result<void> ReadMessages(const MessageFiles& files, Messages& messages);

// "http-signature-07", "http-signature-06"; also "both-sign" where that is wanted.
void AddSignatureRevisionOption(CLI::App& command, std::string& revision, bool signing);

// Nonce and wish of the request's own WIMSE signature; nullopt if it has none, or unreadable ones.
struct OwnSignature {
  std::string nonce;
  bool sign_response = false;
};
[[nodiscard]] std::optional<OwnSignature> SignatureOfRequest(const http::Request& request);

}  // namespace signet::app
