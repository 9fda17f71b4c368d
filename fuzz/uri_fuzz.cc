// URI splitting: the components, put together, are the text.
#include <algorithm>
#include <string>

#include "property.h"
#include "protocol/base/limits.h"
#include "protocol/codec/uri.h"

namespace {

using signet::Errc;
using signet::codec::UriParts;
using signet::fuzz::Property;

// RFC 3986 section 5.3.
std::string Recompose(const UriParts& parts) {
  std::string out;
  if (parts.scheme) out.append(*parts.scheme).append(":");
  if (parts.authority) {
    out.append("//");
    if (parts.userinfo) out.append(*parts.userinfo).append("@");
    out.append(parts.host.value());
    if (parts.port) out.append(":").append(*parts.port);
  }
  out.append(parts.path);
  if (parts.query) out.append("?").append(*parts.query);
  if (parts.fragment) out.append("#").append(*parts.fragment);
  return out;
}

void CheckParts(const UriParts& parts) {
  if (parts.scheme) Property(!parts.scheme->empty());
  Property(parts.authority.has_value() == parts.host.has_value());
  if (parts.authority) {
    Property(parts.path.empty() || parts.path.front() == '/');
    Property(parts.authority->find_first_of("/?#") == std::string_view::npos);
    Property(parts.host->find('@') == std::string_view::npos);
  } else {
    Property(!parts.userinfo && !parts.port && !parts.path.starts_with("//"));
  }
  if (parts.port) {
    Property(parts.port->find_first_not_of("0123456789") == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = signet::fuzz::AsText(data, size);
  const auto got = signet::codec::ParseUri(text);
  signet::fuzz::CheckSameVerdict(got, signet::codec::ParseUri(text));
  if (!got) {
    Property((got.error().code == Errc::kUriTooLong) == (size > signet::kMaxUriBytes));
    return 0;
  }
  Property(std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
  Property(Recompose(*got) == text);
  CheckParts(*got);
  const std::string_view front = signet::codec::WithoutQueryAndFragment(text);
  const auto parts = signet::codec::ParseUri(front);
  Property(parts.has_value() && !parts->query && !parts->fragment && parts->path == got->path);
  return 0;
}
