// What gRPC writes into header fields: time limits, status messages, metadata.
//
// Pure; thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http2/header.h"
#include "platform/rpc/status.h"

namespace signet::rpc {

// --- grpc-timeout ---

// Longest time limit kept; a longer one is cut to it: nobody waits for 30 days.
inline constexpr std::chrono::milliseconds kLongestTimeout{30LL * 24 * 3600 * 1000};

// 1 to 8 digits and one of H M S m u n. Rounded up to whole milliseconds, so that no time limit
// becomes shorter than it was. nullopt if it is malformed.
[[nodiscard]] std::optional<std::chrono::milliseconds> ParseTimeout(std::string_view text);
// Never longer than `timeout`, never negative.
[[nodiscard]] std::string FormatTimeout(std::chrono::milliseconds timeout);

// --- grpc-message ---

// Percent-encodes what is not printable ASCII, and '%'.
[[nodiscard]] std::string EncodeStatusMessage(std::string_view message);
// What cannot be decoded stays as it is.
[[nodiscard]] std::string DecodeStatusMessage(std::string_view text);

// --- metadata ---

// One entry that an application sends or gets. The value of a name that ends in "-bin" is bytes,
// all others are printable ASCII.
struct MetadataEntry {
  std::string name{};
  std::string value{};
};
using Metadata = std::vector<MetadataEntry>;

// All values of this name, in order.
[[nodiscard]] std::vector<std::string_view> ValuesOf(const Metadata& metadata,
                                                     std::string_view name);

// The application's entries among header lines: without pseudo-headers and the names that gRPC or
// HTTP keep for themselves. Values of "-bin" names are decoded; a line may hold several.
// Status: kInternal (base64 that cannot be decoded)
[[nodiscard]] StatusOr<Metadata> MetadataOf(const http2::HeaderList& headers);

// Appends entries as header lines. An entry whose name or value may not be sent, or whose name is
// reserved, is left out: it would end the whole connection.
void AppendMetadata(const Metadata& metadata, http2::HeaderList& out);

// grpc-status, grpc-message, grpc-status-details-bin.
void AppendStatus(const Status& status, http2::HeaderList& out);

// The status of a response's trailers; nullopt if there is no grpc-status in them.
[[nodiscard]] std::optional<Status> StatusIn(const http2::HeaderList& headers);

// What a client makes of an HTTP status without gRPC status ("HTTP to gRPC Status Code Mapping").
[[nodiscard]] StatusCode CodeOfHttpStatus(std::string_view status);

// True for application/grpc, application/grpc+proto, application/grpc;x=y.
[[nodiscard]] bool IsGrpcContentType(std::string_view value);

}  // namespace signet::rpc
