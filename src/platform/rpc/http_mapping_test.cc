// What a server of gRPC answers to HTTP/2 requests that are not quite gRPC.
#include <future>
#include <string>

#include "gtest/gtest.h"

#include "platform/http2/client.h"
#include "platform/rpc/server.h"
#include "platform/rpc/typed.h"
#include "tests/support/temp_dir.h"

namespace signet::rpc {
namespace {

constexpr std::chrono::milliseconds kLong{20'000};

class FirstHeaders : public http2::StreamHandler {
 public:
  void OnHeaders(http2::HeaderList headers, bool) override { headers_ = std::move(headers); }
  void OnData(ByteView) override {}
  void OnTrailers(http2::HeaderList headers, bool) override {
    headers_.insert(headers_.end(), headers.begin(), headers.end());
  }
  void OnEnd() override {}
  void OnDrained() override {}
  void OnClosed(http2::ErrorCode) override { promise.set_value(std::move(headers_)); }
  std::promise<http2::HeaderList> promise;

 private:
  http2::HeaderList headers_;
};

class GrpcMapping : public testing::Test {
 protected:
  void SetUp() override {
    path_ = dir_.path() + "/s";
    ServiceTable services;
    services.Add("/test.Service/Ok", [](const std::shared_ptr<ServerCall>& call) {
      call->Finish({});
      return nullptr;
    });
    ServerConfig config;
    config.http2.listen.where = net::UnixListenConfig{.path = path_};
    auto server = Server::Start(*loops_, config, services);
    ASSERT_TRUE(server.has_value());
    server_ = *std::move(server);
    std::promise<std::shared_ptr<http2::Connection>> made;
    http2::Connect(*loops_, 0, net::UnixTarget{.path = path_}, kLong, {},
                   [&](Result<std::shared_ptr<http2::Connection>> connection) {
                     made.set_value(connection ? *connection : nullptr);
                   },
                   /*on_closed=*/{});
    connection_ = made.get_future().get();
    ASSERT_NE(connection_, nullptr);
  }
  http2::HeaderList Ask(const http2::HeaderList& headers) {
    auto handler = std::make_shared<FirstHeaders>();
    auto answer = handler->promise.get_future();
    loops_->Post(
        0, [&] { EXPECT_TRUE(connection_->Request(headers, /*end=*/true, handler).has_value()); });
    return answer.get();
  }

  test::TempDir dir_;
  std::string path_;
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(1);
  std::unique_ptr<Server> server_;
  std::shared_ptr<http2::Connection> connection_;
};

http2::HeaderList Good() {
  return {{":method", "POST"},
          {":scheme", "http"},
          {":path", "/test.Service/Ok"},
          {":authority", "a"},
          {"content-type", "application/grpc"},
          {"te", "trailers"}};
}

std::string StatusOf(const http2::HeaderList& headers) {
  const std::string* const grpc = http2::Find(headers, "grpc-status");
  return *http2::Find(headers, ":status") + (grpc == nullptr ? "" : " " + *grpc);
}

TEST_F(GrpcMapping, AnswersAsTheMappingSays) {
  struct Row {
    const char* what;
    const char* name;
    const char* value;  // nullptr: left out
    const char* answer;
  };
  const Row rows[] = {
      {"as it should be", "te", "trailers", "200 0"},
      {"another method", ":method", "GET", "405"},
      {"another content type", "content-type", "application/json", "415"},
      {"gRPC-Web", "content-type", "application/grpc-web", "415"},
      {"no content type", "content-type", nullptr, "415"},
      {"no te", "te", nullptr, "200 13"},
      {"unknown method", ":path", "/test.Service/None", "200 12"},
      {"unknown service", ":path", "/none.Service/Ok", "200 12"},
      {"path without a method", ":path", "/", "200 12"},
      {"compressed", "grpc-encoding", "gzip", "200 12"},
      {"not compressed", "grpc-encoding", "identity", "200 0"},
      {"malformed time limit", "grpc-timeout", "soon", "200 13"},
      {"time limit", "grpc-timeout", "10S", "200 0"},
      {"malformed binary metadata", "x-bin", "!", "200 13"},
      {"too much metadata", "x", "", "200 8"},
  };
  for (const Row& row : rows) {
    http2::HeaderList headers = Good();
    const auto place = std::ranges::find(headers, row.name, &http2::Header::name);
    if (place != headers.end()) {
      if (row.value == nullptr) {
        headers.erase(place);
      } else {
        place->value = row.value;
      }
    } else if (row.value != nullptr) {
      const bool big = std::string_view(row.what) == "too much metadata";
      headers.push_back({row.name, big ? std::string(kMaxHeaderBytes, 'x') : row.value});
    }
    EXPECT_EQ(StatusOf(Ask(headers)), row.answer) << row.what;
  }
  const http2::HeaderList compressed = [&] {
    http2::HeaderList headers = Good();
    headers.push_back({"grpc-encoding", "gzip"});
    return Ask(headers);
  }();
  EXPECT_EQ(*http2::Find(compressed, "grpc-accept-encoding"), "identity");
}

}  // namespace
}  // namespace signet::rpc
