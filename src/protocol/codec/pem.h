// PEM (RFC 7468), strict: one block, one label, standard base64.
//
// Floor 1. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace signet::codec {

inline constexpr std::size_t kMaxPemBytes = 64 * 1024;

// The bytes of the one block with this label, as "CERTIFICATE". Text before and after is refused,
// white space at the ends is not.
// Errors: kPemMalformed, kPemLabel (another label), kIoTooLarge (over kMaxPemBytes)
[[nodiscard]] Result<Bytes> PemDecode(std::string_view text, std::string_view label);

// All blocks with this label, in order; other labels are refused. At least one.
[[nodiscard]] Result<std::vector<Bytes>> PemDecodeAll(std::string_view text,
                                                      std::string_view label);

// One block with lines of 64 characters and a final newline.
[[nodiscard]] std::string PemEncode(ByteView der, std::string_view label);

}  // namespace signet::codec
