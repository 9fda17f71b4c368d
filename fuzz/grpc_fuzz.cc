// What gRPC puts into streams and header fields. First byte: which.
//
// Properties: messages are the same however the stream is cut, and within the limit; a time limit
// that is read comes back as it was, or shorter by less than a second; a status message survives
// encoding; metadata that was read may be sent, and comes back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "platform/rpc/message_reader.h"
#include "platform/rpc/wire.h"
#include "property.h"

namespace {

using namespace signet;       // NOLINT
using namespace signet::rpc;  // NOLINT
using signet::fuzz::Property;

constexpr std::size_t kMaxMessage = 300;

struct Read {
  std::vector<Bytes> messages;
  bool failed = false;
  bool partial = false;
  bool operator==(const Read&) const = default;
};

Read ReadMessages(ByteView stream, std::size_t step) {
  Read out;
  MessageReader reader(kMaxMessage);
  for (std::size_t at = 0; at < stream.size(); at += step) {
    ByteView piece = stream.subspan(at, std::min(step, stream.size() - at));
    while (!piece.empty()) {
      const auto taken = reader.Feed(piece);
      if (!taken) {
        out.failed = true;
        return out;
      }
      Property(*taken > 0 && *taken <= piece.size());
      piece = piece.subspan(*taken);
      if (auto message = reader.Take()) {
        Property(message->size() <= kMaxMessage);
        out.messages.push_back(*std::move(message));
      }
    }
  }
  out.partial = reader.partial();
  return out;
}

void CheckMessages(ByteView stream) {
  const Read whole = ReadMessages(stream, stream.size() + 1);
  Property(whole == ReadMessages(stream, 1));
  Property(whole == ReadMessages(stream, 6));
  Bytes again;
  for (const Bytes& message : whole.messages) {
    const Bytes framed = FrameMessage(message);
    again.insert(again.end(), framed.begin(), framed.end());
  }
  Property(std::ranges::equal(again, stream.first(again.size())));
  if (!whole.failed && !whole.partial) Property(again.size() == stream.size());
}

void CheckTimeout(std::string_view text) {
  const auto timeout = ParseTimeout(text);
  if (!timeout) return;
  Property(timeout->count() >= 0 && *timeout <= kLongestTimeout);
  const auto back = ParseTimeout(FormatTimeout(*timeout));
  Property(back && *back <= *timeout && *timeout - *back < std::chrono::seconds{1});
}

void CheckHeaders(std::string_view text) {
  Property(DecodeStatusMessage(EncodeStatusMessage(text)) == text);
  static_cast<void>(DecodeStatusMessage(text));
  // Lines of "name value".
  http2::HeaderList headers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t space = std::min(line.find(' '), line.size());
    headers.push_back({std::string(line.substr(0, space)),
                       std::string(line.substr(std::min(space + 1, line.size())))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (const auto status = StatusIn(headers)) {
    http2::HeaderList out;
    AppendStatus(*status, out);
    const auto back = StatusIn(out);
    Property(back && back->code == status->code && back->message == status->message &&
             back->details == status->details);
  }
  const auto metadata = MetadataOf(headers);
  if (!metadata) return;
  http2::HeaderList out;
  AppendMetadata(*metadata, out);
  for (const auto& header : out) {
    Property(std::ranges::all_of(header.value, [](char c) { return c >= ' ' && c <= '~'; }));
    Property(!header.name.starts_with(':') && !header.name.starts_with("grpc-"));
  }
  const auto back = MetadataOf(out);
  Property(back && back->size() == out.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest = ByteView(data, size).subspan(1);
  switch (data[0] % 3) {
    case 0:
      CheckMessages(rest);
      break;
    case 1:
      CheckTimeout(AsText(rest));
      break;
    default:
      CheckHeaders(AsText(rest));
  }
  return 0;
}
