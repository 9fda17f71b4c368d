// Status: how an RPC ended (gRPC over HTTP/2, "Status codes and their use in gRPC").
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace signet::rpc {

enum class StatusCode : std::uint8_t {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "PERMISSION_DENIED"; "UNKNOWN" for what is no enumerator.
[[nodiscard]] std::string_view NameOf(StatusCode code);

// The code of a number on the wire: kUnknown for numbers that gRPC does not define.
[[nodiscard]] StatusCode CodeOfNumber(std::uint32_t number);

struct Status {
  StatusCode code = StatusCode::kOk;
  std::string message{};  // for people; UTF-8
  // A google.rpc.Status as bytes, in `grpc-status-details-bin`: what programs branch on. Empty:
  // none.
  std::string details{};

  [[nodiscard]] bool ok() const { return code == StatusCode::kOk; }
};

// The status that tells a peer of a refusal: code and text are those of errors.def, the dotted name
// travels as the `reason` of a google.rpc.ErrorInfo. The detail stays here, as it may be the
// operator's business only.
[[nodiscard]] Status StatusOf(const Error& error);

// The same with words of our own for the peer.
[[nodiscard]] Status StatusOf(const Error& error, std::string message);

// The refusal that a peer of Signet named in its status; nullopt if it named none that is known
// here.
[[nodiscard]] std::optional<Errc> ReasonOf(const Status& status);

template <typename T>
using StatusOr = std::expected<T, Status>;

}  // namespace signet::rpc
