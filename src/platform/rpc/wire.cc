#include "platform/rpc/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "protocol/codec/base64url.h"

namespace signet::rpc {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kBinary = "-bin";
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

int HexOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Names that applications neither set nor see.
bool IsReserved(std::string_view name) {
  constexpr std::array<std::string_view, 10> kReserved = {
      "content-type",      "te",         "host",
      "connection",        "keep-alive", "proxy-connection",
      "transfer-encoding", "upgrade",    "content-length",
      "user-agent"};
  return name.starts_with(':') || name.starts_with("grpc-") ||
         std::ranges::find(kReserved, name) != kReserved.end();
}

bool IsName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// gRPC takes base64 with and without padding.
Result<Bytes> DecodeBinary(std::string_view text) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded.push_back('=');
  return codec::Base64Decode(padded);
}

}  // namespace

std::optional<milliseconds> ParseTimeout(std::string_view text) {
  constexpr std::size_t kMaxDigits = 8;
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return std::nullopt;
  const std::string_view digits = text.substr(0, text.size() - 1);
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const auto rounded_up = [](auto duration) { return std::chrono::ceil<milliseconds>(duration); };
  milliseconds out{};
  switch (text.back()) {
    case 'H':
      out = std::chrono::hours{value};
      break;
    case 'M':
      out = std::chrono::minutes{value};
      break;
    case 'S':
      out = std::chrono::seconds{value};
      break;
    case 'm':
      out = milliseconds{value};
      break;
    case 'u':
      out = rounded_up(std::chrono::microseconds{value});
      break;
    case 'n':
      out = rounded_up(std::chrono::nanoseconds{value});
      break;
    default:
      return std::nullopt;
  }
  return std::min(out, kLongestTimeout);
}

std::string FormatTimeout(milliseconds timeout) {
  constexpr std::int64_t kMostDigits = 99'999'999;
  const std::int64_t ms = std::max<std::int64_t>(timeout.count(), 0);
  if (ms <= kMostDigits) return std::to_string(ms) + "m";
  return std::to_string(std::min(ms / 1000, kMostDigits)) + "S";
}

std::string EncodeStatusMessage(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (const char c : message) {
    if (IsPrintable(c) && c != '%') {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]});
  }
  return out;
}

std::string DecodeStatusMessage(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexOf(text[i + 1]) >= 0 &&
        HexOf(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(HexOf(text[i + 1]) * 16 + HexOf(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::vector<std::string_view> ValuesOf(const Metadata& metadata, std::string_view name) {
  std::vector<std::string_view> out;
  for (const MetadataEntry& entry : metadata) {
    if (entry.name == name) out.push_back(entry.value);
  }
  return out;
}

StatusOr<Metadata> MetadataOf(const http2::HeaderList& headers) {
  Metadata out;
  for (const http2::Header& header : headers) {
    if (IsReserved(header.name)) continue;
    if (!header.name.ends_with(kBinary)) {
      out.push_back({header.name, header.value});
      continue;
    }
    std::string_view rest = header.value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      const Result<Bytes> bytes = DecodeBinary(Trim(rest.substr(0, comma)));
      if (!bytes) {
        return std::unexpected(Status{StatusCode::kInternal, "metadata that is not base64"});
      }
      out.push_back({header.name, std::string(AsText(*bytes))});
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return out;
}

void AppendMetadata(const Metadata& metadata, http2::HeaderList& out) {
  for (const MetadataEntry& entry : metadata) {
    if (!IsName(entry.name) || IsReserved(entry.name)) continue;
    if (entry.name.ends_with(kBinary)) {
      std::string text = codec::Base64Encode(AsBytes(entry.value));
      while (text.ends_with('=')) text.pop_back();  // "SHOULD emit un-padded values"
      out.push_back({entry.name, std::move(text)});
    } else if (std::ranges::all_of(entry.value, IsPrintable)) {
      out.push_back({entry.name, entry.value});
    }
  }
}

void AppendStatus(const Status& status, http2::HeaderList& out) {
  out.push_back({"grpc-status", std::to_string(static_cast<unsigned>(status.code))});
  if (!status.message.empty()) {
    out.push_back({"grpc-message", EncodeStatusMessage(status.message)});
  }
  if (!status.details.empty()) {
    std::string text = codec::Base64Encode(AsBytes(status.details));
    while (text.ends_with('=')) text.pop_back();
    out.push_back({"grpc-status-details-bin", std::move(text)});
  }
}

std::optional<Status> StatusIn(const http2::HeaderList& headers) {
  const std::string* const code = http2::Find(headers, "grpc-status");
  if (code == nullptr) return std::nullopt;
  std::uint32_t number = std::numeric_limits<std::uint32_t>::max();
  const auto [end, error] = std::from_chars(code->data(), code->data() + code->size(), number);
  Status out;
  out.code = error == std::errc() && end == code->data() + code->size() ? CodeOfNumber(number)
                                                                        : StatusCode::kUnknown;
  if (const std::string* const message = http2::Find(headers, "grpc-message")) {
    out.message = DecodeStatusMessage(*message);
  }
  if (const std::string* const details = http2::Find(headers, "grpc-status-details-bin")) {
    if (const Result<Bytes> bytes = DecodeBinary(*details)) out.details = AsText(*bytes);
  }
  return out;
}

StatusCode CodeOfHttpStatus(std::string_view status) {
  if (status == "400") return StatusCode::kInternal;
  if (status == "401") return StatusCode::kUnauthenticated;
  if (status == "403") return StatusCode::kPermissionDenied;
  if (status == "404") return StatusCode::kUnimplemented;
  if (status == "429" || status == "502" || status == "503" || status == "504") {
    return StatusCode::kUnavailable;
  }
  return StatusCode::kUnknown;
}

bool IsGrpcContentType(std::string_view value) {
  constexpr std::string_view kType = "application/grpc";
  if (!value.starts_with(kType)) return false;
  value.remove_prefix(kType.size());
  return value.empty() || value.front() == '+' || value.front() == ';';
}

}  // namespace signet::rpc
