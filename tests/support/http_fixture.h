// HttpFixture: loops, and HTTP servers on loopback that a test starts with one line.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "platform/http1/client.h"
#include "platform/http1/server.h"

namespace signet::test {

inline constexpr std::chrono::milliseconds kLong{20'000};

class HttpFixture : public testing::Test {
 protected:
  // Says what it was asked: method, target, field lines in order, body.
  static http1::Response Describe(const http1::RequestContext& context) {
    const http::Request& request = context.request;
    std::string text = std::string(request.method) + " " + std::string(request.target) + "\n";
    for (const http::Field& field : request.fields.lines()) {
      text.append(field.name).append("=").append(field.value).append("\n");
    }
    text.append("\n").append(AsText(request.body));
    return {.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = text};
  }

  // A server on plain TCP unless `config` says otherwise; what it refuses is in errors().
  std::unique_ptr<http1::Server> Serve(http1::Handler handler = Describe,
                                       http1::ServerConfig config = Plain()) {
    config.on_error = [this](const Error& error) {
      const std::lock_guard lock(mutex_);
      errors_.push_back(error.code);
      changed_.notify_all();
    };
    auto server = http1::Server::Start(*loops_, std::move(config), std::move(handler));
    EXPECT_TRUE(server.has_value()) << server.error().detail;
    return *std::move(server);
  }
  static http1::ServerConfig Plain() { return {.listen = {.where = net::PlainTcpListen{}}}; }

  static http1::Connection Connect(const http1::Server& server) {
    auto connection =
        http1::Connection::Open(net::PlainTcpTarget{.host = "127.0.0.1", .port = server.port()},
                                {.connect_timeout = kLong, .call_timeout = kLong});
    EXPECT_TRUE(connection.has_value()) << connection.error().detail;
    return *std::move(connection);
  }

  bool WaitForError(Errc code) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] {
      return std::find(errors_.begin(), errors_.end(), code) != errors_.end();
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Errc> errors_;
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(2);
};

}  // namespace signet::test
