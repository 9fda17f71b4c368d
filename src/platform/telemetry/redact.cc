#include "platform/telemetry/redact.h"

#include <algorithm>
#include <array>

#include "protocol/crypto/digest.h"
#include "protocol/http/message.h"

namespace signet::telemetry {
namespace {

constexpr std::array<std::string_view, 7> kAlwaysSecret = {"authorization",
                                                           "proxy-authorization",
                                                           "workload-proof-token",
                                                           "workload-identity-token",
                                                           "txn-token",
                                                           "cookie",
                                                           "set-cookie"};

}  // namespace

std::string HashForLog(std::string_view secret) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const Digest256 digest = crypto::Sha256(AsBytes(secret));
  std::string out = "sha256:";
  for (std::size_t i = 0; i < 8; ++i) {
    out.push_back(kHex[digest[i] >> 4U]);
    out.push_back(kHex[digest[i] & 0xFU]);
  }
  return out;
}

Redactor::Redactor(std::vector<std::string> more) : names_(std::move(more)) {}

bool Redactor::IsSecret(std::string_view field_name) const {
  const auto same = [field_name](std::string_view name) {
    return http::EqualsIgnoreCase(name, field_name);
  };
  return std::any_of(kAlwaysSecret.begin(), kAlwaysSecret.end(), same) ||
         std::any_of(names_.begin(), names_.end(), same);
}

std::string Redactor::Shown(std::string_view field_name, std::string_view value) const {
  return IsSecret(field_name) ? HashForLog(value) : std::string(value);
}

}  // namespace signet::telemetry
