#include "app/tool_pem.h"

#include <utility>

#include <fmt/format.h>

#include "app/context.h"
#include "protocol/codec/pem.h"

namespace signet::app {
namespace {

// Reads the file and decodes it; a fault of either names the file.
template <typename Decode>
auto Load(const std::string& argument, const Decode& decode)
    -> decltype(decode(std::string_view())) {
  const std::string path = argument.starts_with('@') ? argument.substr(1) : argument;
  const Result<std::string> text = ReadInput(path, codec::kMaxPemBytes);
  if (!text.has_value()) {
    return Refuse(text.error().code, fmt::format("{}: {}", path, text.error().detail));
  }
  auto decoded = decode(*text);
  if (!decoded.has_value()) {
    const std::string& detail = decoded.error().detail;
    return Refuse(decoded.error().code,
                  detail.empty() ? path : fmt::format("{}: {}", path, detail));
  }
  return decoded;
}

}  // namespace

Result<std::vector<Bytes>> LoadCertificates(const std::string& path) {
  return Load(path,
              [](std::string_view text) { return codec::PemDecodeAll(text, kCertificateLabel); });
}

Result<Bytes> LoadCertificateRequest(const std::string& path) {
  return Load(
      path, [](std::string_view text) { return codec::PemDecode(text, kCertificateRequestLabel); });
}

}  // namespace signet::app
