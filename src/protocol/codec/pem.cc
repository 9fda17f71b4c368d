#include "protocol/codec/pem.h"

#include <algorithm>

#include "protocol/base/secret.h"
#include "protocol/codec/base64url.h"

namespace signet::codec {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLineChars = 64;  // RFC 7468 section 2: exactly 64 but for the last line
constexpr std::string_view kWhiteSpace = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

// Takes a line off `text`, its end (LF or CRLF) removed.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool IsLabel(std::string_view label) {
  return label.find("--") == std::string_view::npos &&
         std::all_of(label.begin(), label.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// The label of a BEGIN line; empty if it is none.
std::string_view LabelOf(std::string_view line) {
  if (line.size() <= kBegin.size() + kDashes.size() || !line.starts_with(kBegin) ||
      !line.ends_with(kDashes)) {
    return {};
  }
  line.remove_prefix(kBegin.size());
  line.remove_suffix(kDashes.size());
  return IsLabel(line) ? line : std::string_view();
}

bool IsEndLine(std::string_view line, std::string_view label) {
  return line.size() == kEnd.size() + label.size() + kDashes.size() && line.starts_with(kEnd) &&
         line.substr(kEnd.size()).starts_with(label) && line.ends_with(kDashes);
}

// Collects the base64 lines up to the END line into `body`.
Result<void> TakeBody(std::string_view& text, std::string_view label, std::string& body) {
  bool last_seen = false;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.starts_with('-')) {
      if (!IsEndLine(line, label)) return Refuse(Errc::kPemMalformed, "no matching END line");
      if (body.empty()) return Refuse(Errc::kPemMalformed, "empty block");
      return {};
    }
    if (last_seen || line.empty() || line.size() > kLineChars) {
      return Refuse(Errc::kPemMalformed, "lines must have 64 characters");
    }
    last_seen = line.size() < kLineChars;
    body.append(line);
  }
  return Refuse(Errc::kPemMalformed, "no END line");
}

// Takes the first block off `text`, which has no white space at its ends.
Result<Bytes> TakeBlock(std::string_view& text, std::string_view label) {
  const std::string_view found = LabelOf(TakeLine(text));
  if (found.empty()) return Refuse(Errc::kPemMalformed, "no BEGIN line");
  if (found != label) return Refuse(Errc::kPemLabel);
  std::string body;
  body.reserve(text.size());  // no reallocation leaves a copy of a key behind
  const Result<void> taken = TakeBody(text, label, body);
  Result<Bytes> bytes = taken ? Base64Decode(body) : std::unexpected(taken.error());
  WipeContainer(body);
  if (taken && !bytes) return Refuse(Errc::kPemMalformed, "not base64");
  return bytes;
}

}  // namespace

Result<Bytes> PemDecode(std::string_view text, std::string_view label) {
  if (text.size() > kMaxPemBytes) return Refuse(Errc::kIoTooLarge);
  text = Trim(text);
  Result<Bytes> block = TakeBlock(text, label);
  if (!block) return block;
  if (!text.empty()) {
    WipeContainer(*block);
    return Refuse(Errc::kPemMalformed, "text after the block");
  }
  return block;
}

Result<std::vector<Bytes>> PemDecodeAll(std::string_view text, std::string_view label) {
  if (text.size() > kMaxPemBytes) return Refuse(Errc::kIoTooLarge);
  std::vector<Bytes> blocks;
  text = Trim(text);
  do {
    SIGNET_TRY_ASSIGN(Bytes block, TakeBlock(text, label));
    blocks.push_back(std::move(block));
    text = Trim(text);
  } while (!text.empty());
  return blocks;
}

std::string PemEncode(ByteView der, std::string_view label) {
  std::string body = Base64Encode(der);
  std::string out;
  out.reserve(body.size() + body.size() / kLineChars + 2 * label.size() + 64);
  out.append(kBegin).append(label).append(kDashes).append("\n");
  for (std::size_t at = 0; at < body.size(); at += kLineChars) {
    out.append(body, at, kLineChars).append("\n");
  }
  WipeContainer(body);
  out.append(kEnd).append(label).append(kDashes).append("\n");
  return out;
}

}  // namespace signet::codec
