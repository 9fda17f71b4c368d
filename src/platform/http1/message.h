// HTTP/1.1 messages that own their bytes, for what we send.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signet::http1 {

struct Header {
  std::string name{};
  std::string value{};
};

// A field value by name, without case; nullptr if there is none. With several lines, the first.
[[nodiscard]] const std::string* FindHeader(const std::vector<Header>& headers,
                                            std::string_view name);

// What a handler answers. Content-Length, Transfer-Encoding and Connection are the server's: with a
// line of those names, or a line that is no valid field, the answer becomes a 500. No Date is
// added.
struct Response {
  int status = 200;  // 200 ... 599
  std::vector<Header> headers{};
  std::string body{};
  bool close = false;  // end the connection after it
};

// The reason phrase of a status; "Unknown" if there is none.
[[nodiscard]] std::string_view ReasonOf(int status);

}  // namespace signet::http1
