#include "platform/rpc/server.h"

#include <utility>

#include "protocol/base/check.h"

namespace signet::rpc {
namespace {

void AnswerHttp(const http2::StreamHandle& stream, const char* status) {
  static_cast<void>(stream.Respond(
      http2::HeaderList{{":status", status}, {"content-type", "text/plain"}}, /*end=*/true));
}

void AnswerStatus(const http2::StreamHandle& stream, const Status& status) {
  http2::HeaderList headers = {{":status", "200"},
                               {"content-type", "application/grpc"},
                               {"grpc-accept-encoding", "identity"}};
  AppendStatus(status, headers);
  static_cast<void>(stream.Respond(headers, /*end=*/true));
}

struct Shared {
  ServiceTable services;
  ServerCall::Limits limits;
  std::function<Status(const ServerCall&)> admit;

  // The first thing that is wrong with a gRPC request, beside its method.
  static Status CheckHeaders(const http2::HeaderList& headers) {
    const std::string* const te = http2::Find(headers, "te");
    if (te == nullptr || *te != "trailers") {
      return {StatusCode::kInternal, "\"te: trailers\" is missing: a proxy between drops trailers"};
    }
    const std::string* const encoding = http2::Find(headers, "grpc-encoding");
    if (encoding != nullptr && *encoding != "identity") {
      return {StatusCode::kUnimplemented, "messages are taken without compression only"};
    }
    const std::string* const timeout = http2::Find(headers, "grpc-timeout");
    if (timeout != nullptr && !ParseTimeout(*timeout)) {
      return {StatusCode::kInternal, "grpc-timeout is malformed"};
    }
    return {};
  }

  std::shared_ptr<http2::StreamHandler> Begin(http2::StreamHandle stream,
                                              const http2::HeaderList& headers,
                                              bool too_large) const {
    if (too_large) {
      AnswerStatus(stream, {StatusCode::kResourceExhausted, "the metadata is too large"});
      return nullptr;
    }
    const std::string* const method = http2::Find(headers, ":method");
    const std::string* const type = http2::Find(headers, "content-type");
    const std::string* const path = http2::Find(headers, ":path");
    if (method == nullptr || *method != "POST" || path == nullptr) {
      AnswerHttp(stream, "405");
      return nullptr;
    }
    if (type == nullptr || !IsGrpcContentType(*type)) {
      AnswerHttp(stream, "415");
      return nullptr;
    }
    if (const Status status = CheckHeaders(headers); !status.ok()) {
      AnswerStatus(stream, status);
      return nullptr;
    }
    StatusOr<Metadata> metadata = MetadataOf(headers);
    if (!metadata) {
      AnswerStatus(stream, metadata.error());
      return nullptr;
    }
    return BeginCall(std::move(stream), *path, *std::move(metadata),
                     http2::Find(headers, "grpc-timeout"));
  }

  std::shared_ptr<ServerCall> BeginCall(http2::StreamHandle stream, const std::string& path,
                                        Metadata metadata, const std::string* timeout) const {
    auto call = std::make_shared<ServerCall>(std::move(stream), path, std::move(metadata), limits);
    if (admit) {
      if (const Status status = admit(*call); !status.ok()) {
        call->Finish(status);
        return call;
      }
    }
    const StartCall* const start = services.Find(path);
    if (start == nullptr) {
      call->Finish({StatusCode::kUnimplemented, "unknown method"});
      return call;
    }
    call->Start((*start)(call), timeout == nullptr ? std::nullopt : ParseTimeout(*timeout));
    return call;
  }
};

}  // namespace

void ServiceTable::Add(std::string path, StartCall start) {
  SIGNET_CHECK(path.starts_with('/') && path.find('/', 1) != std::string::npos);
  const bool added = methods_.emplace(std::move(path), std::move(start)).second;
  SIGNET_CHECK(added);
}

const StartCall* ServiceTable::Find(std::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

std::vector<std::string> ServiceTable::Services() const {
  std::vector<std::string> out;
  for (const auto& [path, start] : methods_) {
    std::string service = path.substr(1, path.rfind('/') - 1);
    if (out.empty() || out.back() != service) out.push_back(std::move(service));
  }
  return out;
}

Server::Server(std::unique_ptr<http2::Server> server) : server_(std::move(server)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(runtime::Loops& loops, ServerConfig config,
                                              ServiceTable services) {
  const auto shared = std::make_shared<const Shared>(
      Shared{std::move(services), config.call, std::move(config.admit)});
  SIGNET_TRY_ASSIGN(auto server, http2::Server::Start(
                                     loops, std::move(config.http2),
                                     [shared](http2::StreamHandle stream,
                                              const http2::HeaderList& headers, bool too_large) {
                                       return shared->Begin(std::move(stream), headers, too_large);
                                     }));
  return std::unique_ptr<Server>(new Server(std::move(server)));
}

std::uint16_t Server::port() const { return server_->port(); }
std::size_t Server::connections() const { return server_->connections(); }
void Server::ReplaceTls(const std::shared_ptr<const net::TlsContext>& tls) {
  server_->ReplaceTls(tls);
}
void Server::Stop(std::chrono::milliseconds grace) { server_->Stop(grace); }

}  // namespace signet::rpc
