#include "platform/http1/response_text.h"

#include <algorithm>

#include "protocol/http/message.h"

namespace signet::http1 {
namespace {

bool IsTokenChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsValueChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

bool IsServers(std::string_view name) {
  return http::EqualsIgnoreCase(name, "Content-Length") ||
         http::EqualsIgnoreCase(name, "Transfer-Encoding") ||
         http::EqualsIgnoreCase(name, "Connection");
}

}  // namespace

bool IsSendable(const Header& header) {
  return !header.name.empty() && std::all_of(header.name.begin(), header.name.end(), IsTokenChar) &&
         std::all_of(header.value.begin(), header.value.end(), IsValueChar);
}

bool AppendResponse(const Response& response, bool close, bool head_only, std::string& out) {
  if (response.status < 200 || response.status > 599) return false;
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out.push_back(' ');
  out += ReasonOf(response.status);
  out += "\r\n";
  for (const Header& header : response.headers) {
    if (!IsSendable(header) || IsServers(header.name)) return false;
    out += header.name;
    out += ": ";
    out += header.value;
    out += "\r\n";
  }
  // RFC 9110 section 8.6: these have no content and say nothing of its length.
  const bool no_content = response.status == 204 || response.status == 304;
  if (!no_content) {
    out += "Content-Length: ";
    out += std::to_string(response.body.size());
    out += "\r\n";
  }
  if (close) out += "Connection: close\r\n";
  out += "\r\n";
  if (!no_content && !head_only) out += response.body;
  return true;
}

}  // namespace signet::http1
