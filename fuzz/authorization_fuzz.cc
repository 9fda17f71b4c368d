// Authorization: WPT. Lossless: scheme, spaces and token are the whole field, and two fields folded
// into one are never credentials.
#include <string>

#include "property.h"
#include "protocol/http/message.h"
#include "protocol/proof/wpt_verify.h"

namespace {

using signet::Errc;
using signet::fuzz::Property;

bool IsTokenText(std::string_view text) {
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    if (!plain) return false;
  }
  return !text.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view field = signet::fuzz::AsText(data, size);
  const auto got = signet::proof::WptOfAuthorization(field);
  signet::fuzz::CheckSameVerdict(got, signet::proof::WptOfAuthorization(field));
  const std::string_view value = signet::http::TrimOws(field);
  const bool scheme = signet::http::EqualsIgnoreCase(value.substr(0, 3), "WPT") &&
                      (value.size() == 3 || value[3] == ' ' || value[3] == '\t');
  if (!got.has_value()) {
    Property((got.error().code == Errc::kWptSchemeMismatch) == !scheme);
    return 0;
  }
  Property(scheme && value.size() > 4 && value[3] == ' ');
  Property(IsTokenText(*got));
  Property(got->data() >= field.data() && got->data() + got->size() <= field.data() + size);
  std::string whole(value.substr(0, 3));
  whole.append(value.size() - 3 - got->size(), ' ').append(*got);
  Property(whole == value);
  Property(!signet::proof::WptOfAuthorization(whole + ", " + whole).has_value());
  Property(!signet::proof::WptOfAuthorization(whole + "=").has_value());
  return 0;
}
