#include <charconv>
#include <type_traits>

#include "protocol/codec/base64url.h"
#include "protocol/codec/internal/sfv_chars.h"
#include "protocol/codec/internal/utf8.h"
#include "protocol/codec/sfv.h"

// Serializing, RFC 9651 section 4.1. Each Write appends to `out`; after a refusal `out` is dropped.
namespace signet::codec::sfv {
namespace {

using namespace internal;  // NOLINT(google-build-using-namespace): character classes only

constexpr std::int64_t kMaxInteger = 999'999'999'999'999;

void AppendNumber(std::int64_t value, std::string& out) {
  std::array<char, 20> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end);
}

Result<void> Write(std::int64_t value, std::string& out) {
  if (value < -kMaxInteger || value > kMaxInteger) {
    return Refuse(Errc::kSfvUnserializable, "more than 15 digits");
  }
  AppendNumber(value, out);
  return {};
}

// The value is a whole number of thousandths, so there is nothing to round; twelve digits before
// the point are the same bound as fifteen digits of thousandths.
Result<void> Write(Decimal value, std::string& out) {
  if (value.thousandths < -kMaxInteger || value.thousandths > kMaxInteger) {
    return Refuse(Errc::kSfvUnserializable, "more than 12 digits before the point");
  }
  const std::int64_t size = value.thousandths < 0 ? -value.thousandths : value.thousandths;
  if (value.thousandths < 0) out.push_back('-');
  AppendNumber(size / 1000, out);
  out.push_back('.');
  std::int64_t fraction = size % 1000;
  std::int64_t unit = 100;
  do {
    out.push_back(static_cast<char>('0' + fraction / unit));
    fraction %= unit;
    unit /= 10;
  } while (fraction != 0);
  return {};
}

Result<void> Write(const std::string& value, std::string& out) { return AppendString(value, out); }

Result<void> Write(const Token& value, std::string& out) {
  if (value.text.empty() || !Is(value.text.front(), kTokenStart) ||
      !AllAre(value.text, kTokenRest)) {
    return Refuse(Errc::kSfvUnserializable, "not a token");
  }
  out.append(value.text);
  return {};
}

Result<void> Write(const Bytes& value, std::string& out) {
  out.push_back(':');
  out.append(Base64Encode(value));
  out.push_back(':');
  return {};
}

Result<void> Write(bool value, std::string& out) {
  out.append(value ? "?1" : "?0");
  return {};
}

Result<void> Write(Date value, std::string& out) {
  out.push_back('@');
  return Write(value.unix_seconds, out);
}

Result<void> Write(const DisplayString& value, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (!codec::internal::IsUtf8(value.utf8)) {
    return Refuse(Errc::kSfvUnserializable, "display string is not UTF-8");
  }
  out.append("%\"");
  for (const char c : value.utf8) {
    if (Is(c, kDisplaySelf)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  out.push_back('"');
  return {};
}

Result<void> Write(const BareItem& value, std::string& out) {
  return std::visit([&out](const auto& held) { return Write(held, out); }, value);
}

Result<void> WriteKey(std::string_view key, std::string& out) {
  if (key.empty() || !Is(key.front(), kKeyStart) || !AllAre(key, kKeyRest)) {
    return Refuse(Errc::kSfvUnserializable, "not a key");
  }
  out.append(key);
  return {};
}

bool IsTrue(const BareItem& value) {
  const bool* held = std::get_if<bool>(&value);
  return held != nullptr && *held;
}

Result<void> Write(const Parameters& parameters, std::string& out) {
  for (const auto& [key, value] : parameters.entries()) {
    out.push_back(';');
    SIGNET_TRY(WriteKey(key, out));
    if (IsTrue(value)) continue;
    out.push_back('=');
    SIGNET_TRY(Write(value, out));
  }
  return {};
}

Result<void> Write(const Item& item, std::string& out) {
  SIGNET_TRY(Write(item.value, out));
  return Write(item.parameters, out);
}

Result<void> Write(const InnerList& list, std::string& out) {
  out.push_back('(');
  bool first = true;
  for (const Item& item : list.items) {
    if (!first) out.push_back(' ');
    first = false;
    SIGNET_TRY(Write(item, out));
  }
  out.push_back(')');
  return Write(list.parameters, out);
}

Result<void> Write(const Member& member, std::string& out) {
  return std::visit([&out](const auto& held) { return Write(held, out); }, member);
}

Result<void> Write(const List& list, std::string& out) {
  bool first = true;
  for (const Member& member : list) {
    if (!first) out.append(", ");
    first = false;
    SIGNET_TRY(Write(member, out));
  }
  return {};
}

Result<void> Write(const Dictionary& dictionary, std::string& out) {
  bool first = true;
  for (const auto& [key, member] : dictionary.entries()) {
    if (!first) out.append(", ");
    first = false;
    SIGNET_TRY(WriteKey(key, out));
    const Item* const item = std::get_if<Item>(&member);
    if (item != nullptr && IsTrue(item->value)) {
      SIGNET_TRY(Write(item->parameters, out));
    } else {
      out.push_back('=');
      SIGNET_TRY(Write(member, out));
    }
  }
  return {};
}

// One call for the memory of a field of usual size, instead of growing by doubling.
constexpr std::size_t kUsualFieldBytes = 512;

template <typename Value>
Result<std::string> Text(const Value& value, std::size_t usual_bytes = 0) {
  std::string out;
  out.reserve(usual_bytes);
  SIGNET_TRY(Write(value, out));
  return out;
}

}  // namespace

Result<std::string> Serialize(const BareItem& value) { return Text(value); }
Result<std::string> Serialize(const Item& item) { return Text(item); }
Result<std::string> Serialize(const InnerList& list) { return Text(list, kUsualFieldBytes); }
Result<std::string> Serialize(const List& list) { return Text(list); }
Result<std::string> Serialize(const Dictionary& dictionary) { return Text(dictionary); }

Result<void> AppendString(std::string_view text, std::string& out) {
  if (!AllAre(text, kPrintable)) {
    return Refuse(Errc::kSfvUnserializable, "string has a character that is not printable ASCII");
  }
  out.push_back('"');
  for (const char c : text) {
    if (!Is(c, kStringSelf)) out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return {};
}

}  // namespace signet::codec::sfv
