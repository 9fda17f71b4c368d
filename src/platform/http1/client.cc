#include "platform/http1/client.h"

#include <algorithm>
#include <array>

#include "platform/http1/parser.h"
#include "platform/http1/response_text.h"
#include "protocol/http/message.h"

namespace signet::http1 {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Interim answers that are read over before the final one.
constexpr int kMaxInterim = 8;

milliseconds Left(Clock::time_point deadline) {
  return std::max(std::chrono::ceil<milliseconds>(deadline - Clock::now()), milliseconds(0));
}

std::string HostWithPort(const std::string& host, std::uint16_t port, std::uint16_t usual) {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + host + "]" : host;
  if (port != usual) out += ":" + std::to_string(port);
  return out;
}

std::string HostOf(const net::ConnectTarget& target) {
  if (const auto* const tls = std::get_if<net::TlsTarget>(&target)) {
    return HostWithPort(tls->server_name.empty() ? tls->host : tls->server_name, tls->port, 443);
  }
  if (const auto* const plain = std::get_if<net::PlainTcpTarget>(&target)) {
    return HostWithPort(plain->host, plain->port, 80);
  }
  return "localhost";
}

// Nothing that a caller got from elsewhere may end a line early and start one of its own.
Result<void> CheckLines(const ClientRequest& request) {
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  if (request.method.empty() || request.target.empty() ||
      !std::all_of(request.method.begin(), request.method.end(), visible) ||
      !std::all_of(request.target.begin(), request.target.end(), visible)) {
    return Refuse(Errc::kHttpTargetInvalid, "method or target");
  }
  for (const Header& header : request.headers) {
    if (!IsSendable(header)) return Refuse(Errc::kHttpFieldInvalid, "header line");
  }
  return {};
}

std::string TextOf(const ClientRequest& request, const std::string& host) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto line = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (request.add_framing && FindHeader(request.headers, "Host") == nullptr) line("Host", host);
  for (const Header& header : request.headers) line(header.name, header.value);
  const bool expects_body =
      !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (request.add_framing && expects_body &&
      FindHeader(request.headers, "Content-Length") == nullptr &&
      FindHeader(request.headers, "Transfer-Encoding") == nullptr) {
    line("Content-Length", std::to_string(request.body.size()));
  }
  out += "\r\n";
  out += request.body;
  return out;
}

// Appends what comes next to `rest`. False at the orderly end of the connection.
Result<bool> ReadSome(net::BlockingStream& stream, std::string& rest, Clock::time_point deadline) {
  std::array<std::uint8_t, 16 * 1024> buffer;
  const Result<std::size_t> got = stream.Read(buffer, Left(deadline));
  if (got) {
    rest.append(AsText(ByteView(buffer).first(*got)));
    return true;
  }
  if (got.error().code == Errc::kIoClosed) return false;
  return std::unexpected(got.error());
}

}  // namespace

Result<Connection> Connection::Open(const net::ConnectTarget& target,
                                    const ClientOptions& options) {
  SIGNET_TRY_ASSIGN(net::BlockingStream stream,
                    net::BlockingStream::Connect(target, options.connect_timeout));
  return Connection(std::move(stream), HostOf(target), options);
}

Result<ClientResponse> Connection::Call(const ClientRequest& request) {
  // Bytes that nobody asked for would be taken for the answer.
  if (!usable_ || !rest_.empty()) return Refuse(Errc::kIoClosed, "the connection is used up");
  if (request.add_framing) SIGNET_TRY(CheckLines(request));
  const auto deadline = Clock::now() + options_.call_timeout;
  usable_ = false;
  const std::string text = TextOf(request, request.host.empty() ? host_ : request.host);
  // A server that refuses early closes while we still write; its answer says why.
  const Result<void> written = stream_.Write(AsBytes(text), Left(deadline));
  Result<ClientResponse> response = ReadUntil(request.method, deadline);
  if (!written) usable_ = false;
  if (!response && !written) return std::unexpected(written.error());
  return response;
}

Result<void> Connection::SendRaw(ByteView bytes) {
  return stream_.Write(bytes, options_.call_timeout);
}

Result<ClientResponse> Connection::ReadResponse(std::string_view method) {
  return ReadUntil(method, Clock::now() + options_.call_timeout);
}

bool Connection::reusable() const { return usable_ && rest_.empty(); }

Result<ClientResponse> Connection::ReadUntil(std::string_view method, Clock::time_point deadline) {
  usable_ = false;
  for (int interim = 0; interim <= kMaxInterim; ++interim) {
    std::size_t end = std::string::npos;
    for (std::size_t searched = 0;;) {
      end = FindHeadEnd(rest_, searched);
      searched = rest_.size();
      const std::size_t seen = end == std::string::npos ? rest_.size() : end;
      if (seen > options_.max_header_bytes) {
        return Refuse(Errc::kHttpTooLarge, "header section of the answer");
      }
      if (end != std::string::npos) break;
      SIGNET_TRY_ASSIGN(const bool more, ReadSome(stream_, rest_, deadline));
      if (!more) return Refuse(Errc::kIoClosed, "the server closed without an answer");
    }
    const std::string head = rest_.substr(0, end);
    rest_.erase(0, end);
    ResponseParser parser(options_.max_body_bytes, kMaxFieldLines);
    SIGNET_TRY(parser.ParseHead(head, /*no_body=*/method == "HEAD"));
    if (parser.status() < 100 || parser.status() == 101) {
      return Refuse(Errc::kHttpMalformed, "status that was not asked for");
    }
    if (parser.status() < 200) continue;

    ClientResponse response;
    response.status = parser.status();
    for (const http::Field& field : parser.fields().lines()) {
      response.headers.push_back({std::string(field.name), std::string(field.value)});
    }
    while (!parser.done()) {
      SIGNET_TRY_ASSIGN(const std::size_t taken, parser.ParseBody(rest_, response.body));
      rest_.erase(0, taken);
      if (parser.done()) break;
      SIGNET_TRY_ASSIGN(const bool more, ReadSome(stream_, rest_, deadline));
      if (more) continue;
      SIGNET_TRY(parser.ParseEnd());
      return response;  // delimited by the end: not reusable
    }
    usable_ = parser.keep_alive();
    return response;
  }
  return Refuse(Errc::kHttpMalformed, "too many interim answers");
}

Result<ClientResponse> CallOnce(const net::ConnectTarget& target, const ClientRequest& request,
                                const ClientOptions& options) {
  SIGNET_TRY_ASSIGN(Connection connection, Connection::Open(target, options));
  return connection.Call(request);
}

}  // namespace signet::http1
