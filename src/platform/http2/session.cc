#include "platform/http2/session.h"

#include <array>
#include <utility>
#include <vector>

#include "platform/http2/session_impl.h"
#include "protocol/base/check.h"

namespace signet::http2 {
namespace {

nghttp2_nv ToNv(const Header& header) {
  // nghttp2 copies both; its type is not const for the sake of those who hand theirs over.
  const auto bytes = [](const std::string& text) {
    return const_cast<std::uint8_t*>(AsBytes(text).data());
  };
  const std::uint8_t flags = header.sensitive ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
  return {bytes(header.name), bytes(header.value), header.name.size(), header.value.size(), flags};
}

}  // namespace

std::vector<nghttp2_nv> ToNvs(std::span<const Header> headers) {
  std::vector<nghttp2_nv> out;
  out.reserve(headers.size());
  for (const Header& header : headers) out.push_back(ToNv(header));
  return out;
}

Error InternalError(int code) { return Error(Errc::kHttp2Internal, nghttp2_strerror(code)); }

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::Make(Side side, const SessionLimits& limits, SessionEvents& events,
                              SteadyTime now) {
  auto impl = std::make_unique<Impl>(side, limits, events, now);
  SIGNET_TRY(impl->Open());
  return Session(std::move(impl));
}

Result<void> Session::Feed(ByteView bytes, SteadyTime now) {
  impl_->now = now;
  const ssize_t got = nghttp2_session_mem_recv(impl_->h2.get(), bytes.data(), bytes.size());
  if (impl_->flooded) return Refuse(Errc::kHttp2Flood, "frames without content, or header lines");
  if (got == NGHTTP2_ERR_NOMEM) return std::unexpected(InternalError(static_cast<int>(got)));
  if (got < 0) return Refuse(Errc::kHttp2Protocol, nghttp2_strerror(static_cast<int>(got)));
  return {};
}

Result<std::size_t> Session::Take(Bytes& out, std::size_t max_bytes) {
  std::size_t taken = 0;
  while (taken < max_bytes) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(impl_->h2.get(), &bytes);
    if (size < 0) return std::unexpected(InternalError(static_cast<int>(size)));
    if (size == 0) break;
    out.insert(out.end(), bytes, bytes + size);
    taken += static_cast<std::size_t>(size);
  }
  // Outside of nghttp2: the answer may well be more content.
  for (const StreamId id : std::exchange(impl_->drained, {})) {
    const StreamState* const stream = impl_->Find(id);
    if (stream != nullptr && stream->out.size() == 0 && !stream->ended) impl_->events.OnDrained(id);
  }
  return taken;
}

bool Session::finished() const {
  return nghttp2_session_want_read(impl_->h2.get()) == 0 &&
         nghttp2_session_want_write(impl_->h2.get()) == 0;
}
bool Session::peer_failed() const { return impl_->peer_failed; }
bool Session::established() const { return impl_->established; }
bool Session::inside_headers() const { return impl_->inside_headers; }
std::size_t Session::open_streams() const { return impl_->streams.size(); }

void Session::Ping(std::uint64_t opaque) {
  std::array<std::uint8_t, 8> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] = static_cast<std::uint8_t>(opaque >> (8 * (7 - i)));
  }
  static_cast<void>(nghttp2_submit_ping(impl_->h2.get(), NGHTTP2_FLAG_NONE, data.data()));
}

void Session::ShutdownNotice() {
  static_cast<void>(nghttp2_submit_shutdown_notice(impl_->h2.get()));
}

void Session::Shutdown() {
  nghttp2_session* const h2 = impl_->h2.get();
  impl_->going_away = true;
  impl_->shut_down = true;
  static_cast<void>(nghttp2_submit_goaway(h2, NGHTTP2_FLAG_NONE,
                                          nghttp2_session_get_last_proc_stream_id(h2),
                                          NGHTTP2_NO_ERROR, nullptr, 0));
}

Result<void> Session::Respond(StreamId id, std::span<const Header> headers, bool end) {
  StreamState* const stream = impl_->Find(id);
  if (stream == nullptr || stream->responded) return Refuse(Errc::kHttp2StreamGone, "respond");
  stream->responded = true;
  stream->ended = end;
  const std::vector<nghttp2_nv> lines = ToNvs(headers);
  const nghttp2_data_provider content = impl_->Content();
  const int failed = nghttp2_submit_response(impl_->h2.get(), id, lines.data(), lines.size(),
                                             end ? nullptr : &content);
  if (failed != 0) return std::unexpected(InternalError(failed));
  return {};
}

Result<StreamId> Session::Request(std::span<const Header> headers, bool end) {
  if (impl_->going_away) {
    return Refuse(Errc::kHttp2StreamGone, "the connection takes no more requests");
  }
  const std::vector<nghttp2_nv> lines = ToNvs(headers);
  const nghttp2_data_provider content = impl_->Content();
  const StreamId id = nghttp2_submit_request(impl_->h2.get(), nullptr, lines.data(), lines.size(),
                                             end ? nullptr : &content, nullptr);
  if (id == NGHTTP2_ERR_STREAM_ID_NOT_AVAILABLE) {
    return Refuse(Errc::kHttp2StreamGone, "the connection has used up its stream numbers");
  }
  if (id < 0) return std::unexpected(InternalError(id));
  StreamState& stream = impl_->streams[id];
  stream.responded = true;
  stream.ended = end;
  return id;
}

void Session::Write(StreamId id, Bytes bytes) {
  StreamState* const stream = impl_->Find(id);
  if (stream == nullptr || stream->ended || bytes.empty()) return;
  stream->out.Push(std::move(bytes));
  impl_->Resume(id, *stream);
}

void Session::End(StreamId id, HeaderList trailers) {
  StreamState* const stream = impl_->Find(id);
  if (stream == nullptr || stream->ended) return;
  stream->ended = true;
  stream->trailers = std::move(trailers);
  impl_->Resume(id, *stream);
}

void Session::Reset(StreamId id, ErrorCode code) {
  if (impl_->Find(id) == nullptr) return;
  static_cast<void>(nghttp2_submit_rst_stream(impl_->h2.get(), NGHTTP2_FLAG_NONE, id,
                                              static_cast<std::uint32_t>(code)));
}

void Session::Consume(StreamId id, std::size_t bytes) {
  StreamState* const stream = impl_->Find(id);
  if (stream == nullptr) return;  // given back when it was closed
  SIGNET_CHECK(bytes <= stream->unconsumed);
  stream->unconsumed -= bytes;
  static_cast<void>(nghttp2_session_consume(impl_->h2.get(), id, bytes));
}

std::size_t Session::queued(StreamId id) const {
  const StreamState* const stream = impl_->Find(id);
  return stream == nullptr ? 0 : stream->out.size();
}

}  // namespace signet::http2
