// HTTP/2 connections: bytes as they come, and sequences of frames that are well-formed one by one.
//
// First byte: bit 0, client or server side; bit 1, raw bytes or frames; bit 2, the preface and the
// first SETTINGS are there; the rest picks what our side does with what it is told.
//
// Properties: each stream's events come in order (headers, content, trailers, end, closed), closed
// once and last; a header section is within its limits; no more content is delivered than windows
// allow; the session always comes to rest, however the bytes were cut.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/http2/session.h"
#include "property.h"

namespace {

using namespace signet;         // NOLINT
using namespace signet::http2;  // NOLINT
using signet::fuzz::Property;

constexpr SteadyTime kNow{std::chrono::hours{1}};

SessionLimits Limits() {
  SessionLimits limits;
  limits.max_streams = 4;
  limits.max_header_bytes = 2000;
  limits.max_header_lines = 20;
  limits.stream_window = 70'000;
  limits.connection_window = 140'000;
  limits.flood_burst = 100;
  return limits;
}

class Application : public SessionEvents {
 public:
  Application(Side side, std::uint8_t habits) : side_(side), habits_(habits) {}
  void Use(Session& session) { session_ = &session; }

  void OnHeaders(StreamId stream, HeaderList headers, bool too_large) override {
    State& state = streams_[stream];
    Property(!state.closed && !state.headers);
    state.headers = true;
    CheckSection(headers, too_large);
    if (side_ == Side::kClient) return;
    Property(stream % 2 == 1);
    if ((habits_ & 1) != 0) Answer(stream);
    if ((habits_ & 2) != 0) session_->Reset(stream, ErrorCode::kCancel);
  }
  void OnData(StreamId stream, ByteView bytes) override {
    State& state = streams_[stream];
    Property(!state.closed && !state.ended && state.headers && !bytes.empty());
    state.held += bytes.size();
    held_ += bytes.size();
    Property(state.held <= Limits().stream_window);
    Property(held_ <= Limits().connection_window);
    if ((habits_ & 4) != 0) Consume(stream, state);
  }
  void OnTrailers(StreamId stream, HeaderList headers, bool too_large) override {
    State& state = streams_[stream];
    Property(!state.closed && !state.ended && state.headers);
    CheckSection(headers, too_large);
  }
  void OnEnd(StreamId stream) override {
    State& state = streams_[stream];
    Property(!state.closed && !state.ended && state.headers);
    state.ended = true;
    if ((habits_ & 8) != 0) Answer(stream);
    if ((habits_ & 16) != 0) Consume(stream, state);
  }
  void OnDrained(StreamId stream) override {
    Property(!streams_[stream].closed);
    session_->End(stream, {{"x", "y"}});
  }
  void OnClosed(StreamId stream, ErrorCode) override {
    State& state = streams_[stream];
    Property(!state.closed);
    state.closed = true;
    held_ -= state.held;
  }
  void OnGoaway(ErrorCode) override {
    if ((habits_ & 16) != 0) session_->Shutdown();
  }
  void OnPingAck(std::uint64_t) override {}

 private:
  struct State {
    bool headers = false;
    bool ended = false;
    bool closed = false;
    std::size_t held = 0;
  };

  void CheckSection(const HeaderList& headers, bool too_large) {
    std::size_t bytes = 0;
    for (const Header& header : headers) {
      bytes += header.name.size() + header.value.size() + 32;
      Property(!header.name.empty());
      for (const char c : header.name) Property(c < 'A' || c > 'Z');
      Property(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
    Property(bytes <= Limits().max_header_bytes && headers.size() <= Limits().max_header_lines);
    Property(!too_large || headers.empty());
  }
  void Answer(StreamId stream) {
    if (side_ == Side::kClient) return;
    const HeaderList headers = {{":status", "200"}, {"a", "b"}};
    static_cast<void>(session_->Respond(stream, headers, /*end=*/(habits_ & 2) != 0));
    session_->Write(stream, Bytes(3000, 'x'));
    if ((habits_ & 4) != 0) session_->End(stream, {{"grpc-status", "0"}});
  }
  void Consume(StreamId stream, State& state) {
    session_->Consume(stream, state.held);
    held_ -= state.held;
    state.held = 0;
  }

  Side side_;
  std::uint8_t habits_;
  Session* session_ = nullptr;
  std::map<StreamId, State> streams_;
  std::size_t held_ = 0;
};

void Run(Side side, std::uint8_t habits, const std::string& input, std::size_t step) {
  Application application(side, habits);
  auto session = Session::Make(side, Limits(), application, kNow);
  Property(session.has_value());
  application.Use(*session);
  if (side == Side::kClient) {
    const HeaderList get = {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}};
    static_cast<void>(session->Request(get, true));
    const auto open = session->Request(get, false);
    session->Write(*open, Bytes(100'000, 'y'));
  }
  Bytes sent;
  for (std::size_t at = 0; at < input.size(); at += step) {
    const std::string_view piece = std::string_view(input).substr(at, step);
    const bool fed = session->Feed(AsBytes(piece), kNow).has_value();
    // One call takes what there is; a second finds nothing, or what OnDrained brought.
    for (int calls = 0;; ++calls) {
      Property(calls < 100);
      sent.clear();
      const auto taken = session->Take(sent, 1 << 20);
      if (!taken) return;
      Property(*taken == sent.size());
      if (*taken == 0) break;
    }
    if (!fed || session->finished()) break;
  }
}

std::string Frames(std::string_view text) {
  std::string out;
  while (text.size() >= 4) {
    const auto type = static_cast<std::uint8_t>(text[0]) % 11;
    const char flags = text[1];
    const char stream = static_cast<char>(text[2] & 7);
    const std::size_t size =
        std::min<std::size_t>(static_cast<std::uint8_t>(text[3]), text.size() - 4);
    out.append({'\0', '\0', static_cast<char>(size), static_cast<char>(type), flags, '\0', '\0',
                '\0', stream});
    out.append(text.substr(4, size));
    text.remove_prefix(4 + size);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Side side = (data[0] & 1) != 0 ? Side::kClient : Side::kServer;
  const std::string_view text = AsText(ByteView(data, size).subspan(2));
  std::string input;
  if ((data[0] & 4) != 0) {
    if (side == Side::kServer) input += "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    input += std::string_view("\0\0\0\4\0\0\0\0\0", 9);
  }
  input += (data[0] & 2) != 0 ? Frames(text) : std::string(text);
  const std::uint8_t habits = data[1] & 31;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, input.size() + 1}) {
    Run(side, habits, input, step);
  }
  return 0;
}
