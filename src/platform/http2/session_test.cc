#include "platform/http2/session.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace signet::http2 {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
constexpr SteadyTime kStart{std::chrono::hours{5}};

std::string Show(const HeaderList& headers) {
  std::string out;
  for (const Header& header : headers) out += header.name + "=" + header.value + " ";
  return out;
}

// Writes down what it is told, and holds what it was sent.
struct Recorder : SessionEvents {
  void OnHeaders(StreamId stream, HeaderList headers, bool too_large) override {
    log.push_back(std::to_string(stream) + (too_large ? " too large " : " headers ") +
                  Show(headers));
  }
  void OnData(StreamId stream, ByteView bytes) override { content[stream].append(AsText(bytes)); }
  void OnTrailers(StreamId stream, HeaderList headers, bool too_large) override {
    log.push_back(std::to_string(stream) + (too_large ? " trailers too large " : " trailers ") +
                  Show(headers));
  }
  void OnEnd(StreamId stream) override { log.push_back(std::to_string(stream) + " end"); }
  void OnDrained(StreamId stream) override { log.push_back(std::to_string(stream) + " drained"); }
  void OnClosed(StreamId stream, ErrorCode code) override {
    log.push_back(std::to_string(stream) + " closed " +
                  std::to_string(static_cast<std::uint32_t>(code)));
  }
  void OnGoaway(ErrorCode code) override {
    log.push_back("goaway " + std::to_string(static_cast<std::uint32_t>(code)));
  }
  void OnPingAck(std::uint64_t opaque) override { log.push_back("ack " + std::to_string(opaque)); }

  std::vector<std::string> Take() { return std::exchange(log, {}); }

  std::vector<std::string> log;
  std::map<StreamId, std::string> content;
};

class Http2Session : public testing::Test {
 protected:
  void Open(const SessionLimits& limits = {}) {
    server_.emplace(*Session::Make(Side::kServer, limits, at_server_, kStart));
    client_.emplace(*Session::Make(Side::kClient, {}, at_client_, kStart));
    Run();
  }
  // Carries bytes both ways, in pieces of an odd size, until both are silent.
  void Run() {
    for (bool moved = true; moved;) {
      moved = Carry(*client_, *server_);
      moved = Carry(*server_, *client_) || moved;
    }
  }
  bool Carry(Session& from, Session& to) {
    Bytes bytes;
    while (*from.Take(bytes, 100'000) > 0) {
    }
    constexpr std::size_t kPiece = 777;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      const auto fed =
          to.Feed(ByteView(bytes).subspan(at, std::min(kPiece, bytes.size() - at)), now_);
      if (!fed) failed_ = fed.error().code;
    }
    return !bytes.empty();
  }
  static HeaderList Get(const std::string& path = "/") {
    return {{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "a"}};
  }

  Recorder at_server_;
  Recorder at_client_;
  SteadyTime now_ = kStart;
  std::optional<Session> server_;
  std::optional<Session> client_;
  std::optional<Errc> failed_;
};

TEST_F(Http2Session, CarriesARequestAndItsAnswerWithTrailers) {
  Open();
  EXPECT_TRUE(server_->established());
  EXPECT_TRUE(client_->established());
  HeaderList request = Get("/x?y");
  request.push_back({.name = "authorization", .value = "secret", .sensitive = true});
  const auto id = client_->Request(request, /*end=*/false);
  ASSERT_TRUE(id.has_value());
  client_->Write(*id, Bytes{'h', 'e', 'l'});
  client_->Write(*id, Bytes{'l', 'o'});
  client_->End(*id, {});
  Run();
  EXPECT_THAT(at_server_.Take(),
              ElementsAre("1 headers :method=GET :scheme=http :path=/x?y :authority=a "
                          "authorization=secret ",
                          "1 end"));
  EXPECT_EQ(at_server_.content[1], "hello");
  EXPECT_EQ(server_->open_streams(), 1U);

  ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "200"}, {"a", "b"}}, /*end=*/false));
  server_->Write(*id, Bytes(3, 'z'));
  Run();
  EXPECT_THAT(at_server_.Take(), ElementsAre("1 drained"));
  server_->End(*id, {{"grpc-status", "0"}});
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("1 headers :status=200 a=b ",
                                             "1 trailers grpc-status=0 ", "1 end", "1 closed 0"));
  EXPECT_EQ(at_client_.content[1], "zzz");
  EXPECT_THAT(at_server_.Take(), ElementsAre("1 closed 0"));
  EXPECT_EQ(server_->open_streams(), 0U);
  EXPECT_FALSE(failed_.has_value());
}

