#include <utility>

#include "platform/http2/session_impl.h"

namespace signet::http2 {
namespace {

// Carries nothing for the application, but is work for us. WINDOW_UPDATE and PING are among them:
// an honest peer sends them in answer to what we send, which earns them.
bool IsWithoutContent(const nghttp2_frame_hd& frame) {
  switch (frame.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_CONTINUATION:  // nghttp2 counts them
    case NGHTTP2_RST_STREAM:    // the same
    case NGHTTP2_GOAWAY:
      return false;
    case NGHTTP2_DATA:
      return frame.length == 0 && (frame.flags & NGHTTP2_FLAG_END_STREAM) == 0;
    default:
      return true;
  }
}

}  // namespace

int Session::Impl::OnBeginFrame(const nghttp2_frame_hd& frame) {
  if (frame.type != NGHTTP2_CONTINUATION) inside_headers = false;
  if (!IsWithoutContent(frame) || flood.Take(now)) return 0;
  flooded = true;
  nghttp2_session_terminate_session(h2.get(), NGHTTP2_ENHANCE_YOUR_CALM);
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

int Session::Impl::OnBeginHeaders(const nghttp2_frame& frame) {
  if (frame.hd.type != NGHTTP2_HEADERS) return 0;
  const bool is_request = frame.headers.cat == NGHTTP2_HCAT_REQUEST;
  if (is_request && shut_down) {
    // Our GOAWAY may still wait to be sent; what it will say of this stream must be true already.
    return nghttp2_submit_rst_stream(h2.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id,
                                     NGHTTP2_REFUSED_STREAM);
  }
  inside_headers = true;
  if (is_request) streams.try_emplace(frame.hd.stream_id);
  return 0;
}

int Session::Impl::OnHeader(const nghttp2_frame& frame, ByteView name, ByteView value) {
  StreamState* const stream = Find(frame.hd.stream_id);
  if (stream == nullptr || frame.hd.type != NGHTTP2_HEADERS) return 0;
  if (stream->incoming.Add(AsText(name), AsText(value), limits)) return 0;
  flooded = true;
  nghttp2_session_terminate_session(h2.get(), NGHTTP2_ENHANCE_YOUR_CALM);
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

void Session::Impl::OnHeadersEnd(const nghttp2_frame& frame) {
  inside_headers = false;
  const StreamId id = frame.hd.stream_id;
  StreamState* const stream = Find(id);
  if (stream == nullptr) return;
  const bool too_large = stream->incoming.too_large();
  HeaderList headers = stream->incoming.Take();
  const std::string* const status = http2::Find(headers, ":status");
  if (status != nullptr && status->starts_with('1')) return;  // interim
  if (std::exchange(stream->got_headers, true)) {
    events.OnTrailers(id, std::move(headers), too_large);
  } else {
    events.OnHeaders(id, std::move(headers), too_large);
  }
}

int Session::Impl::OnFrame(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_SETTINGS && (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) {
    established = true;
  } else if (frame.hd.type == NGHTTP2_HEADERS) {
    OnHeadersEnd(frame);
  } else if (frame.hd.type == NGHTTP2_GOAWAY) {
    going_away = true;
    events.OnGoaway(static_cast<ErrorCode>(frame.goaway.error_code));
  } else if (frame.hd.type == NGHTTP2_PING && (frame.hd.flags & NGHTTP2_FLAG_ACK) != 0) {
    std::uint64_t opaque = 0;
    for (const std::uint8_t byte : frame.ping.opaque_data) opaque = opaque << 8 | byte;
    events.OnPingAck(opaque);
  }
  const bool may_end = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
  if (may_end && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
    StreamState* const stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return 0;
    stream->peer_ended = true;
    events.OnEnd(frame.hd.stream_id);
  }
  return 0;
}

int Session::Impl::OnDataChunk(StreamId id, ByteView bytes) {
  // Of a stream that we have reset: nobody will consume it, and the connection's window must not
  // shrink.
  StreamState* const stream = Find(id);
  if (stream == nullptr) return nghttp2_session_consume_connection(h2.get(), bytes.size());
  stream->unconsumed += bytes.size();
  events.OnData(id, bytes);
  return 0;
}

int Session::Impl::OnStreamClose(StreamId id, std::uint32_t code) {
  const auto found = streams.find(id);
  if (found == streams.end()) return 0;
  inside_headers = false;  // of a section that breaks a rule there is no end to be told
  const std::size_t unconsumed = found->second.unconsumed;
  streams.erase(found);
  events.OnClosed(id, static_cast<ErrorCode>(code));
  // Nobody will: the window of the connection outlives the stream.
  return unconsumed == 0 ? 0 : nghttp2_session_consume_connection(h2.get(), unconsumed);
}

int Session::Impl::OnFrameSent(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_GOAWAY && frame.goaway.error_code != NGHTTP2_NO_ERROR) {
    peer_failed = true;
  }
  // A frame of ours is good for an answer or two: a window update for the stream and one for the
  // connection, or a probe of the bandwidth.
  constexpr std::uint32_t kEarned = 3;
  if (frame.hd.type != NGHTTP2_DATA && frame.hd.type != NGHTTP2_HEADERS) return 0;
  flood.Earn(kEarned);
  const StreamState* const stream = Find(frame.hd.stream_id);
  if (side == Side::kServer && (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
      stream != nullptr && !stream->peer_ended) {
    // The answer is complete, so the rest of the request is of no use (RFC 9113 section 8.1).
    return nghttp2_submit_rst_stream(h2.get(), NGHTTP2_FLAG_NONE, frame.hd.stream_id,
                                     NGHTTP2_NO_ERROR);
  }
  return 0;
}

ssize_t Session::Impl::ReadContent(StreamId id, MutableByteView into, std::uint32_t& flags) {
  StreamState* const stream = Find(id);
  if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::size_t size = stream->out.Pop(into.data(), into.size());
  if (stream->out.size() > 0) return static_cast<ssize_t>(size);
  if (stream->ended) {
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream->trailers.empty()) {
      flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const std::vector<nghttp2_nv> lines = ToNvs(stream->trailers);
      const int failed = nghttp2_submit_trailer(h2.get(), id, lines.data(), lines.size());
      if (failed != 0) return failed;
    }
    return static_cast<ssize_t>(size);
  }
  if (size > 0) {
    drained.push_back(id);
    return static_cast<ssize_t>(size);
  }
  stream->deferred = true;
  return NGHTTP2_ERR_DEFERRED;
}

nghttp2_data_provider Session::Impl::Content() {
  nghttp2_data_provider out{};
  out.source.ptr = this;
  out.read_callback = [](nghttp2_session*, StreamId id, std::uint8_t* buf, std::size_t length,
                         std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
    return static_cast<Impl*>(source->ptr)->ReadContent(id, {buf, length}, *flags);
  };
  return out;
}

void Session::Impl::Resume(StreamId id, StreamState& stream) {
  if (std::exchange(stream.deferred, false)) {
    static_cast<void>(nghttp2_session_resume_data(h2.get(), id));
  }
}

}  // namespace signet::http2
