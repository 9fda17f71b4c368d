#include "protocol/codec/base64url.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "protocol/base/check.h"

namespace signet::codec {
namespace {

constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Bits that no valid group of four characters sets.
constexpr std::uint32_t kInvalid = 0xff000000;

// One table per position in a group of four. An entry holds the character's six bits where they
// belong in the three decoded bytes, first byte lowest, so a group is three ORs and one store.
struct DecodeTables {
  std::array<std::array<std::uint32_t, 256>, 4> at;
};

consteval DecodeTables MakeTables(std::string_view alphabet) {
  DecodeTables tables{};
  for (auto& table : tables.at) table.fill(kInvalid);
  for (std::uint32_t v = 0; v < 64; ++v) {
    const auto c = static_cast<unsigned char>(alphabet[v]);
    tables.at[0][c] = v << 2;
    tables.at[1][c] = (v >> 4) | ((v & 0x0f) << 12);
    tables.at[2][c] = ((v >> 2) << 8) | ((v & 0x03) << 22);
    tables.at[3][c] = v << 16;
  }
  return tables;
}

constexpr DecodeTables kUrlTables = MakeTables(kUrlAlphabet);
constexpr DecodeTables kStandardTables = MakeTables(kStandardAlphabet);

bool AllOf(const DecodeTables& tables, std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&tables](char c) {
    return tables.at[0][static_cast<unsigned char>(c)] != kInvalid;
  });
}

// Whole groups of `in` into `out`. Returns the OR of all groups: invalid bits stay visible.
std::uint32_t DecodeGroups(const DecodeTables& tables, const unsigned char* in, std::size_t groups,
                           std::uint8_t* out) {
  std::uint32_t seen = 0;
  for (; groups > 0; --groups, in += 4, out += 3) {
    const std::uint32_t word =
        tables.at[0][in[0]] | tables.at[1][in[1]] | tables.at[2][in[2]] | tables.at[3][in[3]];
    seen |= word;
    out[0] = static_cast<std::uint8_t>(word);
    out[1] = static_cast<std::uint8_t>(word >> 8);
    out[2] = static_cast<std::uint8_t>(word >> 16);
  }
  return seen;
}

// The two or three characters behind the last whole group. True if their unused bits are zero.
bool DecodeTail(const DecodeTables& tables, std::string_view tail, std::uint8_t* out) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < tail.size(); ++i) {
    word |= tables.at[i][static_cast<unsigned char>(tail[i])];
  }
  out[0] = static_cast<std::uint8_t>(word);
  if (tail.size() == 3) out[1] = static_cast<std::uint8_t>(word >> 8);
  return (word >> (tail.size() == 3 ? 16 : 8)) == 0;
}

Result<void> DecodeUnpadded(const DecodeTables& tables, std::string_view text,
                            MutableByteView out) {
  const std::size_t groups = text.size() / 4;
  const std::string_view tail = text.substr(groups * 4);
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  const bool clean = (DecodeGroups(tables, in, groups, out.data()) & kInvalid) == 0;
  if (!clean || !AllOf(tables, tail)) return Refuse(Errc::kBase64UrlCharacter);
  if (tail.size() == 1) return Refuse(Errc::kBase64UrlLength);
  if (!tail.empty() && !DecodeTail(tables, tail, out.data() + groups * 3)) {
    return Refuse(Errc::kBase64UrlTrailingBits);
  }
  return {};
}

// Writes the encoding without padding; returns its end.
char* EncodeUnpadded(std::string_view chars, ByteView bytes, char* out) {
  // Indices are six bits: no bounds to check.
  const char* const alphabet = chars.data();
  const std::uint8_t* in = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const std::uint32_t word = (std::uint32_t{in[0]} << 16) | (std::uint32_t{in[1]} << 8) | in[2];
    out[0] = alphabet[word >> 18];
    out[1] = alphabet[(word >> 12) & 63];
    out[2] = alphabet[(word >> 6) & 63];
    out[3] = alphabet[word & 63];
  }
  if (left > 0) {
    const std::uint32_t word =
        (std::uint32_t{in[0]} << 16) | (left == 2 ? std::uint32_t{in[1]} << 8 : 0);
    *out++ = alphabet[word >> 18];
    *out++ = alphabet[(word >> 12) & 63];
    if (left == 2) *out++ = alphabet[(word >> 6) & 63];
  }
  return out;
}

constexpr std::size_t UnpaddedSize(std::size_t bytes) {
  return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}

}  // namespace

void Base64UrlAppend(ByteView bytes, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + UnpaddedSize(bytes.size()));
  EncodeUnpadded(kUrlAlphabet, bytes, out.data() + before);
}

std::string Base64UrlEncode(ByteView bytes) {
  std::string out;
  Base64UrlAppend(bytes, out);
  return out;
}

DigestText Base64UrlEncodeDigest(const Digest256& digest) {
  std::array<char, kDigestTextBytes> out;  // NOLINT: all of it is written
  static_cast<void>(EncodeUnpadded(kUrlAlphabet, digest, out.data()));
  return DigestText({out.data(), out.size()});
}

Result<void> Base64UrlDecodeInto(std::string_view text, MutableByteView out) {
  SIGNET_CHECK(out.size() == Base64UrlDecodedSize(text.size()));
  return DecodeUnpadded(kUrlTables, text, out);
}

Result<Bytes> Base64UrlDecode(std::string_view text) {
  Bytes out(Base64UrlDecodedSize(text.size()));
  SIGNET_TRY(Base64UrlDecodeInto(text, out));
  return out;
}

bool IsBase64UrlText(std::string_view text) { return AllOf(kUrlTables, text); }

Result<Bytes> Base64Decode(std::string_view text) {
  std::string_view digits = text;
  while (text.size() - digits.size() < 2 && digits.ends_with('=')) digits.remove_suffix(1);
  if (text.size() % 4 != 0 || digits.find('=') != std::string_view::npos) {
    if (!AllOf(kStandardTables, digits.substr(0, digits.find('=')))) {
      return Refuse(Errc::kBase64UrlCharacter);
    }
    return Refuse(Errc::kBase64UrlLength, "wrong padding");
  }
  Bytes out(Base64UrlDecodedSize(digits.size()));
  SIGNET_TRY(DecodeUnpadded(kStandardTables, digits, out));
  return out;
}

std::string Base64Encode(ByteView bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  EncodeUnpadded(kStandardAlphabet, bytes, out.data());
  return out;
}

}  // namespace signet::codec