TEST_F(Http2Session, AnAnswerWithoutContentIsOneFrame) {
  Open();
  const auto id = client_->Request(Get(), /*end=*/true);
  Run();
  ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "204"}}, /*end=*/true));
  EXPECT_EQ(server_->Respond(*id, HeaderList{{":status", "200"}}, true).error().code,
            Errc::kHttp2StreamGone)
      << "one answer a request";
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("1 headers :status=204 ", "1 end", "1 closed 0"));
}

TEST_F(Http2Session, AReaderThatConsumesNothingStopsItsPeerAndNobodyElse) {
  SessionLimits limits;
  limits.stream_window = 70'000;
  limits.connection_window = 200'000;
  Open(limits);
  const auto slow = client_->Request(Get("/slow"), false);
  const auto quick = client_->Request(Get("/quick"), false);
  client_->Write(*slow, Bytes(100'000, 's'));
  client_->Write(*quick, Bytes(60'000, 'q'));
  Run();
  EXPECT_EQ(at_server_.content[*slow].size(), 70'000U);
  EXPECT_EQ(client_->queued(*slow), 30'000U);
  EXPECT_EQ(at_server_.content[*quick].size(), 60'000U);
  server_->Consume(*slow, 40'000);
  Run();
  EXPECT_EQ(at_server_.content[*slow].size(), 100'000U);
  EXPECT_EQ(client_->queued(*slow), 0U);
}

TEST_F(Http2Session, WhatAClosedStreamHeldOfTheConnectionWindowComesBack) {
  SessionLimits limits;
  limits.stream_window = 65'535;
  limits.connection_window = 65'535;
  Open(limits);
  for (int i = 0; i < 5; ++i) {  // five times the window, never consumed
    const auto id = client_->Request(Get(), false);
    client_->Write(*id, Bytes(65'000, 'x'));
    Run();
    EXPECT_EQ(at_server_.content[*id].size(), 65'000U) << i;
    server_->Reset(*id, ErrorCode::kCancel);
    Run();
    server_->Consume(*id, 65'000);  // too late, and harmless
  }
  EXPECT_FALSE(failed_.has_value());
}

TEST_F(Http2Session, RefusesMoreStreamsThanItsLimit) {
  SessionLimits limits;
  limits.max_streams = 2;
  Open(limits);
  // The client knows the limit and keeps the third back.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client_->Request(Get(), true).has_value());
  Run();
  EXPECT_EQ(server_->open_streams(), 2U);
  ASSERT_TRUE(server_->Respond(1, HeaderList{{":status", "200"}}, true));
  Run();
  EXPECT_EQ(server_->open_streams(), 2U);
  EXPECT_EQ(at_server_.Take().back(), "5 end");
}

TEST_F(Http2Session, HeadersOverTheLimitAreToldWithoutTheirLines) {
  SessionLimits limits;
  limits.max_header_bytes = 400;
  Open(limits);
  HeaderList request = Get();
  request.push_back({"big", std::string(300, 'x')});
  const auto id = client_->Request(request, true);
  Run();
  EXPECT_THAT(at_server_.Take(), ElementsAre("1 too large ", "1 end"));
  ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "431"}}, true));
  // The compression state is in step: the next request is read as it was sent.
  static_cast<void>(client_->Request(Get("/next"), true));
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("1 headers :status=431 ", "1 end", "1 closed 0"));
  EXPECT_THAT(at_server_.Take(),
              Contains("3 headers :method=GET :scheme=http :path=/next :authority=a "));
}

TEST_F(Http2Session, HeadersFarOverTheLimitEndTheConnection) {
  SessionLimits limits;
  limits.max_header_bytes = 400;
  Open(limits);
  HeaderList request = Get();
  request.push_back({"big", std::string(1600, 'x')});
  static_cast<void>(client_->Request(request, true));
  Run();
  EXPECT_EQ(failed_, Errc::kHttp2Flood);
  EXPECT_EQ(at_client_.Take().back(), "goaway 11");
}

TEST_F(Http2Session, CountsHeaderLinesToo) {
  SessionLimits limits;
  limits.max_header_lines = 6;
  Open(limits);
  for (const std::size_t extra : {2U, 3U}) {
    HeaderList request = Get();
    for (std::size_t i = 0; i < extra; ++i) request.push_back({"a" + std::to_string(i), "b"});
    static_cast<void>(client_->Request(request, true));
    Run();
    EXPECT_EQ(at_server_.Take()[0].find("too large") != std::string::npos, extra == 3) << extra;
  }
}

TEST_F(Http2Session, ResetsReachTheOtherSide) {
  Open();
  const auto id = client_->Request(Get(), false);
  Run();
  at_server_.Take();
  client_->Reset(*id, ErrorCode::kCancel);
  Run();
  EXPECT_THAT(at_server_.Take(), ElementsAre("1 closed 8"));
  EXPECT_THAT(at_client_.Take(), ElementsAre("1 closed 8"));
  EXPECT_EQ(server_->Respond(*id, HeaderList{{":status", "200"}}, true).error().code,
            Errc::kHttp2StreamGone);
}

TEST_F(Http2Session, AnAnswerBeforeTheEndOfTheRequestEndsTheStream) {
  Open();
  const auto id = client_->Request(Get(), /*end=*/false);
  Run();
  at_server_.Take();
  ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "200"}}, /*end=*/false));
  server_->Write(*id, Bytes(100'000, 'x'));
  server_->End(*id, {});
  Run();
  EXPECT_EQ(at_client_.content[*id].size(), 100'000U) << "all of the answer comes first";
  EXPECT_THAT(at_client_.Take(), ElementsAre("1 headers :status=200 ", "1 end", "1 closed 0"));
  EXPECT_THAT(at_server_.Take(), ElementsAre("1 closed 0"));
}

TEST_F(Http2Session, ShutdownInTwoStepsLosesNoRequest) {
  Open();
  const auto before = client_->Request(Get("/before"), true);
  Run();
  server_->ShutdownNotice();
  // On its way while the notice is: it is served.
  const auto crossing = client_->Request(Get("/crossing"), true);
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("goaway 0"));
  EXPECT_EQ(server_->open_streams(), 2U);
  server_->Shutdown();
  Run();
  EXPECT_FALSE(server_->finished());
  for (const auto& id : {before, crossing}) {
    ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "200"}}, true));
  }
  Run();
  EXPECT_TRUE(server_->finished());
  EXPECT_THAT(at_client_.Take(),
              ElementsAre("goaway 0", "1 headers :status=200 ", "1 end", "1 closed 0",
                          "3 headers :status=200 ", "3 end", "3 closed 0"));
  EXPECT_EQ(client_->Request(Get(), true).error().code, Errc::kHttp2StreamGone);
  EXPECT_FALSE(client_->finished() && failed_.has_value());
}

TEST_F(Http2Session, RequestsBehindTheLastProcessedOneAreToldRefused) {
  Open();
  server_
      ->Shutdown();  // last stream processed: none; and this request may come before that is sent
  ASSERT_TRUE(client_->Request(Get(), true).has_value());
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("goaway 0", "1 closed 7"));
  EXPECT_THAT(at_server_.Take(), IsEmpty()) << "what is told refused was not acted on";
}

TEST_F(Http2Session, AnswersPings) {
  Open();
  client_->Ping(0x0102030405060708);
  Run();
  EXPECT_THAT(at_client_.Take(), ElementsAre("ack " + std::to_string(0x0102030405060708)));
}

TEST_F(Http2Session, EndsAFloodOfPingsButNotPingsThatAnswerUs) {
  SessionLimits limits;
  limits.flood_burst = 20;
  limits.flood_per_second = 1;
  Open(limits);
  // A client that probes the bandwidth: one PING for each answer it gets.
  for (int i = 0; i < 200; ++i) {
    const auto id = client_->Request(Get(), true);
    Run();
    ASSERT_TRUE(server_->Respond(*id, HeaderList{{":status", "200"}}, true));
    client_->Ping(1);
    Run();
  }
  EXPECT_FALSE(failed_.has_value());
  for (int i = 0; i < 21; ++i) {
    client_->Ping(1);
    Run();
  }
  EXPECT_EQ(failed_, Errc::kHttp2Flood);
  EXPECT_EQ(at_client_.log.back(), "goaway 11");
}

TEST_F(Http2Session, EndsAFloodOfRequestsThatAreReset) {  // CVE-2023-44487
  SessionLimits limits;
  limits.reset_burst = 50;
  limits.reset_per_second = 1;
  Open(limits);
  for (int i = 0; i < 60; ++i) {
    const auto id = client_->Request(Get(), true);
    if (!id) break;
    Run();
    client_->Reset(*id, ErrorCode::kCancel);
    Run();
  }
  EXPECT_TRUE(server_->peer_failed());
  EXPECT_TRUE(server_->finished());
}

TEST_F(Http2Session, TellsWhenAHeaderSectionIsOpen) {
  Open();
  static_cast<void>(client_->Request(Get("/" + std::string(2000, 'p')), true));
  Bytes bytes;
  ASSERT_GT(*client_->Take(bytes, 100'000), 1000U);
  ASSERT_TRUE(server_->Feed(ByteView(bytes).first(500), kStart));
  EXPECT_TRUE(server_->inside_headers());
  ASSERT_TRUE(server_->Feed(ByteView(bytes).subspan(500), kStart));
  EXPECT_FALSE(server_->inside_headers());

  // A section that breaks a rule, too, is over when it is over.
  static_cast<void>(client_->Request(Get("no slash"), true));
  Run();
  EXPECT_FALSE(server_->inside_headers());
  EXPECT_EQ(at_client_.log.back(), "3 closed 1");
}

}  // namespace
}  // namespace signet::http2
