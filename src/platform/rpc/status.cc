#include "platform/rpc/status.h"

#include <array>
#include <utility>

#include "google/rpc/status.pb.h"

namespace signet::rpc {
namespace {

constexpr std::array<std::string_view, 17> kNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

constexpr std::string_view kErrorInfoType = "type.googleapis.com/google.rpc.ErrorInfo";
// `domain` of our reasons: dotted names mean something only together with who gives them.
constexpr std::string_view kDomain = "signet";

}  // namespace

std::string_view NameOf(StatusCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : kNames[2];
}

StatusCode CodeOfNumber(std::uint32_t number) {
  return number < kNames.size() ? static_cast<StatusCode>(number) : StatusCode::kUnknown;
}

Status StatusOf(const Error& error) {
  return StatusOf(error, std::string(InfoOf(error.code).text));
}

Status StatusOf(const Error& error, std::string message) {
  const ErrorInfo& info = InfoOf(error.code);
  google::rpc::ErrorInfo reason;
  reason.set_reason(std::string(info.name));
  reason.set_domain(std::string(kDomain));
  if (error.rule() != "-") (*reason.mutable_metadata())["rule"] = std::string(error.rule());
  google::rpc::Status wire;
  wire.set_code(info.grpc_code);
  wire.set_message(message);
  google::protobuf::Any* const any = wire.add_details();
  any->set_type_url(std::string(kErrorInfoType));
  any->set_value(reason.SerializeAsString());
  return {.code = CodeOfNumber(static_cast<std::uint32_t>(info.grpc_code)),
          .message = std::move(message),
          .details = wire.SerializeAsString()};
}

std::optional<Errc> ReasonOf(const Status& status) {
  google::rpc::Status wire;
  if (status.details.empty() || !wire.ParseFromString(status.details)) return std::nullopt;
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::ErrorInfo reason;
    if (any.type_url() != kErrorInfoType || !reason.ParseFromString(any.value()) ||
        reason.domain() != kDomain) {
      continue;
    }
    if (const ErrorInfo* const info = FindErrorByName(reason.reason())) return info->code;
  }
  return std::nullopt;
}

}  // namespace signet::rpc
