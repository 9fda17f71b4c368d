// Calls between our client and our server. Other implementations: tests/interop.
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "grpc/health/v1/health.pb.h"
#include "platform/rpc/client.h"
#include "platform/rpc/health.h"
#include "platform/rpc/server.h"
#include "platform/rpc/typed.h"
#include "platform/runtime/blocking_pool.h"
#include "tests/support/temp_dir.h"

namespace signet::rpc {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
constexpr milliseconds kLong{20'000};

Bytes B(std::string_view text) { return {text.begin(), text.end()}; }

// A place to wait for things that happen on loops.
class Log {
 public:
  void Add(std::string entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    changed_.notify_all();
  }
  bool Has(const std::string& entry) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong,
                             [&] { return std::ranges::find(entries_, entry) != entries_.end(); });
  }
  std::vector<std::string> Now() {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

// Does with its call what the test says.
class Script : public CallHandler {
 public:
  Script(std::shared_ptr<ServerCall> c, Log& l) : call(std::move(c)), log(l) {}
  void OnMessage(Bytes message) override {
    log.Add("message " + std::string(AsText(message)));
    if (on_message) on_message(*this, AsText(message));
  }
  void OnHalfClose() override {
    log.Add("half close");
    if (on_half_close) on_half_close(*this);
  }
  void OnDone() override {
    log.Add(call->cancelled() ? "cancelled" : "done");
    call = nullptr;
  }
  std::shared_ptr<ServerCall> call;
  Log& log;
  std::function<void(Script&, std::string_view)> on_message;
  std::function<void(Script&)> on_half_close;
};

// What a client hears.
class Hear : public ResponseHandler {
 public:
  explicit Hear(Log& log) : log_(log) {}
  void OnMetadata(const Metadata& metadata) override {
    for (const auto& entry : metadata) log_.Add("metadata " + entry.name + "=" + entry.value);
  }
  void OnMessage(Bytes message) override { log_.Add("got " + std::string(AsText(message))); }
  void OnDone(const Status& status, const Metadata& trailing) override {
    for (const auto& entry : trailing) log_.Add("trailing " + entry.name + "=" + entry.value);
    log_.Add("status " + std::string(NameOf(status.code)) + " " + status.message);
  }

 private:
  Log& log_;
};

class Grpc : public testing::Test {
 protected:
  ~Grpc() override {
    channel_.reset();
    server_.reset();
    loops_.reset();  // before what handlers use
  }
  void Add(const std::string& method, std::function<void(Script&, std::string_view)> on_message,
           std::function<void(Script&)> on_half_close) {
    services_.Add("/test.Service/" + method,
                  [this, on_message, on_half_close](const std::shared_ptr<ServerCall>& call) {
                    auto script = std::make_shared<Script>(call, at_server_);
                    script->on_message = on_message;
                    script->on_half_close = on_half_close;
                    return script;
                  });
  }
  void Serve() {
    path_ = dir_.path() + "/s";
    config_.http2.listen.where = net::UnixListenConfig{.path = path_};
    auto server = Server::Start(*loops_, config_, services_);
    ASSERT_TRUE(server.has_value()) << server.error().detail;
    server_ = *std::move(server);
    if (channel_ == nullptr) channel_ = Dial();
  }
  std::shared_ptr<Channel> Dial() {
    return Channel::Make(*loops_, 1, {.target = [this]() -> Result<net::ConnectTarget> {
      return net::UnixTarget{.path = path_};
    }});
  }
  StatusOr<Bytes> Call(const std::string& method, std::string_view message,
                       CallOptions options = {.timeout = kLong}) {
    return channel_->BlockingUnary("/test.Service/" + method, B(message), std::move(options));
  }
  // Runs `what` on the loop of the channel.
  void OnLoop(runtime::Task what) { EXPECT_TRUE(loops_->PostAndWait(1, std::move(what))); }
  std::shared_ptr<ClientCall> Start(const std::string& method, CallOptions options = {}) {
    std::shared_ptr<ClientCall> call;
    OnLoop([&] {
      call =
          channel_->Start("/test.Service/" + method, options, std::make_shared<Hear>(at_client_));
    });
    return call;
  }

  test::TempDir dir_;
  std::string path_;
  std::unique_ptr<runtime::Loops> loops_ = *runtime::Loops::Start(2);
  ServerConfig config_;
  ServiceTable services_;
  Log at_server_;
  Log at_client_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<Channel> channel_;
};

void Echo(Script& script, std::string_view text) { script.call->Send(AsBytes(text)); }
void Ok(Script& script) { script.call->Finish({}); }

TEST_F(Grpc, UnaryCallsCarryAMessageEachWay) {
  Add("Echo", Echo, Ok);
  Serve();
  for (const std::size_t size : {0U, 1U, 100'000U, 4'000'000U}) {
    const auto answer = Call("Echo", std::string(size, 'x'));
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->size(), size);
  }
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(Grpc, MetadataGoesBothWays) {
  Add("Meta", nullptr, [](Script& script) {
    const auto values = ValuesOf(script.call->metadata(), "k");
    script.call->SetInitialMetadata(
        {{"first", std::string(values.at(0))}, {"raw-bin", "\x01\xff"}});
    script.call->Send(B("m"));
    script.call->Finish({}, {{"last", "t"}});
  });
  Serve();
  const auto call = Start("Meta", {.metadata = {{"k", "v"}}});
  OnLoop([&] { call->HalfClose(); });
  ASSERT_TRUE(at_client_.Has("status OK "));
  EXPECT_THAT(at_client_.Now(), ElementsAre("metadata first=v", "metadata raw-bin=\x01\xff",
                                            "got m", "trailing last=t", "status OK "));
}

TEST_F(Grpc, AStatusWithoutMessagesIsTrailersOnly) {
  Add("Deny", nullptr, [](Script& script) {
    script.call->Finish({StatusCode::kPermissionDenied, "no identity issued"});
  });
  Serve();
  const auto answer = Call("Deny", "x");
  EXPECT_EQ(answer.error().code, StatusCode::kPermissionDenied);
  EXPECT_EQ(answer.error().message, "no identity issued");
}

TEST_F(Grpc, StreamsInBothDirections) {
  Add("Chat", Echo, Ok);
  Serve();
  const auto call = Start("Chat");
  for (const char* const text : {"a", "b", "c"}) {
    OnLoop([&] { call->Send(B(text)); });
    ASSERT_TRUE(at_client_.Has(std::string("got ") + text))
        << "each has its answer before the next";
  }
  OnLoop([&] { call->HalfClose(); });
  ASSERT_TRUE(at_client_.Has("status OK "));
  ASSERT_TRUE(at_server_.Has("done"));
  EXPECT_THAT(at_server_.Now(),
              ElementsAre("message a", "message b", "message c", "half close", "done"));
}

TEST_F(Grpc, UnknownMethodsAreUnimplemented) {
  Serve();
  EXPECT_EQ(Call("None", "x").error().code, StatusCode::kUnimplemented);
}

TEST_F(Grpc, ACancelledCallIsHeardOfAtOnce) {
  Add("Hold", nullptr, nullptr);
  Serve();
  const auto call = Start("Hold");
  OnLoop([&] { call->Send(B("x")); });
  ASSERT_TRUE(at_server_.Has("message x"));
  OnLoop([&] { call->Cancel(); });
  EXPECT_TRUE(at_client_.Has("status CANCELLED cancelled here"));
  EXPECT_TRUE(at_server_.Has("cancelled"));
}

TEST_F(Grpc, BothSidesKeepTheTimeLimit) {
  Add("Hold", nullptr, nullptr);
  Serve();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Call("Hold", "x", {.timeout = milliseconds{40}}).error().code,
            StatusCode::kDeadlineExceeded);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds{39});
  EXPECT_TRUE(at_server_.Has("cancelled"));
}

TEST_F(Grpc, TheEndOfTheConnectionIsHeardOfOnBothSides) {
  Add("Hold", nullptr, nullptr);
  Serve();
  const auto call = Start("Hold");
  OnLoop([&] { call->Send(B("x")); });
  ASSERT_TRUE(at_server_.Has("message x"));
  channel_.reset();
  EXPECT_TRUE(at_server_.Has("cancelled"));
  EXPECT_TRUE(
      at_client_.Has("status UNAVAILABLE the connection or the stream ended before the answer"));
}

TEST_F(Grpc, MessagesOverTheLimitEndTheCall) {
  config_.call.max_message_bytes = 1000;
  Add("Echo", Echo, Ok);
  Serve();
  EXPECT_TRUE(Call("Echo", std::string(1000, 'x')).has_value());
  EXPECT_EQ(Call("Echo", std::string(1001, 'x')).error().code, StatusCode::kResourceExhausted);
  EXPECT_EQ(Call("Echo", std::string(900, 'x'), {.timeout = kLong, .max_message_bytes = 899})
                .error()
                .code,
            StatusCode::kResourceExhausted);
  EXPECT_TRUE(Call("Echo", "and on it goes").has_value());
}

TEST_F(Grpc, AdmissionComesBeforeTheMethod) {
  config_.admit = [](const ServerCall& call) -> Status {
    const auto values = ValuesOf(call.metadata(), "workload.spiffe.io");
    if (values.size() == 1 && values[0] == "true") return {};
    return {StatusCode::kInvalidArgument, "security header missing"};
  };
  Add("Echo", Echo, Ok);
  Serve();
  EXPECT_EQ(Call("Echo", "x").error().code, StatusCode::kInvalidArgument);
  EXPECT_EQ(Call("None", "x").error().code, StatusCode::kInvalidArgument);
  EXPECT_TRUE(Call("Echo", "x", {.timeout = kLong, .metadata = {{"workload.spiffe.io", "true"}}})
                  .has_value());
  EXPECT_EQ(at_server_.Now().size(), 3U) << "only the admitted call reached its handler";
}

TEST_F(Grpc, LatestWinsForASlowReader) {
  Add("State", nullptr, [](Script& script) {
    // More than the client's window: the second waits, and the rest take its place in turn.
    script.call->SendLatest(Bytes(1024 * 1024, 'a'));
    for (char c = 'b'; c <= 'z'; ++c)
      script.call->SendLatest(Bytes(3, static_cast<std::uint8_t>(c)));
    script.call->Finish({});
  });
  Serve();
  const auto call = Start("State");
  OnLoop([&] { call->HalfClose(); });
  ASSERT_TRUE(at_client_.Has("status OK "));
  EXPECT_THAT(at_client_.Now(),
              ElementsAre("got " + std::string(1024 * 1024, 'a'), "got zzz", "status OK "));
}

TEST_F(Grpc, APausedReaderHoldsTheClientBack) {
  std::promise<std::shared_ptr<ServerCall>> paused;
  Add(
      "Slow",
      [&](Script& script, std::string_view text) {
        if (text.size() == 1) {
          script.call->PauseReading();
          paused.set_value(script.call);
        }
      },
      Ok);
  Serve();
  const auto call = Start("Slow");
  OnLoop([&] {
    call->Send(B("p"));
    for (int i = 0; i < 100; ++i) call->Send(Bytes(20'000, 'x'));
    call->HalfClose();
  });
  const auto server_call = paused.get_future().get();
  // Twice over the loops: everything that can be on its way has arrived.
  for (int i = 0; i < 50; ++i) OnLoop([] {});
  std::size_t queued = 0;
  OnLoop([&] { queued = call->queued(); });
  EXPECT_GT(queued, 1'500'000U) << "2 MB were sent, a window of 256 KiB is let through";
  server_call->OnLoop([server_call] { server_call->ResumeReading(); });
  EXPECT_TRUE(at_client_.Has("status OK "));
  EXPECT_EQ(at_server_.Now().size(), 103U);
}

TEST_F(Grpc, CallsFailWhenNobodyListensAndWorkWhenSomebodyDoes) {
  path_ = dir_.path() + "/s";
  channel_ = Dial();
  const auto none = Call("Echo", "x");
  EXPECT_EQ(none.error().code, StatusCode::kUnavailable);
  EXPECT_THAT(none.error().message, HasSubstr("cannot connect"));
  Add("Echo", Echo, Ok);
  Serve();
  EXPECT_TRUE(Call("Echo", "x").has_value());
  // A restart: the channel notices by itself.
  server_.reset();
  Serve();
  while (!Call("Echo", "x").has_value()) {
  }
}

TEST_F(Grpc, RenewFinishesWhatIsUnderWayAndUsesANewConnection) {
  Add("Chat", Echo, Ok);
  Serve();
  const auto call = Start("Chat");
  OnLoop([&] { call->Send(B("a")); });
  ASSERT_TRUE(at_client_.Has("got a"));
  channel_->Renew();
  EXPECT_TRUE(Call("Chat", "x").has_value());
  EXPECT_EQ(server_->connections(), 2U);
  OnLoop([&] {
    call->Send(B("b"));
    call->HalfClose();
  });
  EXPECT_TRUE(at_client_.Has("got b"));
  EXPECT_TRUE(at_client_.Has("status OK "));
}

TEST_F(Grpc, TypedMethodsAnswerFromAnyThread) {
  using grpc::health::v1::HealthCheckRequest;
  using grpc::health::v1::HealthCheckResponse;
  runtime::BlockingPool pool(1, 10);
  services_.Add("/test.Service/Typed",
                Unary<HealthCheckRequest, HealthCheckResponse>(
                    [&](const HealthCheckRequest& request, Reply<HealthCheckResponse> reply) {
                      if (request.service() == "lost") return;  // the reply dies
                      auto shared = std::make_shared<Reply<HealthCheckResponse>>(std::move(reply));
                      ASSERT_TRUE(pool.Submit([shared] {
                        HealthCheckResponse response;
                        response.set_status(HealthCheckResponse::SERVING);
                        shared->Send(response);
                      }));
                    }));
  Serve();
  HealthCheckRequest request;
  const auto answer = BlockingCall<HealthCheckResponse>(*channel_, "/test.Service/Typed", request,
                                                        {.timeout = kLong});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->status(), HealthCheckResponse::SERVING);
  request.set_service("lost");
  EXPECT_EQ(BlockingCall<HealthCheckResponse>(*channel_, "/test.Service/Typed", request,
                                              {.timeout = kLong})
                .error()
                .code,
            StatusCode::kInternal);
  EXPECT_EQ(Call("Typed", "\xff\xff\xff").error().code, StatusCode::kInternal) << "not protobuf";
}

TEST_F(Grpc, AUnaryMethodTakesExactlyOneMessage) {
  using grpc::health::v1::HealthCheckRequest;
  using grpc::health::v1::HealthCheckResponse;
  services_.Add(
      "/test.Service/Typed",
      Unary<HealthCheckRequest, HealthCheckResponse>(
          [](const HealthCheckRequest&, Reply<HealthCheckResponse> reply) { reply.Send({}); }));
  Serve();
  for (const int messages : {0, 1, 2}) {
    const auto call = Start("Typed");
    OnLoop([&] {
      for (int i = 0; i < messages; ++i) call->Send({});
      call->HalfClose();
    });
  }
  EXPECT_TRUE(at_client_.Has("status INTERNAL no request message"));
  EXPECT_TRUE(at_client_.Has("status OK "));
  EXPECT_TRUE(at_client_.Has("status INTERNAL more than one request message"));
}

TEST_F(Grpc, HealthTellsAndWatches) {
  using grpc::health::v1::HealthCheckRequest;
  using grpc::health::v1::HealthCheckResponse;
  Health health(*loops_);
  health.Set("", ServingStatus::kNotServing);
  health.AddTo(services_);
  Serve();
  const auto check = [&](const std::string& service) {
    HealthCheckRequest request;
    request.set_service(service);
    return BlockingCall<HealthCheckResponse>(*channel_, "/grpc.health.v1.Health/Check", request,
                                             {.timeout = kLong});
  };
  EXPECT_EQ(check("")->status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(check("none").error().code, StatusCode::kNotFound);
  std::shared_ptr<ClientCall> watch;
  OnLoop([&] {
    watch = channel_->Start("/grpc.health.v1.Health/Watch", {}, std::make_shared<Hear>(at_client_));
    HealthCheckRequest request;
    request.set_service("later");
    watch->Send(Serialize(request));
    watch->HalfClose();
  });
  EXPECT_TRUE(at_client_.Has("got \x08\x03")) << "SERVICE_UNKNOWN at once";
  health.Set("later", ServingStatus::kServing);
  EXPECT_TRUE(at_client_.Has("got \x08\x01"));
  health.Set("later", ServingStatus::kServing);  // no change, no message
  health.Set("later", ServingStatus::kNotServing);
  EXPECT_TRUE(at_client_.Has("got \x08\x02"));
  EXPECT_EQ(at_client_.Now().size(), 3U);
  EXPECT_EQ(check("later")->status(), HealthCheckResponse::NOT_SERVING);
}

}  // namespace
}  // namespace signet::rpc
