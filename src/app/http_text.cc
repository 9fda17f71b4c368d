#include "app/http_text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace signet::app {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";

// Takes a line off `text`; `end` is its line end.
std::string_view TakeLine(std::string_view& text, std::string_view& end) {
  const std::size_t newline = text.find('\n');
  std::string_view line = text.substr(0, newline);
  end = newline == std::string_view::npos ? std::string_view() : text.substr(newline, 1);
  if (!end.empty() && line.ends_with('\r')) {
    end = text.substr(newline - 1, 2);
    line.remove_suffix(1);
  }
  text.remove_prefix(line.size() + end.size());
  return line;
}

bool IsStatusLine(std::string_view line) { return line.starts_with(kVersion); }

bool IsRequestLine(std::string_view line) {
  const std::size_t last = line.rfind(' ');
  return last != std::string_view::npos && line.substr(last + 1).starts_with("HTTP/") &&
         line.find(' ') < last;
}

std::string_view WithoutOneLineEnd(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

class MessageReader {
 public:
  explicit MessageReader(std::string_view text) : text_(text), rest_(text) {}

  MessageText Run() {
    std::string_view end;
    const std::string_view start = TakeLine(rest_, end);
    if (!end.empty()) out_.line_end = end;
    out_.is_request = !IsStatusLine(start);
    if (out_.is_request) {
      ReadRequestLine(start);
    } else {
      ReadStatusLine(start);
    }
    ReadFields();
    ReadBody();
    if (out_.is_request) Finish();
    return std::move(out_);
  }

 private:
  void Fault(std::string detail) {
    if (!out_.fault.has_value()) out_.fault = Error(Errc::kHttpMalformed, std::move(detail));
  }

  http::Fields& fields() { return out_.is_request ? out_.request.fields : out_.response.fields; }

  void ReadRequestLine(std::string_view line) {
    const std::size_t space = line.find(' ');
    const std::size_t last = line.rfind(' ');
    out_.request.method = line.substr(0, space);
    if (space >= last) return Fault("the first line is no request line");
    out_.request.target = line.substr(space + 1, last - space - 1);
    if (!line.substr(last + 1).starts_with(kVersion)) Fault("the version is not HTTP/1.1");
  }

  void ReadStatusLine(std::string_view line) {
    const std::string_view rest = line.substr(std::min(line.size(), kVersion.size() + 2));
    const std::string_view digits = rest.substr(0, rest.find(' '));
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, out_.response.status);
    const bool read = error == std::errc{} && stop == end && digits.size() == 3;
    const bool spaced = line.size() > kVersion.size() + 1 && line[kVersion.size() + 1] == ' ';
    if (!read || !spaced || out_.response.status < 100) Fault("the first line is no status line");
  }

  void ReadFields() {
    std::string_view end;
    while (!rest_.empty()) {
      const std::size_t head_size = text_.size() - rest_.size();
      const std::string_view line = TakeLine(rest_, end);
      if (line.empty()) {
        out_.head = text_.substr(0, head_size);
        return;
      }
      const std::size_t colon = line.find(':');
      if (line.front() == ' ' || line.front() == '\t') {
        Fault("a folded field line");
      } else if (colon == std::string_view::npos) {
        Fault("a field line has no colon");
      } else {
        fields().Add(line.substr(0, colon), http::TrimOws(line.substr(colon + 1)));
      }
    }
    out_.head = text_;
  }

  void ReadBody() {
    if (fields().Find("Transfer-Encoding").count > 0) {
      Fault("Transfer-Encoding: write the content as it is, with Content-Length");
    }
    std::string_view body = rest_;
    const http::FieldOccurrence length = fields().Find("Content-Length");
    if (length.count == 0) {
      body = WithoutOneLineEnd(body);
    } else {
      std::size_t bytes = 0;
      const char* const end = length.value.data() + length.value.size();
      const auto [stop, error] = std::from_chars(length.value.data(), end, bytes);
      if (length.count > 1 || error != std::errc{} || stop != end) {
        Fault("Content-Length is not one number");
      } else if (bytes > body.size()) {
        Fault(fmt::format("Content-Length is {}, the content has {} bytes", bytes, body.size()));
      } else if (!WithoutOneLineEnd(body.substr(bytes)).empty()) {
        Fault(fmt::format("there are more than the {} bytes of Content-Length", bytes));
      } else {
        body = body.substr(0, bytes);
      }
    }
    (out_.is_request ? out_.request.body : out_.response.body) = AsBytes(body);
  }

  void Finish() {
    http::Request& request = out_.request;
    const http::FieldOccurrence host = request.fields.Find("Host");
    request.authority = host.value;
    if (host.count > 1) Fault("several Host fields");
    const Result<http::Target> target = http::ParseTarget(request.method, request.target);
    if (target.has_value() && target->form == http::TargetForm::kAbsolute) {
      request.scheme = target->scheme;
      request.authority = target->authority;
    }
    Result<void> form = http::CheckRequest(request);
    if (!form.has_value() && !out_.fault.has_value()) out_.fault = std::move(form).error();
  }

  std::string_view text_;
  std::string_view rest_;
  MessageText out_;
};

Result<MessageText> ReadKind(std::string_view text, bool is_request) {
  MessageText message = ParseMessage(text);
  if (message.is_request != is_request) {
    return Refuse(Errc::kHttpMalformed,
                  is_request ? "this is a response; give the request, and --response for this one"
                             : "--response is not a response: it has no status line");
  }
  if (message.fault.has_value()) return std::unexpected(*std::move(message.fault));
  return message;
}

}  // namespace

bool LooksLikeMessage(std::string_view text) {
  std::string_view end;
  const std::string_view line = TakeLine(text, end);
  return IsStatusLine(line) || IsRequestLine(line);
}

MessageText ParseMessage(std::string_view text) { return MessageReader(text).Run(); }

Result<MessageText> ReadRequestText(std::string_view text) { return ReadKind(text, true); }
Result<MessageText> ReadResponseText(std::string_view text) { return ReadKind(text, false); }

std::string WriteMessage(const MessageText& message,
                         std::span<const std::pair<std::string, std::string>> added) {
  std::string out(message.head);
  if (!out.ends_with('\n')) out += message.line_end;
  for (const auto& [name, value] : added) {
    out += fmt::format("{}: {}{}", name, value, message.line_end);
  }
  const std::string_view body = message.body();
  if (!body.empty() && message.fields().Find("Content-Length").count == 0) {
    out += fmt::format("Content-Length: {}{}", body.size(), message.line_end);
  }
  out += message.line_end;
  out += body;
  return out;
}

}  // namespace signet::app
