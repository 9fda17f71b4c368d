// What session*.cc share: the insides of a Session. Internal to this folder; includes nghttp2.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "platform/http2/flood_guard.h"
#include "platform/http2/session.h"
#include "platform/http2/stream_state.h"
#include "protocol/base/error.h"

namespace signet::http2 {

struct NghttpFree {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
template <typename T>
using NghttpPtr = std::unique_ptr<T, NghttpFree>;

// Borrows the names and values.
[[nodiscard]] std::vector<nghttp2_nv> ToNvs(std::span<const Header> headers);

// An error of nghttp2 that is no fault of the peer.
[[nodiscard]] Error InternalError(int code);

struct Session::Impl {
  Impl(Side s, const SessionLimits& l, SessionEvents& e, SteadyTime t)
      : side(s), limits(l), events(e), now(t), flood(l.flood_burst, l.flood_per_second, t) {}

  const Side side;
  const SessionLimits limits;
  SessionEvents& events;
  SteadyTime now;  // of the call under way
  FloodGuard flood;
  NghttpPtr<nghttp2_session> h2;
  std::unordered_map<StreamId, StreamState> streams;
  std::vector<StreamId> drained;  // their queue ran empty during this Take
  bool established = false;
  bool inside_headers = false;
  bool going_away = false;  // the peer said so, or we
  bool shut_down = false;   // we did, and nothing new is processed
  bool peer_failed = false;
  bool flooded = false;

  StreamState* Find(StreamId id) {
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }

  // --- session_open.cc ---
  Result<void> Open();
  static void SetCallbacks(nghttp2_session_callbacks* callbacks);
  Result<void> SubmitSettings();

  // --- session_events.cc: what nghttp2 calls. Each returns 0, or what ends Feed or Take ---
  static Impl& Of(void* self) { return *static_cast<Impl*>(self); }
  int OnBeginFrame(const nghttp2_frame_hd& frame);
  int OnBeginHeaders(const nghttp2_frame& frame);
  int OnHeader(const nghttp2_frame& frame, ByteView name, ByteView value);
  void OnHeadersEnd(const nghttp2_frame& frame);
  int OnFrame(const nghttp2_frame& frame);
  int OnDataChunk(StreamId id, ByteView bytes);
  int OnStreamClose(StreamId id, std::uint32_t code);
  int OnFrameSent(const nghttp2_frame& frame);
  ssize_t ReadContent(StreamId id, MutableByteView into, std::uint32_t& flags);
  nghttp2_data_provider Content();

  // Content is there again.
  void Resume(StreamId id, StreamState& stream);
};

}  // namespace signet::http2
