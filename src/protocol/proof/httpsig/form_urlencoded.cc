#include "protocol/proof/httpsig/internal/form_urlencoded.h"

#include <algorithm>

#include "protocol/codec/sfv.h"

namespace signet::proof::httpsig {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Parsing (5.1): '+' is a space; a percent sign without two digits is itself.
std::string Decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// "percent-encode after encoding" (5.2) with the set of forms, and %20 for a space.
std::string Encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '*' || c == '-' || c == '.' || c == '_';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
  }
  return out;
}

// Only a Display String holds UTF-8, and its serialization checks that.
bool IsUtf8(const std::string& text) {
  return codec::sfv::Serialize(codec::sfv::BareItem(codec::sfv::DisplayString{text})).has_value();
}

std::unexpected<Error> Unresolvable(const char* why) {
  return Refuse(Errc::kHttpsigUnresolvable, why);
}

}  // namespace

FormParameters::FormParameters(std::string_view query) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto [parameter, fresh] =
        by_encoded_name_.try_emplace(Encode(Decode(pair.substr(0, equals))));
    if (!fresh) {
      parameter->second.several = true;
      continue;
    }
    parameter->second.decoded = Decode(pair.substr(std::min(equals + 1, pair.size())));
  }
}

Result<std::string> FormParameters::Value(std::string_view name) const {
  const auto found = by_encoded_name_.find(name);
  if (found == by_encoded_name_.end()) return Unresolvable("a query parameter that is not there");
  // RFC 9421 section 2.2.8: a name that occurs several times must not be used.
  if (found->second.several) return Unresolvable("a query parameter that is there several times");
  if (!IsUtf8(found->second.decoded) || !IsUtf8(Decode(name))) {
    return Unresolvable("a query parameter that is not UTF-8");
  }
  return Encode(found->second.decoded);
}

}  // namespace signet::proof::httpsig
