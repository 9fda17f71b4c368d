// HTTP/1.1 messages as text: what `signet http` and `signet inspect` read, and what the former
// writes.
//
// Pure; thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/error.h"
#include "protocol/base/result.h"
#include "protocol/http/message.h"

namespace signet::app {

// A message taken apart. Everything borrows the text.
struct MessageText {
  bool is_request = true;
  // Of a request: `scheme` is https and `authority` the Host field, unless the target has both.
  http::Request request;
  http::Response response;
  // Start line and field lines as they came, each with its line end; without the empty line.
  std::string_view head;
  std::string_view line_end = "\n";  // of the start line
  // The first thing that is wrong with the form; what could be read is read.
  std::optional<Error> fault;

  [[nodiscard]] const http::Fields& fields() const {
    return is_request ? request.fields : response.fields;
  }
  [[nodiscard]] std::string_view body() const {
    return AsText(is_request ? request.body : response.body);
  }
};

// True if the first line is a request line or a status line.
[[nodiscard]] bool LooksLikeMessage(std::string_view text);

// Reads one message. Lines end with LF or CRLF. With Content-Length the content is exactly that
// long, and one line end may follow; without it the content is the rest, and one line end at the
// end is not part of it, since editors write it. Chunked and folded lines are faults.
//
// Faults: kHttpMalformed (start line, a line without colon, folded line, Content-Length,
// Transfer-Encoding), and those of CheckRequest
[[nodiscard]] MessageText ParseMessage(std::string_view text);

// A message without fault, of the kind that is wanted.
// Errors: its fault; kHttpMalformed (a request where a response is wanted, or the other way round)
[[nodiscard]] Result<MessageText> ReadRequestText(std::string_view text);
[[nodiscard]] Result<MessageText> ReadResponseText(std::string_view text);

// The message with these fields behind its own, and with a Content-Length if it has content and
// said nothing of its length.
[[nodiscard]] std::string WriteMessage(const MessageText& message,
                                       std::span<const std::pair<std::string, std::string>> added);

}  // namespace signet::app
