// Reading one HTTP/1.1 message: strict about everything that two implementations could read
// differently, on top of Beast's parser. Internal to this folder; client and server share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/http/message.h"

namespace signet::http1 {

// End of the header section in `input` (behind its empty line), searching from `from`; npos if it
// is not there yet.
[[nodiscard]] std::size_t FindHeadEnd(std::string_view input, std::size_t from);

template <bool kRequest>
class MessageParser {
 public:
  MessageParser(std::size_t max_body_bytes, std::size_t max_field_lines);
  ~MessageParser();
  MessageParser(const MessageParser&) = delete;
  MessageParser& operator=(const MessageParser&) = delete;

  // `head` is the whole header section with its empty line, and stays until the message is done:
  // the views below borrow it. For a response, `no_body` says that its request was HEAD.
  // Errors: kHttpMalformed, kHttpTooLarge (too many lines, or a declared body over the limit)
  [[nodiscard]] Result<void> ParseHead(std::string_view head, bool no_body = false);

  // Takes what it can of `input` and appends content to `body`; returns how much it took. After
  // that either done() holds or more input is needed.
  // Errors: kHttpMalformed, kHttpTooLarge
  [[nodiscard]] Result<std::size_t> ParseBody(std::string_view input, std::string& body);
  // The connection has ended in order. Errors: kHttpMalformed (in the middle of a message)
  [[nodiscard]] Result<void> ParseEnd();

  [[nodiscard]] bool done() const;
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] int version() const;  // 10 or 11
  [[nodiscard]] int status() const;
  [[nodiscard]] std::string_view method() const;
  [[nodiscard]] std::string_view target() const;
  [[nodiscard]] const http::Fields& fields() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

using RequestParser = MessageParser<true>;
using ResponseParser = MessageParser<false>;

}  // namespace signet::http1
