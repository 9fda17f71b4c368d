// Certificates and certificate requests as the tools read and write them: PEM.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::app {

inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";
inline constexpr std::string_view kCertificateRequestLabel = "CERTIFICATE REQUEST";

// All certificates of a file, in order; "-" is standard input, "@" before the path is allowed.
// Errors: those of ReadInput and PemDecodeAll, with the path
[[nodiscard]] Result<std::vector<Bytes>> LoadCertificates(const std::string& path);

// The one certificate request of a file. Errors: as above
[[nodiscard]] Result<Bytes> LoadCertificateRequest(const std::string& path);

}  // namespace signet::app
