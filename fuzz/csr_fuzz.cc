// PKCS#10 certificate requests as bytes, and /proc/PID/stat as text.
//
// Properties: the same verdict twice; the key of an accepted request stands in the request itself;
// nothing over the limit is accepted; an accepted start time is written in the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/net/tls_issue.h"
#include "platform/net/unix_peer.h"
#include "property.h"

using signet::fuzz::Property;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const signet::ByteView bytes(data, size);
  const auto key = signet::net::VerifyCsr(bytes);
  signet::fuzz::CheckSameVerdict(key, signet::net::VerifyCsr(bytes));
  if (key.has_value()) {
    Property(size <= signet::net::kMaxCsrBytes);
    const signet::ByteView x = key->x();
    Property(std::search(bytes.begin(), bytes.end(), x.begin(), x.end()) != bytes.end());
  }

  const std::string_view text = signet::fuzz::AsText(data, size);
  const auto start = signet::net::ParseStartTime(text);
  if (start.has_value()) {
    Property(text.find(std::to_string(*start)) != std::string_view::npos);
  }
  return 0;
}
