// HTTP/1.1 client for tools: blocking, one connection, several calls. No redirects, no proxies, no
// cookies, no retries: a call is one request and its answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http1/message.h"
#include "platform/net/connect.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"

namespace signet::http1 {

struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";       // as it goes onto the request line
  std::vector<Header> headers{};  // sent exactly so, in this order, duplicates kept
  std::string body{};
  // Host is added in front and Content-Length behind where `headers` has none. Off: exactly the
  // lines above, for those who test servers.
  bool add_framing = true;
  std::string host{};  // for the added Host; empty: the host and port of the target
};

struct ClientResponse {
  int status = 0;
  std::vector<Header> headers{};  // as received, in order, duplicates kept
  std::string body{};
};

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};  // TLS handshake included
  std::chrono::milliseconds call_timeout{30'000};     // whole call
  std::size_t max_header_bytes = kMaxHeaderBytes;
  std::size_t max_body_bytes = 8 * kMaxBodyBytes;
};

// Not thread-safe.
class Connection {
 public:
  // Errors: those of net::BlockingStream::Connect
  [[nodiscard]] static Result<Connection> Open(const net::ConnectTarget& target,
                                               const ClientOptions& options = {});

  // After an error, or an answer with Connection: close, the connection cannot be used again.
  // Errors: kHttpFieldInvalid, kHttpTargetInvalid (with add_framing only), kIoTimeout, kIoClosed,
  // kIoRead, kIoWrite, kHttpMalformed, kHttpTooLarge
  [[nodiscard]] Result<ClientResponse> Call(const ClientRequest& request);

  // The two halves of Call, with bytes that no well-behaved client would send.
  [[nodiscard]] Result<void> SendRaw(ByteView bytes);
  [[nodiscard]] Result<ClientResponse> ReadResponse(std::string_view method = "GET");

  [[nodiscard]] bool reusable() const;
  [[nodiscard]] const std::vector<Bytes>& peer_chain() const { return stream_.peer_chain(); }
  // What the verifier of the server found; nullptr without TLS.
  [[nodiscard]] std::shared_ptr<const net::PeerInfo> peer() const { return stream_.peer(); }
  [[nodiscard]] bool is_protected() const { return stream_.is_protected(); }

 private:
  Connection(net::BlockingStream stream, std::string host, const ClientOptions& options)
      : stream_(std::move(stream)), host_(std::move(host)), options_(options) {}
  Result<ClientResponse> ReadUntil(std::string_view method,
                                   std::chrono::steady_clock::time_point deadline);
  net::BlockingStream stream_;
  std::string host_;
  ClientOptions options_;
  std::string rest_;  // received and not yet consumed
  bool usable_ = true;
};

// Open, Call, close.
[[nodiscard]] Result<ClientResponse> CallOnce(const net::ConnectTarget& target,
                                              const ClientRequest& request,
                                              const ClientOptions& options = {});

}  // namespace signet::http1
