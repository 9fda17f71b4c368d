#include "platform/http2/session_impl.h"

namespace signet::http2 {
namespace {

// More acknowledgements waiting to be sent than this, and the peer does not read them.
constexpr std::size_t kMaxQueuedAcks = 64;
constexpr std::size_t kMaxSettings = 32;

}  // namespace

void Session::Impl::SetCallbacks(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_on_begin_frame_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame_hd* frame, void* self) noexcept {
        return Of(self).OnBeginFrame(*frame);
      });
  nghttp2_session_callbacks_set_on_begin_headers_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) noexcept {
        return Of(self).OnBeginHeaders(*frame);
      });
  nghttp2_session_callbacks_set_on_header_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* self) noexcept {
        return Of(self).OnHeader(*frame, {name, name_size}, {value, value_size});
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) noexcept {
        return Of(self).OnFrame(*frame);
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks,
      [](nghttp2_session*, std::uint8_t, StreamId id, const std::uint8_t* data, std::size_t size,
         void* self) noexcept { return Of(self).OnDataChunk(id, {data, size}); });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, StreamId id, std::uint32_t code, void* self) noexcept {
        return Of(self).OnStreamClose(id, code);
      });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* self) noexcept {
        return Of(self).OnFrameSent(*frame);
      });
}

Result<void> Session::Impl::Open() {
  nghttp2_option* raw_option = nullptr;
  nghttp2_session_callbacks* raw_callbacks = nullptr;
  if (nghttp2_option_new(&raw_option) != 0) return Refuse(Errc::kHttp2Internal, "options");
  const NghttpPtr<nghttp2_option> option(raw_option);
  if (nghttp2_session_callbacks_new(&raw_callbacks) != 0) {
    return Refuse(Errc::kHttp2Internal, "callbacks");
  }
  const NghttpPtr<nghttp2_session_callbacks> callbacks(raw_callbacks);

  nghttp2_option_set_no_auto_window_update(raw_option, 1);
  nghttp2_option_set_no_closed_streams(raw_option, 1);
  nghttp2_option_set_max_outbound_ack(raw_option, kMaxQueuedAcks);
  nghttp2_option_set_max_settings(raw_option, kMaxSettings);
  nghttp2_option_set_stream_reset_rate_limit(raw_option, limits.reset_burst,
                                             limits.reset_per_second);

  SetCallbacks(raw_callbacks);

  nghttp2_session* session = nullptr;
  const int made = side == Side::kServer
                       ? nghttp2_session_server_new2(&session, raw_callbacks, this, raw_option)
                       : nghttp2_session_client_new2(&session, raw_callbacks, this, raw_option);
  if (made != 0) return std::unexpected(InternalError(made));
  h2.reset(session);

  return SubmitSettings();
}

Result<void> Session::Impl::SubmitSettings() {
  std::vector<nghttp2_settings_entry> settings = {
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.max_header_bytes)},
  };
  if (side == Side::kServer) {
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.max_streams});
  } else {
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  }
  int failed =
      nghttp2_submit_settings(h2.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  if (failed == 0) {
    failed = nghttp2_session_set_local_window_size(
        h2.get(), NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(limits.connection_window));
  }
  if (failed != 0) return std::unexpected(InternalError(failed));
  return {};
}

}  // namespace signet::http2
